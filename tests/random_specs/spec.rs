//! Random specs that are valid, with worked examples that say what the interpreter says.
//!
//! Every form, scheme, encoding, type of setting and kind of answer is drawn, with names and texts that
//! have broken generators before.

use serde_json::{Map, Value as Json, json};

use super::dice::Dice;
use super::events;

/// Names of settings that shadow something in one of the languages.
const NAMES: &[&str] = &[
    "api_key",
    "site",
    "copy",
    "json",
    "schema",
    "model_config",
    "env_prefix",
    "missing",
    "required",
    "str",
    "validate",
    "lookup",
    "merge",
    "dumps",
    "headers",
    "config",
    "event",
    "record",
    "object",
    "out",
    "value",
    "name",
    "fields",
    "construct",
    "dict",
    "id",
    "class_name",
    "labels",
    "tags",
    "batch",
    "body",
    "status",
    "format",
    "string",
    "map",
    "list",
    "client",
    "encoder",
    "transport",
    "base",
    "path",
    "query",
];

/// Keys of records.
const KEYS: &[&str] = &[
    "time",
    "level",
    "text",
    "a",
    "@timestamp",
    "log.level",
    "dumps",
    "unix_millis",
    "lookup",
    "type",
    "class",
    "ä",
    "with space",
    "quote\"d",
    "back\\slash",
    "#hash",
    "{brace}",
    "self",
    "line",
    "none",
    "service.name",
    "_id",
    "$ref",
    "null",
    "true",
    "event",
    "record",
    "é\u{1f600}",
];

/// Texts that have broken generators before.
const TEXTS: &[&str] = &[
    "plain",
    "a b",
    "ä",
    "quote\"d",
    "back\\slash",
    "{{brace}}",
    "# noqa",
    "type: ignore",
    "*/ //",
    "\"\"\"",
    "'''",
    "%s %d",
    "\\u0041",
    "a&b=c",
    "100%",
    "ünïcödé 💳",
    "$HOME",
    "{{}}",
];

/// One spec being made.
pub struct Maker<'d> {
    dice: &'d mut Dice,
    settings: Map<String, Json>,
    values: Map<String, Json>,
    /// Parts of an event that have no place yet: each has one.
    parts: Vec<&'static str>,
}

/// A random spec under an id of its own; its vectors have no expected values yet.
pub fn make(dice: &mut Dice, id: &str) -> Json {
    let mut maker = Maker {
        dice,
        settings: Map::new(),
        values: Map::new(),
        parts: vec!["data", "context", "diagnostics"],
    };
    maker.spec(id)
}

impl Maker<'_> {
    fn spec(&mut self, id: &str) -> Json {
        let auth = self.auth();
        let endpoint = self.endpoint();
        let responses = self.responses();
        let by_id = responses["items"].get("by").is_some();
        let payload = self.payload(by_id);
        let limits = self.limits(&payload);
        let uses = json!([auth, endpoint, payload]).to_string();
        let (settings, values) = self.settings_of(&uses, &auth);
        let events: Vec<Json> = (0..=self.dice.below(4))
            .map(|_| events::entry(self.dice))
            .collect();
        let replies: Vec<Json> = (0..12).map(|index| self.reply(index, &responses)).collect();
        let note = self.text();
        json!({
            "spec_version": 1,
            "id": id,
            "title": format!("Random {}", self.plain_text()),
            "summary": format!("Ships events to {note}."),
            "docs_url": "https://docs.example.com/logs",
            "sources": {"api": {"title": self.plain_text(), "checked": "2026-11-30"}},
            "config": settings,
            "auth": auth,
            "endpoint": endpoint,
            "payload": payload,
            "limits": limits,
            "compression": {"offered": self.offered()},
            "answers": {"partial": {"status": 422, "body": "{\"bad\":{index},\"items\":[{items}],\"failed\":{failed}}"}},
            "responses": responses,
            "vectors": {
                "requests": [{
                    "name": "drawn", "config": values, "events": events, "body": "",
                    "url": "https://logs.example.com/",
                }],
                "responses": replies,
                "limits": [],
            },
        })
    }

    /// The settings something refers to and their values; a password has its user beside it.
    fn settings_of(&mut self, uses: &str, auth: &Json) -> (Map<String, Json>, Map<String, Json>) {
        let mut settings = std::mem::take(&mut self.settings);
        let mut values = std::mem::take(&mut self.values);
        let is_used = |name: &String| {
            let keys = ["secret", "username", "password", "override"];
            let of_auth = keys
                .iter()
                .any(|key| uses.contains(&format!("\"{key}\":\"{name}\"")));
            let in_hole =
                uses.contains(&format!("{{{name}}}")) || uses.contains(&format!("|{name}}}"));
            of_auth || in_hole || uses.contains(&format!("config.{name}\""))
        };
        settings.retain(|name, _| is_used(name));
        values.retain(|name, _| is_used(name));
        let schemes = auth.as_array().expect("schemes");
        // The user of one may be the password of one before it.
        for scheme in schemes.iter().chain(schemes) {
            if let (Some(user), Some(password)) =
                (scheme["username"].as_str(), scheme["password"].as_str())
                && values.contains_key(password)
                && !values.contains_key(user)
            {
                let is_secret = settings[user]["type"] == "secret";
                values.insert(
                    user.to_owned(),
                    json!(if is_secret { "example-user" } else { "user" }),
                );
            }
        }
        (settings, values)
    }

    /// A text for a comment or docstring.
    fn plain_text(&mut self) -> String {
        self.dice.pick(TEXTS).replace("{{", "(").replace("}}", ")")
    }

    fn text(&mut self) -> String {
        self.plain_text()
    }

    /// A new setting of a type and a value for it; its name.
    fn setting(&mut self, kinds: &[&str]) -> String {
        let known: Vec<String> = self
            .settings
            .iter()
            .filter(|(_, field)| kinds.iter().any(|kind| field["type"] == **kind))
            .map(|(name, _)| name.clone())
            .collect();
        if !known.is_empty() && self.dice.one_in(3) {
            return known[self.dice.below(known.len())].clone();
        }
        self.new_setting(kinds)
    }

    fn new_setting(&mut self, kinds: &[&str]) -> String {
        let free: Vec<&&str> = NAMES
            .iter()
            .filter(|name| !self.settings.contains_key(**name))
            .collect();
        let name = free[self.dice.below(free.len())].to_string();
        let kind = self.dice.pick(kinds);
        let mut field =
            json!({"type": kind, "description": format!("Says {}.", self.plain_text())});
        let value = match kind {
            "string" => json!(
                self.dice
                    .pick(&["abc", "a b", "ä", "x/y", "quote\"d", "50%"])
            ),
            "secret" => json!(format!("example-{}", self.dice.below(1000))),
            "url" => json!("https://logs.example.com/base"),
            "bool" => json!(self.dice.one_in(2)),
            "int" => json!(self.dice.below(100_000)),
            "float" => json!([0.5, 2.0, 1e16, 12.25][self.dice.below(4)]),
            "duration" => json!([1.0, 0.25, 30.0][self.dice.below(3)]),
            "enum" => json!("one"),
            "list" => json!(["x", "y z"]),
            "map" => json!({"k": "v", "k.2": "ä"}),
            other => panic!("no value for {other}"),
        };
        if kind == "enum" {
            field["values"] = json!([
                {"value": "one", "description": "One."},
                {"value": "two-2", "description": "Two."},
            ]);
        }
        let is_secret = kind == "secret";
        match self.dice.below(3) {
            0 => field["required"] = json!(true),
            1 if !is_secret => field["default"] = value.clone(),
            _ => {}
        }
        let is_required = field["required"] == json!(true);
        if is_required || self.dice.one_in(2) {
            self.values.insert(name.clone(), value);
        }
        self.settings.insert(name.clone(), field);
        name
    }

    /// A setting that is there in any case: required, or with a default.
    fn certain(&mut self, kinds: &[&str]) -> String {
        let name = self.new_setting(kinds);
        let field = &mut self.settings[&name];
        if field.get("default").is_none() {
            field["required"] = json!(true);
        }
        let value = match field["type"].as_str().expect("text") {
            "string" => json!("abc"),
            "enum" => json!("one"),
            _ => json!(7),
        };
        self.values.insert(name.clone(), value);
        name
    }

    fn auth(&mut self) -> Json {
        let mut schemes = Vec::new();
        for _ in 0..=self.dice.below(2) {
            let scheme = match self.dice.below(4) {
                0 => {
                    let secret = self.setting(&["secret"]);
                    json!({"scheme": "header", "name": "X-Api-Key", "secret": secret})
                }
                1 => {
                    let secret = self.setting(&["secret"]);
                    json!({"scheme": "authorization", "word": self.dice.pick(&["Bearer", "Splunk"]), "secret": secret})
                }
                2 => {
                    let user = self.setting(&["string", "secret"]);
                    let field = &self.settings[&user];
                    if field["type"] == "string" {
                        self.settings[&user]["check"] = json!({"forbid": ":"});
                    }
                    let password = self.setting(&["secret"]);
                    if password == user || self.dice.one_in(3) {
                        json!({"scheme": "basic", "username": user})
                    } else {
                        json!({"scheme": "basic", "username": user, "password": password})
                    }
                }
                _ => {
                    let secret = self.setting(&["secret"]);
                    json!({"scheme": "query", "name": self.dice.pick(&["token", "api key"]), "secret": secret})
                }
            };
            let is_certain = |settings: &Map<String, Json>, scheme: &Json| {
                let name = scheme.get("secret").or(scheme.get("username"));
                let name = name.and_then(Json::as_str).expect("a setting");
                settings[name]["required"] == json!(true) || settings[name].get("default").is_some()
            };
            // One that asks for the same would never be used.
            let asked = |scheme: &Json| scheme.get("secret").or(scheme.get("username")).cloned();
            if schemes
                .iter()
                .any(|earlier| asked(earlier) == asked(&scheme))
            {
                continue;
            }
            let ends = is_certain(&self.settings, &scheme);
            schemes.push(scheme);
            if ends {
                return json!(schemes);
            }
        }
        schemes.push(json!({"scheme": "none"}));
        json!(schemes)
    }

    fn endpoint(&mut self) -> Json {
        self.settings.insert(
            "endpoint_url".to_owned(),
            json!({"type": "url", "description": "Replaces the address."}),
        );
        let mut endpoint = json!({
            "base": "https://logs.example.com",
            "override": "endpoint_url",
            "path": "/v1/logs",
        });
        if self.dice.one_in(3) {
            endpoint["path"] = json!(format!(
                "/v1/{{{}}}/in:put",
                self.certain(&["string", "int", "enum"])
            ));
        } else if self.dice.one_in(4) {
            endpoint["path"] = json!("/v1/ä b/(x);y=1");
        }
        if self.dice.one_in(4) {
            endpoint["method"] = json!("PUT");
        }
        let mut query = Map::new();
        for name in self.dice.some(&["q", "n m", "ä"], 0) {
            let value = match self.dice.below(3) {
                0 => self.dice.pick(TEXTS).to_owned(),
                1 => format!(
                    "{{{}}}",
                    self.setting(&[
                        "string", "int", "bool", "float", "enum", "list", "map", "duration"
                    ])
                ),
                _ => format!(
                    "x-{{{}}}-{{{}}}",
                    self.setting(&["string", "int"]),
                    self.setting(&["string", "enum"])
                ),
            };
            query.insert(name.to_owned(), json!(value));
        }
        if !query.is_empty() {
            endpoint["query"] = Json::Object(query);
        }
        let mut headers = Map::new();
        for name in self.dice.some(&["X-One", "X-Two", "Accept"], 0) {
            let value = match self.dice.below(3) {
                0 => self.dice.pick(&["plain", "a, b", "x=1; y"]).to_owned(),
                1 => format!("{{{}}}", self.setting(&["int", "bool", "enum", "float"])),
                _ => format!(
                    "{{{}}}-{{{}}}",
                    self.setting(&["int", "enum"]),
                    self.setting(&["enum", "bool"])
                ),
            };
            headers.insert(name.to_owned(), json!(value));
        }
        if !headers.is_empty() {
            endpoint["headers"] = Json::Object(headers);
        }
        if self.dice.one_in(2) {
            endpoint["health"] = json!({"path": "/health", "healthy": [200]});
        }
        endpoint
    }

    /// `numbered`: records begin with their position.
    fn payload(&mut self, numbered: bool) -> Json {
        let mut payload = json!({});
        if numbered {
            payload["body"] = self.envelope();
            let Json::Object(record) = self.record() else {
                unreachable!("a record is an object")
            };
            let id = ("Id".to_owned(), json!({"from": "position"}));
            payload["record"] = Json::Object([id].into_iter().chain(record).collect());
            if payload.to_string().contains("level_map") {
                payload["levels"] = self.levels();
            }
            return payload;
        }
        match self.dice.below(8) {
            0 => payload["body"] = json!({"records": "all"}),
            1 => payload["body"] = json!({"records": "one"}),
            2 | 3 => payload["body"] = self.envelope(),
            4 => payload["lines"] = json!("ndjson"),
            5 => {
                payload["lines"] = json!("ndjson");
                payload["before"] = self.before();
            }
            6 => payload["lines"] = json!("concatenated"),
            _ => payload["lines"] = json!("text"),
        }
        payload["record"] = if payload["lines"] == "text" {
            self.line()
        } else {
            self.record()
        };
        if payload.to_string().contains("level_map") {
            payload["levels"] = self.levels();
        }
        payload
    }

    fn envelope(&mut self) -> Json {
        let mut body = Map::new();
        let keys = self.dice.some(KEYS, 2);
        let place = self.dice.below(keys.len());
        for (index, key) in keys.iter().enumerate() {
            let value = if index == place {
                match self.dice.below(3) {
                    0 => json!({"inner": [{"logs": {"records": "all"}}]}),
                    _ => json!({"records": "all"}),
                }
            } else {
                self.fixed(2)
            };
            body.insert((*key).to_owned(), value);
        }
        let body = Json::Object(body);
        if self.dice.one_in(3) {
            json!([body])
        } else {
            body
        }
    }

    fn before(&mut self) -> Json {
        let mut action =
            json!({"_index": format!("logs-{{{}}}", self.certain(&["string", "enum", "int"]))});
        if self.dice.one_in(2) {
            action["_id"] = json!({"from": "context.message_id"});
        }
        json!({"create": action})
    }

    /// A value that no event decides about.
    fn fixed(&mut self, depth: usize) -> Json {
        match self.dice.below(if depth > 0 { 7 } else { 5 }) {
            0 => [
                json!(null),
                json!(true),
                json!(3),
                json!(1.5),
                json!("text"),
            ][self.dice.below(5)]
            .clone(),
            1 => json!(self.dice.pick(TEXTS)),
            2 => {
                json!({"from": format!("config.{}", self.setting(&["string", "int", "bool", "float", "enum", "list", "map", "duration"]))})
            }
            3 => json!(format!(
                "x{{{}}}y",
                self.setting(&["string", "int", "list", "map"])
            )),
            4 => {
                json!({"from": format!("config.{}", self.setting(&["list", "map"])), "as": "text"})
            }
            5 => {
                let mut object = Map::new();
                for key in self.dice.some(&["x", "y", "x.y"], 1) {
                    let value = self.fixed(depth - 1);
                    object.insert(key.to_owned(), value);
                }
                Json::Object(object)
            }
            _ => json!([self.fixed(depth - 1), self.fixed(depth - 1)]),
        }
    }

    fn record(&mut self) -> Json {
        let mut record = self.members(2, true);
        // A record that loses the message is refused.
        let key = if record.contains_key("message") {
            "message_text"
        } else {
            "message"
        };
        record.insert(key.to_owned(), json!({"from": "message"}));
        if self.dice.one_in(2) && !self.parts.is_empty() {
            record.insert("*".to_owned(), self.rest(true));
        }
        let record = Json::Object(record);
        match self.dice.below(6) {
            0 => json!({"event": record, "source": "x"}),
            1 => json!({"Data": {"as": "base64", "append": "\n", "object": record}}),
            2 => json!({"Body": {"as": "json_text", "object": record}}),
            _ => record,
        }
    }

    fn members(&mut self, depth: usize, is_top: bool) -> Map<String, Json> {
        let mut object = Map::new();
        for key in self.dice.some(KEYS, usize::from(is_top)) {
            if self.dice.one_in(2) {
                let value = self.value(depth);
                object.insert(key.to_owned(), value);
            }
        }
        object
    }

    fn value(&mut self, depth: usize) -> Json {
        match self.dice.below(if depth > 0 { 12 } else { 10 }) {
            0 => json!({"from": "timestamp", "as": self.dice.pick(&[
                "unix_s", "unix_ms", "unix_ms_float", "unix_us", "unix_ns", "unix_ns_text", "unix_seconds",
                "rfc3339_ms", "rfc3339_us", "rfc3339_ns", "spaced_ms", "spaced_ns",
            ])}),
            1 => {
                json!({"from": "level", "as": self.dice.pick(&["level_lower", "level_upper", "level_map"])})
            }
            2 => json!({"from": "logger"}),
            3 => {
                let mut chain = vec![format!(
                    "data.{}",
                    self.dice.pick(&["shard", "n", "nested/deep"])
                )];
                if self.dice.one_in(2) {
                    chain.push(format!("context.{}", self.dice.pick(&["trace_id", "x"])));
                }
                let last = match self.dice.below(3) {
                    0 => format!(
                        "config.{}",
                        self.setting(&["string", "int", "enum", "bool"])
                    ),
                    1 => "message".to_owned(),
                    _ => "logger".to_owned(),
                };
                chain.push(last);
                json!({"from": chain})
            }
            4 => {
                json!({"from": format!("context.{}", self.dice.pick(&["trace_id", "message_id"])), "default": self.dice.pick(&["none", ""])})
            }
            5 => {
                json!({"from": format!("data.{}", self.dice.pick(&["shard", "n", "nested"])), "as": self.dice.pick(&["text", "base64", "otlp_value"])})
            }
            6 => json!(format!(
                "t/{{event:context.trace_id}}/{{{}}}",
                self.setting(&["string", "int"])
            )),
            7 => self.rest(false),
            8 | 9 => self.fixed(1),
            10 => Json::Object(self.members(depth - 1, false)),
            _ => json!([self.value(depth - 1), self.value(depth - 1)]),
        }
    }

    fn rest(&mut self, merged: bool) -> Json {
        if self.parts.is_empty() {
            return json!("no part is left");
        }
        let parts = self.dice.some(&self.parts.clone(), 1);
        self.parts.retain(|part| !parts.contains(part));
        let mut rest = json!({"rest": parts});
        if self.dice.one_in(3) {
            rest["prefix"] = json!(self.dice.pick(&["_", "x.", "é"]));
        }
        if self.dice.one_in(3) {
            rest["flatten"] = json!(self.dice.pick(&[".", "_"]));
        }
        if self.dice.one_in(3) {
            rest["values"] = json!(self.dice.pick(&["scalars", "texts"]));
        }
        if self.dice.one_in(4) {
            rest["keys"] = json!("A-Za-z0-9_.");
        }
        if self.dice.one_in(4) {
            rest["max"] = json!(1 + self.dice.below(4));
        }
        if !merged && self.dice.one_in(3) {
            rest["as"] = json!(self.dice.pick(&["otlp_attributes", "json_text"]));
        }
        rest
    }

    /// A record of plain text.
    fn line(&mut self) -> Json {
        let mut pieces = vec![json!({"from": "timestamp", "as": "rfc3339_ms"}), json!(" ")];
        if self.dice.one_in(2) {
            pieces.push(json!({"from": "level", "as": "level_upper"}));
            pieces.push(json!(" "));
        }
        pieces.push(json!({"from": "message"}));
        if self.dice.one_in(2) {
            pieces.push(json!(" "));
            self.parts.retain(|part| *part != "data");
            pieces.push(json!({"rest": "data", "as": "json_text"}));
        }
        json!(pieces)
    }

    fn levels(&mut self) -> Json {
        let is_number = self.dice.one_in(2);
        let mut levels = Map::new();
        let names = [
            "trace", "debug", "info", "notice", "warning", "error", "critical", "audit", "security",
        ];
        for (index, name) in self.dice.some(&names, 1).iter().enumerate() {
            let word = if is_number {
                json!(index)
            } else {
                json!(format!("{}-{}", name.to_uppercase(), index))
            };
            levels.insert((*name).to_owned(), word);
        }
        if is_number || self.dice.one_in(2) {
            let other = if is_number { json!(99) } else { json!("OTHER") };
            levels.insert("other".to_owned(), other);
        }
        Json::Object(levels)
    }

    fn limits(&mut self, payload: &Json) -> Json {
        let mut limits = json!({
            "max_batch_bytes": {"value": 500_000 + self.dice.below(1_000_000), "source": "api"},
            "max_event_bytes": {"value": 200_000, "policy": self.dice.pick(&["truncate", "dead_letter"]), "source": "api"},
        });
        if payload["body"]["records"] == "one" {
            limits["max_batch_events"] = json!({"value": 1, "source": "api"});
        } else if self.dice.one_in(2) {
            limits["max_batch_events"] =
                json!({"value": 100 + self.dice.below(900), "source": "api"});
        }
        if self.dice.one_in(4) {
            limits["ordering"] = json!(self.dice.pick(&["within_batch", "across_batches"]));
        }
        limits
    }

    fn offered(&mut self) -> Json {
        let sets = [
            json!(["gzip", "none"]),
            json!(["none"]),
            json!(["zstd", "gzip", "none"]),
            json!(["gzip"]),
        ];
        sets[self.dice.below(sets.len())].clone()
    }

    fn responses(&mut self) -> Json {
        let mut rules =
            vec![json!({"status": [200], "outcome": "delivered", "note": self.plain_text()})];
        let mut responses = json!({});
        match self.dice.below(6) {
            0 => {
                rules[0] = json!({"status": [200], "outcome": "items"});
                responses["items"] = json!({"list": "/items", "status": "/status", "error": "/error", "delivered": [200, 201, "ok"], "retryable": [429, "503-504"]});
            }
            1 => {
                rules[0] = json!({"status": [200], "outcome": "items"});
                responses["items"] = json!({"list": "/items", "code": "/code", "delivered": ["absent"], "retryable": ["Slow", 5]});
            }
            2 => {
                rules[0] = json!({"status": [200], "outcome": "items"});
                responses["items"] = json!({"failed": "/Failed", "by": "/Id", "code": "/Code", "retryable": ["InternalError"]});
            }
            3 => {
                rules[0] = json!({"status": [200], "outcome": "items"});
                responses["items"] =
                    json!({"map": "/errors", "code": "/code", "retryable": [8, 14]});
            }
            4 => {
                rules[0] = json!({"status": [200], "outcome": "items"});
                responses["items"] = json!({"counts": {"failed": "/failed"}});
            }
            _ => {}
        }
        if self.dice.one_in(3) {
            responses["code"] = json!("/code");
            rules.insert(
                0,
                json!({"status": [400], "code": [7, "Quota"], "outcome": "paused"}),
            );
            rules.insert(
                1,
                json!({"code": [9], "outcome": "transient", "note": "Busy."}),
            );
        } else if self.dice.one_in(4) {
            responses["code"] = json!({"header": "X-Code"});
            rules.insert(
                0,
                json!({"status": ["400-499"], "code": ["present"], "outcome": "rejected"}),
            );
        }
        if self.dice.one_in(3) {
            rules.insert(0, json!({"status": [429], "text": ["exceeds \"burst\"", "too big"], "outcome": "split"}));
        }
        if self.dice.one_in(4) {
            responses["first_bad"] = json!("/bad");
            rules.push(json!({"status": [422], "outcome": "first_bad"}));
        }
        if self.dice.one_in(4) {
            rules.push(json!({"status": [207], "outcome": "uncertain"}));
        }
        if self.dice.one_in(3) {
            responses["retry_after"] = json!({"header": "X-Wait", "unit": self.dice.pick(&["seconds", "milliseconds", "epoch_seconds", "reset"])});
        }
        responses["rules"] = json!(rules);
        responses
    }

    /// An answer, good or odd, without what it means.
    fn reply(&mut self, index: usize, _responses: &Json) -> Json {
        let status = [
            200, 201, 207, 301, 400, 401, 404, 408, 413, 422, 429, 500, 503, 599,
        ][self.dice.below(14)];
        let bodies = [
            "",
            "{}",
            "not json",
            "[]",
            "null",
            r#"{"items":[{"status":200},{"status":429},{"status":400,"error":"bad"}]}"#,
            r#"{"items":[{"status":"ok"},{"status":"201"},{"status":504}]}"#,
            r#"{"items":[{"code":null},{"code":"Slow"},{"code":"5"}]}"#,
            r#"{"items":[{},{},{"code":"Bad"}]}"#,
            r#"{"Failed":[{"Id":"1","Code":"InternalError"},{"Id":"2","Code":"Bad"}]}"#,
            r#"{"errors":{"0":{"code":8},"2":{"code":3}}}"#,
            r#"{"failed":2}"#,
            r#"{"failed":0}"#,
            r#"{"code":7}"#,
            r#"{"code":"7"}"#,
            r#"{"code":"Quota"}"#,
            r#"{"code":9,"bad":1}"#,
            r#"{"bad":2}"#,
            "rate exceeds \"burst\" of 5",
            "<html><body>login</body></html>",
        ];
        let mut reply = json!({
            "name": format!("answer_{index}"),
            "events": 3,
            "status": status,
            "body": bodies[self.dice.below(bodies.len())],
            "outcome": "delivered",
        });
        if self.dice.one_in(3) {
            let wait = self
                .dice
                .pick(&["5", "2.5", "1767323056", "limit=1, reset=7", "soon", ""]);
            reply["headers"] = json!({self.dice.pick(&["X-Wait", "Retry-After"]): wait});
        } else if self.dice.one_in(5) {
            reply["headers"] = json!({"X-Code": "241"});
        }
        reply
    }
}
