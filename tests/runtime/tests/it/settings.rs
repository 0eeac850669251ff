//! Reading settings from a map and the environment.

use std::collections::HashMap;
use std::time::Duration;

use runtime_tests::cloud_sink_base::{
    CloudSink, DeliveryConfig, Fields, Overflow, Secret, StartError,
};
use serde_json::{Value, json};

use crate::support::{Script, delivery, folder, limits, parts};

fn fields(map: Value, environment: &[(&str, &str)]) -> Fields {
    let Value::Object(map) = map else {
        panic!("not an object")
    };
    let known: HashMap<String, String> = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Fields::with_variables(map, known)
}

#[test]
fn map_wins_over_environment_and_empty_variables_are_unset() {
    let environment = [("EMPTY", ""), ("FIRST", "one"), ("SECOND", "two")];
    let mut fields = fields(json!({"given": "map", "nothing": null}), &environment);

    assert_eq!(Some("map".to_owned()), fields.string("given", &["FIRST"]));
    assert_eq!(
        Some("one".to_owned()),
        fields.string("nothing", &["EMPTY", "FIRST", "SECOND"])
    );
    assert_eq!(None, fields.string("absent", &["EMPTY"]));
    assert_eq!(Ok(()), fields.finish());
}

#[test]
fn every_problem_is_listed() {
    let map = json!({"count": "many", "url": "ftp://x", "overflow": "explode", "bach_size": 5, "wait": -1});
    let mut fields = fields(map, &[]);

    fields.int("count", &[]);
    fields.url("url", &[]);
    fields.duration("wait", &[]);
    fields.delivery("TEST_SINK", DeliveryConfig::default());
    fields.required("api_key", &["TEST_KEY"], Fields::secret);
    let errors = fields.finish().unwrap_err().to_string();

    let expected = "setting `count`: expected a whole number; \
        setting `url`: expected a URL that starts with `https://` or `http://`; \
        setting `wait`: expected seconds, as a number from 0; \
        setting `overflow`: `explode` is not known: expected `block`, `drop_newest` or `drop_oldest`; \
        setting `api_key`: is required; set it or `TEST_KEY`; \
        setting `bach_size`: is not known; did you mean `batch_size`?";
    assert_eq!(expected, errors);
}

#[test]
fn typed_values_are_read_from_text() {
    let environment = [
        ("B", "Yes"),
        ("F", "0.5"),
        ("L", "a, b,"),
        ("M", "k:v:w, x:y"),
    ];
    let mut fields = fields(json!({}), &environment);

    assert_eq!(Some(true), fields.bool("b", &["B"]));
    assert_eq!(Some(0.5), fields.float("f", &["F"]));
    assert_eq!(
        Some(Duration::from_millis(500)),
        fields.duration("d", &["F"])
    );
    assert_eq!(
        Some(vec!["a".to_owned(), "b".to_owned()]),
        fields.list("l", &["L"])
    );
    let pairs = vec![
        ("k".to_owned(), "v:w".to_owned()),
        ("x".to_owned(), "y".to_owned()),
    ];
    assert_eq!(Some(pairs), fields.map("m", &["M"]));
    assert_eq!(Ok(()), fields.finish());
}

#[test]
fn pairs_are_read_as_the_shared_table_says() {
    let table: Value = serde_json::from_str(include_str!("../../../settings/pairs.json")).unwrap();
    let read = |text: &str| fields(json!({ "m": text }), &[]).map("m", &[]);

    for (text, pairs) in table["taken"].as_object().unwrap() {
        let pairs = pairs.as_object().unwrap().iter();
        let pairs = pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()));
        assert_eq!(Some(pairs.collect::<Vec<_>>()), read(text), "{text}");
    }
    for text in table["refused"].as_array().unwrap() {
        assert_eq!(None, read(text.as_str().unwrap()), "{text}");
    }
}

#[test]
fn json_is_not_taken_for_a_comma_separated_text() {
    let environment = [("L", r#"["a","b"]"#), ("M", r#" {"env":"prod"}"#)];
    let mut fields = fields(json!({}), &environment);

    fields.list("l", &["L"]);
    fields.map("m", &["M"]);
    let errors = fields.finish().unwrap_err().to_string();

    let expected = "setting `l`: expected a list of texts, `text,text` in the environment; \
        setting `m`: expected texts by name, `key:value,key:value` in the environment";
    assert_eq!(expected, errors);
}

#[test]
fn delivery_settings_come_from_prefixed_variables() {
    let environment = [
        ("TEST_SINK_BATCH_SIZE", "7"),
        ("TEST_SINK_OVERFLOW", "drop_oldest"),
        ("TEST_SINK_BATCH_TIMEOUT_SECONDS", "0.25"),
        ("TEST_SINK_DEAD_LETTER_PATH", "/tmp/dead"),
    ];
    let mut fields = fields(json!({"max_retries": 2}), &environment);

    let delivery = fields.delivery("TEST_SINK", DeliveryConfig::default());

    assert_eq!(Ok(()), fields.finish());
    assert_eq!(
        (7, Overflow::DropOldest),
        (delivery.batch_size, delivery.overflow)
    );
    assert_eq!(
        (2, Duration::from_millis(250)),
        (delivery.max_retries, delivery.batch_timeout)
    );
    assert_eq!(
        "/tmp/dead",
        delivery.dead_letter_path.unwrap().to_str().unwrap()
    );
}

#[test]
fn secret_comes_from_text_variable_or_file() {
    let path = folder("secret").join("key");
    std::fs::write(&path, "from-file\n").unwrap();
    let map = json!({"a": "plain", "b": {"env": "KEY"}, "c": {"file": path}});
    let mut fields = fields(map, &[("KEY", "from-env")]);

    let read = ["a", "b", "c"].map(|name| fields.secret(name, &[]).unwrap().expose().to_owned());

    assert_eq!(
        ["plain", "from-env", "from-file"],
        read.each_ref().map(String::as_str)
    );
}

#[test]
fn secrets_by_name_come_from_texts_references_and_the_environment() {
    let map = json!({"a": {"X-Key": "plain", "X-Other": {"env": "KEY"}}});
    let environment = [
        ("KEY", "from-env"),
        ("M", "authorization=Basic%20aGk%3D,X-Team=a"),
    ];
    let mut fields = fields(map, &environment);

    let read = ["a", "m"].map(|name| fields.secret_map(name, &["M"]).unwrap());

    let shown = format!("{read:?}");
    let texts = read.map(|pairs| {
        let pairs = pairs.into_iter();
        pairs
            .map(|(name, value)| format!("{name}: {}", value.expose()))
            .collect::<Vec<_>>()
    });
    assert_eq!(vec!["X-Key: plain", "X-Other: from-env"], texts[0]);
    assert_eq!(vec!["authorization: Basic aGk=", "X-Team: a"], texts[1]);
    assert!(
        !shown.contains("plain") && !shown.contains("aGk"),
        "{shown}"
    );
    assert_eq!(Ok(()), fields.finish());
}

#[test]
fn milliseconds_of_another_variable_give_way_to_the_settings_own() {
    const OTHERS: &[&str] = &["LOGS_TIMEOUT", "TIMEOUT"];
    let read = |environment: &[(&str, &str)]| {
        let mut fields = fields(json!({}), environment);
        let mut config = DeliveryConfig::default();
        fields.milliseconds_over(&mut config.attempt_timeout, OTHERS);
        config = fields.delivery("TEST_SINK", config);
        let refused = fields.finish().err().map(|errors| errors.to_string());
        refused.map_or(Ok(config.attempt_timeout), Err)
    };

    let both = [("TIMEOUT", "3000"), ("LOGS_TIMEOUT", "2500")];
    assert_eq!(Ok(Duration::from_millis(2_500)), read(&both));
    let own = [("TIMEOUT", "3000"), ("TEST_SINK_TIMEOUT_SECONDS", "7")];
    assert_eq!(Ok(Duration::from_secs(7)), read(&own));
    assert_eq!(Ok(DeliveryConfig::default().attempt_timeout), read(&[]));
    for text in ["0", "3s", "-1", "1.5"] {
        let expected = "setting `TIMEOUT`: expected whole milliseconds, from 1";
        assert_eq!(
            Err(expected.to_owned()),
            read(&[("TIMEOUT", text)]),
            "{text}"
        );
    }
}

#[test]
fn problems_never_show_a_secret() {
    let map = json!({"key": {"env": "UNSET", "file": "hunter2"}, "token": ["hunter2"], "map": {"a": ["hunter2"]}, "url": "https://u:hunter2@h"});
    let mut fields = fields(map, &[]);

    let found: [Option<Secret>; 2] = ["key", "token"].map(|name| fields.secret(name, &[]));
    assert_eq!(None, fields.secret_map("map", &[]));
    fields.url("url", &[]);
    let errors = fields.finish().unwrap_err();

    assert_eq!([None, None], found);
    assert!(!format!("{errors} {errors:?}").contains("hunter2"));
}

#[test]
fn urls_are_checked_and_lose_their_final_slash() {
    for (given, expected) in [
        (
            "https://logs.example.com/",
            Some("https://logs.example.com"),
        ),
        (
            "http://127.0.0.1:3100/base",
            Some("http://127.0.0.1:3100/base"),
        ),
        ("http://[::1]:3100", Some("http://[::1]:3100")),
        ("logs.example.com", None),
        ("https://", None),
        ("https://:443", None),
        ("https://host/?key=1", None),
        ("https://host/#part", None),
        ("https://host/a b", None),
        ("https://host\r\nx: y", None),
        ("https://me@host", None),
    ] {
        assert_eq!(
            expected,
            fields(json!({"url": given}), &[])
                .url("url", &[])
                .as_deref(),
            "{given}"
        );
    }
}

#[test]
fn settings_that_cannot_work_refuse_to_start() {
    let mut delivery = delivery();
    (delivery.batch_size, delivery.max_in_flight) = (0, 65);
    delivery.retry_max_delay = Duration::ZERO;

    let error = CloudSink::start(parts(&Script::new([]), limits(), delivery)).unwrap_err();

    let StartError::Settings(errors) = error else {
        panic!("{error}")
    };
    let names: Vec<&str> = errors
        .problems()
        .iter()
        .map(|problem| problem.name.as_str())
        .collect();
    assert_eq!(
        vec!["batch_size", "max_in_flight", "retry_max_delay"],
        names
    );
}

#[test]
fn misspelt_variable_is_named_with_the_one_that_may_be_meant() {
    let environment = [
        ("DEMO_SINK_BATCHSIZE", "5"),
        ("DEMO_SINK_API_KYE", "secret"),
        ("DEMO_SINK_BATCH_BYTES", "5000"),
        ("DEMO_SINK_QQQQQ", "1"),
        // What Kubernetes sets for a service called demo-sink.
        ("DEMO_SINK_SERVICE_HOST", "10.0.0.1"),
        ("DEMO_SINK_PORT_80_TCP", "tcp://10.0.0.1:80"),
        ("DEMO_SINKER_BATCHSIZE", "5"),
        ("OTHER_SINK_BATCHSIZE", "5"),
    ];
    let mut fields = fields(json!({}), &environment);

    let _ = fields.secret("api_key", &["DEMO_SINK_API_KEY", "DEMO_API_KEY"]);
    let config = fields.delivery("DEMO_SINK", DeliveryConfig::default());

    assert_eq!(5_000, config.batch_bytes);
    assert_eq!(
        vec![
            "`DEMO_SINK_API_KYE`; did you mean `DEMO_SINK_API_KEY`?",
            "`DEMO_SINK_BATCHSIZE`; did you mean `DEMO_SINK_BATCH_SIZE`?",
            "`DEMO_SINK_QQQQQ`",
        ],
        fields.unknown_variables()
    );
    assert_eq!(Ok(()), fields.finish());
}

/// A `main` that returns the error shows its `Debug`.
#[test]
fn problems_read_as_sentences_in_debug_too() {
    let mut fields = fields(json!({"batch_size": "many"}), &[]);
    let _ = fields.delivery("DEMO_SINK", DeliveryConfig::default());

    let errors = fields.finish().unwrap_err();

    assert_eq!(
        "setting `batch_size`: expected a whole number",
        format!("{errors:?}")
    );
}
