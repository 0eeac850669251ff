//! What a spec leaves out and what follows from the rest of it: canned answers, the least of a guide.

use serde_json::{Value as Json, json};

use super::model::{
    Answer, Auth, Code, CodePlace, FieldType, Items, OutcomeName, Responses, Spec, Step, Trouble,
};
use super::resolve::CodeSet;

/// Fills in answers and docs that are not given.
pub fn complete(spec: &mut Spec) {
    answers(spec);
    docs(spec);
}

fn answers(spec: &mut Spec) {
    use OutcomeName::{
        Bisect, Delivered, FirstBad, Items as PerItem, Paused, Rejected, Split, Throttled,
        Transient,
    };
    let responses = &spec.responses;
    let answers = &mut spec.answers;
    let body = responses.items.as_ref().and_then(items_body);
    let accepted = answer(responses, &[200, 201, 202, 204], &[Delivered, PerItem]);
    fill(&mut answers.accepted, accepted);
    if answers.accepted.body.is_empty() && says(responses, answers.accepted.status, PerItem) {
        answers.accepted.body = body.clone().unwrap_or_default();
    }
    fill(
        &mut answers.malformed,
        answer(responses, &[400, 422], &[Bisect, Rejected, FirstBad]),
    );
    fill(
        &mut answers.too_large,
        answer(responses, &[413, 400], &[Split, Bisect]),
    );
    fill(
        &mut answers.throttled,
        answer(responses, &[429, 503], &[Throttled]),
    );
    fill(
        &mut answers.unavailable,
        answer(responses, &[503, 500], &[Transient]),
    );
    let has_credentials = spec.auth.iter().any(|auth| !matches!(auth, Auth::None {}));
    if has_credentials && answers.unauthorized.is_none() {
        answers.unauthorized = Some(answer(responses, &[401, 403], &[Paused]));
    }
    if let Some(index) = &responses.first_bad
        && answers.partial.is_none()
    {
        let mut partial = answer(responses, &[400, 422], &[FirstBad]);
        let index = at_pointer(index, "{index}");
        partial.body = if partial.body.is_empty() {
            index
        } else {
            merged(&partial.body, &index)
        };
        answers.partial = Some(partial);
    }
    if answers.partial.is_none() && body.is_some() {
        let mut partial = answer(responses, &[200, 207, 400], &[PerItem]);
        partial.body = body.unwrap_or_default();
        answers.partial = Some(partial);
    }
    fill_items(spec);
}

/// Whether a status alone is taken for an outcome.
fn says(responses: &Responses, status: u16, outcome: OutcomeName) -> bool {
    responses.classify(status, |_| None, "") == outcome
}

fn fill(given: &mut Answer, derived: Answer) {
    if given.status == 0 {
        *given = derived;
    }
}

/// The first of the usual statuses that has one of these meanings, else any status that has, else one
/// with a code that has; the first usual one where none has, which the checks report.
fn answer(responses: &Responses, usual: &[u16], meanings: &[OutcomeName]) -> Answer {
    let rules = responses.all_rules();
    let outcome = |status| responses.classify_by(&rules, status, |_| None, "");
    let means = |status: &u16| meanings.contains(&outcome(*status));
    let status = usual.iter().copied().chain(200..=599).find(means);
    let by_code = || coded(responses, usual, meanings);
    let plain = |status| Answer {
        status,
        ..Answer::default()
    };
    let found = status.map(plain).or_else(by_code);
    found.unwrap_or_else(|| plain(usual.first().copied().unwrap_or(200)))
}

/// An answer with a code in its body.
fn coded(responses: &Responses, usual: &[u16], meanings: &[OutcomeName]) -> Option<Answer> {
    let Some(CodePlace::Body(pointer)) = &responses.code else {
        return None;
    };
    let rules = responses.rules.iter();
    let coded = rules.filter(|rule| meanings.contains(&rule.outcome) && !rule.code.is_empty());
    let answers = coded.filter_map(|rule| {
        let status = usual
            .iter()
            .copied()
            .find(|status| rule.has_status(*status));
        let first = rule
            .status
            .iter()
            .find_map(|set| Some(*set.range()?.start()));
        Some(Answer {
            status: status.or(first)?,
            body: at_pointer(pointer, &sample(&rule.code)?),
            ..Answer::default()
        })
    });
    let mut right = answers.filter(|answer| {
        meanings.contains(&responses.classify(answer.status, |_| None, &answer.body))
    });
    right.next()
}

/// A body with a hole for the items, in the place where they are read.
fn items_body(items: &Items) -> Option<String> {
    let (pointer, hole) = if let Some(list) = &items.list {
        (list, "[{items}]")
    } else if let Some(list) = &items.failed {
        (list, "[{items}]")
    } else if let Some(map) = &items.map {
        (map, "{{items}}")
    } else {
        let counts = items.counts.as_ref()?;
        (&counts.failed, "{failed}")
    };
    Some(at_pointer(pointer, hole))
}

/// JSON text with `value` at a pointer; numbers among its steps are indices.
fn at_pointer(pointer: &str, value: &str) -> String {
    let steps = pointer.split('/').skip(1);
    let mut text = value.to_owned();
    for step in steps.collect::<Vec<_>>().into_iter().rev() {
        let key = step.replace("~1", "/").replace("~0", "~");
        text = match key.parse::<usize>() {
            Ok(index) => format!("[{}{text}]", "null,".repeat(index.min(8))),
            Err(_) => format!("{{{}:{text}}}", Json::from(key)),
        };
    }
    text
}

fn fill_items(spec: &mut Spec) {
    let Some(items) = &spec.responses.items else {
        return;
    };
    if items.counts.is_some() {
        return;
    }
    let answers = &mut spec.answers;
    let pointer = items.code.as_ref().or(items.status.as_ref());
    let Some(pointer) = pointer else {
        return;
    };
    let stored = sample(&items.delivered);
    let retryable = sample(&items.retryable);
    let with_id = |text: String| match &items.by {
        Some(by) => merged(&at_pointer(by, "\"{index}\""), &text),
        None => text,
    };
    if answers.item_ok.is_none() && items.list.is_some() {
        let text = stored.map_or_else(|| "{}".to_owned(), |code| at_pointer(pointer, &code));
        answers.item_ok = Some(text);
    }
    if answers.item_rejected.is_none() {
        answers.item_rejected = Some(with_id(at_pointer(pointer, &refused(items))));
    }
    if answers.item_throttled.is_none() {
        answers.item_throttled = retryable.map(|code| with_id(at_pointer(pointer, &code)));
    }
}

/// A code of a set as JSON; `None` for one that is absent.
fn sample(codes: &[Code]) -> Option<String> {
    let set = CodeSet::of(codes);
    if let Some(range) = set.numbers.first() {
        return Some(range.start().to_string());
    }
    set.words
        .first()
        .map(|word| Json::from(word.as_str()).to_string())
}

/// A code that is neither stored nor worth another attempt.
fn refused(items: &Items) -> String {
    let (stored, again) = (CodeSet::of(&items.delivered), CodeSet::of(&items.retryable));
    let is_refused = |code: &Json| !stored.holds(Some(code)) && !again.holds(Some(code));
    let numbers = [400, 3, 422, 1, 999];
    let candidates = numbers
        .iter()
        .map(|number| json!(number))
        .chain([json!("Rejected")]);
    // Words where the others are words.
    let wants_words = stored.numbers.is_empty() && again.numbers.is_empty();
    let mut candidates: Vec<Json> = candidates.collect();
    if wants_words {
        candidates.reverse();
    }
    let found = candidates.into_iter().find(is_refused);
    found.unwrap_or_else(|| json!("Rejected")).to_string()
}

/// Two objects in JSON text as one, where both are objects with members.
fn merged(first: &str, second: &str) -> String {
    match (first.strip_suffix('}'), second.strip_prefix('{')) {
        (Some(first), Some(second)) if second != "}" => format!("{first},{second}"),
        _ => first.to_owned(),
    }
}

/// The least that a guide needs.
fn docs(spec: &mut Spec) {
    let docs = &mut spec.docs;
    if docs.prerequisites.is_empty() {
        docs.prerequisites
            .push(format!("Access to {} that may write logs.", spec.title));
    }
    if docs.steps.is_empty() {
        let needed = spec
            .config
            .iter()
            .filter(|(_, field)| field.required || field.kind == FieldType::Secret);
        let variable = |(name, field): (&String, &super::model::ConfigField)| {
            let automatic = || {
                format!(
                    "{}_SINK_{}",
                    spec.id.to_ascii_uppercase(),
                    name.to_ascii_uppercase()
                )
            };
            format!("`{}`", field.env.first().cloned().unwrap_or_else(automatic))
        };
        let variables: Vec<String> = needed.map(variable).collect();
        if !variables.is_empty() {
            docs.steps.push(Step {
                title: "Set the variables".to_owned(),
                text: format!(
                    "Export {}; what each means stands under *Settings*.",
                    variables.join(", ")
                ),
            });
        }
        docs.steps.push(Step {
            title: "Send an event".to_owned(),
            text: "Run the quick start. The sink's counters must say that one event was delivered."
                .to_owned(),
        });
    }
    if docs.troubleshooting.is_empty() {
        docs.troubleshooting.push(Trouble {
            symptom: "The sink pauses.".to_owned(),
            cause: "The provider refuses the credentials, or the address is wrong; the log line quotes its answer."
                .to_owned(),
            fix: "Correct the setting. The events are kept meanwhile and sent afterwards.".to_owned(),
        });
        docs.troubleshooting.push(Trouble {
            symptom: "Events are counted as rejected.".to_owned(),
            cause: "The provider does not take them; the log line quotes its answer.".to_owned(),
            fix: "Look at the dead-letter file, which holds those events and the reason."
                .to_owned(),
        });
    }
}
