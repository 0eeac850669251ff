//! A draft as the text of a spec.

use std::fmt::Write as _;

use super::body::Shape;
use super::request::{Auth, Parts};
use super::{Example, MARK, one_line};

/// What a draft is made of.
pub struct Draft<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub today: &'a str,
    pub example: &'a Example,
    pub parts: &'a Parts,
}

/// What a sink sends for the worked example.
#[derive(Debug)]
pub struct Sent {
    /// URL.
    pub url: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

impl Default for Sent {
    /// Any that is one.
    fn default() -> Self {
        Self {
            url: "https://example.com/".to_owned(),
            headers: Vec::new(),
            body: String::new(),
        }
    }
}

impl Draft<'_> {
    /// The spec; `sent` is what its worked example says.
    pub fn text(&self, sent: &Sent) -> String {
        let mut out = String::new();
        self.head(&mut out);
        self.config(&mut out);
        self.endpoint(&mut out);
        self.payload(&mut out);
        self.limits(&mut out);
        self.vectors(&mut out, sent);
        out
    }

    fn head(&self, out: &mut String) {
        let (id, title, today) = (self.id, one_line(self.title), self.today);
        push(
            out,
            &format!(
                "# yaml-language-server: $schema=provider.schema.json\n\
             #\n\
             # Made from one example request. What it does not say stands behind LOOK UP; remove each\n\
             # mark when you have. `fapilog-gen validate` checks it, `preview` shows what is sent.\n\
             spec_version: 1\n\
             id: {id}\n\
             title: {title} {MARK} the name as the vendor writes it\n\
             summary: Ships events to {title}.\n\
             docs_url: https://example.com/docs {MARK} the vendor's page about this request\n\
             \n\
             sources:\n\
             \x20 api:\n\
             \x20   title: API reference of {title} {MARK} the page that the figures below are from\n\
             \x20   checked: \"{today}\"\n"
            ),
        );
    }

    fn config(&self, out: &mut String) {
        let upper = self.id.to_uppercase();
        push(out, "\nconfig:\n");
        for it in &self.parts.settings {
            let kind = if it.is_secret { "secret" } else { "string" };
            let (name, description) = (&it.name, quoted(&it.description));
            let variable = format!("{upper}_{}", it.name.to_uppercase());
            push(
                out,
                &format!(
                    "  {name}:\n    type: {kind}\n    required: true\n    env: [{variable}]\n    description: {description}\n"
                ),
            );
            if !it.is_secret && !it.example.is_empty() {
                push(out, &format!("    example: {}\n", quoted(&it.example)));
            }
        }
        push(
            out,
            &format!(
                "  url:\n    type: url\n    env: [{upper}_URL]\n    description: Replaces the address, for a proxy or a test.\n    example: http://127.0.0.1:8080\n"
            ),
        );
        let auth = match &self.parts.auth {
            Auth::None => format!("{{ scheme: none }} {MARK} whether the vendor asks for a key"),
            Auth::Header { name, secret } => {
                format!(
                    "{{ scheme: header, name: {}, secret: {secret} }}",
                    quoted(name)
                )
            }
            Auth::Authorization { word, secret } => {
                format!(
                    "{{ scheme: authorization, word: {}, secret: {secret} }}",
                    quoted(word)
                )
            }
            Auth::Basic => "{ scheme: basic, username: username, password: password }".to_owned(),
            Auth::Query { name, secret } => {
                format!(
                    "{{ scheme: query, name: {}, secret: {secret} }}",
                    quoted(name)
                )
            }
        };
        push(out, &format!("\nauth:\n  - {auth}\n"));
    }

    fn endpoint(&self, out: &mut String) {
        let parts = self.parts;
        push(
            out,
            &format!(
                "\nendpoint:\n  base: {} {MARK} whether regions or sites have other hosts\n  override: url\n",
                quoted(&parts.base)
            ),
        );
        if self.example.method != "POST" {
            push(out, &format!("  method: {}\n", self.example.method));
        }
        push(out, &format!("  path: {}\n", quoted(&parts.path)));
        for (key, pairs) in [("query", &parts.query), ("headers", &parts.headers)] {
            if !pairs.is_empty() {
                push(out, &format!("  {key}:\n"));
                for (name, value) in pairs {
                    push(out, &format!("    {}: {}\n", key_of(name), quoted(value)));
                }
            }
        }
    }

    fn payload(&self, out: &mut String) {
        let body = &self.parts.body;
        push(out, "\npayload:\n");
        if let Some(kind) = self
            .parts
            .content_type
            .as_deref()
            .filter(|kind| is_special(kind, self.parts))
        {
            push(out, &format!("  content_type: {}\n", quoted(kind)));
        }
        for (key, shape) in &body.around {
            member(out, key, shape, 1);
        }
        member(out, "record", &body.record, 1);
        if let Some(levels) = body.levels {
            push(
                out,
                &format!("  levels: {levels} {MARK} what the vendor calls levels\n"),
            );
        }
    }

    fn limits(&self, out: &mut String) {
        let offered = if self.parts.is_gzip {
            "[gzip, none]"
        } else {
            "[none]"
        };
        push(
            out,
            &format!(
                "\n# {} what the vendor takes: these are careful guesses.\n\
             limits:\n\
             \x20 max_batch_events: {{ value: 1000, source: api }}\n\
             \x20 max_batch_bytes: {{ value: 1000000, source: api }}\n\
             \x20 max_event_bytes: {{ value: 256000, policy: truncate, source: api }}\n\
             \n\
             compression: {{ offered: {offered}, source: api }} {MARK} gzip, zstd\n\
             \n\
             # {} what the vendor answers. The standard rules hold: 2xx is delivered, 429 throttled, 5xx sent\n\
             # again; a list with a result for each event is read by `outcome: items`.\n\
             responses:\n\
             \x20 rules: []\n",
                &MARK[2..],
                &MARK[2..]
            ),
        );
    }

    fn vectors(&self, out: &mut String, sent: &Sent) {
        push(out, "\nvectors:\n  requests:\n    - name: order_placed\n");
        let settings = &self.parts.settings;
        if !settings.is_empty() {
            push(out, "      config:\n");
            for it in settings {
                push(
                    out,
                    &format!("        {}: {}\n", it.name, quoted(&it.value())),
                );
            }
        }
        push(
            out,
            &format!("      events:\n        - {}\n", self.parts.body.event),
        );
        push(out, &format!("      url: {}\n", quoted(&sent.url)));
        if !sent.headers.is_empty() {
            push(out, "      headers:\n");
            for (name, value) in &sent.headers {
                push(
                    out,
                    &format!("        {}: {}\n", key_of(name), quoted(value)),
                );
            }
        }
        push(out, &format!("      body: {}\n", quoted(&sent.body)));
        if let Some((status, body)) = self.answer() {
            push(
                out,
                &format!(
                    "  responses:\n    - {{ name: accepted, status: {status}, body: {}, outcome: delivered }}\n",
                    quoted(body)
                ),
            );
        }
    }

    /// The answer of the example, when it is a good one that says nothing in confidence.
    fn answer(&self) -> Option<(u16, &str)> {
        let (status, body) = self.example.answer.as_ref()?;
        let is_short = body.len() <= 1000 && !body.trim_start().starts_with('<');
        let is_open = !self
            .parts
            .secrets
            .iter()
            .any(|secret| body.contains(secret));
        ((200..300).contains(status) && is_short && is_open).then_some((*status, body))
    }
}

/// Whether a content type must be said: it is not the one that the form has by itself.
fn is_special(kind: &str, parts: &Parts) -> bool {
    let lines = parts.body.around.iter().any(|(key, _)| key == "lines");
    let text = parts
        .body
        .around
        .iter()
        .any(|(_, shape)| *shape == Shape::Leaf("text".to_owned()));
    let bare = kind.split(';').next().unwrap_or(kind).trim().to_lowercase();
    let usual = match (lines, text) {
        (true, true) => "text/plain",
        (true, false) => "application/x-ndjson",
        (false, _) => "application/json",
    };
    // What curl says of `-d` unasked, and no vendor means.
    bare != usual && bare != "application/x-www-form-urlencoded"
}

fn member(out: &mut String, key: &str, shape: &Shape, depth: usize) {
    let indent = "  ".repeat(depth);
    let key = key_of(key);
    match shape {
        Shape::Leaf(text) => push(out, &format!("{indent}{key}: {text}\n")),
        Shape::Marked(text, mark) => push(out, &format!("{indent}{key}: {text} {MARK} {mark}\n")),
        Shape::Map(members) if members.is_empty() => push(out, &format!("{indent}{key}: {{}}\n")),
        Shape::Map(members) => {
            push(out, &format!("{indent}{key}:\n"));
            for (key, shape) in members {
                member(out, key, shape, depth + 1);
            }
        }
        Shape::List(items) => {
            push(out, &format!("{indent}{key}:\n"));
            for shape in items {
                item(out, shape, depth + 1);
            }
        }
    }
}

fn item(out: &mut String, shape: &Shape, depth: usize) {
    let indent = "  ".repeat(depth);
    match shape {
        Shape::Leaf(text) => push(out, &format!("{indent}- {text}\n")),
        Shape::Marked(text, mark) => push(out, &format!("{indent}- {text} {MARK} {mark}\n")),
        Shape::Map(members) if members.is_empty() => push(out, &format!("{indent}- {{}}\n")),
        Shape::Map(members) => {
            push(out, &format!("{indent}-\n"));
            for (key, shape) in members {
                member(out, key, shape, depth + 1);
            }
        }
        Shape::List(items) => {
            push(out, &format!("{indent}-\n"));
            for shape in items {
                item(out, shape, depth + 1);
            }
        }
    }
}

fn push(out: &mut String, text: &str) {
    out.push_str(text);
}

/// A key, in quotes where it is no plain word.
fn key_of(key: &str) -> String {
    let is_plain = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&key.to_lowercase().as_str());
    if is_plain {
        key.to_owned()
    } else {
        quoted(key)
    }
}

/// A text in double quotes, as JSON and YAML write it alike.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            odd if crate::diagnostics::is_unprintable(odd) && u32::from(odd) <= 0xffff => {
                let _ = write!(out, "\\u{:04x}", u32::from(odd));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
