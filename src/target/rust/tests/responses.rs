//! Worked answers: what they mean for the events of a request.

use super::super::layout::{Expr, line};
use super::super::text::{json_literal, literal};
use crate::provider::model::{ResponseVector, Spec, Transport, VectorOutcome};

/// The statements of one test.
pub fn body(spec: &Spec, vector: &ResponseVector) -> String {
    let events = vector.events.unwrap_or(1);
    let (status, body) = (vector.status.to_string(), json_literal(&vector.body));
    let mut out = match spec.transport {
        Transport::Http => {
            let args = [Expr::Text(status), headers(vector), Expr::Text(body)];
            let response = line(4, "let response = ", &Expr::call("response", args));
            let events = if spec.responses.counts_events() {
                format!(", {events}")
            } else {
                String::new()
            };
            format!("{response}\n    let outcome = classify(&response{events});\n")
        }
        Transport::AwsCloudwatchLogs => {
            let args = [status, body, events.to_string()];
            line(4, "let outcome = ", &Expr::call("outcome", args))
        }
    };
    out += "\n";
    out + &expectation(vector)
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
