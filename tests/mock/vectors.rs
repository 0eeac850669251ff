//! The request vectors of every spec in the repository are accepted, and stored record by record.
//!
//! The vectors are what the generated sinks put on the wire, so a stand-in that is too strict, or
//! a vector that breaks its own spec, fails here.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fapilog_gen::mock::{MockOptions, MockServer, start};
use fapilog_gen::sink::{
    Encoding, Form, ItemsBy, Parameter, Piece, Record, RequestVector, Scheme, Sink, Text,
};
use serde_json::Value;

use crate::support::{Request, gzip, options, send, sink};

/// Every sink of the repository whose requests this stand-in reads, with the path of its spec.
pub fn sinks() -> Vec<(String, Sink)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in ["providers", "tests/specs", "tests/backends"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if Path::new(&name)
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                paths.push(format!("{folder}/{name}"));
            }
        }
    }
    paths.sort();
    let sinks = paths.into_iter().map(|path| {
        let sink = sink(&path);
        (path, sink)
    });
    let readable =
        |sink: &Sink| sink.is_http() && !matches!(sink.payload.form, Form::OtlpProtobuf { .. });
    let sinks: Vec<_> = sinks.filter(|(_, sink)| readable(sink)).collect();
    assert!(sinks.len() > 30);
    sinks
}

/// A stand-in that takes the secrets of a vector.
pub async fn mock(sink: &Sink, vector: &RequestVector, faults: &[&str]) -> MockServer {
    let secrets = vector.config.iter().filter_map(|(name, value)| {
        let setting = sink.setting(sink.setting_named(name)?);
        setting
            .is_secret()
            .then_some((name.clone(), value.as_str()?.to_owned()))
    });
    let options = MockOptions {
        secrets: secrets.collect(),
        faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(),
        ..options()
    };
    start(sink.clone().into(), options).await.unwrap()
}

/// The vector as a request: credentials and headers as it says, the rest as the spec says.
pub fn request(sink: &Sink, vector: &RequestVector) -> Request {
    let url = vector.url.as_deref().unwrap();
    let endpoint = sink.endpoint().unwrap();
    // An address of the user's may hold a path of its own; a stand-in is always at the root.
    let given = |id| vector.config.get(&sink.setting(id).name)?.as_str();
    let base = match *endpoint.base.text.pieces {
        [Piece::Setting(id)] => given(id),
        _ => None,
    };
    let replaced = endpoint.base.replaced_by.and_then(given);
    let whole = endpoint.whole.and_then(given);
    let path = match (replaced, whole, base) {
        (None, Some(_), _) => endpoint.path.literal().unwrap(),
        (Some(base), ..) | (None, None, Some(base)) => {
            url.strip_prefix(base.trim_end_matches('/')).unwrap()
        }
        (None, None, None) => &url[url.match_indices('/').nth(2).unwrap().0..],
    };
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    let mut request = Request::new(&path, &[], vector.body.as_bytes());
    if let Some(content_type) = &sink.payload.content_type {
        request = request.header("content-type", Some(content_type));
    }
    for parameter in &endpoint.headers {
        if let Parameter::Named { name, value } = parameter
            && let Some(value) = value.literal()
        {
            request = request.header(name, Some(value));
        }
    }
    if let Some((name, value)) = credentials(sink, vector) {
        request = request.header(&name, Some(&value));
    }
    for (name, value) in &vector.headers {
        request = request.header(name, Some(value));
    }
    request
}

/// The header with the credentials that a vector's settings choose.
fn credentials(sink: &Sink, vector: &RequestVector) -> Option<(String, String)> {
    let is_given = |id| vector.config.contains_key(&sink.setting(id).name);
    let mut schemes = sink.credentials.iter();
    let chosen = schemes.find(|it| it.when.iter().copied().all(is_given))?;
    let value = |id| {
        let setting = sink.setting(id);
        let given = vector.config.get(&setting.name);
        let given = given.and_then(Value::as_str).map(str::to_owned);
        given.or_else(|| setting.default_text()).unwrap_or_default()
    };
    let text = |text: &Text| -> String {
        let pieces = text.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Setting(id) => value(*id),
            other => panic!("no part of a credential: {other:?}"),
        });
        pieces.collect()
    };
    let authorization = |value: String| Some(("authorization".to_owned(), value));
    match &chosen.scheme {
        Scheme::None | Scheme::Query { .. } => None,
        Scheme::Header { name, value } => Some((text(name), text(value))),
        Scheme::Basic { username, password } => {
            let password = password.map(value).unwrap_or_default();
            let pair = STANDARD.encode(format!("{}:{password}", value(*username)));
            authorization(format!("Basic {pair}"))
        }
        Scheme::OAuth2(_) | Scheme::Google { .. } | Scheme::Azure { .. } => {
            authorization("Bearer issued".to_owned())
        }
        Scheme::Sas { .. } => authorization("SharedAccessSignature sr=computed".to_owned()),
        Scheme::SigV4 { .. } | Scheme::AwsDefaultChain { .. } => {
            authorization("AWS4-HMAC-SHA256 Credential=computed".to_owned())
        }
    }
}

#[tokio::test]
async fn every_request_vector_is_accepted() {
    for (path, sink) in sinks() {
        for vector in &sink.vectors.requests {
            let mock = mock(&sink, vector, &[]).await;
            let mut request = request(&sink, vector);
            let answer = send(&mock, &request).await.unwrap();
            let seen = mock.snapshot();
            assert!(
                seen.requests[0].problem.is_none(),
                "{path}, {}: {:?} {answer:?}",
                vector.name,
                seen.requests[0]
            );
            assert_eq!(
                vector.events.len(),
                seen.records.len(),
                "{path}, {}",
                vector.name
            );

            if sink.compression.contains(&Encoding::Gzip) {
                request = request
                    .header("content-encoding", Some("gzip"))
                    .body(gzip(vector.body.as_bytes()));
                assert_eq!(answer.status, send(&mock, &request).await.unwrap().status);
            }
        }
    }
}

#[tokio::test]
async fn a_vector_with_one_byte_missing_is_refused() {
    for (path, sink) in sinks() {
        // A line of text has no structure that a byte could be missing from.
        if matches!(sink.payload.record, Record::Text(_)) {
            continue;
        }
        let vector = &sink.vectors.requests[0];
        let mock = mock(&sink, vector, &[]).await;
        let mut request = request(&sink, vector);
        let last = request.body.iter().rposition(|byte| *byte == b'}').unwrap();
        request.body.remove(last);

        send(&mock, &request).await.unwrap();

        let seen = mock.snapshot();
        assert!(seen.requests[0].problem.is_some(), "{path}");
        assert!(seen.records.is_empty(), "{path}");
    }
}

/// Positions of the failed ones of an answer, read the way the spec tells a sink to. An answer that
/// only counts them names every second one, as the fault does.
fn failed(sink: &Sink, body: &str, events: usize) -> Vec<usize> {
    let items = sink.answers.items.as_ref().unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let number = |text: &str| text.parse().unwrap();
    match &items.by {
        ItemsBy::Position { list } => {
            let list = body.pointer(list).unwrap().as_array().unwrap();
            assert_eq!(events, list.len());
            let is_failed = |item: &Value| {
                let mut stored = items.delivered.numbers.iter();
                match item.pointer(&items.code) {
                    None | Some(Value::Null) => !items.delivered.absent,
                    Some(code) => !code
                        .as_i64()
                        .is_some_and(|code| stored.any(|range| range.contains(&code))),
                }
            };
            (0..events).filter(|at| is_failed(&list[*at])).collect()
        }
        ItemsBy::Id { list, id } => {
            let list = body.pointer(list).unwrap().as_array().unwrap();
            let ids = list.iter().map(|item| item.pointer(id).unwrap().as_str());
            ids.map(|id| number(id.unwrap())).collect()
        }
        ItemsBy::Map { map } => {
            let map = body.pointer(map).unwrap().as_object().unwrap();
            map.keys().map(|key| number(key)).collect()
        }
        ItemsBy::Count { failed } => {
            let count = body.pointer(failed).unwrap();
            // OTLP writes numbers of 64 bits as text.
            let count = count
                .as_str()
                .map_or_else(|| count.to_string(), str::to_owned);
            let count = number(&count);
            (1..events).step_by(2).take(count).collect()
        }
    }
}

#[tokio::test]
async fn refused_records_are_told_as_the_spec_reads_them() {
    for (path, sink) in sinks() {
        let mut vectors = sink.vectors.requests.iter();
        let Some(vector) = vectors.find(|vector| vector.events.len() > 1) else {
            continue;
        };
        let mock = mock(&sink, vector, &["reject-every:2"]).await;
        let events = vector.events.len();

        let answer = send(&mock, &request(&sink, vector)).await.unwrap();

        let stored = mock.snapshot().records.len();
        if sink.answers.items.is_some() {
            let expected: Vec<_> = (1..events).step_by(2).collect();
            let found = failed(&sink, &answer.body, events);
            assert_eq!(expected, found, "{path}: {answer:?}");
            assert_eq!(events - events / 2, stored, "{path}");
        } else if let Some(pointer) = &sink.answers.first_bad {
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            let index = body.pointer(pointer).and_then(Value::as_u64);
            assert_eq!(Some(1), index, "{path}");
        } else {
            assert_eq!(sink.canned.malformed.status, answer.status, "{path}");
        }
    }
}
