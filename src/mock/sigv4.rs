//! Verifies AWS Signature Version 4, independently of the SDK that makes it.
//!
//! Source: AWS General Reference, "Create a signed AWS API request".

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::gate::Incoming;

/// What stands in an `Authorization` header.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    pub key_id: &'a str,
    scope: &'a str,
    headers: Vec<&'a str>,
    signature: &'a str,
}

/// Reads an `Authorization` header; the error says what does not look like a signature.
pub(super) fn read<'a>(request: &'a Incoming, service: &str) -> Result<Signed<'a>, String> {
    let header = request
        .header("authorization")
        .ok_or("the header `authorization` is missing")?;
    let fields = header
        .strip_prefix("AWS4-HMAC-SHA256 ")
        .ok_or("`authorization` does not start with `AWS4-HMAC-SHA256 `")?;
    let field = |name: &str| {
        fields
            .split(',')
            .find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
            .ok_or_else(|| format!("`authorization` has no `{name}`"))
    };
    let credential = field("Credential")?;
    let (key_id, scope) = credential.split_once('/').unwrap_or((credential, ""));
    let parts: Vec<_> = scope.split('/').collect();
    let [date, region, found, "aws4_request"] = parts[..] else {
        return Err(format!("the credential scope is `{scope}`"));
    };
    if key_id.is_empty() || date.len() != 8 || region.is_empty() || found != service {
        return Err(format!(
            "the credential scope is `{scope}`, expected the service `{service}`"
        ));
    }
    let headers: Vec<_> = field("SignedHeaders")?.split(';').collect();
    let mut sent = vec!["host", "x-amz-date"];
    sent.extend(
        ["x-amz-target", "x-amz-security-token"]
            .into_iter()
            .filter(|name| request.headers.contains_key(*name)),
    );
    if let Some(missing) = sent.iter().find(|name| !headers.contains(*name)) {
        return Err(format!("the header `{missing}` is not signed"));
    }
    Ok(Signed {
        key_id,
        scope,
        headers,
        signature: field("Signature")?,
    })
}

/// True when the signature was made with `secret` for exactly this request.
pub(super) fn verify(signed: &Signed<'_>, request: &Incoming, secret: &str) -> bool {
    let date = request.header("x-amz-date").unwrap_or_default();
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{date}\n{}\n{}",
        signed.scope,
        hex(&Sha256::digest(canonical(signed, request)))
    );
    let key = signed
        .scope
        .split('/')
        .fold(format!("AWS4{secret}").into_bytes(), |key, part| {
            hmac(&key, part.as_bytes()).to_vec()
        });
    let dated = signed.scope.starts_with(date.get(..8).unwrap_or("-"));
    dated && hex(&hmac(&key, to_sign.as_bytes())) == signed.signature
}

/// The request in the form both sides hash.
fn canonical(signed: &Signed<'_>, request: &Incoming) -> String {
    let mut query: Vec<_> = request
        .query
        .as_deref()
        .unwrap_or_default()
        .split('&')
        .collect();
    query.sort_unstable();
    let mut text = format!(
        "{}\n{}\n{}\n",
        request.method,
        request.path,
        query.join("&")
    );
    for name in &signed.headers {
        let values: Vec<_> = request
            .headers
            .get_all(*name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .map(|value| value.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let _ = writeln!(text, "{name}:{}", values.join(","));
    }
    let _ = write!(
        text,
        "\n{}\n{}",
        signed.headers.join(";"),
        hex(&Sha256::digest(&request.wire))
    );
    text
}

/// HMAC-SHA-256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new()
        .chain_update(pad(0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(pad(0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// The worked example of the AWS General Reference.
    fn documented() -> Incoming {
        let mut headers = hyper::HeaderMap::new();
        for (name, value) in [
            (
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            ("host", "iam.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date, \
                 Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            ),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        Incoming {
            method: "GET".into(),
            path: "/".into(),
            query: Some("Action=ListUsers&Version=2010-05-08".into()),
            headers,
            wire: bytes::Bytes::new(),
        }
    }

    #[test]
    fn the_documented_example_verifies() {
        let request = documented();
        let signed = read(&request, "iam").unwrap();

        assert_eq!("AKIDEXAMPLE", signed.key_id);
        assert!(verify(&signed, &request, SECRET));
        assert!(!verify(&signed, &request, "another secret"));
    }

    #[test]
    fn an_altered_request_does_not_verify() {
        let mut request = documented();
        request.wire = bytes::Bytes::from_static(b"more");

        assert!(!verify(&read(&request, "iam").unwrap(), &request, SECRET));
    }

    #[test]
    fn what_is_no_signature_is_named() {
        let mut request = documented();
        assert!(
            read(&request, "logs")
                .unwrap_err()
                .contains("expected the service `logs`")
        );
        request.headers.insert("x-amz-target", "x".parse().unwrap());
        assert!(
            read(&request, "iam")
                .unwrap_err()
                .contains("`x-amz-target` is not signed")
        );
        request
            .headers
            .insert("authorization", "Bearer x".parse().unwrap());
        assert!(read(&request, "iam").is_err());
    }
}
