//! Random entries, odd ones among them.

use serde_json::{Map, Value as Json, json};

use super::dice::Dice;

/// One entry as fapilog writes it, with odd values.
pub fn entry(dice: &mut Dice) -> Json {
    let levels = [
        "INFO", "debug", "Warning", "ERROR", "CRITICAL", "audit", "custom", "TRACE", "notice",
    ];
    let mut entry = json!({
        "timestamp": time(dice),
        "level": levels[dice.below(levels.len())],
        "message": text(dice),
    });
    if dice.one_in(2) {
        entry["logger"] = json!(dice.pick(&["shop.api", "", "ä"]));
    }
    if dice.one_in(2) {
        entry["context"] = part(dice, &["message_id", "trace_id", "correlation_id", "level"]);
    }
    if dice.one_in(2) {
        entry["diagnostics"] = part(dice, &["service", "host", "pid", "text"]);
    }
    if dice.one_in(4) {
        entry["data"] = json!({});
    } else {
        entry["data"] = part(
            dice,
            &[
                "shard", "n", "nested", "time", "level", "a", "x y", "ä", "status", "_id",
            ],
        );
    }
    entry
}

fn time(dice: &mut Dice) -> Json {
    let times = [
        "2026-01-02T03:04:05.678Z",
        "2026-01-02T03:04:05Z",
        "2026-01-02T04:04:05.999999+01:00",
        "2026-01-02T03:04:05.123456789Z",
    ];
    json!(times[dice.below(times.len())])
}

fn text(dice: &mut Dice) -> String {
    let texts = [
        "order placed",
        "",
        "line\nbreak",
        "quote\" back\\slash",
        "ä 💳 \u{1}\u{1f}",
        "{} %s",
        "[1,2]",
    ];
    texts[dice.below(texts.len())].to_owned()
}

fn part(dice: &mut Dice, keys: &[&str]) -> Json {
    let mut part = Map::new();
    for key in dice.some(keys, 0) {
        let value = value(dice, 2);
        part.insert(key.to_owned(), value);
    }
    Json::Object(part)
}

fn value(dice: &mut Dice, depth: usize) -> Json {
    match dice.below(if depth > 0 { 11 } else { 8 }) {
        0 => Json::Null,
        1 => json!(dice.one_in(2)),
        2 => json!(dice.below(1_000_000)),
        3 => json!(-1 - i64::try_from(dice.below(1_000)).expect("small")),
        4 => json!([0.5, 12.25, 1e16, 1e-7, 2.0, 123_456_789.125][dice.below(6)]),
        5 => json!(u64::MAX),
        6 => json!(""),
        7 => json!(text(dice)),
        8 => json!([value(dice, depth - 1), value(dice, depth - 1)]),
        9 => json!({"deep": value(dice, depth - 1), "x.y": value(dice, depth - 1)}),
        _ => json!({}),
    }
}
