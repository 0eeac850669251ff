//! Timestamps, secrets and the JSON writer.

use proptest::prelude::*;
use runtime_tests::cloud_sink_base::{
    JsonObject, Secret, TimeFormat, Timestamp, push_json, value_text,
};
use serde_json::{Map, Value, json};

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn timestamps_are_written_in_every_form() {
    let time = Timestamp::parse("2026-01-02T05:04:05.006007008+02:00").unwrap();

    assert_eq!(
        "2026-01-02T03:04:05.006Z",
        text(|out| time.push(TimeFormat::Rfc3339Millis, out))
    );
    assert_eq!(
        "2026-01-02T03:04:05.006007008Z",
        text(|out| time.push(TimeFormat::Rfc3339Nanos, out))
    );
    assert_eq!(
        "1767323045.006",
        text(|out| time.push(TimeFormat::UnixSecondsMillis, out))
    );
    assert_eq!(
        "1767323045006007008",
        text(|out| time.push(TimeFormat::UnixNanos, out))
    );
    assert_eq!(1_767_323_045_006, time.as_unix_millis());
}

#[test]
fn times_before_the_epoch_keep_their_sign() {
    let time = Timestamp::from_unix_nanos(-500_000_000);

    assert_eq!(
        "1969-12-31T23:59:59.500Z",
        text(|out| time.push(TimeFormat::Rfc3339Millis, out))
    );
    assert_eq!(
        "-0.500",
        text(|out| time.push(TimeFormat::UnixSecondsMillis, out))
    );
}

#[test]
fn merged_keys_that_are_taken_get_the_prefix_until_free() {
    let data = object(json!({"message": 1, "data.message": 2, "free": 3, "gone": null}));
    let context = object(json!({"free": 5, "data.data.message": 6, "own": 7}));

    let written = text(|out| {
        let mut record = JsonObject::begin(out);
        record.string("message", "m");
        record.merge(&data, &["message"], "data.");
        record.merge(&context, &["message"], "context.");
        record.end();
    });

    let expected = r#"{"message":"m","data.data.message":1,"data.message":2,"free":3,"context.free":5,"context.data.data.message":6,"own":7}"#;
    assert_eq!(expected, written);
}

#[test]
fn nested_objects_leave_out_nulls() {
    let none = object(json!({"a": null}));
    let some = object(json!({"a": null, "b": 2}));

    let written = text(|out| {
        let mut record = JsonObject::begin(out);
        record.map("none", &none);
        record.map("some", &some);
        record.raw("t", |out| out.extend_from_slice(b"\"raw\""));
        record.object("o", |inner| inner.u64("n", 1));
        record.end();
    });

    assert_eq!(r#"{"some":{"b":2},"t":"raw","o":{"n":1}}"#, written);
}

#[test]
fn optional_values_are_left_out_when_absent_or_null() {
    let part = object(json!({"a": {"b": 1}, "null": null}));

    let written = text(|out| {
        let mut record = JsonObject::begin(out);
        record.optional("none", &part, &["c"]);
        record.optional("null", &part, &["null"]);
        record.optional("some", &part, &["a", "b"]);
        record.end();
    });

    assert_eq!(r#"{"some":1}"#, written);
}

#[test]
fn values_without_a_json_form_become_null() {
    assert_eq!("null", text(|out| push_json(out, &json!(f64::NAN))));
    assert_eq!("null", text(|out| push_json(out, &f64::INFINITY)));
}

#[test]
fn nesting_beyond_the_limit_becomes_an_ellipsis() {
    let nested = |levels: usize| (0..levels).fold(json!("x"), |inner, _| Value::Array(vec![inner]));
    let brackets = |inner: &str| format!("{}{inner}{}", "[".repeat(32), "]".repeat(32));

    assert_eq!(brackets("\"x\""), value_text(&nested(32)).unwrap());
    assert_eq!(brackets("\"…\""), value_text(&nested(33)).unwrap());
    let deep = object(json!({"a": nested(100)}));
    let merged = text(|out| {
        let mut object = JsonObject::begin(out);
        object.merge(&deep, &[], "data.");
        object.end();
    });
    assert_eq!(format!("{{\"a\":{}}}", brackets("\"…\"")), merged);
}

#[test]
fn value_text_leaves_out_null_and_quotes() {
    assert_eq!(None, value_text(&Value::Null));
    assert_eq!("a", value_text(&json!("a")).unwrap());
    assert_eq!("[1]", value_text(&json!([1])).unwrap());
}

#[test]
fn secret_never_prints() {
    let secret = Secret::new("hunter2");

    assert!(!format!("{secret:?}").contains("hunter2"));
    assert_eq!("hunter2", secret.expose());
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other}"),
    }
}

fn any_map() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        any::<i64>().prop_map(Value::from),
        ".*".prop_map(Value::from)
    ];
    prop::collection::vec(("(p\\.)*[a-c]", value), 0..8)
        .prop_map(|pairs| pairs.into_iter().collect())
}

proptest! {
    #[test]
    fn rfc_3339_round_trips(nanos in any::<i64>()) {
        let time = Timestamp::from_unix_nanos(nanos);
        let written = text(|out| time.push(TimeFormat::Rfc3339Nanos, out));
        prop_assert_eq!(Ok(time), Timestamp::parse(&written));
    }

    #[test]
    fn merging_loses_no_value_and_repeats_no_key(first in any_map(), second in any_map(), third in any_map()) {
        let written = text(|out| {
            let mut record = JsonObject::begin(out);
            record.string("a", "field");
            for map in [&first, &second, &third] {
                record.merge(map, &["a"], "p.");
            }
            record.end();
        });

        let parsed: Map<String, Value> = serde_json::from_str(&written).unwrap();
        let values = [&first, &second, &third].map(|map| map.values().filter(|v| !v.is_null()).count());
        prop_assert_eq!(1 + values.iter().sum::<usize>(), parsed.len());
    }
}
