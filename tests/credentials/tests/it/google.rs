//! Google: a service account's key, a user's, the metadata server, and the order of the three.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use credentials_part_tests::cloud_sink_parts::credentials::CredentialsContext;
use credentials_part_tests::cloud_sink_parts::google::{GoogleKey, GoogleOptions, credentials};
use serde_json::{Value, json};

use super::support::{Asked, ManualClock, PATIENCE, START, Server, authorization};

pub const ACCOUNT: &str = "writer@project.iam.gserviceaccount.com";
const SCOPE: &str = "https://www.googleapis.com/auth/logging.write";

static KEY: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());

fn pem(label: &str, der: &[u8]) -> String {
    let lines: Vec<String> = STANDARD
        .encode(der)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

pub fn private_key() -> String {
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&*KEY);
    pem("PRIVATE KEY", der.unwrap().as_ref())
}

/// A service account's key file.
pub fn key_file(endpoint: &Server) -> Value {
    json!({
        "type": "service_account",
        "project_id": "project",
        "private_key_id": "key-7",
        "private_key": private_key(),
        "client_email": ACCOUNT,
        "token_uri": format!("{}/token", endpoint.url),
    })
}

async fn ask(key: Option<GoogleKey>, context: &CredentialsContext) -> Result<String, String> {
    let options = GoogleOptions {
        setting: "credentials",
        key,
        scope: SCOPE.to_owned(),
    };
    authorization(&credentials(options, context).unwrap()).await
}

async fn ask_with(key: &Value) -> Result<String, String> {
    let key = GoogleKey::Json(key.to_string().into());
    ask(Some(key), &ManualClock::new().context(PATIENCE)).await
}

/// The header and the claims of a good assertion. Panics when it is not good.
fn verified(asked: &Asked) -> (Value, Value) {
    let form = asked.form();
    assert_eq!(
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        form["grant_type"]
    );
    assert_eq!(2, form.len());
    let (signed, signature) = form["assertion"].rsplit_once('.').unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, KEY.public_key().as_ref())
        .verify(
            signed.as_bytes(),
            &URL_SAFE_NO_PAD.decode(signature).unwrap(),
        )
        .expect("the signature fits");
    let part = |text| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    (part(header), part(claims))
}

fn save(folder: &Path, name: &str, content: &Value) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content.to_string()).unwrap();
    path
}

#[tokio::test]
async fn service_account_sends_a_signed_assertion() {
    let endpoint = Server::counting().await;

    assert_eq!(
        Ok("Bearer token-1".to_owned()),
        ask_with(&key_file(&endpoint)).await
    );

    let (header, claims) = verified(&endpoint.asked()[0]);
    assert_eq!(
        json!({ "alg": "RS256", "typ": "JWT", "kid": "key-7" }),
        header
    );
    let expected = json!({
        "iss": ACCOUNT,
        "scope": SCOPE,
        "aud": format!("{}/token", endpoint.url),
        "iat": START,
        "exp": START + 3_600,
    });
    assert_eq!(expected, claims);
}

#[tokio::test]
async fn older_form_of_the_key_works_too() {
    let endpoint = Server::counting().await;
    let mut file = key_file(&endpoint);
    // PKCS #1: what PKCS #8 holds behind its 26 bytes of header.
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&*KEY);
    file["private_key"] = pem("RSA PRIVATE KEY", &der.unwrap().as_ref()[26..]).into();

    ask_with(&file).await.unwrap();

    verified(&endpoint.asked()[0]);
}

#[tokio::test]
async fn key_file_is_read_anew_for_each_token() {
    let endpoint = Server::counting().await;
    let folder = tempfile::tempdir().unwrap();
    let mut file = key_file(&endpoint);
    let path = save(folder.path(), "key.json", &file);
    let clock = ManualClock::new();
    let options = GoogleOptions {
        setting: "credentials_file",
        key: Some(GoogleKey::File(path)),
        scope: SCOPE.to_owned(),
    };
    let google = credentials(options, &clock.context(PATIENCE)).unwrap();
    authorization(&google).await.unwrap();
    file["private_key_id"] = "key-8".into();
    save(folder.path(), "key.json", &file);
    clock.advance(3_500);

    authorization(&google).await.unwrap();

    assert_eq!("key-8", verified(&endpoint.asked()[1]).0["kid"]);
}

#[tokio::test]
async fn users_key_file_is_exchanged_by_refresh_token() {
    let endpoint = Server::counting().await;
    let file = json!({
        "type": "authorized_user",
        "client_id": "id",
        "client_secret": "secret",
        "refresh_token": "refresh",
        "token_uri": endpoint.url,
    });

    ask_with(&file).await.unwrap();

    let form = endpoint.asked()[0].form();
    assert_eq!("refresh_token", form["grant_type"]);
    assert_eq!("id", form["client_id"]);
    assert_eq!("secret", form["client_secret"]);
    assert_eq!("refresh", form["refresh_token"]);
}

#[tokio::test]
async fn environment_then_user_file_then_metadata_server() {
    let endpoint = Server::counting().await;
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    let key = save(folder.path(), "key.json", &key_file(&endpoint));
    let user = json!({
        "type": "authorized_user",
        "client_id": "id",
        "client_secret": "secret",
        "refresh_token": "refresh",
        "token_uri": endpoint.url,
    });
    let well_known = ".config/gcloud/application_default_credentials.json";
    save(folder.path(), well_known, &user);
    let clock = ManualClock::new();
    let key = key.to_str().unwrap();

    let all = [
        ("GOOGLE_APPLICATION_CREDENTIALS", key),
        ("HOME", home),
        ("GCE_METADATA_HOST", &*endpoint.host),
    ];
    for variables in [&all[..], &all[1..], &all[2..]] {
        ask(None, &clock.context_with(PATIENCE, variables))
            .await
            .unwrap();
    }

    let asked = endpoint.asked();
    verified(&asked[0]);
    assert_eq!("refresh_token", asked[1].form()["grant_type"]);
    assert_eq!("GET", asked[2].method);
}

#[tokio::test]
async fn metadata_server_is_asked_as_it_wants_to_be() {
    let server = Server::counting().await;
    let context = ManualClock::new().context_with(PATIENCE, &[("GCE_METADATA_HOST", &server.host)]);

    assert_eq!(Ok("Bearer token-1".to_owned()), ask(None, &context).await);

    let asked = &server.asked()[0];
    assert_eq!("GET", asked.method);
    assert_eq!(
        "/computeMetadata/v1/instance/service-accounts/default/token",
        asked.path()
    );
    assert_eq!(SCOPE, asked.query()["scopes"]);
    assert_eq!(Some("Google"), asked.header("metadata-flavor"));
}

#[tokio::test]
async fn metadata_server_elsewhere_is_not_asked() {
    let context =
        ManualClock::new().context_with(PATIENCE, &[("GCE_METADATA_HOST", "metadata.example")]);

    let error = ask(None, &context).await.unwrap_err();

    assert!(
        error.starts_with("Refused") && error.contains("use https"),
        "{error}"
    );
}

#[tokio::test]
async fn key_that_is_none_is_refused_without_showing_it() {
    let endpoint = Server::counting().await;
    let mut wrong_key = key_file(&endpoint);
    wrong_key["private_key"] =
        "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----".into();
    let federated = json!({ "type": "external_account", "canary": 1 });
    let mut elsewhere = key_file(&endpoint);
    elsewhere["token_uri"] = "http://login.example/token".into();
    let mut half = key_file(&endpoint);
    half.as_object_mut().unwrap().remove("client_email");
    for (key, says) in [
        (wrong_key, "its `private_key` is no RSA key in PEM"),
        (
            federated,
            "neither a `service_account` nor an `authorized_user`",
        ),
        (elsewhere, "use https"),
        (half, "not the JSON that Google hands out"),
        (json!("canary"), "not the JSON that Google hands out"),
        (json!({ "type": 7 }), "not the JSON that Google hands out"),
    ] {
        let error = ask_with(&key).await.unwrap_err();
        assert!(
            error.starts_with("Refused") && error.contains(says),
            "{error}"
        );
        assert!(
            !error.contains("canary") && !error.contains("Y2Fu"),
            "{error}"
        );
    }
    assert_eq!(0, endpoint.count());
}

#[tokio::test]
async fn key_file_that_is_not_there_is_refused_by_name() {
    let variables = [("GOOGLE_APPLICATION_CREDENTIALS", "/no/such/key.json")];
    let context = ManualClock::new().context_with(PATIENCE, &variables);

    let error = ask(None, &context).await.unwrap_err();

    let says = "`credentials`: cannot read the key file /no/such/key.json";
    assert!(
        error.starts_with("Refused") && error.contains(says),
        "{error}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn key_in_a_pipe_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let context = ManualClock::new().context(PATIENCE);

    let error = ask(Some(GoogleKey::File(pipe)), &context)
        .await
        .unwrap_err();

    assert!(
        error.starts_with("Refused") && error.contains("not a regular file"),
        "{error}"
    );
}
