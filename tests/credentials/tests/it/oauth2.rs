//! OAuth 2.0 client credentials.

use credentials_part_tests::cloud_sink_parts::credentials::{
    Credentials, CredentialsContext, CredentialsError,
};
use credentials_part_tests::cloud_sink_parts::oauth2::{
    ClientAuthentication, OAuth2Issuer, OAuth2Options, credentials,
};
use credentials_part_tests::cloud_sink_parts::token::TokenCredentials;

use super::support::{ManualClock, PATIENCE, Server, authorization, reply};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

pub const CLIENT_SECRET: &str = "s3cret & =/%+\u{e9}";

pub fn options(endpoint: &Server) -> OAuth2Options {
    OAuth2Options {
        setting: "client_secret",
        token_url: format!("{}/oauth/token", endpoint.url),
        client_id: "the client".to_owned(),
        client_secret: CLIENT_SECRET.into(),
        authentication: ClientAuthentication::Body,
        scope: Some("logs:write metrics".to_owned()),
        audience: None,
        extra: Vec::new(),
    }
}

/// A client of this endpoint with a secret in the body.
pub fn client_of(
    endpoint: &Server,
    context: &CredentialsContext,
) -> TokenCredentials<OAuth2Issuer> {
    credentials(options(endpoint), context).unwrap()
}

async fn ask(options: OAuth2Options) -> Result<String, String> {
    let context = ManualClock::new().context(PATIENCE);
    authorization(&credentials(options, &context).unwrap()).await
}

#[tokio::test]
async fn id_and_secret_go_into_the_form() {
    let endpoint = Server::counting().await;

    assert_eq!("Bearer token-1", ask(options(&endpoint)).await.unwrap());

    let asked = &endpoint.asked()[0];
    let expected = [
        ("client_id", "the client"),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "client_credentials"),
        ("scope", "logs:write metrics"),
    ];
    assert_eq!("/oauth/token", asked.target);
    assert_eq!(Some("application/json"), asked.header("accept"));
    assert_eq!(None, asked.header("authorization"));
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(
        expected
            .into_iter()
            .collect::<std::collections::BTreeMap<_, _>>(),
        asked.form()
    );
}

#[tokio::test]
async fn id_and_secret_go_into_the_header_encoded_as_the_standard_says() {
    let endpoint = Server::counting().await;

    ask(OAuth2Options {
        authentication: ClientAuthentication::Basic,
        ..options(&endpoint)
    })
    .await
    .unwrap();

    let asked = &endpoint.asked()[0];
    let sent = asked
        .header("authorization")
        .unwrap()
        .strip_prefix("Basic ")
        .unwrap();
    assert_eq!(
        "the%20client:s3cret%20%26%20%3D%2F%25%2B%C3%A9",
        String::from_utf8(STANDARD.decode(sent).unwrap()).unwrap()
    );
    assert!(!asked.form().contains_key("client_secret"));
    assert!(!asked.form().contains_key("client_id"));
}

#[tokio::test]
async fn audience_and_further_fields_go_into_the_form() {
    let endpoint = Server::counting().await;

    ask(OAuth2Options {
        scope: None,
        audience: Some("https://logs.example".to_owned()),
        extra: vec![("resource".to_owned(), "a&b=c".to_owned())],
        ..options(&endpoint)
    })
    .await
    .unwrap();

    let form = endpoint.asked()[0].form();
    assert_eq!("https://logs.example", form["audience"]);
    assert_eq!("a&b=c", form["resource"]);
    assert!(!form.contains_key("scope"));
}

#[tokio::test]
async fn lifetime_may_be_text() {
    let endpoint = Server::always(reply(
        200,
        &json!({ "access_token": "t", "expires_in": "60" }),
    ))
    .await;
    let clock = ManualClock::new();
    let credentials = client_of(&endpoint, &clock.context(PATIENCE));

    authorization(&credentials).await.unwrap();
    clock.advance(44);
    authorization(&credentials).await.unwrap();
    assert_eq!(1, endpoint.count());
    clock.advance(1);
    authorization(&credentials).await.unwrap();
    assert_eq!(2, endpoint.count());
}

#[test]
fn url_that_would_show_the_secret_is_refused_when_the_sink_is_made() {
    let context = ManualClock::new().context(PATIENCE);
    let refused = |url: &str| {
        let options = OAuth2Options {
            token_url: url.to_owned(),
            setting: "client_secret",
            client_id: String::new(),
            client_secret: "".into(),
            authentication: ClientAuthentication::Body,
            scope: None,
            audience: None,
            extra: Vec::new(),
        };
        matches!(
            credentials(options, &context),
            Err(CredentialsError::Refused { .. })
        )
    };

    for url in [
        "http://login.example/token",
        "http://10.0.0.1/token",
        "http://169.254.169.254/token",
        "http://metadata.google.internal/token",
        "http://127.0.0.1.example/token",
        "http://localhost.example/token",
        "http://user:password@127.0.0.1/token",
        "https://user@login.example/token",
        "ftp://127.0.0.1/token",
        "file:///etc/passwd",
        "login.example/token",
        "http://[::ffff:10.0.0.1]/token",
        "http://[::1/token",
        "http://127.0.0.1:port/token",
        "http://login.example#@127.0.0.1/token",
        "http://127.0.0.1%2Elogin.example/token",
        "",
    ] {
        assert!(refused(url), "{url}");
    }
    for url in [
        "https://login.example/token",
        // A backslash is a slash to who reads URLs as browsers do, the client too.
        "http://127.0.0.1\\@login.example/token",
        "http://127.0.0.1:8080/token",
        "http://localhost/token",
        "http://[::1]:8080/token",
        "HTTPS://LOGIN.example/token",
    ] {
        assert!(!refused(url), "{url}");
    }
}

#[tokio::test]
async fn scheme_is_usable_as_a_trait_object() {
    let endpoint = Server::counting().await;
    let context = ManualClock::new().context(PATIENCE);
    let boxed: Box<dyn Credentials> = Box::new(client_of(&endpoint, &context));

    assert_eq!("Bearer token-1", authorization(&*boxed).await.unwrap());
}
