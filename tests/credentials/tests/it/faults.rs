//! What a token endpoint can do wrong, and what that comes to.

use credentials_part_tests::cloud_sink_base::Outcome;
use credentials_part_tests::cloud_sink_parts::credentials::SendError;
use serde_json::json;
use tokio::net::TcpListener;

use super::oauth2::{CLIENT_SECRET, client_of};
use super::support::{
    IMPATIENCE, ManualClock, PATIENCE, Reply, Server, authorization, reply, send_to, text,
};

/// What an event's batch comes to when the token endpoint answers so.
async fn outcome(answer: Reply, timeout: std::time::Duration) -> Outcome {
    let endpoint = Server::always(answer).await;
    let backend = Server::always(text(200, "")).await;
    let credentials = client_of(&endpoint, &ManualClock::new().context(timeout));
    let error = send_to(&backend, &credentials).await.unwrap_err();
    assert!(matches!(error, SendError::Credentials(_)));
    assert_eq!(0, backend.count(), "nothing is sent without a token");
    error.into()
}

async fn assert_outage(answer: Reply, says: &str) {
    match outcome(answer, PATIENCE).await {
        Outcome::Transient { reason, .. } => {
            assert_eq!(format!("token endpoint 127.0.0.1: {says}"), reason);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn answer_without_a_usable_token_is_an_outage_and_is_not_quoted() {
    let no_object = "HTTP 200 with a body that is no JSON object";
    let no_token = "HTTP 200 without a usable `access_token`";
    let no_lifetime = "HTTP 200 without a usable `expires_in`";
    for body in [
        "",
        "<html>",
        "null",
        "[]",
        "\"token\"",
        "{\"access_token\":\"t\"",
        "\u{0}",
    ] {
        assert_outage(text(200, body), no_object).await;
    }
    for token in [
        json!(null),
        json!(""),
        json!(7),
        json!("a b"),
        json!("a\r\nb"),
        json!("é"),
    ] {
        let body = json!({ "access_token": token, "expires_in": 60 });
        assert_outage(reply(200, &body), no_token).await;
    }
    for lifetime in [
        json!(null),
        json!(0),
        json!(-1),
        json!(0.5),
        json!("soon"),
        json!(""),
        json!([60]),
        json!("1e3"),
    ] {
        let body = json!({ "access_token": "t", "expires_in": lifetime });
        assert_outage(reply(200, &body), no_lifetime).await;
    }
    let body = json!({ "access_token": "t" });
    assert_outage(reply(200, &body), no_lifetime).await;
    let body = json!({ "access_token": "t", "expires_on": u64::MAX });
    assert_outage(reply(200, &body), "HTTP 200 without a usable `expires_on`").await;
    let body = json!({ "access_token": "t", "expires_on": 1_700_000_000 });
    assert_outage(
        reply(200, &body),
        "HTTP 200 with a token that has ended already",
    )
    .await;
    let body = json!({ "access_token": "t", "expires_in": 60, "token_type": "mac" });
    assert_outage(
        reply(200, &body),
        "HTTP 200 with a `token_type` that is not Bearer",
    )
    .await;
}

#[tokio::test]
async fn body_without_end_is_cut() {
    assert_outage(
        Reply::Endless,
        "HTTP 200 with a body that is no JSON object",
    )
    .await;
}

#[tokio::test]
async fn broken_answers_are_outages_that_name_the_host() {
    for answer in [Reply::Truncated, Reply::HangUp] {
        match outcome(answer, PATIENCE).await {
            Outcome::Transient { reason, .. } => {
                let start = "token endpoint 127.0.0.1: connection failed";
                assert!(reason.starts_with(start), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn endpoint_that_never_finishes_is_an_outage_that_names_the_host() {
    for answer in [Reply::Silence, Reply::Stalled] {
        match outcome(answer, IMPATIENCE).await {
            Outcome::Transient { reason, .. } => {
                let start = "token endpoint 127.0.0.1: no answer";
                assert!(reason.starts_with(start), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn endpoint_that_is_not_there_is_an_outage_that_names_the_host() {
    let endpoint = Server::counting().await;
    let mut options = super::oauth2::options(&endpoint);
    // Bound and let go: nobody listens there.
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    options.token_url = format!("http://{}/token", listener.local_addr().unwrap());
    drop(listener);
    let context = ManualClock::new().context(PATIENCE);
    let credentials =
        credentials_part_tests::cloud_sink_parts::oauth2::credentials(options, &context).unwrap();

    let error = authorization(&credentials).await.unwrap_err();

    assert!(
        error.contains("token endpoint 127.0.0.1: cannot connect"),
        "{error}"
    );
}

#[tokio::test]
async fn trouble_at_the_endpoint_is_an_outage() {
    for status in [204, 408, 425, 429, 500, 502, 503, 504, 599] {
        let answer = outcome(text(status, ""), PATIENCE).await;
        assert!(matches!(answer, Outcome::Transient { .. }), "{status}");
    }
    for code in ["temporarily_unavailable", "server_error", "slow_down"] {
        let answer = outcome(reply(400, &json!({ "error": code })), PATIENCE).await;
        assert!(matches!(answer, Outcome::Transient { .. }), "{code}");
    }
}

#[tokio::test]
async fn delay_that_the_endpoint_asks_for_is_passed_on() {
    let wait = vec![("retry-after", "7".to_owned())];
    let answer = outcome(Reply::Http(429, wait, Vec::new()), PATIENCE).await;

    match answer {
        Outcome::Transient { retry_after, .. } => {
            assert_eq!(Some(std::time::Duration::from_secs(7)), retry_after);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn refusal_pauses_and_names_the_setting_and_what_was_said() {
    for status in [400, 401, 403] {
        let body = json!({
            "error": "invalid_client",
            "error_description": format!("no client with secret {CLIENT_SECRET}\r\nhere"),
        });

        let answer = outcome(reply(status, &body), PATIENCE).await;

        match answer {
            Outcome::Paused { reason } => {
                let start =
                    format!("`client_secret`: token endpoint 127.0.0.1 refused it: HTTP {status} ");
                assert!(reason.starts_with(&start), "{reason}");
                let end = ": invalid_client: no client with secret ***  here";
                assert!(reason.ends_with(end), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn secret_is_scrubbed_in_every_form_and_before_the_text_is_cut() {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD.encode(CLIENT_SECRET);
    let percent = "s3cret%20%26%20%3D%2F%25%2B%C3%A9";
    let padding = "x".repeat(190);
    let body = json!({
        "error": format!("{base64} {percent}"),
        "error_description": format!("{padding} {CLIENT_SECRET}"),
    });

    match outcome(reply(401, &body), PATIENCE).await {
        Outcome::Paused { reason } => {
            assert!(reason.contains("*** ***"), "{reason}");
            assert!(!reason.contains("s3c"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn other_texts_of_a_refusal_are_not_quoted() {
    let answer = outcome(text(401, "<html>your token is abc"), PATIENCE).await;

    let reason = "`client_secret`: token endpoint 127.0.0.1 refused it: HTTP 401 Unauthorized";
    assert_eq!(
        Outcome::Paused {
            reason: reason.to_owned()
        },
        answer
    );
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Server::counting().await;
        let location = vec![("location", format!("{}/token", elsewhere.url))];

        let answer = outcome(Reply::Http(status, location, Vec::new()), PATIENCE).await;

        assert!(
            matches!(&answer, Outcome::Paused { reason } if reason.contains("redirects")),
            "{answer:?}"
        );
        assert_eq!(0, elsewhere.count());
    }
}
