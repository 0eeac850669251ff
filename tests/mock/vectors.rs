//! The request vectors of every spec in the repository are accepted, and stored record by record.
//!
//! The vectors are what the generated sinks put on the wire, so a stand-in that is too strict, or
//! a vector that breaks its own spec, fails here.

use std::path::Path;

use fapilog_gen::spec::model::{RequestVector, Spec, Transport};

use crate::support::{Request, gzip, mock, mock_with, send, spec};

fn specs() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["providers", "tests/specs"] {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if Path::new(&name)
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                found.push(format!("{folder}/{name}"));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

/// The vector as a request: credentials and headers as it says, the rest as the spec says.
fn request(spec: &Spec, vector: &RequestVector) -> Request {
    let url = vector.url.as_deref().unwrap();
    let endpoint = spec.endpoint.as_ref().unwrap();
    // An override may hold a path of its own; a stand-in is always at the root.
    let base = endpoint
        .override_field
        .as_ref()
        .and_then(|field| vector.config.get(field)?.as_str());
    let path = match base {
        Some(base) => url
            .strip_prefix(base.trim_end_matches('/'))
            .unwrap()
            .to_owned(),
        None => format!("/{}", url.splitn(4, '/').nth(3).unwrap()),
    };
    let mut request = Request::new(&path, &[], vector.body.as_bytes());
    if let Some(content_type) = &spec.payload.content_type {
        request = request.header("content-type", Some(content_type));
    }
    for (name, value) in &endpoint.headers {
        if !value.contains('{') {
            request = request.header(name, Some(value));
        }
    }
    for (name, value) in with_credentials(spec) {
        request = request.header(&name, Some(&value));
    }
    for (name, value) in &vector.headers {
        request = request.header(name, Some(value));
    }
    request
}

/// The credentials of the first scheme, for vectors that do not pin them.
fn with_credentials(spec: &Spec) -> Vec<(String, String)> {
    use fapilog_gen::spec::model::Auth;
    let example = |field: &str| format!("example-{}", field.replace('_', "-"));
    match &spec.auth[0] {
        Auth::Header { name, secret } => vec![(name.clone(), example(secret))],
        Auth::Authorization { word, secret } => vec![(
            "authorization".into(),
            format!("{word} {}", example(secret)),
        )],
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn every_request_vector_is_accepted() {
    for path in specs() {
        let spec = spec(&path);
        if spec.transport != Transport::Http {
            continue;
        }
        for vector in &spec.vectors.requests {
            let mock = mock(spec.clone()).await;
            let mut request = request(&spec, vector);
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

            let offers_gzip = spec
                .compression
                .offered
                .contains(&fapilog_gen::spec::model::Encoding::Gzip);
            if offers_gzip {
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
    for path in specs() {
        let spec = spec(&path);
        if spec.transport != Transport::Http {
            continue;
        }
        let vector = &spec.vectors.requests[0];
        let mock = mock(spec.clone()).await;
        let mut request = request(&spec, vector);
        let last = request.body.iter().rposition(|byte| *byte == b'}').unwrap();
        request.body.remove(last);

        send(&mock, &request).await.unwrap();

        let seen = mock.snapshot();
        assert!(seen.requests[0].problem.is_some(), "{path}");
        assert!(seen.records.is_empty(), "{path}");
    }
}

/// Statuses of the items of an answer, read the way the spec tells a sink to.
fn item_statuses(spec: &Spec, body: &str) -> Vec<u64> {
    let items = spec.responses.items.as_ref().unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let list = body.pointer(&items.list).unwrap().as_array().unwrap();
    list.iter()
        .map(|item| item.pointer(&items.status).unwrap().as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn refused_records_are_told_as_the_spec_reads_them() {
    for path in specs() {
        let spec = spec(&path);
        let several = spec
            .vectors
            .requests
            .iter()
            .find(|vector| vector.events.len() > 1);
        let (Transport::Http, Some(vector)) = (spec.transport, several) else {
            continue;
        };
        let mock = mock_with(spec.clone(), &["reject-every:2"]).await;
        let events = vector.events.len();

        let answer = send(&mock, &request(&spec, vector)).await.unwrap();

        if spec.responses.items.is_some() {
            let statuses = item_statuses(&spec, &answer.body);
            assert_eq!(events, statuses.len(), "{path}: {answer:?}");
            assert!(
                statuses[0] < 300 && statuses[1] >= 400,
                "{path}: {answer:?}"
            );
            assert_eq!(events - events / 2, mock.snapshot().records.len(), "{path}");
        } else if let Some(pointer) = &spec.responses.first_bad {
            let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(
                Some(1),
                body.pointer(pointer).and_then(serde_json::Value::as_u64),
                "{path}"
            );
        } else {
            assert_eq!(400, answer.status, "{path}");
        }
    }
}
