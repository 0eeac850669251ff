//! Words that people try first, and those that this language has for the same.

use super::node::{Node, Value};

/// Words by the key they stand under: what is tried, and what to type.
const WORDS: [(&str, &str, &str); 82] = [
    (
        "scheme",
        "bearer",
        "`scheme: authorization` with `word: Bearer`",
    ),
    (
        "scheme",
        "bearer_token",
        "`scheme: authorization` with `word: Bearer`",
    ),
    (
        "scheme",
        "token",
        "`scheme: authorization` with the `word` before the token, such as `word: Bearer`",
    ),
    (
        "scheme",
        "api_key",
        "`scheme: header` with `name`, or `scheme: query`",
    ),
    (
        "scheme",
        "apikey",
        "`scheme: header` with `name`, or `scheme: query`",
    ),
    ("scheme", "oauth", "`scheme: oauth2`"),
    (
        "scheme",
        "client_credentials",
        "`scheme: oauth2`, for Azure `scheme: azure`",
    ),
    ("scheme", "oauth2_client_credentials", "`scheme: oauth2`"),
    ("scheme", "azure_managed_identity", "`scheme: azure`"),
    ("scheme", "azure_client_credentials", "`scheme: azure`"),
    (
        "outcome",
        "counts",
        "`items`, with `responses.items.counts`",
    ),
    (
        "outcome",
        "refresh",
        "`paused`; a token is renewed once after a 401 before that",
    ),
    (
        "outcome",
        "unknown",
        "`uncertain`, or `paused` where nothing was stored",
    ),
    ("scheme", "aws", "`scheme: aws_sigv4`"),
    ("scheme", "sigv4", "`scheme: aws_sigv4`"),
    ("scheme", "aws_v4", "`scheme: aws_sigv4`"),
    ("scheme", "google_service_account", "`scheme: google`"),
    ("scheme", "gcp", "`scheme: google`"),
    ("scheme", "managed_identity", "`scheme: azure`"),
    ("scheme", "azure_ad", "`scheme: azure`"),
    ("scheme", "entra", "`scheme: azure`"),
    ("scheme", "basic_auth", "`scheme: basic`"),
    ("scheme", "anonymous", "`scheme: none`"),
    ("outcome", "retry", "`transient`"),
    ("outcome", "retryable", "`transient`"),
    ("outcome", "temporary", "`transient`"),
    ("outcome", "ok", "`delivered`"),
    ("outcome", "success", "`delivered`"),
    ("outcome", "accepted", "`delivered`"),
    ("outcome", "stored", "`delivered`"),
    ("outcome", "partial", "`items`, with `responses.items`"),
    ("outcome", "drop", "`rejected`"),
    ("outcome", "dropped", "`rejected`"),
    (
        "outcome",
        "fatal",
        "`rejected`, or `paused` where nothing is wrong with the events",
    ),
    (
        "outcome",
        "failed",
        "`rejected`, or `paused` where nothing is wrong with the events",
    ),
    (
        "outcome",
        "error",
        "`rejected`, or `paused` where nothing is wrong with the events",
    ),
    ("outcome", "unauthorized", "`paused`"),
    ("outcome", "auth", "`paused`"),
    ("outcome", "rate_limited", "`throttled`"),
    ("outcome", "backoff", "`throttled`"),
    ("outcome", "too_large", "`split`"),
    ("outcome", "malformed", "`bisect`"),
    ("outcome", "invalid", "`bisect`"),
    ("lines", "jsonl", "`ndjson`"),
    ("lines", "json_lines", "`ndjson`"),
    (
        "lines",
        "json",
        "`ndjson`; a list of records is `body: { records: all }`",
    ),
    (
        "lines",
        "json_array",
        "`body: { records: all }` instead of `lines`",
    ),
    ("lines", "plain", "`text`"),
    ("lines", "raw", "`text`"),
    ("standard", "default", "`http`"),
    ("standard", "true", "`http`"),
    ("standard", "off", "`none`"),
    ("standard", "false", "`none`"),
    ("type", "text", "`string`"),
    ("type", "str", "`string`"),
    ("type", "integer", "`int`"),
    ("type", "number", "`int` or `float`"),
    ("type", "boolean", "`bool`"),
    ("type", "array", "`list`"),
    ("type", "object", "`map`"),
    ("type", "dict", "`map`"),
    ("type", "password", "`secret`"),
    ("type", "token", "`secret`"),
    ("type", "seconds", "`duration`"),
    ("offered", "identity", "`none`"),
    ("offered", "zstandard", "`zstd`"),
    ("policy", "drop", "`dead_letter`"),
    ("policy", "cut", "`truncate`"),
    ("policy", "trim", "`truncate`"),
    ("policy", "reject", "`dead_letter`"),
    ("ordering", "strict", "`across_batches`"),
    ("ordering", "across_requests", "`across_batches`"),
    ("ordering", "within_request", "`within_batch`"),
    ("ordering", "true", "`within_batch` or `across_batches`"),
    ("unit", "s", "`seconds`"),
    ("unit", "sec", "`seconds`"),
    ("unit", "ms", "`milliseconds`"),
    ("unit", "millis", "`milliseconds`"),
    ("unit", "timestamp", "`epoch_seconds`"),
    ("vendor", "rejects", "`refuses`"),
    ("vendor", "drops", "`discards`"),
    ("basis", "compressed", "`wire`"),
];

/// Keys by the map they stand in: what is tried, and what to do.
const KEYS: [(&str, &str, &str); 39] = [
    (
        "payload",
        "constants",
        "constants stand in `body` beside the records: `body: { version: 1, logs: { records: all } }`",
    ),
    (
        "payload",
        "list",
        "`body` shows where the list stands: `body: { logs: { records: all } }`",
    ),
    (
        "payload",
        "wrap",
        "`record` shows the whole: `record: { time: { from: timestamp, as: unix_ms }, event: { message: { from: message } } }`",
    ),
    (
        "payload",
        "json_array",
        "write `body: { records: all }`, or nothing: it is the default",
    ),
    (
        "payload",
        "encoding",
        "`protobuf: otlp_logs` sends the body as protobuf; compression stands in `compression`",
    ),
    (
        "payload",
        "fields",
        "`record` shows the object: `record: { message: { from: message } }`",
    ),
    (
        "payload",
        "rest",
        "a rest stands in `record`: `\"*\": { rest: data }`, or under a key, `context: { rest: context }`",
    ),
    (
        "payload",
        "action",
        "write `lines: ndjson` and `before: { create: {} }`",
    ),
    ("payload", "labels", "labels stand in `streams`"),
    (
        "items",
        "id",
        "did you mean `by`? with `failed` it says where the id stands",
    ),
    ("items", "pointer", "did you mean `list`?"),
    ("items", "success", "did you mean `delivered`?"),
    ("items", "ok", "did you mean `delivered`?"),
    ("items", "retry", "did you mean `retryable`?"),
    ("items", "message", "did you mean `error`?"),
    (
        "rules",
        "body",
        "did you mean `text`? it lists texts one of which stands in the body",
    ),
    (
        "rules",
        "contains",
        "did you mean `text`? it lists texts one of which stands in the body",
    ),
    ("rules", "action", "did you mean `outcome`?"),
    ("rules", "result", "did you mean `outcome`?"),
    (
        "rules",
        "retry_after",
        "it stands in `responses` and holds for all rules",
    ),
    (
        "endpoint",
        "url",
        "an address is `base`, scheme and host, and `path`",
    ),
    (
        "endpoint",
        "host",
        "did you mean `base`? it has the scheme too: `https://logs.example.com`",
    ),
    ("endpoint", "params", "did you mean `query`?"),
    ("endpoint", "parameters", "did you mean `query`?"),
    ("endpoint", "content_type", "it stands in `payload`"),
    ("config", "secret", "write `type: secret`"),
    (
        "config",
        "pattern",
        "write `check: { charset: \"A-Za-z0-9\" }`; there are no patterns",
    ),
    (
        "config",
        "regex",
        "write `check: { charset: \"A-Za-z0-9\" }`; there are no patterns",
    ),
    ("config", "choices", "did you mean `values`?"),
    ("limits", "max_bytes", "did you mean `max_batch_bytes`?"),
    (
        "limits",
        "max_request_bytes",
        "did you mean `max_batch_bytes`?",
    ),
    ("limits", "max_events", "did you mean `max_batch_events`?"),
    (
        "limits",
        "max_record_bytes",
        "did you mean `max_event_bytes`?",
    ),
    (
        "auth",
        "token",
        "did you mean `secret`? it names the config field",
    ),
    ("auth", "header", "did you mean `name`? it is the header's"),
    ("levels", "default", "did you mean `other`?"),
    ("levels", "warn", "did you mean `warning`?"),
    ("levels", "err", "did you mean `error`?"),
    ("levels", "fatal", "did you mean `critical`?"),
];

/// What to type instead of a word under a key.
pub fn for_word(key: &str, word: &str) -> Option<String> {
    let word = word.to_ascii_lowercase().replace('-', "_");
    let found = WORDS
        .iter()
        .find(|(under, tried, _)| *under == key && *tried == word);
    found.map(|(_, _, right)| format!("write {right}"))
}

/// What to do about a key in a map; `section` is the section that the map stands in or is.
pub fn for_key(section: &str, key: &str, value: &Node) -> Option<String> {
    if section == "payload" && ["framing", "format"].contains(&key) {
        return Some(framing(value));
    }
    let found = KEYS
        .iter()
        .find(|(within, tried, _)| *within == section && *tried == key);
    found.map(|(_, _, right)| (*right).to_owned())
}

/// What the forms of before are called now.
fn framing(value: &Node) -> String {
    let kind = value
        .get("kind")
        .and_then(|kind| kind.value.text())
        .or_else(|| value.text());
    let list = value
        .get("list")
        .and_then(|list| list.value.text())
        .unwrap_or("logs");
    let constants = match value
        .get("constants")
        .map(|constants| &constants.value.value)
    {
        Some(Value::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    let keys = constants.iter().map(|entry| entry.key.as_str());
    let keys: Vec<&str> = keys.chain([list]).collect();
    let shown = keys.join(": …, ");
    match kind {
        Some("ndjson" | "jsonl") => "write `lines: ndjson`".to_owned(),
        Some("concatenated") => "write `lines: concatenated`".to_owned(),
        Some("json_object") => {
            format!("write the body as it goes over the wire: `body: {{ {shown}: {{ records: all }} }}`")
        }
        Some("action_lines") => {
            "write `lines: ndjson` and the line before each record: `before: { create: { _index: \"{index}\" } }`".to_owned()
        }
        Some("grouped_streams") => "write `streams: { labels: […], max_streams: …, overflow_value: … }`".to_owned(),
        Some("sdk") => "leave it out: an SDK takes records one by one".to_owned(),
        _ => "write `body: { records: all }`, a list of records and the default; `lines: ndjson`, `concatenated` or \
              `text`; or `streams`"
            .to_owned(),
    }
}
