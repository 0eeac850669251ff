//! AWS Signature Version 4, with the published vectors.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::{
    ProvideCredentials, SharedCredentialsProvider, error::CredentialsError as AwsError, future,
};
use credentials_part_tests::cloud_sink_parts::credentials::{
    Credentials, CredentialsContext, OutgoingRequest, send,
};
use credentials_part_tests::cloud_sink_parts::http::HttpClient;
use credentials_part_tests::cloud_sink_parts::sigv4::{SigV4Credentials, SigV4Options};
use hmac::{Hmac, Mac as _};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::support::{
    Asked, IMPATIENCE, ManualClock, PATIENCE, START, Server, authorization, request_to, send_to,
    text,
};

const VECTORS: &str = include_str!("../../sigv4_vectors.json");

/// Vectors that are about what no request here can be.
const LEFT_OUT: [&str; 6] = [
    // A header has no line break in it: the HTTP client refuses it.
    "get-header-value-multiline",
    // A URL loses its dot segments when it is parsed, before it is signed.
    "get-relative-relative-unnormalized",
    "get-relative-unnormalized",
    "get-slash-dot-slash-unnormalized",
    "get-slash-pointless-dot-unnormalized",
    // The session token is added without being signed, which AWS IoT alone wants.
    "post-sts-header-after",
];

/// Vectors that take the path as it is and encode it once, as S3 alone wants it. Their signatures
/// are made for no service that does, so their canonical requests are what is compared.
const FOR_S3: [&str; 5] = [
    "get-slash-unnormalized",
    "get-slashes-unnormalized",
    "get-space-normalized",
    "get-space-unnormalized",
    "get-utf8",
];

type Answer = Result<aws_credential_types::Credentials, AwsError>;

/// Hands out what a function says.
struct Scripted(Mutex<Box<dyn FnMut() -> Answer + Send>>);

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

impl ProvideCredentials for Scripted {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(self.0.lock().unwrap()())
    }
}

fn keys(
    id: &str,
    secret: &str,
    token: Option<&str>,
    end: Option<u64>,
) -> aws_credential_types::Credentials {
    let end = end.map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    aws_credential_types::Credentials::new(id, secret, token.map(str::to_owned), end, "test")
}

pub fn signer(
    service: &str,
    context: &CredentialsContext,
    answer: impl FnMut() -> Answer + Send + 'static,
) -> SigV4Credentials {
    let options = SigV4Options {
        service: service.to_owned(),
        region: Some("us-east-1".to_owned()),
        sends_body_hash: true,
        provider: Some(SharedCredentialsProvider::new(Scripted(Mutex::new(
            Box::new(answer),
        )))),
    };
    SigV4Credentials::new(options, context)
}

/// A vector's request.
fn parse(text: &str) -> OutgoingRequest {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap();
    let (method, rest) = first.split_once(' ').unwrap();
    let target = rest.strip_suffix(" HTTP/1.1").unwrap();
    let mut headers = HeaderMap::new();
    let mut host = String::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap();
        match name.to_ascii_lowercase().as_str() {
            "host" => value.clone_into(&mut host),
            "x-amz-date" => {}
            _ => {
                let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                headers.append(name, HeaderValue::from_str(value).unwrap());
            }
        }
    }
    OutgoingRequest {
        method: Method::from_bytes(method.as_bytes()).unwrap(),
        url: Url::parse(&format!("https://{host}{target}")).unwrap(),
        headers,
        body: body.to_owned().into(),
    }
}

/// Where and when a vector is signed, and with what.
struct Circumstances {
    access_key: String,
    secret_key: String,
    token: Option<String>,
    service: String,
    region: String,
    moment: OffsetDateTime,
    sends_body_hash: bool,
}

impl Circumstances {
    fn of(vector: &Value) -> Self {
        let context = &vector["context"];
        let text = |pointer: &str, default: &str| {
            let found = context.pointer(pointer).and_then(Value::as_str);
            found.unwrap_or(default).to_owned()
        };
        let name = vector["name"].as_str().unwrap();
        let is_for_s3 = FOR_S3.contains(&name);
        // Two come without a context; the date in their canonical requests is this.
        let moment = text("/timestamp", "2021-05-11T15:40:45Z");
        Self {
            access_key: text("/credentials/access_key_id", "AKIDEXAMPLE"),
            secret_key: text("/credentials/secret_access_key", "secret"),
            token: context
                .pointer("/credentials/token")
                .and_then(Value::as_str)
                .map(str::to_owned),
            service: if is_for_s3 {
                "s3".to_owned()
            } else {
                text("/service", "service")
            },
            region: text("/region", "us-east-1"),
            moment: OffsetDateTime::parse(&moment, &Rfc3339).unwrap(),
            sends_body_hash: context["sign_body"] == true,
        }
    }

    async fn sign(&self, vector: &Value) -> HeaderMap {
        let given = keys(
            &self.access_key,
            &self.secret_key,
            self.token.as_deref(),
            None,
        );
        let options = SigV4Options {
            service: self.service.clone(),
            region: Some(self.region.clone()),
            sends_body_hash: self.sends_body_hash,
            provider: Some(SharedCredentialsProvider::new(given)),
        };
        let moment = self.moment;
        let context = CredentialsContext {
            clock: Arc::new(move || moment.into()),
            ..CredentialsContext::new(PATIENCE)
        };
        let credentials = SigV4Credentials::new(options, &context);
        let mut request = parse(vector["request"].as_str().unwrap());
        credentials.authorize(&mut request).await.unwrap();
        request.headers
    }

    /// The signature of a canonical request, step by step as the guide has it.
    fn signature(&self, canonical: &str) -> String {
        let format =
            time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
        let moment = self.moment.format(format).unwrap();
        let (day, _) = moment.split_once('T').unwrap();
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let hash = hex(&Sha256::digest(canonical.as_bytes()));
        let text = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hash}");
        let key = format!("AWS4{}", self.secret_key).into_bytes();
        let key = [day, &self.region, &self.service, "aws4_request"]
            .iter()
            .fold(key, |key, part| mac(&key, part));
        hex(&mac(&key, &text))
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn signature_in(headers: &HeaderMap) -> String {
    let text = headers["authorization"].to_str().unwrap();
    text.rsplit_once('=').unwrap().1.to_owned()
}

#[tokio::test]
async fn published_vectors_are_signed_as_published() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    let mut to_the_letter = 0;
    for vector in vectors {
        let name = vector["name"].as_str().unwrap();
        if LEFT_OUT.contains(&name) {
            continue;
        }
        let circumstances = Circumstances::of(vector);

        let headers = circumstances.sign(vector).await;

        let canonical = vector["canonical"].as_str().unwrap();
        let expected = circumstances.signature(canonical);
        assert_eq!(expected, signature_in(&headers), "{name}");
        if vector["context"].is_object() && !FOR_S3.contains(&name) {
            let signed = vector["signed"].as_str().unwrap().lines();
            let mut published = signed.filter_map(|line| line.strip_prefix("Authorization:"));
            assert_eq!(
                published.next_back(),
                headers["authorization"].to_str().ok(),
                "{name}"
            );
            to_the_letter += 1;
        }
    }
    assert_eq!((40, 27), (vectors.len(), to_the_letter));
}

#[expect(clippy::unnecessary_wraps, reason = "what a source answers")]
fn long_lived() -> Answer {
    Ok(keys("AKID", "s3cret", None, None))
}

async fn authorized(credentials: &dyn Credentials, url: &str) -> HeaderMap {
    let mut request = request_to(url);
    credentials.authorize(&mut request).await.unwrap();
    request.headers
}

#[tokio::test]
async fn session_token_is_sent_and_signed_and_kept_out_of_log_lines() {
    let context = ManualClock::new().context(PATIENCE);
    let session = || Ok(keys("AKID", "s3cret", Some("s3ssion"), None));
    let credentials = signer("es", &context, session);

    let headers = authorized(&credentials, "https://search.example/_bulk").await;

    assert_eq!("s3ssion", headers["x-amz-security-token"]);
    assert!(headers["x-amz-security-token"].is_sensitive());
    let signed = headers["authorization"].to_str().unwrap();
    let names = "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token";
    assert!(signed.contains(names), "{signed}");
    assert!(!signed.contains("s3cret"));
}

#[tokio::test]
async fn hash_is_that_of_the_body_as_sent() {
    let context = ManualClock::new().context(PATIENCE);
    let credentials = signer("aoss", &context, long_lived);

    let headers = authorized(&credentials, "https://search.example/_bulk").await;

    let expected = hex(&Sha256::digest(b"event"));
    assert_eq!(expected, headers["x-amz-content-sha256"]);
}

/// The signature that what arrived should have, from nothing but that.
fn arrived(asked: &Asked, secret: &str) -> String {
    let authorization = asked.header("authorization").unwrap();
    let field = |name: &str| {
        let (_, rest) = authorization.split_once(name).unwrap();
        rest.split(", ").next().unwrap().to_owned()
    };
    let (names, credential) = (field("SignedHeaders="), field("Credential="));
    let (path, query) = asked.target.split_once('?').unwrap();
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    let mut lines = vec![
        asked.method.clone(),
        path.replace('%', "%25"),
        pairs.join("&"),
    ];
    let headers = names.split(';');
    lines.extend(headers.map(|name| format!("{name}:{}", asked.header(name).unwrap())));
    lines.extend([
        String::new(),
        names.clone(),
        hex(&Sha256::digest(&asked.body)),
    ]);
    let moment = asked.header("x-amz-date").unwrap();
    let format = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    let circumstances = Circumstances {
        access_key: String::new(),
        secret_key: secret.to_owned(),
        token: None,
        service: credential.split('/').nth(3).unwrap().to_owned(),
        region: "us-east-1".to_owned(),
        moment: PrimitiveDateTime::parse(moment, format)
            .unwrap()
            .assume_utc(),
        sends_body_hash: true,
    };
    circumstances.signature(&lines.join("\n"))
}

#[tokio::test]
async fn what_arrives_is_what_was_signed() {
    let backend = Server::always(text(200, "")).await;
    let context = ManualClock::new().context(PATIENCE);
    let session = || Ok(keys("AKID", "s3cret", Some("s3ssion"), None));
    let credentials = signer("es", &context, session);
    let mut request = request_to(&format!(
        "{}/logs/a%2Fb/_bulk?timeout=60&filter=a%2Cb",
        backend.url
    ));
    let json = HeaderValue::from_static("application/json");
    request.headers.insert("content-type", json);
    let gzip = HeaderValue::from_static("gzip");
    request.headers.insert("content-encoding", gzip);
    request.body = vec![0x1f, 0x8b].into();
    let client = HttpClient::new(PATIENCE).unwrap();

    send(&client, &credentials, &request).await.unwrap();

    let asked = &backend.asked()[0];
    let signed = asked.header("authorization").unwrap();
    let signature = format!("Signature={}", arrived(asked, "s3cret"));
    assert!(signed.ends_with(&signature), "{signed}");
    let names = "SignedHeaders=content-encoding;content-type;host;x-amz-content-sha256;\
                 x-amz-date;x-amz-security-token,";
    assert!(signed.contains(names), "{signed}");
}

#[tokio::test]
async fn every_attempt_is_signed_with_its_own_time() {
    let clock = ManualClock::new();
    let credentials = signer("es", &clock.context(PATIENCE), long_lived);

    let first = authorized(&credentials, "https://search.example/").await;
    clock.advance(1);
    let second = authorized(&credentials, "https://search.example/").await;

    assert_eq!("20270115T080000Z", first["x-amz-date"]);
    assert_eq!("20270115T080001Z", second["x-amz-date"]);
    assert_ne!(first["authorization"], second["authorization"]);
}

#[tokio::test]
async fn keys_are_loaded_once_and_again_before_they_end() {
    let clock = ManualClock::new();
    let loads = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&loads);
    let credentials = signer("es", &clock.context(PATIENCE), move || {
        *counter.lock().unwrap() += 1;
        let id = format!("AKID{}", counter.lock().unwrap());
        Ok(keys(&id, "s3cret", None, Some(START + 3_600)))
    });

    authorization_of(&credentials).await;
    clock.advance(3_374);
    assert!(authorization_of(&credentials).await.contains("AKID1/"));
    clock.advance(1);
    assert!(authorization_of(&credentials).await.contains("AKID2/"));
    assert_eq!(2, *loads.lock().unwrap());
}

async fn authorization_of(credentials: &SigV4Credentials) -> String {
    authorization(credentials).await.unwrap()
}

#[tokio::test]
async fn expired_keys_are_replaced_once_whatever_the_status() {
    for (status, body) in [
        (401, ""),
        (403, r#"{"__type":"ExpiredTokenException"}"#),
        (400, "<Error><Code>ExpiredToken</Code></Error>"),
        (
            403,
            r#"{"message":"The security token included in the request is expired"}"#,
        ),
        (
            400,
            r#"{"__type":"com.amazon.coral.service#UnrecognizedClientException"}"#,
        ),
    ] {
        let backend = Server::start(move |asked, number| {
            let is_old = asked.header("authorization").unwrap().contains("AKID1/");
            if is_old && number > 1 {
                text(status, body)
            } else {
                text(200, "")
            }
        })
        .await;
        let mut loads = 0;
        let context = ManualClock::new().context(PATIENCE);
        let credentials = signer("es", &context, move || {
            loads += 1;
            Ok(keys(&format!("AKID{loads}"), "s3cret", None, None))
        });

        assert_eq!(200, send_to(&backend, &credentials).await.unwrap().status);
        assert_eq!(200, send_to(&backend, &credentials).await.unwrap().status);
        assert_eq!(3, backend.count(), "{body}");
    }
}

#[tokio::test]
async fn other_refusals_are_the_backends_answer() {
    for denied in [
        r#"{"__type":"AccessDeniedException"}"#,
        r#"{"message":"event 7: ExpiredToken","failed":[{"code":"ExpiredToken"}]}"#,
        "ExpiredToken",
        "[7]",
        "",
    ] {
        let backend = Server::start(move |_, number| match number {
            1 => text(200, ""),
            _ => text(403, denied),
        })
        .await;
        let credentials = signer("es", &ManualClock::new().context(PATIENCE), long_lived);

        send_to(&backend, &credentials).await.unwrap();
        let answer = send_to(&backend, &credentials).await.unwrap();

        assert_eq!((403, 2), (answer.status, backend.count()));
        assert_eq!(denied, String::from_utf8_lossy(&answer.body));
    }
}

#[tokio::test]
async fn source_without_keys_pauses_and_broken_source_is_an_outage() {
    let context = ManualClock::new().context(PATIENCE);
    for (answer, kind) in [
        (AwsError::not_loaded("nothing is set"), "Refused"),
        (AwsError::invalid_configuration("bad profile"), "Refused"),
        (AwsError::provider_error("AccessDenied: no"), "Refused"),
        (AwsError::provider_error("connection reset"), "Outage"),
        (AwsError::provider_timed_out(IMPATIENCE), "Outage"),
        (AwsError::unhandled("what?"), "Outage"),
    ] {
        let mut answer = Some(answer);
        let credentials = signer("es", &context, move || Err(answer.take().unwrap()));

        let error = authorization(&credentials).await.unwrap_err();

        assert!(
            error.starts_with(kind) && error.contains("AWS credentials: "),
            "{error}"
        );
    }
}

#[tokio::test]
async fn source_that_never_answers_is_an_outage() {
    #[derive(Debug)]
    struct Silent;
    impl ProvideCredentials for Silent {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::new(std::future::pending())
        }
    }
    let options = SigV4Options {
        service: "es".to_owned(),
        region: Some("us-east-1".to_owned()),
        sends_body_hash: true,
        provider: Some(SharedCredentialsProvider::new(Silent)),
    };
    let context = ManualClock::new().context(IMPATIENCE);
    let credentials = SigV4Credentials::new(options, &context);

    let error = authorization(&credentials).await.unwrap_err();

    let says = "AWS credentials: no answer within 0.1 s";
    assert!(
        error.starts_with("Outage") && error.contains(says),
        "{error}"
    );
}

#[tokio::test]
async fn objects_of_s3_are_signed_under_the_path_they_are_sent_to() {
    let options = |service: &str| SigV4Options {
        service: service.to_owned(),
        region: Some("us-east-1".to_owned()),
        sends_body_hash: true,
        provider: Some(SharedCredentialsProvider::new(keys(
            "AKID", "s3cret", None, None,
        ))),
    };
    let context = ManualClock::new().context(PATIENCE);
    let url = "https://bucket.s3.amazonaws.com/a//b%20c";

    let s3 = authorized(&SigV4Credentials::new(options("s3"), &context), url).await;
    let other = authorized(&SigV4Credentials::new(options("es"), &context), url).await;

    assert_eq!(
        "7f3587a756ed1b2ae6d28aee064a1fca4eac9349db7fb55a48a6c9ad4a22969b",
        signature_in(&s3)
    );
    assert_eq!(
        "68e32f29b4109c37480335f05a138e235d830fbef788826b4c98a8330d40118b",
        signature_in(&other)
    );
}

/// Set for the test below when it is run by the one after it.
const IS_CHILD: &str = "SIGNS_WITH_WHAT_IT_FINDS";

/// Prints what a request gets in the environment this process was started with.
#[tokio::test]
async fn child_signs_with_what_it_finds() {
    if std::env::var_os(IS_CHILD).is_none() {
        return;
    }
    let options = SigV4Options {
        service: "es".to_owned(),
        region: None,
        sends_body_hash: true,
        provider: None,
    };
    let credentials = SigV4Credentials::new(options, &CredentialsContext::new(PATIENCE));
    let mut request = request_to("https://search.example/");
    match credentials.authorize(&mut request).await {
        Ok(_) => {
            let token = request.headers.get("x-amz-security-token");
            let token = token.map(|token| token.to_str().unwrap());
            println!(
                "found {:?} {token:?}",
                request.headers["authorization"].to_str()
            );
        }
        Err(error) => println!("found {error:?}"),
    }
}

/// What such a process finds when it has these variables and no other of AWS's.
async fn found_with(variables: &[(&str, &str)]) -> String {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args([
        "--exact",
        "sigv4::child_signs_with_what_it_finds",
        "--nocapture",
    ]);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            child.env_remove(name);
        }
    }
    child
        .env(IS_CHILD, "1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/no/such/file")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/no/such/file")
        .envs(variables.iter().copied());
    let run = tokio::task::spawn_blocking(move || child.output().unwrap());
    let output = String::from_utf8(run.await.unwrap().stdout).unwrap();
    let line = output.lines().find_map(|line| line.split_once("found "));
    line.unwrap_or_else(|| panic!("{output}")).1.to_owned()
}

#[tokio::test]
async fn keys_come_from_the_default_chain() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    let profile = "[work]\naws_access_key_id=AKIDP\naws_secret_access_key=s\nregion=eu-north-1\n";
    std::fs::write(&file, profile).unwrap();
    let service = Server::always(text(
        200,
        r#"{"AccessKeyId":"AKIDC","SecretAccessKey":"s","Token":"t","Expiration":"2100-01-01T00:00:00Z"}"#,
    ))
    .await;

    let environment = found_with(&[
        ("AWS_ACCESS_KEY_ID", "AKIDE"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_SESSION_TOKEN", "s3ssion"),
        ("AWS_REGION", "eu-west-1"),
    ])
    .await;
    let profile = found_with(&[
        ("AWS_PROFILE", "work"),
        ("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap()),
    ])
    .await;
    let container = found_with(&[
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &service.url),
        ("AWS_REGION", "eu-west-1"),
    ])
    .await;
    let no_keys = found_with(&[("AWS_REGION", "eu-west-1")]).await;
    let no_region = found_with(&[]).await;

    assert!(environment.contains("=AKIDE/") && environment.contains("/eu-west-1/es/"));
    assert!(environment.contains(r#"Some("s3ssion")"#), "{environment}");
    assert!(
        profile.contains("=AKIDP/") && profile.contains("/eu-north-1/es/"),
        "{profile}"
    );
    assert!(container.contains("=AKIDC/") && container.contains(r#"Some("t")"#));
    assert!(
        no_keys.starts_with("Refused") && no_keys.contains("AWS credentials: "),
        "{no_keys}"
    );
    assert!(
        no_region.starts_with("Refused") && no_region.contains("no region"),
        "{no_region}"
    );
}
