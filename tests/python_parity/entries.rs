//! Entries to compare sinks with: made at random, the same on every machine, and named ones.

use serde_json::{Map, Value, json};

/// A small generator, so that a failure is the same on every machine.
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        Self::seeded(0x2545_f491_4f6c_dd1d)
    }

    /// Starts at a seed.
    pub fn seeded(seed: u64) -> Self {
        Self(seed.max(1))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 16) % bound
    }

    /// A place in a list that is not empty.
    fn index(&mut self, length: usize) -> usize {
        let length = u64::try_from(length).expect("a short list");
        usize::try_from(self.below(length)).expect("a short list")
    }

    fn one<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }
}

/// Entries in fapilog's shape, with every kind of value JSON has, and names that clash with what
/// providers reserve.
pub fn plain(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|_| entry(random).to_string().into_bytes())
        .collect()
}

/// The entries of the case file.
pub fn named() -> Vec<Vec<u8>> {
    let file: Value = serde_json::from_str(include_str!("../events/cases.json")).expect("JSON");
    let cases = file["cases"].as_array().expect("a list");
    cases.iter().filter_map(bytes_of_case).collect()
}

fn bytes_of_case(case: &Value) -> Option<Vec<u8>> {
    if let Some(entry) = case.get("entry") {
        return Some(entry.to_string().into_bytes());
    }
    if let Some(text) = case.get("text") {
        return Some(text.as_str().expect("a text").as_bytes().to_vec());
    }
    let digits = case.get("hex")?.as_str().expect("a text").as_bytes();
    let pairs = digits.chunks(2).map(|pair| {
        let text = std::str::from_utf8(pair).expect("digits");
        u8::from_str_radix(text, 16).expect("digits")
    });
    Some(pairs.collect())
}

/// Entries nobody would write: parts that are missing or of another type, times and levels in every
/// form and nearly so, envelopes and what looks like one, cut JSON, bytes that are no text.
pub fn odd(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|_| odd_bytes(random)).collect()
}

fn odd_bytes(random: &mut Random) -> Vec<u8> {
    let mut bytes = odd_entry(random).to_string().into_bytes();
    match random.below(12) {
        0 => bytes.truncate(random.index(bytes.len())),
        1 => {
            let place = random.index(bytes.len());
            bytes[place] = 0xff;
        }
        2 => bytes = text(random).into_bytes(),
        _ => {}
    }
    bytes
}

/// One such entry, as far as JSON can hold it.
pub fn odd_entry(random: &mut Random) -> Value {
    let mut odd = Map::new();
    let keys = [
        "timestamp",
        "level",
        "message",
        "logger",
        "context",
        "diagnostics",
        "data",
        "log",
        "tags",
        "message_id",
        "service",
        "timestamp_",
    ];
    let mut drawn: Vec<&str> = (0..random.below(8)).map(|_| *random.one(&keys)).collect();
    if random.below(4) > 0 {
        // Times have the most forms.
        drawn.insert(random.index(drawn.len() + 1), "timestamp");
    }
    for key in drawn {
        let value = match (key, random.below(6)) {
            (_, 0) => value(random, 2),
            ("timestamp", _) => odd_time(random),
            ("level", _) => odd_level(random),
            ("message" | "logger", _) => text(random).into(),
            _ => object(random, &keys),
        };
        odd.insert(key.to_owned(), value);
    }
    match random.below(8) {
        0 => json!({"log": odd}),
        1 => json!({"schema_version": "1.1", "log": odd}),
        2 => json!({"log": odd, "level": "ERROR"}),
        3 => value(random, 2),
        _ => Value::Object(odd),
    }
}

fn odd_level(random: &mut Random) -> Value {
    let words = [
        "fatal",
        "Warn",
        "",
        " info ",
        "Level 15",
        "level x",
        "30",
        "-1",
        "+60",
        "35.5",
        "1e1",
        "10x",
        "GRÖSSE",
        "ıNFO",
        "ſecurity",
        "K",
        "verbose",
        "9999999999999999999999",
    ];
    match random.below(3) {
        0 => json!(random.below(70)),
        1 => finite(random),
        _ => (*random.one(&words)).into(),
    }
}

fn odd_time(random: &mut Random) -> Value {
    match random.below(6) {
        0 => {
            let digits = 10_u64.pow(u32::try_from(random.below(20)).expect("a small number"));
            json!(random.next() % digits.saturating_mul(10))
        }
        1 => finite(random),
        2 => nearly(random, number_text).into(),
        _ => nearly(random, time_text).into(),
    }
}

fn number_text(random: &mut Random) -> String {
    let length = usize::try_from(1 + random.below(20)).expect("a small number");
    let digits = random.next().to_string().repeat(2);
    let whole = &digits[..length];
    let sign = *random.one(&["", "", "", "-", "+"]);
    let fraction = *random.one(&[
        "",
        "",
        ".5",
        ".123456789123",
        ".",
        "e3",
        "E-3",
        ".25e+4",
        "e99999",
    ]);
    format!("{sign}{whole}{fraction}")
}

fn time_text(random: &mut Random) -> String {
    let (year, month, day) = (
        *random.one(&["2026", "2024", "1969", "1677", "2262", "0001", "9999"]),
        1 + random.below(13),
        random.below(32),
    );
    let name = *random.one(&["Jan", "feb", "MAR", "Sep", "Dec", "Foo"]);
    let weekday = *random.one(&["", "Sat ", "Sat, ", "sunday "]);
    let seconds = *random.one(&["", ":05", ":60", ":61"]);
    let fraction = *random.one(&["", ".5", ",678", ".123456789123", "."]);
    let clock = format!(
        "{:02}:{:02}{seconds}{fraction}",
        random.below(25),
        random.below(61)
    );
    let zone = *random.one(&[
        "",
        "Z",
        "z",
        " UTC",
        "gmt",
        "+02:00",
        "-0530",
        "+02",
        " +0000",
        "  GMT",
        "+00:53:28",
        "+24:00",
        "+0",
        "CET",
    ]);
    let (dash, blank) = (
        *random.one(&["-", "/", " ", "  "]),
        *random.one(&["T", " ", "t", ":", "  "]),
    );
    match random.below(5) {
        0 => format!("{weekday}{name} {day:2} {clock}{zone} {year}"),
        1 => format!("{weekday}{day}{dash}{name}{dash}{year}{blank}{clock}{zone}"),
        2 => format!("{year}{month:02}{day:02}{blank}030405{fraction}{zone}"),
        3 => format!("{year}-{month:02}-{day:02}"),
        _ => format!("{year}{dash}{month:02}{dash}{day:02}{blank}{clock}{zone}"),
    }
}

/// What a generator makes, or that with one character less, one more, or another one.
fn nearly(random: &mut Random, make: fn(&mut Random) -> String) -> String {
    let mut text: Vec<char> = make(random).chars().collect();
    let place = random.index(text.len());
    let other = *random.one(&['0', '9', ' ', ' ', ':', '-', '.', 'T', '٣', '\t']);
    match random.below(6) {
        0 => drop(text.remove(place)),
        1 => text[place] = other,
        2 => text.insert(place, other),
        _ => {}
    }
    text.into_iter().collect()
}

fn entry(random: &mut Random) -> Value {
    let mut entry = Map::new();
    let digits = "123456789";
    let cut = usize::try_from(random.below(10)).expect("a digit");
    let fraction = if cut == 0 {
        String::new()
    } else {
        format!(".{}", &digits[..cut])
    };
    let zone = random.one(&["Z", "+02:00", "-11:30"]);
    let timestamp = format!(
        "2026-01-{:02}T{:02}:04:05{fraction}{zone}",
        1 + random.below(28),
        random.below(24)
    );
    entry.insert("timestamp".to_owned(), timestamp.into());
    let levels = [
        "TRACE", "DEBUG", "info", "Notice", "WARN", "WARNING", "ERROR", "FATAL", "AUDIT",
        "SECURITY", "PAYMENT",
    ];
    entry.insert("level".to_owned(), (*random.one(&levels)).into());
    entry.insert("message".to_owned(), text(random).into());
    if random.below(4) > 0 {
        entry.insert("logger".to_owned(), text(random).into());
    }
    let context = [
        "message_id",
        "correlation_id",
        "request_id",
        "user_id",
        "tenant_id",
        "trace_id",
        "span_id",
        "größe",
        "level",
    ];
    entry.insert("context".to_owned(), object(random, &context));
    let mut diagnostics = object(
        random,
        &["service", "env", "host", "pid", "python", "origin"],
    );
    if random.below(3) == 0 {
        diagnostics["exception"] = object(
            random,
            &["error.type", "error.message", "error.stack", "error.frames"],
        );
    }
    entry.insert("diagnostics".to_owned(), diagnostics);
    let data = [
        "order_id",
        "message",
        "data.message",
        "data.data.message",
        "status",
        "level",
        "timestamp",
        "host",
        "service",
        "context",
        "ctx_level",
        "data",
        "shard",
        "error",
        "@timestamp",
        "a b",
        "",
        "\"quoted\"",
        "tab\there",
        "größe",
    ];
    entry.insert("data".to_owned(), object(random, &data));
    Value::Object(entry)
}

fn object(random: &mut Random, keys: &[&str]) -> Value {
    let mut map = Map::new();
    for _ in 0..random.below(7) {
        map.insert((*random.one(keys)).to_owned(), value(random, 0));
    }
    Value::Object(map)
}

fn value(random: &mut Random, depth: u32) -> Value {
    match random.below(if depth < 4 { 12 } else { 9 }) {
        0 => Value::Null,
        1 => Value::Bool(random.below(2) == 0),
        2 => json!(random.next()),
        3 => json!(i64::from_ne_bytes(random.next().to_ne_bytes())),
        4 => json!(random.below(1000)),
        5 => finite(random),
        6..=8 => text(random).into(),
        9 => (0..random.below(4))
            .map(|_| value(random, depth + 1))
            .collect(),
        _ => {
            let mut map = Map::new();
            for _ in 0..random.below(4) {
                map.insert(text(random), value(random, depth + 1));
            }
            Value::Object(map)
        }
    }
}

/// Numbers of up to 12 digits, near one and far from it. Longer ones are another matter:
/// `serde_json` without its feature `float_roundtrip` reads their last digit wrong now and then, so
/// that they differ before a sink sees them.
fn finite(random: &mut Random) -> Value {
    let digits = random.below(1_000_000_000_000);
    let exponent = i64::try_from(random.below(24)).expect("a small number") - 12;
    let number: f64 = format!("{digits}e{exponent}").parse().expect("a number");
    json!(if random.below(2) == 0 {
        number
    } else {
        -number
    })
}

fn text(random: &mut Random) -> String {
    let pieces = [
        "order", "größe", "💳", "\"", "\\", "/", "\n", "\t", "\u{1}", "\u{1f}", "\u{7f}",
        "\u{2028}", "\u{feff}", "<&>", " ", "e\u{301}", "日本", "\r", "\u{8}", "\u{c}", "x:y,z",
    ];
    (0..random.below(6)).map(|_| *random.one(&pieces)).collect()
}
