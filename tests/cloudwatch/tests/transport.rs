//! The transport against a scripted service.
//!
//! Credentials and region come from the environment, so every test runs again in a process of its
//! own with the environment it asks for.

use std::process::Command;
use std::time::Duration;

use cloudwatch_part_tests::cloud_sink_base::{Batch, Outcome, Record, Timestamp, Transport};
use cloudwatch_part_tests::cloud_sink_parts::aws_cloudwatch_logs::{
    CloudWatchOptions, CloudWatchTransport,
};
use cloudwatch_part_tests::fake::{Answer, Fake};
use serde_json::{Value, json};

const KEYS: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "example-id"),
    ("AWS_SECRET_ACCESS_KEY", "example-secret"),
    ("AWS_REGION", "eu-west-1"),
];

/// Runs `body` in a child process that has only `vars` of all AWS settings.
fn with_env(test: &str, vars: &[(&str, &str)], body: impl AsyncFnOnce()) {
    const CHILD: &str = "CLOUDWATCH_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        runtime.block_on(body());
        return;
    }
    let mut child = Command::new(std::env::current_exe().expect("this test has a path"));
    child.args([test, "--exact", "--nocapture"]).env(CHILD, "1");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            child.env_remove(name);
        }
    }
    let home = std::env::temp_dir().join("cloudwatch-part-tests-no-home");
    child
        .env("HOME", &home)
        .env("USERPROFILE", home)
        .env("AWS_EC2_METADATA_DISABLED", "true");
    child.envs(vars.iter().copied());
    let output = child.output().expect("this test starts again");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn options(url: &str) -> CloudWatchOptions {
    CloudWatchOptions {
        log_group: "app".into(),
        log_stream: "host-1".into(),
        region: None,
        endpoint_url: Some(url.to_owned()),
        create_log_group: true,
        create_log_stream: true,
        retention_days: Some(30),
        attempt_timeout: Duration::from_secs(60),
    }
}

fn batch(events: i64) -> Batch {
    let record = |index: i64| Record {
        bytes: format!(r#"{{"n":{index}}}"#)
            .into_bytes()
            .into_boxed_slice(),
        timestamp: Timestamp::from_unix_nanos((1_767_323_045_678 + index) * 1_000_000 + 999_999),
        group: None,
        entry: None,
    };
    Batch::new((0..events).map(record).collect())
}

fn stored() -> Answer {
    Answer::ok(&json!({ "nextSequenceToken": "49" }))
}

fn done() -> Answer {
    Answer::ok(&json!({}))
}

fn missing() -> Answer {
    Answer::error(
        400,
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    )
}

fn exists() -> Answer {
    Answer::error(
        400,
        "ResourceAlreadyExistsException",
        "The specified log stream already exists",
    )
}

fn is_transient(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Transient { .. })
}

fn is_paused(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Paused { .. })
}

#[test]
fn events_travel_in_order_with_their_own_milliseconds() {
    with_env(
        "events_travel_in_order_with_their_own_milliseconds",
        KEYS,
        async || {
            let fake = Fake::start([stored()]).await;
            let transport = CloudWatchTransport::new(options(&fake.url()));

            assert_eq!(Outcome::Delivered, transport.send(&batch(2)).await);

            let expected = json!({
                "logGroupName": "app",
                "logStreamName": "host-1",
                "logEvents": [
                    { "timestamp": 1_767_323_045_678_i64, "message": "{\"n\":0}" },
                    { "timestamp": 1_767_323_045_679_i64, "message": "{\"n\":1}" },
                ],
            });
            let asked = fake.asked();
            assert_eq!(expected, asked[0].body);
            assert_eq!(
                ("PutLogEvents", "eu-west-1"),
                (asked[0].operation.as_str(), asked[0].region.as_str())
            );
        },
    );
}

#[test]
fn missing_stream_is_created_and_the_batch_sent_again() {
    with_env(
        "missing_stream_is_created_and_the_batch_sent_again",
        KEYS,
        async || {
            let fake = Fake::start([missing(), done(), stored()]).await;
            let transport = CloudWatchTransport::new(options(&fake.url()));

            assert_eq!(Outcome::Delivered, transport.send(&batch(1)).await);

            assert_eq!(
                vec!["PutLogEvents", "CreateLogStream", "PutLogEvents"],
                fake.operations()
            );
        },
    );
}

#[test]
fn missing_group_is_created_with_its_retention_before_the_stream() {
    with_env(
        "missing_group_is_created_with_its_retention_before_the_stream",
        KEYS,
        async || {
            let fake = Fake::start([missing(), missing(), done(), done(), done(), stored()]).await;
            let transport = CloudWatchTransport::new(options(&fake.url()));

            assert_eq!(Outcome::Delivered, transport.send(&batch(1)).await);

            assert_eq!(
                vec![
                    "PutLogEvents",
                    "CreateLogStream",
                    "CreateLogGroup",
                    "PutRetentionPolicy",
                    "CreateLogStream",
                    "PutLogEvents"
                ],
                fake.operations()
            );
            assert_eq!(Value::from(30), fake.asked()[3].body["retentionInDays"]);
        },
    );
}

#[test]
fn a_lost_creation_race_is_success() {
    with_env("a_lost_creation_race_is_success", KEYS, async || {
        let fake = Fake::start([missing(), missing(), exists(), exists(), stored()]).await;
        let transport = CloudWatchTransport::new(options(&fake.url()));

        assert_eq!(Outcome::Delivered, transport.send(&batch(1)).await);

        assert!(
            !fake.operations().contains(&"PutRetentionPolicy".to_owned()),
            "the group is not ours"
        );
    });
}

#[test]
fn interrupted_retention_is_set_by_the_next_attempt() {
    with_env(
        "interrupted_retention_is_set_by_the_next_attempt",
        KEYS,
        async || {
            let aborted = Answer::error(400, "OperationAbortedException", "try again");
            let answers = [
                missing(),
                missing(),
                done(),
                aborted,
                missing(),
                done(),
                done(),
                stored(),
            ];
            let fake = Fake::start(answers).await;
            let transport = CloudWatchTransport::new(options(&fake.url()));

            assert!(is_transient(&transport.send(&batch(1)).await));
            assert_eq!(Outcome::Delivered, transport.send(&batch(1)).await);

            let operations = fake.operations();
            assert_eq!(
                vec![
                    "PutLogEvents",
                    "CreateLogStream",
                    "PutRetentionPolicy",
                    "PutLogEvents"
                ],
                operations[4..]
            );
        },
    );
}

#[test]
fn refused_retention_does_not_hold_events_back() {
    with_env(
        "refused_retention_does_not_hold_events_back",
        KEYS,
        async || {
            let denied = Answer::error(400, "AccessDeniedException", "not authorized");
            let fake = Fake::start([missing(), missing(), done(), denied, done(), stored()]).await;
            let transport = CloudWatchTransport::new(options(&fake.url()));

            assert_eq!(Outcome::Delivered, transport.send(&batch(1)).await);
        },
    );
}

#[test]
fn without_creation_a_missing_place_pauses() {
    with_env(
        "without_creation_a_missing_place_pauses",
        KEYS,
        async || {
            let fake = Fake::start([missing()]).await;
            let options = CloudWatchOptions {
                create_log_group: false,
                create_log_stream: false,
                ..options(&fake.url())
            };

            let outcome = CloudWatchTransport::new(options).send(&batch(1)).await;

            assert!(is_paused(&outcome), "{outcome:?}");
            assert_eq!(vec!["PutLogEvents"], fake.operations());
        },
    );
}

#[test]
fn a_stream_that_stays_invisible_after_creation_is_transient() {
    with_env(
        "a_stream_that_stays_invisible_after_creation_is_transient",
        KEYS,
        async || {
            let fake = Fake::start([missing(), done(), missing()]).await;

            let outcome = CloudWatchTransport::new(options(&fake.url()))
                .send(&batch(1))
                .await;

            assert!(is_transient(&outcome), "{outcome:?}");
        },
    );
}

#[test]
fn rejected_events_are_named_by_position() {
    with_env("rejected_events_are_named_by_position", KEYS, async || {
        let info = json!({ "tooOldLogEventEndIndex": 1, "tooNewLogEventStartIndex": 3 });
        let fake = Fake::start([Answer::ok(&json!({ "rejectedLogEventsInfo": info }))]).await;

        let outcome = CloudWatchTransport::new(options(&fake.url()))
            .send(&batch(4))
            .await;

        let Outcome::Partial { rejected, retry } = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(
            vec![0, 3],
            rejected.iter().map(|item| item.index).collect::<Vec<_>>()
        );
        assert!(retry.is_empty());
    });
}

#[test]
fn throttling_is_told_from_other_bad_requests() {
    with_env(
        "throttling_is_told_from_other_bad_requests",
        KEYS,
        async || {
            let throttled = Answer::error(400, "ThrottlingException", "Rate exceeded");
            let invalid = Answer::error(
                400,
                "InvalidParameterException",
                "not in chronological order",
            );
            let fake = Fake::start([throttled, invalid]).await;
            let transport = CloudWatchTransport::new(options(&fake.url()));

            let first = transport.send(&batch(1)).await;
            let second = transport.send(&batch(1)).await;

            let reason = "HTTP 400 ThrottlingException: Rate exceeded".to_owned();
            assert_eq!(
                Outcome::Throttled {
                    retry_after: None,
                    reason
                },
                first
            );
            assert!(matches!(second, Outcome::Bisect { .. }), "{second:?}");
            assert_eq!(2, fake.operations().len(), "the SDK repeats nothing");
        },
    );
}

#[test]
fn an_old_emulators_sequence_token_is_sent_once_it_asks() {
    with_env(
        "an_old_emulators_sequence_token_is_sent_once_it_asks",
        KEYS,
        async || {
            let wrong =
                json!({ "__type": "InvalidSequenceTokenException", "expectedSequenceToken": "7" });
            let fake = Fake::start([Answer::Http(400, true, wrong.to_string()), stored()]).await;

            let outcome = CloudWatchTransport::new(options(&fake.url()))
                .send(&batch(1))
                .await;

            assert_eq!(Outcome::Delivered, outcome);
            let asked = fake.asked();
            assert_eq!(Value::Null, asked[0].body["sequenceToken"]);
            assert_eq!("7", asked[1].body["sequenceToken"]);
        },
    );
}

#[test]
fn a_bare_success_from_something_else_is_not_delivery() {
    with_env(
        "a_bare_success_from_something_else_is_not_delivery",
        KEYS,
        async || {
            let fake = Fake::start([
                Answer::Http(200, false, "{}".into()),
                Answer::Http(200, false, "<html>".into()),
            ])
            .await;
            let transport = CloudWatchTransport::new(options(&fake.url()));

            assert!(is_transient(&transport.send(&batch(1)).await));
            assert!(is_transient(&transport.send(&batch(1)).await));
        },
    );
}

#[test]
fn a_broken_connection_is_transient() {
    with_env("a_broken_connection_is_transient", KEYS, async || {
        let fake = Fake::start([Answer::HangUp]).await;
        let transport = CloudWatchTransport::new(options(&fake.url()));

        let outcome = transport.send(&batch(1)).await;

        assert!(is_transient(&outcome), "{outcome:?}");
    });
}

#[test]
fn a_refused_connection_is_transient() {
    with_env("a_refused_connection_is_transient", KEYS, async || {
        // Bound and not listening, so that nobody else gets the port meanwhile.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());

        let outcome = CloudWatchTransport::new(options(&url))
            .send(&batch(1))
            .await;

        assert!(is_transient(&outcome), "{outcome:?}");
    });
}

#[test]
fn silence_ends_with_the_attempt_timeout() {
    with_env("silence_ends_with_the_attempt_timeout", KEYS, async || {
        let fake = Fake::start([Answer::Silence]).await;
        let options = CloudWatchOptions {
            attempt_timeout: Duration::from_millis(50),
            ..options(&fake.url())
        };

        let outcome = CloudWatchTransport::new(options).send(&batch(1)).await;

        assert!(is_transient(&outcome), "{outcome:?}");
    });
}

#[test]
fn without_region_events_wait() {
    with_env("without_region_events_wait", &KEYS[..2], async || {
        let outcome = CloudWatchTransport::new(options("http://127.0.0.1:9"))
            .send(&batch(1))
            .await;

        let Outcome::Paused { reason } = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!("no region: set `region` or AWS_REGION", reason);
    });
}

#[test]
fn without_credentials_events_wait() {
    with_env("without_credentials_events_wait", &KEYS[2..], async || {
        let fake = Fake::start([]).await;

        let outcome = CloudWatchTransport::new(options(&fake.url()))
            .send(&batch(1))
            .await;

        let Outcome::Paused { reason } = outcome else {
            panic!("{outcome:?}")
        };
        assert!(reason.contains("credential"), "{reason}");
        assert!(fake.operations().is_empty());
    });
}

#[test]
fn the_older_region_variable_is_read_too() {
    let keys = [KEYS[0], KEYS[1], ("AWS_DEFAULT_REGION", "us-east-2")];
    with_env("the_older_region_variable_is_read_too", &keys, async || {
        let fake = Fake::start([stored()]).await;

        CloudWatchTransport::new(options(&fake.url()))
            .send(&batch(1))
            .await;

        assert_eq!("us-east-2", fake.asked()[0].region);
    });
}

#[test]
fn reasons_never_hold_the_secret() {
    with_env("reasons_never_hold_the_secret", KEYS, async || {
        let refused = Answer::error(
            403,
            "UnrecognizedClientException",
            "The security token included is invalid.",
        );
        let fake = Fake::start([refused]).await;
        let transport = CloudWatchTransport::new(options(&fake.url()));

        let outcome = transport.send(&batch(1)).await;

        assert!(is_paused(&outcome), "{outcome:?}");
        assert!(!format!("{outcome:?} {transport:?}").contains("example-secret"));
    });
}

#[test]
fn health_check_prepares_the_place_delivery_needs() {
    with_env(
        "health_check_prepares_the_place_delivery_needs",
        KEYS,
        async || {
            let fake = Fake::start([exists()]).await;

            assert_eq!(
                Ok(()),
                CloudWatchTransport::new(options(&fake.url()))
                    .health_check()
                    .await
            );

            assert_eq!(vec!["CreateLogStream"], fake.operations());
        },
    );
}

#[test]
fn health_check_without_creation_looks_the_group_up() {
    with_env(
        "health_check_without_creation_looks_the_group_up",
        KEYS,
        async || {
            let found = json!({ "logGroups": [{ "logGroupName": "app" }] });
            let other = json!({ "logGroups": [{ "logGroupName": "app-other" }] });
            let fake = Fake::start([Answer::ok(&found), Answer::ok(&other)]).await;
            let options = CloudWatchOptions {
                create_log_group: false,
                create_log_stream: false,
                ..options(&fake.url())
            };
            let transport = CloudWatchTransport::new(options);

            assert_eq!(Ok(()), transport.health_check().await);
            let missing = transport.health_check().await.unwrap_err();

            assert_eq!("log group `app` does not exist", missing.reason);
            assert_eq!(vec!["DescribeLogGroups"; 2], fake.operations());
        },
    );
}

#[test]
fn an_answer_that_is_too_long_is_not_read_to_its_end() {
    with_env(
        "an_answer_that_is_too_long_is_not_read_to_its_end",
        KEYS,
        async || {
            let long = json!({ "nextSequenceToken": "49", "x": "x".repeat(1_100_000) });
            let fitting = json!({ "nextSequenceToken": "49", "x": "x".repeat(1_000_000) });
            let fake = Fake::start([Answer::ok(&long), Answer::ok(&fitting)]).await;
            let transport = CloudWatchTransport::new(options(&fake.url()));

            let outcome = transport.send(&batch(1)).await;

            assert!(
                matches!(&outcome, Outcome::Transient { reason, .. } if reason.contains("length limit")),
                "{outcome:?}"
            );
            assert_eq!(Outcome::Delivered, transport.send(&batch(1)).await);
        },
    );
}
