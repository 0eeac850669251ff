//! The cache of tokens, through the scheme that is simplest to read.

use std::sync::Arc;

use credentials_part_tests::cloud_sink_parts::credentials::Credentials;
use credentials_part_tests::cloud_sink_parts::oauth2::OAuth2Issuer;
use credentials_part_tests::cloud_sink_parts::token::TokenCredentials;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::oauth2::client_of;
use super::support::{
    IMPATIENCE, ManualClock, PATIENCE, Reply, Server, authorization, send_to, text, token,
    token_for,
};

type Shared = Arc<TokenCredentials<OAuth2Issuer>>;

fn shared(endpoint: &Server, clock: &ManualClock) -> Shared {
    Arc::new(client_of(endpoint, &clock.context(PATIENCE)))
}

/// What that many callers get who ask while the endpoint holds its answer back.
async fn ask_together(
    endpoint: &Server,
    gate: &Semaphore,
    credentials: &Shared,
    callers: usize,
) -> Vec<Result<String, String>> {
    let mut asking = JoinSet::new();
    for _ in 0..callers {
        let credentials = Arc::clone(credentials);
        asking.spawn(async move { authorization(&*credentials).await });
    }
    endpoint.reached(endpoint.count() + 1).await;
    gate.add_permits(100);
    asking.join_all().await
}

#[tokio::test]
async fn token_is_kept_until_it_is_due_for_renewal() {
    let endpoint = Server::counting().await;
    let clock = ManualClock::new();
    let credentials = shared(&endpoint, &clock);

    assert_eq!(
        "Bearer token-1",
        authorization(&*credentials).await.unwrap()
    );
    // An hour less the margin of 225 s.
    clock.advance(3_374);
    assert_eq!(
        "Bearer token-1",
        authorization(&*credentials).await.unwrap()
    );
    clock.advance(1);
    assert_eq!(
        "Bearer token-2",
        authorization(&*credentials).await.unwrap()
    );
    assert_eq!(2, endpoint.count());
}

#[tokio::test]
async fn short_lived_token_is_renewed_after_three_quarters() {
    let endpoint = Server::start(|_, number| token_for(&format!("token-{number}"), 40)).await;
    let clock = ManualClock::new();
    let credentials = shared(&endpoint, &clock);

    authorization(&*credentials).await.unwrap();
    clock.advance(29);
    assert_eq!(
        "Bearer token-1",
        authorization(&*credentials).await.unwrap()
    );
    clock.advance(1);
    assert_eq!(
        "Bearer token-2",
        authorization(&*credentials).await.unwrap()
    );
}

#[tokio::test]
async fn lifetime_beyond_a_day_is_not_believed() {
    let endpoint = Server::start(|_, number| token_for(&format!("token-{number}"), u64::MAX)).await;
    let clock = ManualClock::new();
    let credentials = shared(&endpoint, &clock);

    authorization(&*credentials).await.unwrap();
    clock.advance(24 * 3_600);
    assert_eq!(
        "Bearer token-2",
        authorization(&*credentials).await.unwrap()
    );
}

#[tokio::test]
async fn callers_without_a_token_share_one_fetch() {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let endpoint = Server::start(move |_, number| {
        Reply::Gated(
            Arc::clone(&held),
            Box::new(token(&format!("token-{number}"))),
        )
    })
    .await;
    let credentials = shared(&endpoint, &ManualClock::new());

    let answers = ask_together(&endpoint, &gate, &credentials, 20).await;

    assert_eq!(vec![Ok("Bearer token-1".to_owned()); 20], answers);
    assert_eq!(1, endpoint.count());
}

#[tokio::test]
async fn callers_without_a_token_share_one_failure() {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let endpoint =
        Server::start(move |_, _| Reply::Gated(Arc::clone(&held), Box::new(text(503, "")))).await;
    let credentials = shared(&endpoint, &ManualClock::new());

    let answers = ask_together(&endpoint, &gate, &credentials, 20).await;

    assert!(answers.iter().all(Result::is_err));
    assert_eq!(1, endpoint.count());
}

#[tokio::test]
async fn failure_is_not_kept() {
    let endpoint = Server::start(|_, number| match number {
        1 => text(503, ""),
        _ => token("late"),
    })
    .await;
    let credentials = shared(&endpoint, &ManualClock::new());

    assert!(authorization(&*credentials).await.is_err());
    assert_eq!("Bearer late", authorization(&*credentials).await.unwrap());
}

#[tokio::test]
async fn others_use_the_old_token_while_one_renews_it() {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let endpoint = Server::start(move |_, number| match number {
        1 => token("old"),
        _ => Reply::Gated(Arc::clone(&held), Box::new(token("new"))),
    })
    .await;
    let clock = ManualClock::new();
    let credentials = shared(&endpoint, &clock);
    authorization(&*credentials).await.unwrap();
    clock.advance(3_400);

    let renewing = Arc::clone(&credentials);
    let renewing = tokio::spawn(async move { authorization(&*renewing).await });
    endpoint.reached(2).await;
    // The endpoint has not answered yet.
    for _ in 0..10 {
        assert_eq!("Bearer old", authorization(&*credentials).await.unwrap());
    }
    gate.add_permits(1);

    assert_eq!("Bearer new", renewing.await.unwrap().unwrap());
    assert_eq!("Bearer new", authorization(&*credentials).await.unwrap());
    assert_eq!(2, endpoint.count());
}

#[tokio::test]
async fn token_that_holds_survives_a_failed_renewal() {
    let endpoint = Server::start(|_, number| match number {
        1 => token("old"),
        2..=3 => text(500, ""),
        _ => token("new"),
    })
    .await;
    let clock = ManualClock::new();
    let credentials = shared(&endpoint, &clock);
    authorization(&*credentials).await.unwrap();
    clock.advance(3_400);

    assert_eq!("Bearer old", authorization(&*credentials).await.unwrap());
    // The next try is not made at once.
    assert_eq!("Bearer old", authorization(&*credentials).await.unwrap());
    assert_eq!(2, endpoint.count());
    clock.advance(15);
    assert_eq!("Bearer old", authorization(&*credentials).await.unwrap());
    assert_eq!(3, endpoint.count());
    clock.advance(15);
    assert_eq!("Bearer new", authorization(&*credentials).await.unwrap());
}

#[tokio::test]
async fn token_is_not_sent_once_it_is_about_to_end() {
    let endpoint = Server::start(|_, number| match number {
        1 => token("old"),
        _ => text(500, ""),
    })
    .await;
    let clock = ManualClock::new();
    let credentials = shared(&endpoint, &clock);
    authorization(&*credentials).await.unwrap();

    clock.advance(3_589);
    assert_eq!("Bearer old", authorization(&*credentials).await.unwrap());
    clock.advance(1);
    assert!(authorization(&*credentials).await.is_err());
}

#[tokio::test]
async fn cancelled_caller_leaves_the_fetch_to_the_next() {
    let endpoint = Server::start(|_, number| match number {
        1 => Reply::Silence,
        _ => token("second"),
    })
    .await;
    let credentials = shared(&endpoint, &ManualClock::new());
    let waiting = Arc::clone(&credentials);
    let waiting = tokio::spawn(async move { authorization(&*waiting).await });
    endpoint.reached(1).await;

    waiting.abort();

    assert_eq!("Bearer second", authorization(&*credentials).await.unwrap());
}

#[tokio::test]
async fn waiting_for_a_silent_endpoint_is_bounded() {
    let endpoint = Server::always(Reply::Silence).await;
    let context = ManualClock::new().context(IMPATIENCE);
    let credentials: Shared = Arc::new(client_of(&endpoint, &context));

    let mut asking = JoinSet::new();
    for _ in 0..5 {
        let credentials = Arc::clone(&credentials);
        asking.spawn(async move { authorization(&*credentials).await });
    }

    for answer in asking.join_all().await {
        let error = answer.unwrap_err();
        assert!(
            error.starts_with("Outage") && error.contains("127.0.0.1"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn refused_token_that_was_taken_before_is_replaced_once() {
    let endpoint = Server::counting().await;
    let mut is_revoked = false;
    let backend = Server::start(move |asked, number| {
        is_revoked = is_revoked || number > 1;
        match asked.header("authorization") {
            Some("Bearer token-1") if is_revoked => text(401, "gone"),
            _ => text(200, ""),
        }
    })
    .await;
    let credentials = shared(&endpoint, &ManualClock::new());

    assert_eq!(200, send_to(&backend, &*credentials).await.unwrap().status);
    assert_eq!(200, send_to(&backend, &*credentials).await.unwrap().status);

    assert_eq!(2, endpoint.count());
    let sent: Vec<_> = backend
        .asked()
        .into_iter()
        .map(|asked| asked.body)
        .collect();
    assert_eq!(vec![b"event".to_vec(); 3], sent);
}

#[tokio::test]
async fn refusal_of_a_fresh_token_is_the_backends_answer() {
    let endpoint = Server::counting().await;
    let backend = Server::always(text(401, "no")).await;
    let clock = ManualClock::new();
    let credentials = shared(&endpoint, &clock);

    for _ in 0..3 {
        assert_eq!(401, send_to(&backend, &*credentials).await.unwrap().status);
    }

    assert_eq!((1, 3), (endpoint.count(), backend.count()));
    // A minute later a new one may have what the old one lacks: one more, and no loop.
    clock.advance(60);
    assert_eq!(401, send_to(&backend, &*credentials).await.unwrap().status);
    assert_eq!((2, 5), (endpoint.count(), backend.count()));
}

#[tokio::test]
async fn refused_token_is_renewed_although_the_clock_was_set() {
    for ahead in [true, false] {
        let endpoint = Server::counting().await;
        let backend = Server::taking(&["token-2"]).await;
        let clock = ManualClock::new();
        let credentials = shared(&endpoint, &clock);
        assert_eq!(
            "Bearer token-1",
            authorization(&*credentials).await.unwrap()
        );

        if ahead {
            clock.advance(3_600);
        } else {
            clock.set_back(3_600);
        }

        assert_eq!(200, send_to(&backend, &*credentials).await.unwrap().status);
        // It holds for an hour from here, whatever the clock said before.
        clock.advance(3_374);
        assert_eq!(200, send_to(&backend, &*credentials).await.unwrap().status);
        assert_eq!(2, endpoint.count());
    }
}

#[tokio::test]
async fn requests_refused_together_share_one_new_token() {
    let endpoint = Server::counting().await;
    let backend = Server::taking(&["token-1", "token-2"]).await;
    let strict = Server::taking(&["token-2"]).await;
    let credentials = shared(&endpoint, &ManualClock::new());
    send_to(&backend, &*credentials).await.unwrap();

    let mut sending = JoinSet::new();
    for _ in 0..8 {
        let (strict, credentials) = (strict.clone(), Arc::clone(&credentials));
        sending.spawn(async move { send_to(&strict, &*credentials).await.unwrap().status });
    }

    assert_eq!(vec![200; 8], sending.join_all().await);
    assert_eq!(2, endpoint.count());
}

#[tokio::test]
async fn outage_of_the_endpoint_after_a_refusal_is_told() {
    let endpoint = Server::start(|_, number| match number {
        1 => token("old"),
        _ => text(503, ""),
    })
    .await;
    let backend = Server::start(|_, number| text(if number == 1 { 200 } else { 401 }, "")).await;
    let credentials = shared(&endpoint, &ManualClock::new());
    send_to(&backend, &*credentials).await.unwrap();

    let error = send_to(&backend, &*credentials).await.unwrap_err();

    assert_eq!(
        "token endpoint 127.0.0.1: HTTP 503 Service Unavailable",
        error.to_string()
    );
}

#[tokio::test]
async fn backend_that_quotes_the_token_does_not_get_it_into_a_reason() {
    let endpoint = Server::counting().await;
    let backend =
        Server::start(|asked, _| text(403, &format!("no {:?}", asked.header("authorization"))))
            .await;
    let credentials = shared(&endpoint, &ManualClock::new());

    let response = send_to(&backend, &*credentials).await.unwrap();

    assert_eq!(r#"no Some("***")"#, String::from_utf8_lossy(&response.body));
}

#[tokio::test]
async fn accepted_and_refused_of_an_old_issue_leave_the_new_one_alone() {
    let endpoint = Server::counting().await;
    let credentials = shared(&endpoint, &ManualClock::new());
    authorization(&*credentials).await.unwrap();
    credentials.accepted(1);
    assert!(credentials.refused(1));
    authorization(&*credentials).await.unwrap();

    assert!(credentials.refused(1), "another one is there to try");
    assert_eq!(
        "Bearer token-2",
        authorization(&*credentials).await.unwrap()
    );
    assert!(!credentials.refused(2), "never taken, and fresh");
}
