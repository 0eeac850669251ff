//! The tests that a provider's module brings: its worked examples as functions, one for each, and
//! what goes for every sink.

use minijinja::{Value, context};
use serde_json::{Value as Json, json};

use super::Sheet;
use super::names::{snake, unique};
use super::pretty::{Expr, line, signature, statement};
use super::settings::{Fields, signed};
use super::text::{WIDTH, block, json_literal, literal, title};
use super::uses::{Depth, Uses};
use crate::languages::common::limits::stays_whole;
use crate::languages::common::refusal::refusal;
use crate::sink::interpret::exchange;
use crate::sink::{
    Answer, DelayUnit, LimitVector, RequestVector, ResponseVector, Scheme, SettingsVector, Sink,
    VectorOutcome,
};
use crate::text::{number, width};

/// The files of tests: one for each topic, and the module above them. `asks_now`: the moment stands
/// in what the sink sends.
#[must_use]
pub fn sheets(sink: &Sink, fields: &Fields, asks_now: bool) -> Vec<Sheet> {
    let tests = Tests { sink, fields };
    let mut sheets: Vec<Sheet> = tests.acknowledgement().into_iter().collect();
    sheets.extend(tests.delivery());
    sheets.extend([
        tests.limits(),
        tests.requests(asks_now),
        tests.responses(),
        tests.settings(),
    ]);
    let modules: String = sheets
        .iter()
        .filter_map(|sheet| sheet.name.strip_prefix("tests/"))
        .map(|name| format!("mod {name};\n"))
        .collect();
    let settings = Expr::from(json_literal(&tests.base_settings().to_string()));
    let config = format!("{}SinkConfig", sink.type_prefix);
    let read = Expr::call(
        format!("{config}::try_from"),
        ["testing::settings(settings)"],
    )
    .flat();
    let mut read = format!("    {read}.expect(\"valid settings\")");
    if width(&read) > WIDTH {
        read = format!(
            "    {config}::try_from(testing::settings(settings))\n        .expect(\"valid settings\")"
        );
    }
    sheets.push(sheet(
        "mod",
        "mod",
        &Uses::new(Depth::File),
        context! {
            title_doc => title(sink),
            prefix => sink.type_prefix.as_str(),
            modules,
            settings => block(statement(0, "const SETTINGS: &str = ", &settings, ";")),
            read,
        },
    ));
    sheets
}

fn sheet(name: &str, template: &'static str, uses: &Uses, own: Value) -> Sheet {
    let template = match template {
        "acknowledgement" => "tests/acknowledgement",
        "delivery" => "tests/delivery",
        "limits" => "tests/limits",
        "requests" => "tests/requests",
        "responses" => "tests/responses",
        "responses_sdk" => "tests/responses_sdk",
        "settings" => "tests/settings",
        _ => "tests/mod",
    };
    let lines = uses.lines().join("\n");
    Sheet {
        name: format!("tests/{name}"),
        template,
        context: context! { uses => lines, ..own },
        parts: uses.parts(),
        asks_now: false,
    }
}

struct Tests<'s> {
    sink: &'s Sink,
    fields: &'s Fields<'s>,
}

impl Tests<'_> {
    /// A type of the sink, as a module of tests reaches it.
    fn own(&self, uses: &Uses, kind: &str) {
        uses.of("super::super", &format!("{}{kind}", self.sink.type_prefix));
    }

    /// Settings that make a sink start: those of the first request vector.
    fn base_settings(&self) -> Json {
        let vector = self.sink.vectors.requests.first();
        let settings = vector.map(|vector| vector.config.clone().into_iter());
        // The usual answers acknowledge nothing.
        let switch = self.sink.acknowledgement_switch();
        let is_kept = |name: &str| switch.is_none_or(|switch| switch.name != name);
        let settings = settings.into_iter().flatten();
        Json::Object(settings.filter(|(name, _)| is_kept(name)).collect())
    }

    /// The statement that binds settings, and how they are called; none where they are the usual ones.
    fn bound(&self, config: &Json) -> (String, &'static str) {
        if *config == self.base_settings() {
            return (String::new(), "SETTINGS");
        }
        let value = Expr::from(json_literal(&config.to_string()));
        (statement(4, "let settings = ", &value, ";"), "settings")
    }

    /// Delivery from end to end; only an HTTP sink whose endpoint can be set has such tests.
    fn delivery(&self) -> Option<Sheet> {
        let settings = self.base_settings();
        let is_set = |name: &str| settings.get(name).is_some();
        if !self.sink.is_http() || self.sink.fetches_credentials_with(is_set) {
            return None;
        }
        let set_url = self.set_url()?;
        let uses = Uses::new(Depth::Below);
        uses.of("std::time", "Duration");
        for name in ["Answer", "Responder"] {
            uses.part("responder", name);
        }
        uses.module("testing");
        uses.part("testing", "event_now");
        self.own(&uses, "Sink");
        self.own(&uses, "SinkConfig");
        for name in ["SETTINGS", "config"] {
            uses.of("super", name);
        }
        Some(sheet(
            "delivery",
            "delivery",
            &uses,
            context! {
                prefix => self.sink.type_prefix.as_str(),
                accepted => self.answer(&self.sink.canned.accepted),
                unavailable => self.answer(&self.sink.canned.unavailable),
                refused => refusal(self.sink).map(|answer| self.answer(&answer)),
                id => self.sink.id.as_str(),
                set_url,
            },
        ))
    }

    /// The statement that has the sink send to `responder`.
    fn set_url(&self) -> Option<String> {
        let field = self.fields.get(self.sink.address_setting()?);
        let into = if field.setting.is_secret() {
            "into"
        } else {
            "to_owned"
        };
        let mut url = format!("responder.url().{into}()");
        if field.setting.is_optional() {
            url = format!("Some({url})");
        }
        let place = format!("config.{} = ", field.name);
        Some(block(statement(4, &place, &Expr::from(url), ";")))
    }

    /// Delivery that is acknowledged, where the provider does that.
    fn acknowledgement(&self) -> Option<Sheet> {
        if self.sink.fetches_credentials() {
            return None;
        }
        let here = "http://127.0.0.1";
        let replaced = self.sink.setting(self.sink.address_setting()?);
        let exchange = exchange(self.sink, (&replaced.name, here), 0)?;
        let uses = Uses::new(Depth::Below);
        for name in ["Answer", "Responder"] {
            uses.part("responder", name);
        }
        uses.module("testing");
        uses.part("testing", "event_now");
        self.own(&uses, "Sink");
        uses.of("super", "config");
        let settings = Json::Object(exchange.settings.into_iter().collect());
        let settings = Expr::from(json_literal(&settings.to_string()));
        let body = |text: &str| {
            let text = Expr::from(json_literal(text));
            block(statement(4, "body: ", &text, ","))
        };
        let question = &exchange.question;
        let path = question.url.strip_prefix(here).unwrap_or_default();
        let equal =
            |found: String, expected: String| line(8, &Expr::call("assert_eq!", [found, expected]));
        let secret = |name: &str| format!("received[0].header({name})");
        let headers: String = question
            .headers
            .iter()
            .map(|header| {
                let name = literal(&header.name.to_ascii_lowercase());
                let expected = if header.name.eq_ignore_ascii_case("content-type") {
                    format!("Some({})", literal(&header.value))
                } else {
                    secret(&name)
                };
                equal(format!("question.header({name})"), expected)
            })
            .collect();
        Some(sheet(
            "acknowledgement",
            "acknowledgement",
            &uses,
            context! {
                title_doc => title(self.sink),
                prefix => self.sink.type_prefix.as_str(),
                settings => block(statement(0, "const SETTINGS: &str = ", &settings, ";")),
                status => self.sink.canned.accepted.status,
                accepted => body(&exchange.accepted),
                pending => body(&exchange.pending),
                stored => body(&exchange.stored),
                set_url => self.set_url()?,
                line => block(equal(
                    "question.line".to_owned(),
                    literal(&format!("POST {path} HTTP/1.1")),
                )),
                body => block(equal(
                    "question.body".to_owned(),
                    format!("{}.as_bytes()", json_literal(&question.body)),
                )),
                headers => block(headers),
            },
        ))
    }

    /// A canned answer to a request of one event.
    fn answer(&self, answer: &Answer) -> Value {
        let item = self.sink.canned.item_ok.clone().unwrap_or_default();
        let body = answer
            .body
            .replace("{items}", &item)
            .replace("{failed}", "0");
        let body = Expr::from(json_literal(&body));
        context! { status => answer.status, body => block(statement(4, "body: ", &body, ",")) }
    }

    fn limits(&self) -> Sheet {
        let vectors = self.sink.vectors.limits.iter();
        let taken = ["config", "events", "parts", "testing", "written"];
        let tests = functions(vectors.map(|vector| (&vector.name, limit(vector))), &taken);
        let uses = Uses::new(Depth::Below);
        uses.base("Report");
        uses.module("testing");
        for name in ["Events", "events"] {
            uses.part("testing", name);
        }
        self.own(&uses, "Encoder");
        uses.of("super::super", "parts");
        for name in ["SETTINGS", "config"] {
            uses.of("super", name);
        }
        if tests.is_empty() {
            return sheet(
                "limits",
                "limits",
                &Uses::new(Depth::Below),
                context! {
                    title_doc => title(self.sink), prefix => self.sink.type_prefix.as_str(), tests,
                },
            );
        }
        sheet(
            "limits",
            "limits",
            &uses,
            context! {
                title_doc => title(self.sink),
                prefix => self.sink.type_prefix.as_str(),
                tests,
            },
        )
    }

    fn requests(&self, asks_now: bool) -> Sheet {
        let uses = Uses::new(Depth::Below);
        let vectors = self.sink.vectors.requests.iter();
        let tests = vectors.map(|vector| (&vector.name, self.request(vector, asks_now, &uses)));
        let taken = [
            "body",
            "config",
            "responder",
            "sent",
            "testing",
            "transport",
        ];
        let tests = functions(tests, &taken);
        self.own(&uses, "Encoder");
        if tests.contains("SETTINGS") {
            uses.of("super", "SETTINGS");
        }
        uses.of("super", "config");
        let is_http = self.sink.is_http();
        if is_http {
            uses.of("std::sync", "Arc");
            uses.part("responder", "Sent");
            uses.module("responder");
            uses.of("super::super", "transport");
        } else {
            uses.module("testing");
        }
        sheet(
            "requests",
            "requests",
            &uses,
            context! {
                prefix => self.sink.type_prefix.as_str(),
                is_http,
                tests,
            },
        )
    }

    /// The statements of one test.
    fn request(&self, vector: &RequestVector, asks_now: bool, uses: &Uses) -> String {
        let config = Json::Object(vector.config.clone().into_iter().collect());
        let (mut out, settings) = self.bound(&config);
        let events = vector
            .events
            .iter()
            .map(|event| json_literal(&event.to_string()));
        let events: Vec<String> = events.collect();
        let events = if let [event] = events.as_slice() {
            out += &statement(4, "let event = ", &Expr::from(event.as_str()), ";");
            "&[event]"
        } else {
            out += &statement(4, "let events = ", &Expr::array("", events), ";");
            "&events"
        };
        let expected = Expr::from(json_literal(&vector.body));
        out += &statement(4, "let expected = ", &expected, ";");
        if asks_now {
            out += &format!("    {}::stop_clock();\n", uses.module("testing"));
        }
        if !self.sink.is_http() {
            return format!("{out}\n    assert_eq!(body({settings}, {events}), expected);\n");
        }
        out += &format!("\n    let sent = sent({settings}, {events});\n\n");
        for (found, expected) in [
            ("sent.url", &vector.url),
            ("sent.health_url", &vector.health_url),
        ] {
            if let Some(expected) = expected {
                out += &line(
                    4,
                    &Expr::call("assert_eq!", [found.to_owned(), literal(expected)]),
                );
            }
        }
        for (name, value) in &vector.headers {
            let name = name.to_ascii_lowercase();
            let is_set = |name: &str| vector.config.contains_key(name);
            if name == "authorization" && self.sink.fetches_credentials_with(is_set) {
                continue;
            }
            let found = format!("sent.headers[{}]", literal(&name));
            out += &line(4, &Expr::call("assert_eq!", [found, literal(value)]));
        }
        out + "    assert_eq!(sent.body, expected);\n"
    }

    fn responses(&self) -> Sheet {
        let uses = Uses::new(Depth::Below);
        let is_http = self.sink.is_http();
        let answers = &self.sink.vectors.responses;
        let shape = Shape {
            has_headers: answers.iter().any(|vector| !vector.headers.is_empty()),
            counts_events: !is_http || self.sink.counts_events(),
            asks_now: self.sink.answers.retry_after.unit == DelayUnit::EpochSeconds,
        };
        let mut taken = vec![
            "classify",
            "outcome",
            "partial",
            "reason",
            "response",
            "retry_after",
        ];
        taken.extend((!is_http).then_some("accepted"));
        let tests = answers
            .iter()
            .map(|vector| (&vector.name, response(shape, vector, &uses)));
        let tests = functions(tests, &taken);
        uses.base("Outcome");
        if is_http {
            uses.part("answer", "Answer");
            uses.part("responder", "response");
            uses.of("super::super::transport", "PLACES");
            uses.of("super::super", "classify");
        } else {
            uses.of("serde_json", "Value");
            for name in ["RejectedRanges", "accepted", "classify"] {
                uses.part("aws_cloudwatch_classify", name);
            }
        }
        if tests.is_empty() {
            return sheet(
                "responses",
                "responses",
                &Uses::new(Depth::Below),
                context! {
                    title_doc => title(self.sink), outcome => "", tests,
                },
            );
        }
        sheet(
            "responses",
            if is_http {
                "responses"
            } else {
                "responses_sdk"
            },
            &uses,
            context! {
                title_doc => title(self.sink),
                outcome => shape.function(),
                tests,
            },
        )
    }

    fn settings(&self) -> Sheet {
        let uses = Uses::new(Depth::Below);
        let taken = [
            "an_unknown_setting_is_refused",
            "config",
            "every_missing_setting_is_named",
            "refused",
            "secrets_do_not_print",
            "testing",
        ];
        let vectors = self.sink.vectors.settings.iter();
        let tests = functions(
            vectors.map(|vector| (&vector.name, refused(vector))),
            &taken,
        );
        for name in ["Map", "Value"] {
            uses.of("serde_json", name);
        }
        self.own(&uses, "SinkConfig");
        if !tests.is_empty() {
            uses.module("testing");
        }
        let secrets = self.with_secrets().map(|settings| {
            uses.of("super", "config");
            let (bound, name) = self.bound(&settings);
            if name == "SETTINGS" {
                uses.of("super", "SETTINGS");
            }
            format!("{bound}    let config = config({name});\n")
        });
        let required = self
            .fields
            .0
            .iter()
            .filter(|field| field.setting.is_required());
        let mut required: Vec<String> = required.map(super::settings::Field::key).collect();
        // Without credentials none are complete either; the first that could be is named.
        if let Some(first) = self.sink.needed_credentials().first()
            && !required.is_empty()
        {
            required.push(self.fields.get(*first).key());
        }
        let config = format!("{}SinkConfig", self.sink.type_prefix);
        let read = |argument: &str| Expr::from(format!("{config}::try_from({argument})"));
        let missing = Expr::from(format!(
            "{}.expect_err(\"nothing is set\")",
            read("Map::new()").flat()
        ));
        let missing = chained(
            &missing.flat(),
            &read("Map::new()").flat(),
            ".expect_err(\"nothing is set\")",
        );
        let unknown = chained(
            "",
            &read("settings").flat(),
            ".expect_err(\"a misspelt setting\")",
        );
        let refused = statement(
            4,
            "let config = ",
            &read("testing::settings(settings)"),
            ";",
        );
        let names = [Expr::from("missing"), Expr::array("", required.clone())];
        sheet(
            "settings",
            "settings",
            &uses,
            context! {
                is_required => !required.is_empty(),
                missing,
                names => block(line(4, &Expr::call("assert_eq!", names))),
                unknown,
                secrets,
                refused => block(refused),
                tests,
            },
        )
    }

    /// The settings with every secret set, and the user names that passwords need; `None` where
    /// there is no secret.
    fn with_secrets(&self) -> Option<Json> {
        let mut settings = self.base_settings();
        let map = settings.as_object_mut()?;
        let secrets = self
            .fields
            .0
            .iter()
            .filter(|field| field.setting.is_secret());
        let mut has_secrets = false;
        for field in secrets {
            has_secrets = true;
            let name = &field.setting.name;
            let value: Json = {
                let name = name.replace('_', "-");
                if field.reader() == "secret_map" {
                    json!({ "X-Example": format!("example-{name}") })
                } else if field.base_type() == "Secret" && field.reader() == "secret_url" {
                    format!("https://example-{name}.example").into()
                } else {
                    format!("example-{name}").into()
                }
            };
            // One that a check would refuse is given by the vector.
            map.entry(name.clone()).or_insert(value);
        }
        for credentials in &self.sink.credentials {
            if let Scheme::Basic { username, .. } = credentials.scheme {
                let setting = self.sink.setting(username);
                if setting.is_optional() && !map.contains_key(&setting.name) {
                    map.insert(setting.name.clone(), "user".into());
                }
            }
        }
        has_secrets.then_some(settings)
    }
}

/// Characters of a body that stand within the call.
const LONG_BODY: usize = 48;

/// `let errors = CALL.METHOD;`, the method on a line of its own where it does not fit.
fn chained(_flat: &str, call: &str, method: &str) -> String {
    let flat = format!("    let errors = {call}{method};");
    if width(&flat) <= WIDTH {
        return flat;
    }
    let below = format!("        {call}{method};");
    if width(&below) <= WIDTH {
        return format!("    let errors =\n{below}");
    }
    format!("    let errors = {call}\n        {method};")
}

/// A function for each vector; `taken` are names that the file has already.
fn functions<'s>(vectors: impl Iterator<Item = (&'s String, String)>, taken: &[&str]) -> String {
    let mut names: Vec<String> = taken.iter().map(|name| (*name).to_owned()).collect();
    let tests: Vec<String> = vectors
        .map(|(name, body)| {
            let name = unique(&snake(name), &mut names);
            format!("#[test]\nfn {name}() {{\n{body}}}\n")
        })
        .collect();
    block(tests.join("\n"))
}

/// The statements of a test of a limit.
fn limit(vector: &LimitVector) -> String {
    let checks_lengths = vector.truncated > 0 || stays_whole(vector);
    let lengths = if checks_lengths { "lengths" } else { "_" };
    let call = Expr::from(format!("written(&{})", events(vector)));
    let mut out = statement(4, &format!("let (report, {lengths}) = "), &call, ";");
    out += &format!(
        "\n    assert_eq!(report.requests, {});\n",
        number(vector.requests)
    );
    if vector.dead_lettered > 0 {
        out += "    // There is no dead-letter file here: what would go there is dropped and counted.\n";
    }
    let dropped = number(vector.dead_lettered);
    out += &format!("    assert_eq!(report.dropped_total(), {dropped});\n");
    if let (true, Some(bytes)) = (vector.truncated > 0, vector.record_bytes) {
        let (bytes, truncated) = (number(bytes), number(vector.truncated));
        out += &format!("    let cut = lengths.iter().filter(|length| **length < {bytes});\n");
        out += &format!("    assert_eq!(cut.count(), {truncated});\n");
    } else if let (true, Some(bytes)) = (stays_whole(vector), vector.record_bytes) {
        let all = format!("lengths.iter().all(|length| *length == {})", number(bytes));
        out += &line(
            4,
            &Expr::call("assert!", [all, "\"{lengths:?}\"".to_owned()]),
        );
    }
    out
}

/// The events of a test, and what is special about them.
fn events(vector: &LimitVector) -> String {
    let mut events = format!("events({})", number(vector.events));
    if let Some(bytes) = vector.record_bytes {
        events += &format!(".of_bytes({})", number(bytes));
    }
    if vector.spacing_seconds > 0 {
        events += &format!(".seconds_apart({})", number(vector.spacing_seconds));
    }
    if vector.age_seconds != 0 {
        events += &format!(".seconds_old({})", signed(vector.age_seconds));
    }
    events
}

/// What the tests tell about an answer besides its status and body.
#[derive(Debug, Clone, Copy)]
struct Shape {
    has_headers: bool,
    counts_events: bool,
    asks_now: bool,
}

impl Shape {
    /// The function `outcome` of the tests of an HTTP sink.
    fn function(self) -> String {
        let headers = "headers: &[(&'static str, &'static str)]";
        let parameters = ["status: u16", headers, "body: &str", "events: usize"];
        let parameters = self.choose(parameters.map(str::to_owned));
        let head = signature(0, "fn outcome", &parameters, "Outcome");
        let headers = if self.has_headers { "headers" } else { "&[]" };
        let events = if self.counts_events { "events" } else { "1" };
        format!(
            "{head}\n    let response = response(status, {headers}, body);\n    classify(&Answer::new(&response, PLACES, {events}))\n}}"
        )
    }

    /// Of status, headers, body and events, those that are told.
    fn choose<T>(self, all: [T; 4]) -> Vec<T> {
        let told = [true, self.has_headers, true, self.counts_events];
        let all = all.into_iter().zip(told);
        all.filter_map(|(one, is_told)| is_told.then_some(one))
            .collect()
    }
}

/// The statements of a test of an answer.
fn response(shape: Shape, vector: &ResponseVector, uses: &Uses) -> String {
    let text = json_literal(&vector.body);
    let call = |body: &str| {
        let headers = vector.headers.iter().map(|(name, value)| {
            let name = literal(&name.to_ascii_lowercase());
            Expr::call("", [name, literal(value)])
        });
        let all = [
            Expr::from(vector.status.to_string()),
            Expr::slice(headers),
            Expr::from(body),
            Expr::from(vector.events.unwrap_or(1).to_string()),
        ];
        statement(
            4,
            "let outcome = ",
            &Expr::call("outcome", shape.choose(all)),
            ";",
        )
    };
    let mut out = call(&text);
    // A long body is told first, so that the call stays in view. What counts is the body, not how
    // many of its characters need an escape.
    if vector.body.chars().count() > LONG_BODY {
        out = statement(4, "let body = ", &Expr::from(text), ";") + &call("body");
    }
    if shape.asks_now {
        out.insert_str(
            0,
            &format!("    {}::stop_clock();\n", uses.module("testing")),
        );
    }
    format!("{out}\n{}", expectation(vector, uses))
}

/// The assertions on an outcome.
fn expectation(vector: &ResponseVector, uses: &Uses) -> String {
    let name = match vector.outcome {
        VectorOutcome::Delivered => {
            return "    assert_eq!(outcome, Outcome::Delivered);\n".to_owned();
        }
        VectorOutcome::Partial => return partial(vector, uses),
        VectorOutcome::Split => "Split",
        VectorOutcome::Bisect => "Bisect",
        VectorOutcome::Paused => "Paused",
        VectorOutcome::Uncertain => "Uncertain",
        VectorOutcome::Rejected => "Rejected",
        VectorOutcome::Throttled => "Throttled",
        VectorOutcome::Transient => "Transient",
    };
    let mut matches =
        format!("    assert!(matches!(outcome, Outcome::{name} {{ .. }}), \"{{outcome:?}}\");\n");
    if let Some(reason) = &vector.reason {
        uses.part("testing", "reason");
        let holds = format!("reason(&outcome).contains({})", literal(reason));
        matches += &line(
            4,
            &Expr::call("assert!", [holds, "\"{outcome:?}\"".to_owned()]),
        );
    }
    // A worked example need not name the delay that its headers ask for.
    let tells_delay = vector.retry_after_seconds.is_some() || vector.headers.is_empty();
    if !matches!(name, "Throttled" | "Transient") || !tells_delay {
        return matches;
    }
    uses.part("testing", "retry_after");
    let delay = match vector.retry_after_seconds {
        Some(seconds) => {
            uses.of("std::time", "Duration");
            format!("Some(Duration::from_secs_f64({seconds:?}))")
        }
        None => "None".to_owned(),
    };
    format!("{matches}    assert_eq!(retry_after(&outcome), {delay});\n")
}

/// The assertion on an outcome that is not the same for all events.
fn partial(vector: &ResponseVector, uses: &Uses) -> String {
    uses.part("testing", "partial");
    let list = |indices: &[usize]| Expr::array("vec!", indices.iter().map(usize::to_string));
    let expected = Expr::call("", [list(&vector.rejected), list(&vector.retry)]);
    let args = [Expr::from("partial(outcome)"), expected];
    line(4, &Expr::call("assert_eq!", args))
}

/// The statements of a test of settings that cannot work.
fn refused(vector: &SettingsVector) -> String {
    let given: serde_json::Map<_, _> = vector.config.clone().into_iter().collect();
    let given = Expr::from(json_literal(&Json::Object(given).to_string()));
    let settings = statement(4, "let settings = ", &given, ";");
    let expected = Expr::array("", [literal(&vector.refused)]);
    let arguments = [Expr::from("refused(settings)"), expected];
    let assertion = line(4, &Expr::call("assert_eq!", arguments));
    format!("{settings}\n{assertion}")
}
