//! What answers mean, as one flat `match`.

use super::layout::{Expr, statement};
use super::mentions::mentions;
use super::text::{WIDTH, comment, literal};
use crate::provider::model::{Code, Items, OutcomeName, Responses, Rule, StatusSet};

/// The function `classify` and what it needs.
#[derive(Debug, Default)]
pub struct Classify {
    /// The function, and the item rules before it.
    pub source: String,
    /// Whether per-item results or a first bad event are read.
    pub reads_items: bool,
    /// Whether a delay is read.
    pub reads_delay: bool,
}

/// Lowers a response table.
#[must_use]
pub fn lower(responses: &Responses) -> Classify {
    let arms: Vec<(Rule, String)> = responses
        .rules
        .iter()
        .map(|rule| (rule.clone(), body(responses, rule.outcome)))
        .collect();
    let otherwise = body(responses, responses.otherwise);
    let outcomes = || {
        responses
            .rules
            .iter()
            .map(|rule| rule.outcome)
            .chain([responses.otherwise])
    };
    let counts =
        outcomes().any(|outcome| matches!(outcome, OutcomeName::Items | OutcomeName::FirstBad));
    let mut out = Classify {
        reads_items: counts,
        reads_delay: outcomes()
            .any(|o| matches!(o, OutcomeName::Throttled | OutcomeName::Transient)),
        ..Classify::default()
    };
    if let Some(items) = responses
        .items
        .as_ref()
        .filter(|_| outcomes().any(|o| o == OutcomeName::Items))
    {
        out.source += &item_rules(items);
    }
    out.source += "/// What an answer means for the events of its request.\n#[must_use]\n";
    out.source += same_arms(&arms, &otherwise);
    out.source += if counts {
        "pub fn classify(response: &HttpResponse, events: usize) -> Outcome {\n"
    } else {
        "pub fn classify(response: &HttpResponse) -> Outcome {\n"
    };
    let code = responses
        .code
        .as_ref()
        .filter(|_| arms.iter().any(|(rule, _)| !rule.code.is_empty()));
    let needs_reason =
        arms.iter().any(|(_, body)| mentions(body, "reason()")) || mentions(&otherwise, "reason()");
    if needs_reason {
        out.source += &match &responses.error_text {
            Some(pointer) => format!(
                "    let reason = || answer::reason_at(response, {});\n",
                literal(pointer)
            ),
            None => "    let reason = || answer::reason(response);\n".to_owned(),
        };
    }
    if let Some(pointer) = code {
        out.source += &format!(
            "{}\n",
            statement(
                4,
                "let code = ",
                &Expr::call(
                    "answer::text_at",
                    ["&response.body".to_owned(), literal(pointer)].map(Expr::Text)
                ),
                ";"
            )
        );
        out.source += "    match (response.status, code.as_deref()) {\n";
    } else {
        out.source += "    match response.status {\n";
    }
    for (rule, body) in &arms {
        if let Some(note) = &rule.note {
            out.source += &format!("{}\n", comment(8, note));
        }
        out.source += &arm(&pattern(rule, code.is_some()), body);
    }
    out.source += &arm("_", &otherwise);
    out.source += "    }\n}\n";
    out
}

/// One arm. A body that does not fit beside its pattern, or goes on with a method, gets a block.
fn arm(pattern: &str, body: &str) -> String {
    let first = body.lines().next().unwrap_or_default();
    let fits = 8 + pattern.chars().count() + 4 + first.chars().count() < WIDTH;
    if fits && !body.contains("\n            .") {
        return format!("        {pattern} => {body},\n");
    }
    let deeper: Vec<String> = body.lines().map(|line| format!("    {line}")).collect();
    format!(
        "        {pattern} => {{\n        {}\n        }}\n",
        deeper.join("\n")
    )
}

fn pattern(rule: &Rule, with_code: bool) -> String {
    let status = if rule.status.is_empty() {
        "_".to_owned()
    } else {
        statuses(&rule.status)
    };
    if !with_code {
        return status;
    }
    let codes: Vec<_> = rule
        .code
        .iter()
        .map(|code| literal(&code_text(code)))
        .collect();
    let code = if codes.is_empty() {
        "_".to_owned()
    } else {
        format!("Some({})", codes.join(" | "))
    };
    format!("({status}, {code})")
}

fn code_text(code: &Code) -> String {
    match code {
        Code::Number(number) => number.to_string(),
        Code::Word(word) => word.clone(),
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

fn body(responses: &Responses, outcome: OutcomeName) -> String {
    let header = responses
        .retry_after
        .as_deref()
        .unwrap_or("retry-after")
        .to_ascii_lowercase();
    let delayed = |name: &str| {
        let delay = format!("answer::retry_after(response, {})", literal(&header));
        format!(
            "Outcome::{name} {{\n            retry_after: {delay},\n            reason: reason(),\n        }}"
        )
    };
    let plain = |name: &str| format!("Outcome::{name} {{ reason: reason() }}");
    match outcome {
        OutcomeName::Delivered => "Outcome::Delivered".to_owned(),
        OutcomeName::Items => "read_items(&response.body, events, &ITEMS)".to_owned(),
        OutcomeName::FirstBad => {
            let pointer = literal(responses.first_bad.as_deref().unwrap_or_default());
            format!(
                "read_first_bad(&response.body, {pointer}, events, &reason())
            .unwrap_or_else(|| Outcome::Bisect {{ reason: reason() }})"
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
fn same_arms(arms: &[(Rule, String)], otherwise: &str) -> &'static str {
    let mut bodies: Vec<&str> = arms
        .iter()
        .map(|(_, body)| body.as_str())
        .chain([otherwise])
        .collect();
    let all = bodies.len();
    bodies.sort_unstable();
    bodies.dedup();
    if bodies.len() == all {
        return "";
    }
    "#[expect(\n    clippy::match_same_arms,\n    reason = \"one arm for each row of the provider's table\"\n)]\n"
}

fn item_rules(items: &Items) -> String {
    let option = |text: &Option<String>| match text {
        Some(text) => format!("Some({})", literal(text)),
        None => "None".to_owned(),
    };
    let refused = match &items.refused_when {
        Some(rule) => format!(
            "Some(({}, {}))",
            literal(&rule.pointer),
            literal(&rule.equals)
        ),
        None => "None".to_owned(),
    };
    let matches = |sets: &[StatusSet]| {
        if sets.is_empty() {
            "|_| false".to_owned()
        } else {
            format!("|status| matches!(status, {})", statuses(sets))
        }
    };
    format!(
        "/// Where an answer says what became of each event.
const ITEMS: ItemRules = ItemRules {{
    list: {},
    status: {},
    error: {},
    delivered: {},
    retryable: {},
    refused_when: {refused},
}};\n\n",
        literal(&items.list),
        literal(&items.status),
        option(&items.error),
        matches(&items.delivered),
        matches(&items.retryable),
    )
}
