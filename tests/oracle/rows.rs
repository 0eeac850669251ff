//! The rows of the table: every fault, how often, and for how long.

use crate::faults::{Certificate, Fault, What};

const ALWAYS: usize = usize::MAX;

fn fault(name: &'static str, what: What, times: usize) -> Fault {
    Fault {
        name,
        what,
        times,
        hangs: false,
        long: false,
    }
}

fn hanging(name: &'static str, what: What) -> Fault {
    Fault {
        hangs: true,
        ..fault(name, what, 1)
    }
}

fn answer(
    name: &'static str,
    status: u16,
    headers: &'static str,
    body: &[u8],
    times: usize,
) -> Fault {
    let body = body.to_vec();
    fault(
        name,
        What::Answer {
            status,
            headers,
            body,
        },
        times,
    )
}

fn token(
    name: &'static str,
    status: u16,
    headers: &'static str,
    body: &'static str,
    times: usize,
) -> Fault {
    fault(
        name,
        What::Token {
            status,
            headers,
            body,
        },
        times,
    )
}

const JSON: &str = "content-type: application/json\r\n";
const PAGE: &[u8] = b"<!DOCTYPE html><html><body>Sign in to the network</body></html>";

/// A gzip member of zeros without end is refused by nobody until it is read: this one is 10 MiB.
fn bomb() -> Vec<u8> {
    let zeros = vec![0_u8; 10 << 20];
    let mut body = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    body.extend(miniz_oxide::deflate::compress_to_vec(&zeros, 9));
    body.extend(crc32fast::hash(&zeros).to_le_bytes());
    body.extend((10_u32 << 20).to_le_bytes());
    body
}

/// Every one.
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn all() -> Vec<Fault> {
    let deep = [vec![b'['; 10_000], vec![b']'; 10_000]].concat();
    let long = |fault: Fault| Fault {
        long: true,
        ..fault
    };
    vec![
        fault("none", What::Fine, 0),
        // Answers of whatever stands between, or of a backend that changed its mind.
        answer("200 empty", 200, "", b"", 2),
        answer("200 web page", 200, "content-type: text/html\r\n", PAGE, 2),
        answer(
            "200 another type",
            200,
            "content-type: application/xml\r\n",
            b"<ok/>",
            2,
        ),
        answer("200 empty object", 200, JSON, b"{}", 2),
        answer(
            "200 JSON cut off",
            200,
            JSON,
            br#"{"took":3,"errors":fal"#,
            2,
        ),
        answer("200 deep JSON", 200, JSON, &deep, 2),
        answer("200 not UTF-8", 200, JSON, b"{\"ok\":\"\xff\xfe\"}", 2),
        answer(
            "200 partial, none rejected",
            200,
            JSON,
            br#"{"partialSuccess":{"rejectedLogRecords":0}}"#,
            2,
        ),
        answer("202", 202, JSON, b"{}", 2),
        answer("204", 204, "", b"", 2),
        answer("207", 207, JSON, b"{}", 2),
        answer("301", 301, "location: /elsewhere\r\n", b"", 2),
        answer("302", 302, "location: /elsewhere\r\n", b"", 2),
        answer("303", 303, "location: /elsewhere\r\n", b"", 2),
        answer("307", 307, "location: /elsewhere\r\n", b"", 2),
        answer("308", 308, "location: /elsewhere\r\n", b"", 2),
        answer("400", 400, JSON, b"{}", 2),
        answer("401 once", 401, JSON, b"{}", 1),
        answer("401 for ever", 401, JSON, b"{}", ALWAYS),
        answer("403", 403, JSON, b"{}", 2),
        answer(
            "404",
            404,
            "content-type: text/plain\r\n",
            b"page not found",
            2,
        ),
        answer("407", 407, "proxy-authenticate: Basic\r\n", b"", 2),
        answer("408", 408, "", b"", 2),
        answer("413", 413, "", b"", 1),
        answer("415", 415, JSON, b"{}", 2),
        answer("429", 429, "", b"", 2),
        answer("429 with seconds", 429, "retry-after: 1\r\n", b"", 1),
        answer(
            "429 with a date gone by",
            429,
            "retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n",
            b"",
            2,
        ),
        long(answer(
            "429 for a day",
            429,
            "retry-after: 86400\r\n",
            b"",
            1,
        )),
        answer("429 with nonsense", 429, "retry-after: inf\r\n", b"", 2),
        answer("500", 500, "", b"", 2),
        answer("500 web page", 500, "content-type: text/html\r\n", PAGE, 2),
        answer("501", 501, "", b"", 2),
        answer("502", 502, "", b"", 2),
        answer("503 for ever", 503, "", b"", ALWAYS),
        answer("504", 504, "", b"", 2),
        answer("599", 599, "", b"", 2),
        answer("699", 699, "", b"", 2),
        answer(
            "503 gzip bomb",
            503,
            "content-encoding: gzip\r\n",
            &bomb(),
            2,
        ),
        answer(
            "200 gzip bomb",
            200,
            "content-encoding: gzip\r\n",
            &bomb(),
            2,
        ),
        // The vendor's own words.
        fault("throttled", What::Vendor("throttle:2"), 2),
        fault("unavailable", What::Vendor("fail:3"), 3),
        fault("credentials refused", What::Vendor("unauthorized:1"), 1),
        fault("too large", What::Vendor("too-large:2"), 2),
        fault("malformed", What::Vendor("malformed:2"), 2),
        fault("some refused", What::Vendor("reject-every:4"), 0),
        fault("some deferred", What::Vendor("throttle-every:4"), 0),
        // The wire.
        fault("connection refused", What::Refused, ALWAYS),
        fault("reset at once", What::ResetAtOnce, 3),
        fault("reset in the request", What::ResetInRequest, 2),
        fault("stored, then reset", What::ResetAfter, 2),
        fault("ends without an answer", What::Ends, 2),
        fault("stored, ends without an answer", What::EndsAfter, 2),
        hanging("silent", What::Silent),
        hanging("stored, then silent", What::SilentAfter),
        fault("byte by byte", What::Dribbles, 2),
        hanging("trickles without end", What::Trickles),
        hanging("503 trickles without end", What::TricklesRefusal),
        hanging("endless body", What::Endless),
        hanging("503 endless body", What::EndlessRefusal),
        fault("shorter than its length", What::Short, 2),
        fault("two answers to one request", What::TwoAnswers, 2),
        fault("bad chunks", What::BadChunks, 2),
        fault("header of 1 MiB", What::LongHeader, 2),
        fault("10,000 headers", What::ManyHeaders(10_000), 2),
        fault("14,000 headers", What::ManyHeaders(14_000), 1),
        fault("keep-alive ends", What::Stale, 3),
        fault("reset on reuse", What::ResetOnReuse, 3),
        fault("10,000 interim answers", What::Continues(10_000), 1),
        hanging("endless interim answers", What::EndlessContinues),
        fault("no HTTP", What::NoHttp, 2),
        fault("no such host", What::NoSuchHost, ALWAYS),
        // TLS.
        fault("TLS", What::Certificate(Certificate::Good), 0),
        fault(
            "TLS expired",
            What::Certificate(Certificate::Expired),
            ALWAYS,
        ),
        fault(
            "TLS not valid yet",
            What::Certificate(Certificate::Early),
            ALWAYS,
        ),
        fault(
            "TLS other name",
            What::Certificate(Certificate::OtherName),
            ALWAYS,
        ),
        fault(
            "TLS self-signed",
            What::Certificate(Certificate::SelfSigned),
            ALWAYS,
        ),
        hanging("TLS handshake stalls", What::HandshakeStalls),
        fault("TLS handshake ends", What::HandshakeEnds, 2),
        // Whoever issues tokens.
        token("token: 500", 500, "", "", 2),
        token(
            "token: 400 unknown client",
            400,
            JSON,
            r#"{"error":"invalid_client"}"#,
            1,
        ),
        token(
            "token: 401",
            401,
            JSON,
            r#"{"error":"unauthorized_client"}"#,
            1,
        ),
        token("token: 429", 429, "retry-after: 1\r\n", "", 1),
        token("token: 302", 302, "location: /elsewhere\r\n", "", 1),
        token(
            "token: web page",
            200,
            "content-type: text/html\r\n",
            "<html>Sign in</html>",
            2,
        ),
        token("token: none in the answer", 200, JSON, "{}", 1),
        token(
            "token: not a text",
            200,
            JSON,
            r#"{"access_token":{"a":1},"expires_in":3600}"#,
            1,
        ),
        token(
            "token: breaks the line",
            200,
            JSON,
            r#"{"access_token":"a\r\nb: c","expires_in":3600}"#,
            1,
        ),
        token(
            "token: has expired",
            200,
            JSON,
            r#"{"access_token":"old","expires_in":-1,"token_type":"Bearer"}"#,
            1,
        ),
        token(
            "token: expires never",
            200,
            JSON,
            r#"{"access_token":"long","expires_in":1e300,"token_type":"Bearer"}"#,
            1,
        ),
        hanging("token: silent", What::TokenSilent),
        fault("token: reset", What::TokenReset, 2),
        hanging("token: endless body", What::TokenEndless),
    ]
}
