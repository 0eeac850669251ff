//! What answers mean: the function `classify` as one flat `match`, an arm for each row of the
//! spec's table.

use super::super::layout::{self, Expr, line};
use super::super::mentions::mentions;
use super::super::text::{comment, literal};
use super::items;
use crate::spec::model::{OutcomeName, Responses, Rule, StatusSet};

/// The function and what it needs.
#[derive(Debug, Default)]
pub struct Classify {
    /// The function, and the item rules before it.
    pub source: String,
    /// Whether it takes the number of events.
    pub counts_events: bool,
}

/// Lowers a response table.
#[must_use]
pub fn lower(responses: &Responses) -> Classify {
    let bodies: Vec<String> = responses
        .outcomes()
        .map(|outcome| body(responses, outcome))
        .collect();
    let counts_events = responses.counts_events();
    let parameters = if counts_events {
        "response: &HttpResponse, events: usize"
    } else {
        "response: &HttpResponse"
    };
    let mut source = String::new();
    if let Some(items) = &responses.items
        && responses.outcomes().any(|o| o == OutcomeName::Items)
    {
        source += &items::rules(items);
    }
    source += "/// What an answer means for the events of its request.\n#[must_use]\n";
    source += same_arms(&bodies);
    source += &format!("pub fn classify({parameters}) -> Outcome {{\n");
    source += &reason(responses, &bodies);
    source += &table(responses, &bodies);
    source += "    }\n}\n";
    Classify {
        source,
        counts_events,
    }
}

/// The closure that makes a reason, where an arm gives one.
fn reason(responses: &Responses, bodies: &[String]) -> String {
    if !bodies.iter().any(|body| mentions(body, "reason()")) {
        return String::new();
    }
    match &responses.error_text {
        Some(pointer) => {
            let call = format!("|| http::reason_at(response, {})", literal(pointer));
            line(4, "let reason = ", &Expr::text(call))
        }
        None => "    let reason = || http::reason(response);\n".to_owned(),
    }
}

/// The head of the `match` and its arms, the last for what no row names.
fn table(responses: &Responses, bodies: &[String]) -> String {
    let code = responses.code_pointer();
    let mut out = match code {
        Some(pointer) => {
            let args = ["&response.body", &*literal(pointer)];
            let call = Expr::call("http::text_at", args);
            let code = line(4, "let code = ", &call);
            format!("{code}    match (response.status, code.as_deref()) {{\n")
        }
        None => "    match response.status {\n".to_owned(),
    };
    for (rule, body) in responses.rules.iter().zip(bodies) {
        if let Some(note) = &rule.note {
            out += &format!("{}\n", comment(8, note));
        }
        out += &arm(pattern(rule, code.is_some()), body);
    }
    out.extend(
        bodies
            .last()
            .map(|otherwise| arm("_".to_owned(), otherwise)),
    );
    out
}

fn arm(pattern: String, body: &str) -> String {
    let arm = layout::arm(8, &Expr::pattern(pattern), &Expr::text(body));
    format!("{arm}\n")
}

fn pattern(rule: &Rule, with_code: bool) -> String {
    let status = match rule.status.as_slice() {
        [] => "_".to_owned(),
        sets => statuses(sets),
    };
    if !with_code {
        return status;
    }
    let codes = rule.code.iter().map(|code| literal(&code.to_string()));
    let codes: Vec<_> = codes.collect();
    if codes.is_empty() {
        format!("({status}, _)")
    } else {
        format!("({status}, Some({}))", codes.join(" | "))
    }
}

/// Statuses as a pattern.
#[must_use]
pub fn statuses(sets: &[StatusSet]) -> String {
    let each = sets.iter().map(|set| match set {
        StatusSet::One(status) => status.to_string(),
        StatusSet::Range(range) => match range.split_once('-') {
            Some((low, high)) => format!("{}..={}", low.trim(), high.trim()),
            None => range.clone(),
        },
    });
    each.collect::<Vec<_>>().join(" | ")
}

/// The outcome as an expression on one line.
fn body(responses: &Responses, outcome: OutcomeName) -> String {
    let plain = |name: &str| format!("Outcome::{name} {{ reason: reason() }}");
    let delayed = |name: &str| {
        let header = literal(&responses.retry_after_header());
        format!(
            "Outcome::{name} {{ retry_after: http::retry_after(response, {header}), reason: reason() }}"
        )
    };
    match outcome {
        OutcomeName::Delivered => "Outcome::Delivered".to_owned(),
        OutcomeName::Items => "read_items(&response.body, events, &ITEMS)".to_owned(),
        OutcomeName::FirstBad => {
            let pointer = literal(responses.first_bad.as_deref().unwrap_or_default());
            format!(
                "read_first_bad(&response.body, {pointer}, events, &reason()).unwrap_or_else(|| Outcome::Bisect {{ reason: reason() }})"
            )
        }
        OutcomeName::Split => plain("Split"),
        OutcomeName::Bisect => plain("Bisect"),
        OutcomeName::Paused => plain("Paused"),
        OutcomeName::Rejected => plain("Rejected"),
        OutcomeName::Throttled => delayed("Throttled"),
        OutcomeName::Transient => delayed("Transient"),
    }
}

/// The attribute for tables where rows with equal meaning stand apart.
fn same_arms(bodies: &[String]) -> &'static str {
    let mut different: Vec<&String> = bodies.iter().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() == bodies.len() {
        return "";
    }
    "#[expect(\n    clippy::match_same_arms,\n    reason = \"one arm for each row of the provider's table\"\n)]\n"
}
