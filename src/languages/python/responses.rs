//! What answers mean, as one flat `match`.

use super::layout::{Expr, statement};
use super::text::{WIDTH, comment, docstring, literal};
use crate::spec::model::{Code, Items, OutcomeName, Responses, Rule, StatusSet};

/// The function `classify` and what it needs.
#[derive(Debug, Default)]
pub struct Classify {
    /// The functions.
    pub source: String,
    /// The item rules.
    pub items: Option<String>,
    /// Whether it takes the number of events.
    pub counts: bool,
}

/// Lowers a response table.
#[must_use]
pub fn lower(responses: &Responses) -> Classify {
    let rules = &responses.rules;
    let outcomes = || {
        rules
            .iter()
            .map(|rule| rule.outcome)
            .chain([responses.otherwise])
    };
    let counts =
        outcomes().any(|outcome| matches!(outcome, OutcomeName::Items | OutcomeName::FirstBad));
    let code = responses
        .code
        .as_ref()
        .filter(|_| rules.iter().any(|rule| !rule.code.is_empty()));
    let parameters = if counts {
        "response: HttpResponse, events: int"
    } else {
        "response: HttpResponse"
    };
    let mut out = format!(
        "def classify({parameters}) -> Outcome:\n{}\n",
        docstring(
            4,
            &["Return what an answer means for the events of its request.".to_owned()]
        )
    );
    match code {
        Some(pointer) => {
            out += &format!(
                "    code = value_text(pointed(parse(response.body), {}))\n",
                literal(pointer)
            );
            out += "    match response.status, code:\n";
        }
        None => out += "    match response.status:\n",
    }
    for rule in rules {
        out += &format!("        case {}:\n", pattern(rule, code.is_some()));
        out += &rule
            .note
            .as_ref()
            .map(|note| comment(12, note) + "\n")
            .unwrap_or_default();
        out += &format!("{}\n", result(responses, rule.outcome));
    }
    out += &format!(
        "        case _:\n{}",
        result(responses, responses.otherwise)
    );
    if out.contains("_reason(response)")
        && let Some(pointer) = &responses.error_text
    {
        let docs = docstring(
            4,
            &["Return status and error text for a log line.".to_owned()],
        );
        let pointed = format!("pointed(parse(response.body), {})", literal(pointer));
        out += &format!(
            "\n\n\ndef _reason(response: HttpResponse) -> str:\n{docs}\n    return describe(response, value_text({pointed}))"
        );
    }
    let items = responses
        .items
        .as_ref()
        .filter(|_| outcomes().any(|outcome| outcome == OutcomeName::Items));
    Classify {
        source: out,
        items: items.map(item_rules),
        counts,
    }
}

fn pattern(rule: &Rule, with_code: bool) -> String {
    let (status, guard) = status_pattern(&rule.status);
    let guard = guard
        .map(|guard| format!(" if {guard}"))
        .unwrap_or_default();
    if !with_code {
        return status + &guard;
    }
    let codes: Vec<String> = rule
        .code
        .iter()
        .map(|code| literal(&code_text(code)))
        .collect();
    let code = if codes.is_empty() {
        "_".to_owned()
    } else {
        codes.join(" | ")
    };
    let one_line = format!("{status}, {code}{guard}");
    if "        case :".len() + one_line.chars().count() <= WIDTH || codes.len() < 2 {
        return one_line;
    }
    let lines = codes.join("\n            | ");
    format!("{status}, (\n            {lines}\n        ){guard}")
}

/// The pattern of some statuses, and a guard where there are ranges among them.
fn status_pattern(sets: &[StatusSet]) -> (String, Option<String>) {
    let singles: Vec<String> = sets
        .iter()
        .filter_map(|set| match set {
            StatusSet::One(status) => Some(status.to_string()),
            StatusSet::Range(_) => None,
        })
        .collect();
    if sets.is_empty() {
        return ("_".to_owned(), None);
    }
    if singles.len() == sets.len() {
        return (singles.join(" | "), None);
    }
    let mut conditions: Vec<String> = sets
        .iter()
        .filter_map(|set| match set {
            StatusSet::Range(range) => Some(format!("status in {}", range_text(range))),
            StatusSet::One(_) => None,
        })
        .collect();
    match singles.as_slice() {
        [] => {}
        [only] => conditions.push(format!("status == {only}")),
        several => conditions.push(format!("status in ({})", several.join(", "))),
    }
    ("status".to_owned(), Some(conditions.join(" or ")))
}

fn range_text(range: &str) -> String {
    let bounds = range.split_once('-').unwrap_or((range, range));
    let low: u32 = bounds.0.trim().parse().unwrap_or_default();
    let high: u32 = bounds.1.trim().parse().unwrap_or_default();
    format!("range({low}, {})", high + 1)
}

/// Statuses as a container.
#[must_use]
pub fn statuses(sets: &[StatusSet]) -> String {
    if let [StatusSet::Range(range)] = sets {
        return range_text(range);
    }
    let items: Vec<String> = sets
        .iter()
        .map(|set| match set {
            StatusSet::One(status) => status.to_string(),
            StatusSet::Range(range) => format!("*{}", range_text(range)),
        })
        .collect();
    if items.len() == 1 {
        format!("({},)", items[0])
    } else {
        format!("({})", items.join(", "))
    }
}

fn code_text(code: &Code) -> String {
    match code {
        Code::Number(number) => number.to_string(),
        Code::Word(word) => word.clone(),
    }
}

fn result(responses: &Responses, outcome: OutcomeName) -> String {
    let reason = if responses.error_text.is_some() {
        "_reason(response)"
    } else {
        "describe(response)"
    };
    let header = responses
        .retry_after
        .as_deref()
        .unwrap_or("retry-after")
        .to_ascii_lowercase();
    let delay = if header == "retry-after" {
        "retry_after(response)".to_owned()
    } else {
        format!("retry_after(response, {})", literal(&header))
    };
    let call =
        |name: &str, args: &[&str]| Expr::call(name, args.iter().map(|arg| Expr::text(*arg)));
    let value = match outcome {
        OutcomeName::Delivered => call("Delivered", &[]),
        OutcomeName::Items => call("read_items", &["response.body", "events", "ITEMS"]),
        OutcomeName::FirstBad => {
            let pointer = literal(responses.first_bad.as_deref().unwrap_or_default());
            call("first_bad", &["response.body", "events", &pointer, reason])
        }
        OutcomeName::Split => call("Split", &[reason]),
        OutcomeName::Bisect => call("Bisect", &[reason]),
        OutcomeName::Paused => call("Paused", &[reason]),
        OutcomeName::Rejected => call("Rejected", &[reason]),
        OutcomeName::Throttled => call("Throttled", &[reason, &delay]),
        OutcomeName::Transient => call("Transient", &[reason, &delay]),
    };
    statement(12, "return ", &value, "")
}

fn item_rules(items: &Items) -> String {
    let set = |sets: &[StatusSet]| {
        let all = statuses(sets);
        Expr::call(
            "frozenset",
            [Expr::text(if sets.is_empty() {
                "()".to_owned()
            } else {
                all
            })],
        )
    };
    let mut arguments = vec![
        Expr::keyword("items", Expr::text(literal(&items.list))),
        Expr::keyword("status", Expr::text(literal(&items.status))),
        Expr::keyword("delivered", set(&items.delivered)),
        Expr::keyword("retryable", set(&items.retryable)),
    ];
    arguments.extend(
        items
            .error
            .as_ref()
            .map(|error| Expr::keyword("error", Expr::text(literal(error)))),
    );
    arguments.extend(items.refused_when.as_ref().map(|rule| {
        let pair = [
            Expr::text(literal(&rule.pointer)),
            Expr::text(literal(&rule.equals)),
        ];
        Expr::keyword("refused_when", Expr::tuple(pair))
    }));
    let why = comment(0, "Where an answer says what became of each event.");
    format!(
        "{why}\n{}",
        statement(0, "ITEMS = ", &Expr::call("ItemRules", arguments), "")
    )
}
