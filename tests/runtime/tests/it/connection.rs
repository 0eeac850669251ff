//! How sinks connect: addresses, TLS, proxies, plain http, and what peers quote of it.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::{Method, Url};
use runtime_tests::cloud_sink_base::{
    ConfigErrors, Encoder, Event, Fields, Group, Outcome, Record, Secret, ToText, Transport,
};
use runtime_tests::cloud_sink_parts::answer::Places;
use runtime_tests::cloud_sink_parts::connection::ConnectionConfig;
use runtime_tests::cloud_sink_parts::http::{HttpClient, HttpError, HttpResponse};
use runtime_tests::cloud_sink_parts::http_transport::{
    AsTheyAre, HealthCheck, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use runtime_tests::cloud_sink_parts::named_settings::NamedSettings;
use runtime_tests::cloud_sink_parts::percent;
use runtime_tests::cloud_sink_parts::request::RequestBuilder;
use runtime_tests::cloud_sink_parts::scrub::scrub;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

const PATIENCE: Duration = Duration::from_secs(60);
const CANARY: &str = "S3cr3t/canary+value==";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// Settings as a map has them, with these variables.
fn fields(settings: &Value, variables: &[(&str, &str)]) -> Fields {
    let map: Map<String, Value> = settings.as_object().cloned().unwrap_or_default();
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Fields::with_variables(map, variables.iter().map(owned))
}

fn problems(errors: &ConfigErrors) -> String {
    let each = errors.problems().iter();
    let lines: Vec<String> = each
        .map(|problem| format!("{}: {}", problem.name, problem.message))
        .collect();
    lines.join("\n")
}

#[test]
fn addresses_are_judged_as_the_shared_table_says() {
    let table: Value = serde_json::from_str(include_str!("../../../settings/urls.json")).unwrap();
    let read = |url: &Value| {
        let mut fields = fields(&json!({ "url": url }), &[]);
        let read = fields.url("url", &[]);
        (read, format!("{:?}", fields.finish()))
    };

    for url in table["taken"].as_array().unwrap() {
        let taken = url.as_str().unwrap().trim_end_matches('/').to_owned();
        assert_eq!((Some(taken), "Ok(())".to_owned()), read(url));
    }
    for url in table["refused"].as_array().unwrap() {
        let (read, shown) = read(url);
        assert_eq!(None, read, "{url}");
        for part in ["hunter2", "S3cr3tPart", "1234"] {
            assert!(!shown.contains(part), "{shown}");
        }
    }
}

#[test]
fn whole_addresses_are_taken_as_they_are() {
    let table: Value = serde_json::from_str(include_str!("../../../settings/urls.json")).unwrap();
    let read = |url: &Value| {
        let mut fields = fields(&json!({ "url": url }), &[]);
        let read = fields.whole_url("url", &[]);
        (read, format!("{:?}", fields.finish()))
    };

    for url in table["taken_whole"].as_array().unwrap() {
        assert_eq!(read(url).0.as_deref(), url.as_str());
    }
    for url in table["refused_whole"].as_array().unwrap() {
        let (read, shown) = read(url);
        assert_eq!(None, read, "{url}");
        for part in ["hunter2", "S3cr3tPart"] {
            assert!(!shown.contains(part), "{shown}");
        }
    }
}

#[test]
fn path_of_the_endpoint_is_taken_off_an_address() {
    for base in ["http://a/b", "http://a/b/loki/api/v1/push"] {
        let mut request = RequestBuilder::new(Method::POST, &[&base]);
        request.without_path("/loki/api/v1/push");
        request.path("/ready");

        assert_eq!("http://a/b/ready", request.finish().unwrap().url.as_str());
    }
}

fn plain(connection: &ConnectionConfig, url: &dyn ToText, has_credentials: bool) -> String {
    let mut errors = ConfigErrors::default();
    connection.check_plain_http(&mut errors, &[("url", url)], has_credentials);
    problems(&errors)
}

#[test]
fn credentials_go_over_plain_http_to_this_machine_only() {
    let connection = ConnectionConfig::default();
    let allowed = ConnectionConfig {
        dangerously_allow_plain_http: true,
        ..ConnectionConfig::default()
    };

    assert_eq!("", plain(&connection, &"http://loki:3100", false));
    for near in [
        "http://127.0.0.1:1",
        "http://localhost",
        "http://[::1]:3",
        "https://loki",
    ] {
        assert_eq!("", plain(&connection, &near, true));
    }
    for far in [
        "http://loki:3100",
        "http://10.0.0.1",
        "http://localhost.example",
    ] {
        assert!(plain(&connection, &far, true).starts_with("url: is `http://`"));
        assert!(!plain(&connection, &Secret::new(far), false).is_empty());
        assert_eq!("", plain(&allowed, &far, true));
    }
}

#[test]
fn white_space_around_a_secret_is_cut() {
    let file = folder("secret").join("token");
    fs::write(&file, " t0ken\r\n").unwrap();
    let variables = [("SOME_TOKEN", "t0ken\n"), ("EMPTY", " \n")];
    for given in [
        json!("t0ken\n"),
        json!({ "env": "SOME_TOKEN" }),
        json!({ "file": file }),
        Value::Null,
    ] {
        let mut fields = fields(&json!({ "token": given }), &variables);

        let read = fields.secret("token", &["EMPTY", "SOME_TOKEN"]);

        assert_eq!(Some(Secret::new("t0ken")), read, "{given}");
    }
    assert_eq!("t0ken", Secret::from("\tt0ken ").expose());
}

#[test]
fn variable_that_is_not_set_is_not_named() {
    let mut fields = fields(&json!({ "token": { "env": "AKIDEXAMPLE" } }), &[]);

    assert_eq!(None, fields.secret("token", &[]));
    assert!(!format!("{:?}", fields.finish()).contains("AKIDEXAMPLE"));
}

/// The canary in every form in which a peer may quote it.
fn forms() -> Vec<String> {
    let escape = |character: char| match character {
        '/' | '+' | '=' => format!("\\u{:04x}", u32::from(character)),
        other => other.to_string(),
    };
    let hexadecimal: Vec<String> = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let hexadecimal = hexadecimal.concat();
    let mut forms = vec![
        CANARY.to_owned(),
        percent::encode(CANARY),
        percent::encode(CANARY).replace("%2B", "%2b"),
        CANARY.replace('/', "\\/"),
        CANARY.chars().map(escape).collect(),
        hexadecimal.to_uppercase(),
        hexadecimal,
        STANDARD.encode(CANARY),
        URL_SAFE.encode(format!("user:{CANARY}")),
    ];
    forms.extend(
        (1..4).map(|length| STANDARD.encode(format!("{}{CANARY}tail", "x".repeat(length)))),
    );
    forms
}

#[test]
fn secret_is_taken_out_of_a_text_in_every_form() {
    for form in forms() {
        let clean = scrub(&format!("before {form} after"), [CANARY]);

        let middle = clean.strip_prefix("before ").unwrap();
        let middle = middle.strip_suffix(" after").unwrap();
        assert!(middle.contains("***"), "{form}: {clean}");
        // What is left of base64 around it says nothing of it.
        assert!(middle.replace("***", "").len() <= 12, "{form}: {clean}");
    }
    assert_eq!("abc % \\ d", scrub("abc % \\ d", ["abc", CANARY]));
}

struct NoEncoder;

impl Encoder for NoEncoder {
    fn encode(&self, _: &Event, _: &mut Vec<u8>) -> Option<Group> {
        None
    }

    fn write_payload(&self, _: &[Record], _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// A transport whose every request carries the canary, in a header, the query and as basic
/// authentication.
fn transport(url: &str) -> HttpTransport<NoEncoder> {
    let secret = Secret::new(CANARY);
    let basic = Secret::new(format!(
        "Basic {}",
        STANDARD.encode(format!("user:{CANARY}"))
    ));
    let mut request = RequestBuilder::new(Method::POST, &[&url]);
    request.query("key", &[&secret]);
    request.header("x-api-key", &[&"Key ", &secret]);
    request.header("authorization", &[&basic]);
    let request = request.finish().unwrap();
    HttpTransport::new(HttpParts {
        encoder: Arc::new(NoEncoder),
        content_type: "application/json",
        codec: UNCOMPRESSED,
        requests: Requests::Same(Box::new(request.clone())),
        health: Some(HealthCheck {
            request,
            body: "",
            is_healthy: |status| status == 204,
        }),
        sender: Arc::new(AsTheyAre),
        places: Places::USUAL,
        classify: |_| Outcome::Delivered,
        max_wire_bytes: None,
        attempt_timeout: PATIENCE,
        connection: ConnectionConfig::default(),
        settings: NamedSettings {
            credentials: &["api_key"],
            place: &["index", "url"],
        },
    })
    .unwrap()
}

#[tokio::test]
async fn peer_that_echoes_the_request_shows_no_secret() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let head = read_head(&mut connection).await;
            let said = forms().join(" ") + " " + &String::from_utf8(head).unwrap();
            let said = format!(
                "HTTP/1.1 403 x\r\ncontent-length: {}\r\n\r\n{said}",
                said.len()
            );
            connection.write_all(said.as_bytes()).await.unwrap();
        }
    });

    let error = transport(&url).health_check().await.unwrap_err();

    let shown = format!("{error} {error:?}");
    assert!(shown.contains("***"), "{shown}");
    for form in forms().iter().take(8) {
        assert!(!shown.contains(form.as_str()), "{form}: {shown}");
    }
}

#[tokio::test]
async fn what_a_refusal_is_about_is_named_beside_what_the_backend_said() {
    for (status, named) in [
        (401, "; check `api_key`"),
        (403, "; check `api_key`, `index`, `url`"),
        (404, "; check `index`, `url`"),
        (302, "; check `index`, `url`"),
        (407, "; check `proxy`"),
        (429, ""),
        (503, ""),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            read_head(&mut connection).await;
            let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 4\r\n\r\nnope");
            connection.write_all(answer.as_bytes()).await.unwrap();
        });

        let error = transport(&url)
            .health_check()
            .await
            .unwrap_err()
            .to_string();

        assert!(error.contains(&format!("HTTP {status}")), "{error}");
        assert!(
            error.ends_with(&format!("nope{named}")),
            "{status}: {error}"
        );
    }
}

#[test]
fn transport_tells_whether_it_shows_credentials() {
    assert!(transport("http://loki:3100").shows_credentials());
    assert!(!transport("http://127.0.0.1:3100").shows_credentials());
    assert!(!transport("https://loki").shows_credentials());
}

async fn read_head(connection: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if connection.read_buf(&mut head).await.unwrap_or(0) == 0 {
            break;
        }
    }
    head
}

/// An empty folder of one test's own.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("connection-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A private authority, a server's certificate of it, and a client's in files.
struct Files {
    ca: PathBuf,
    cert: PathBuf,
    key: PathBuf,
    key_text: String,
    server: ServerConfig,
}

fn files(name: &str) -> Files {
    let folder = folder(name);
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let issue = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &authority).unwrap(), key)
    };
    let (certificate, key) = issue("127.0.0.1");
    let (client, client_key) = issue("client.example");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .unwrap();
    let key_der = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.der().clone()], key_der)
        .unwrap();
    Files {
        ca: write("ca.pem", &authority.pem()),
        cert: write("cert.pem", &client.pem()),
        key: write("key.pem", &client_key.serialize_pem()),
        key_text: client_key.serialize_pem(),
        server,
    }
}

async fn answer(mut connection: impl AsyncRead + AsyncWrite + Unpin) -> Vec<u8> {
    let head = read_head(&mut connection).await;
    let _ = connection.write_all(OK).await;
    let _ = connection.shutdown().await;
    head
}

async fn ask(url: &str, connection: &ConnectionConfig) -> Result<HttpResponse, HttpError> {
    let client = HttpClient::connected(PATIENCE, connection).unwrap();
    let url: Url = url.parse().unwrap();
    client.send(client.request(Method::POST, &url)).await
}

#[tokio::test]
async fn private_authority_and_client_certificate_are_settings() {
    let files = files("mutual");
    let acceptor = TlsAcceptor::from(Arc::new(files.server));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            if let Ok(secured) = acceptor.accept(connection).await {
                answer(secured).await;
            }
        }
    });
    let trusting = ConnectionConfig {
        ca_file: Some(files.ca),
        ..ConnectionConfig::default()
    };
    let known = ConnectionConfig {
        client_cert_file: Some(files.cert),
        client_key_file: Some(files.key),
        ..trusting.clone()
    };

    assert_eq!(200, ask(&url, &known).await.unwrap().status);
    assert!(ask(&url, &trusting).await.is_err());
    assert!(ask(&url, &ConnectionConfig::default()).await.is_err());
}

#[test]
fn files_that_cannot_be_used_are_named_and_not_shown() {
    let (files, other) = (files("named"), files("other"));
    let missing = folder("named").join("missing.pem");
    let empty = folder("named").join("empty.pem");
    fs::write(&empty, "").unwrap();
    let with_ca = |path: &PathBuf| ConnectionConfig {
        ca_file: Some(path.clone()),
        ..ConnectionConfig::default()
    };
    let with_client = |cert: &PathBuf, key: Option<&PathBuf>| ConnectionConfig {
        client_cert_file: Some(cert.clone()),
        client_key_file: key.cloned(),
        ..ConnectionConfig::default()
    };
    for (connection, setting, file) in [
        (with_ca(&missing), "ca_file", Some(&missing)),
        (with_ca(&files.key), "ca_file", Some(&files.key)),
        (with_ca(&empty), "ca_file", Some(&empty)),
        (
            with_client(&missing, Some(&files.key)),
            "client_cert_file",
            Some(&missing),
        ),
        (
            with_client(&files.cert, Some(&other.key)),
            "client_key_file",
            Some(&other.key),
        ),
        (
            with_client(&files.cert, Some(&empty)),
            "client_cert_file",
            Some(&empty),
        ),
        (with_client(&files.cert, None), "client_cert_file", None),
    ] {
        let mut errors = ConfigErrors::default();

        connection.check(&mut errors);

        let text = problems(&errors);
        assert!(text.starts_with(setting), "{text}");
        let file = file.map_or("client_key_file".into(), |file| file.display().to_string());
        assert!(text.contains(&file), "{text}");
        assert!(
            !text.contains(files.key_text.lines().nth(1).unwrap()),
            "{text}"
        );
    }
}

#[tokio::test]
async fn proxy_is_a_setting_and_this_machine_is_reached_without() {
    let (asked, mut requests) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let _ = asked.send(String::from_utf8(answer(connection).await).unwrap());
        }
    });
    let proxy = format!("http://user:pass%2Fword@{address}");
    let mut fields = fields(&Value::Null, &[("A_SINK_PROXY", &proxy)]);
    let connection = ConnectionConfig::read(&mut fields, "A_SINK");

    ask("http://backend.invalid/in", &connection).await.unwrap();
    ask(&format!("http://{address}/near"), &connection)
        .await
        .unwrap();

    let far = requests.recv().await.unwrap();
    assert!(far.starts_with("POST http://backend.invalid/in "), "{far}");
    assert!(far.contains(&STANDARD.encode("user:pass/word")), "{far}");
    let near = requests.recv().await.unwrap();
    assert!(near.starts_with("POST /near "), "{near}");
    assert!(!format!("{connection:?}").contains("word"));
}

#[test]
fn bad_proxy_names_the_setting_and_shows_nothing() {
    for proxy in [
        "socks5://h",
        "h:1",
        "http://u:hunter2@",
        "http://u:hunter2@h:0",
    ] {
        let mut fields = fields(&json!({ "proxy": proxy }), &[]);

        assert_eq!(None, ConnectionConfig::read(&mut fields, "A_SINK").proxy);

        let shown = format!("{:?}", fields.finish());
        assert!(
            shown.contains("proxy") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
