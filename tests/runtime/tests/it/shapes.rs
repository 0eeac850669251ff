//! The parts that give records and bodies their shape.

use std::time::Duration;

use reqwest::Method;
use runtime_tests::cloud_sink_base::{
    First, JsonObject, Record, TimeFormat, Timestamp, ToText, filled,
};
use runtime_tests::cloud_sink_parts::http_transport::UNCOMPRESSED;
use runtime_tests::cloud_sink_parts::line::Line;
use runtime_tests::cloud_sink_parts::request::RequestBuilder;
use runtime_tests::cloud_sink_parts::rest::{self, Rest, RestValues};
use runtime_tests::cloud_sink_parts::streams::{StreamEntry, line_length};
use runtime_tests::cloud_sink_parts::{constant, encoded, framing, otlp, partition, percent};
use serde_json::{Map, Value, json};

fn part(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other}"),
    }
}

fn object(members: &[(String, Value)]) -> String {
    String::from_utf8(rest::object(members).unwrap_or_default()).unwrap()
}

fn records(texts: &[&str]) -> Vec<Record> {
    let record = |text: &&str| Record {
        bytes: text.as_bytes().into(),
        timestamp: Timestamp::from_unix_nanos(0),
        group: None,
        entry: None,
    };
    texts.iter().map(record).collect()
}

fn body(write: impl Fn(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let body = (UNCOMPRESSED.compress)(&write).unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[test]
fn members_are_flattened_prefixed_cleaned_and_capped() {
    let shape = Rest {
        prefix: "_",
        flatten: Some("."),
        values: RestValues::Texts,
        keys: Some("a-z._"),
        max: Some(3),
    };
    let data = part(json!({"a": {"b": 1, "c": null}, "D": [true], "e": "x", "f": 2.5}));

    let members = shape.all(&[("data.", &data)]);

    let expected = r#"{"_a.b":"1","__":"[true]","__rest":"{\"_e\":\"x\",\"_f\":\"2.5\"}"}"#;
    assert_eq!(expected, object(&members));
}

#[test]
fn members_of_later_parts_make_way() {
    let (data, context) = (
        part(json!({"a": 1, "context.a": 2})),
        part(json!({"a": 3, "b": null})),
    );

    let members = Rest::USUAL.all(&[("data.", &data), ("context.", &context)]);

    let expected = r#"{"a":1,"context.a":2,"context.context.a":3}"#;
    assert_eq!(expected, object(&members));
    assert_eq!("", object(&Rest::USUAL.all(&[("x.", &Map::new())])));
}

#[test]
fn shaped_members_are_merged_beside_an_objects_own() {
    let data = part(json!({"message": "mine", "n": {"m": 1}}));
    let shape = Rest {
        flatten: Some("_"),
        ..Rest::USUAL
    };
    let mut out = Vec::new();

    let mut record = JsonObject::begin(&mut out);
    record.string("message", "ours");
    shape.merge(&mut record, &[("data.", &data)], &["message"]);
    record.end();

    let expected = r#"{"message":"ours","data.message":"mine","n_m":1}"#;
    assert_eq!(expected, String::from_utf8(out).unwrap());
}

#[test]
fn attributes_have_typed_values() {
    let data = part(json!({"t": "x", "i": 7, "f": 1.5, "b": true, "l": [1], "o": {"k": null}}));

    let attributes = otlp::attributes(&Rest::USUAL.all(&[("data.", &data)])).unwrap();

    let expected = json!([
        {"key": "t", "value": {"stringValue": "x"}},
        {"key": "i", "value": {"intValue": "7"}},
        {"key": "f", "value": {"doubleValue": 1.5}},
        {"key": "b", "value": {"boolValue": true}},
        {"key": "l", "value": {"arrayValue": {"values": [{"intValue": "1"}]}}},
        {"key": "o", "value": {"kvlistValue": {"values": [{"key": "k", "value": {}}]}}},
    ]);
    assert_eq!(expected.to_string().as_bytes(), attributes);
}

#[test]
fn bodies_stand_around_records() {
    let records = records(&[r#"{"a":1}"#, "{}"]);

    assert_eq!(r#"[{"a":1},{}]"#, body(|out| framing::array(&records, out)));
    assert_eq!(
        r#"{"x":[{"a":1},{}],"y":2}"#,
        body(|out| framing::within(b"{\"x\":[\0],\"y\":2}", &records, out))
    );
    assert_eq!(
        r#"[{"Id":"0","a":1},{"Id":"1"}]"#,
        body(|out| framing::numbered_within(framing::RECORDS, "Id", &records, out))
    );
    assert_eq!(
        "x\n{\"a\":1}\nx\n{}\n",
        body(|out| framing::lines(b"x\n", b"\n", &records, out))
    );
}

#[test]
fn a_value_within_a_text_is_encoded_whole() {
    let write = |out: &mut Vec<u8>| out.extend_from_slice(br#"{"a":"\""}"#);

    let text = encoded::json_text("!", write).unwrap();
    let base64 = encoded::base64("\n", write).unwrap();

    assert_eq!(br#""{\"a\":\"\\\"\"}!""#, &text[..]);
    assert_eq!(b"\"eyJhIjoiXCIifQo=\"", &base64[..]);
    assert_eq!(None, encoded::json_text("!", |_| {}));
}

#[test]
fn a_line_has_no_line_breaks_and_leaves_nothing_for_what_is_absent() {
    let mut out = Vec::new();

    let mut line = Line::begin(&mut out);
    line.add(&"a\r\nb");
    line.text(&[&" [", &None::<&Value>, &"] "]);
    line.text(&[&" (", &7_i64, &")"]);
    line.json(Some(br#""c\nd""#));
    line.json(None);
    line.json(Some(b"{}"));

    assert_eq!("a  b (7)c d{}", String::from_utf8(out).unwrap());
}

#[test]
fn empty_text_counts_as_absent() {
    let pairs = vec![
        ("a".to_owned(), "b".to_owned()),
        ("c".to_owned(), String::new()),
    ];
    let nothing: Option<String> = None;

    assert_eq!(Some("a:b,c:".to_owned()), filled(&[&pairs]));
    assert_eq!(
        Some("x=1.5".to_owned()),
        filled(&[&"x=", &Duration::from_millis(1_500)])
    );
    assert_eq!(None, filled(&[&"x=", &""]));
    assert_eq!(
        Some("second"),
        First(&[&nothing, &"", &"second"]).to_text().as_deref()
    );
    assert_eq!(None, constant::json(&Vec::<String>::new()));
    assert_eq!(Some(b"1.0".to_vec()), constant::json(&1.0));
}

#[test]
fn pairs_of_a_setting_stand_alone_or_among_others() {
    let texts = [("service.name", "shop"), ("empty", ""), ("v", "1")];
    let setting = texts.map(|(key, value)| (key.to_owned(), value.to_owned()));

    assert_eq!(
        Some("shop".to_owned()),
        constant::pair(&setting, "service.name")
    );
    assert_eq!(
        [None, None],
        ["empty", "absent"].map(|key| constant::pair(&setting, key))
    );
    let items = otlp::items(&setting, &["service.name", "empty"]).unwrap();
    assert_eq!(br#"{"key":"v","value":{"stringValue":"1"}}"#, &*items);
    let most = otlp::items(&setting, &["v"]).unwrap();
    let list: serde_json::Value = serde_json::from_slice(&[b"[", &*most, b"]"].concat()).unwrap();
    assert_eq!(2, list.as_array().unwrap().len());
    assert_eq!(None, otlp::items(&setting[..1], &["service.name"]));
}

#[test]
fn a_whole_address_counts_where_the_base_is_not_replaced() {
    let url = |base: &str, whole: &str| {
        let mut request = RequestBuilder::new(Method::POST, &[&"http://usual:4318"]);
        request.replace_base(&base);
        request.path("/v1/logs");
        request.replace_whole(&whole, &base);
        request.finish().unwrap().url.to_string()
    };

    assert_eq!("http://usual:4318/v1/logs", url("", ""));
    assert_eq!("http://whole/", url("", "http://whole"));
    assert_eq!("http://whole/a/b", url("", "http://whole/a/b"));
    assert_eq!("http://here/v1/logs", url("http://here/", "http://whole/a"));
}

#[test]
fn shared_values_tell_what_is_missing() {
    let group = partition::group(&[&"a\"", &None::<&Value>]);

    assert_eq!(r#"["a\"",null]"#, &*group);
}

#[test]
fn what_stands_in_a_url_is_encoded() {
    assert_eq!("a%20b%2F%C3%A4~", percent::encode("a b/\u{e4}~"));
    assert_eq!(
        "/a:@!$&'()*+,;=%20%25%3F%23%5B",
        percent::encode_path("/a:@!$&'()*+,;= %?#[")
    );
}

#[test]
fn the_line_of_an_entry_is_counted_before_it_is_escaped() {
    let line = "{\"a\":\"\u{1}\"}\n\u{e4}";
    let mut out = Vec::new();

    let mut entry = StreamEntry::begin(&mut out, Timestamp::from_unix_nanos(-5));
    entry.line(|out| out.extend_from_slice(line.as_bytes()));
    entry.metadata("k", &"v");
    entry.end();

    let value: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(json!(["-5", line, {"k": "v"}]), value);
    assert_eq!(line.len(), line_length(&out));
}

#[test]
fn moments_have_many_forms() {
    let time = Timestamp::from_unix_nanos(1_767_323_045_678_901_234);

    for (format, expected) in [
        (TimeFormat::UnixSeconds, "1767323045"),
        (TimeFormat::UnixSecondsMillis, "1767323045.678"),
        (TimeFormat::UnixMillis, "1767323045678"),
        (TimeFormat::UnixMillisMicros, "1767323045678.901"),
        (TimeFormat::UnixMicros, "1767323045678901"),
        (TimeFormat::UnixNanos, "1767323045678901234"),
        (TimeFormat::Rfc3339Micros, "2026-01-02T03:04:05.678901Z"),
        (TimeFormat::SpacedMillis, "2026-01-02 03:04:05.678"),
        (TimeFormat::SpacedNanos, "2026-01-02 03:04:05.678901234"),
    ] {
        assert_eq!(expected, time.written(format), "{format:?}");
    }
}
