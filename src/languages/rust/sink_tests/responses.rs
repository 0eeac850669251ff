//! Worked answers: what they mean for the events of a request.

use minijinja::context;

use super::super::layout::{Expr, line, use_names};
use super::super::mentions::mentions;
use super::super::text::{json_literal, literal, title};
use super::{BASE, Module, PARTS, functions};
use crate::spec::model::{ResponseVector, Spec, Transport, VectorOutcome};

/// Names the file has besides its vectors.
const TAKEN: [&str; 6] = [
    "classify",
    "outcome",
    "partial",
    "reason",
    "response",
    "retry_after",
];

/// The file.
pub fn module(spec: &Spec) -> Module {
    let is_http = spec.transport == Transport::Http;
    let mut taken = TAKEN.to_vec();
    taken.extend((!is_http).then_some("accepted"));
    let answers = &spec.vectors.responses;
    let shape = Shape {
        has_headers: answers.iter().any(|vector| !vector.headers.is_empty()),
        counts_events: !is_http || spec.responses.counts_events(),
    };
    let tests = answers
        .iter()
        .map(|vector| (&vector.name, body(shape, vector)));
    let tests = functions(tests, &taken);
    let context = context! {
        title_doc => title(spec),
        uses => uses(is_http, &tests),
        parameters => shape.parameters(),
        arguments => shape.arguments(),
        vectors => tests,
    };
    Module {
        name: "responses",
        template: if is_http {
            "responses"
        } else {
            "responses_sdk"
        },
        context,
    }
}

fn uses(is_http: bool, tests: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if mentions(tests, "Duration::") {
        lines.extend(["use std::time::Duration;", ""].map(str::to_owned));
    }
    if !is_http {
        lines.extend(["use serde_json::Value;", ""].map(str::to_owned));
    }
    lines.push(format!("use {BASE}::Outcome;"));
    if is_http {
        lines.push(format!("use {PARTS}::responder::response;"));
    } else {
        let path = format!("{PARTS}::aws_cloudwatch_classify");
        lines.push(use_names(
            &path,
            &["RejectedRanges", "accepted", "classify"],
        ));
    }
    let readers = ["partial", "reason", "retry_after"];
    let called = readers
        .into_iter()
        .filter(|name| mentions(tests, &format!("{name}(")));
    let called: Vec<_> = called.collect();
    if !called.is_empty() {
        lines.push(use_names(&format!("{PARTS}::testing"), &called));
    }
    if is_http {
        lines.push("use super::super::classify;".to_owned());
    }
    lines
}

/// What the tests tell about an answer besides its status and body.
#[derive(Debug, Clone, Copy)]
struct Shape {
    has_headers: bool,
    counts_events: bool,
}

impl Shape {
    /// Parameters of the tests' function `outcome`.
    fn parameters(self) -> String {
        let headers = "headers: &[(&'static str, &'static str)]";
        let parameters = ["status: u16", headers, "body: &str", "events: usize"];
        self.choose(parameters.map(str::to_owned)).join(", ")
    }

    /// What that function hands to `classify`.
    fn arguments(self) -> String {
        let headers = if self.has_headers { "headers" } else { "&[]" };
        let events = if self.counts_events { ", events" } else { "" };
        format!("&response(status, {headers}, body){events}")
    }

    /// Of status, headers, body and events, those that are told.
    fn choose<T>(self, all: [T; 4]) -> Vec<T> {
        let told = [true, self.has_headers, true, self.counts_events];
        let all = all.into_iter().zip(told);
        all.filter_map(|(one, is_told)| is_told.then_some(one))
            .collect()
    }
}

/// The statements of one test.
fn body(shape: Shape, vector: &ResponseVector) -> String {
    let text = json_literal(&vector.body);
    let call = |body: &str| {
        let (status, events) = (
            vector.status.to_string(),
            vector.events.unwrap_or(1).to_string(),
        );
        let all = [
            Expr::Text(status),
            headers(vector),
            Expr::text(body),
            Expr::Text(events),
        ];
        line(
            4,
            "let outcome = ",
            &Expr::call("outcome", shape.choose(all)),
        )
    };
    let mut out = call(&text);
    // A long body is told first, so that the call stays in view.
    if out.lines().count() > 1 {
        out = line(4, "let body = ", &Expr::text(text)) + &call("body");
    }
    format!("{out}\n{}", expectation(vector))
}

fn headers(vector: &ResponseVector) -> Expr {
    Expr::slice(vector.headers.iter().map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        format!("({}, {})", literal(&name), literal(value))
    }))
}

/// The assertions on an outcome.
fn expectation(vector: &ResponseVector) -> String {
    let name = match vector.outcome {
        VectorOutcome::Delivered => {
            return "    assert_eq!(outcome, Outcome::Delivered);\n".to_owned();
        }
        VectorOutcome::Partial => return partial(vector),
        VectorOutcome::Split => "Split",
        VectorOutcome::Bisect => "Bisect",
        VectorOutcome::Paused => "Paused",
        VectorOutcome::Rejected => "Rejected",
        VectorOutcome::Throttled => "Throttled",
        VectorOutcome::Transient => "Transient",
    };
    let mut matches =
        format!("    assert!(matches!(outcome, Outcome::{name} {{ .. }}), \"{{outcome:?}}\");\n");
    if let Some(reason) = &vector.reason {
        let holds = format!("reason(&outcome).contains({})", literal(reason));
        let args = [holds, "\"{outcome:?}\"".to_owned()];
        matches += &line(4, "", &Expr::call("assert!", args));
    }
    if !matches!(
        vector.outcome,
        VectorOutcome::Throttled | VectorOutcome::Transient
    ) {
        return matches;
    }
    let delay = match vector.retry_after_seconds {
        Some(seconds) => format!("Some(Duration::from_secs_f64({seconds:?}))"),
        None => "None".to_owned(),
    };
    format!("{matches}    assert_eq!(retry_after(&outcome), {delay});\n")
}

/// The assertion on an outcome that is not the same for all events.
fn partial(vector: &ResponseVector) -> String {
    let list = |indices: &[usize]| Expr::array("vec!", indices.iter().map(usize::to_string));
    let expected = Expr::call("", [list(&vector.rejected), list(&vector.retry)]);
    let args = [Expr::text("partial(outcome)"), expected];
    line(4, "", &Expr::call("assert_eq!", args))
}
