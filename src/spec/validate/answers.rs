//! `answers`: what the mock says must be understood by the rules as what it means.

use super::endpoint::check_headers;
use super::{At, Validator};
use crate::spec::model::{Answer, Answers, Auth, OutcomeName, Responses, Transport};

pub fn check(v: &mut Validator<'_>) {
    use OutcomeName::{
        Bisect, Delivered, FirstBad, Items, Paused, Rejected, Split, Throttled, Transient,
        Uncertain,
    };
    let spec = v.spec;
    let answers = &spec.answers;
    let partly = [Items, FirstBad, Bisect, Delivered, Rejected, Uncertain];
    let meanings: [(&str, Option<&Answer>, &[OutcomeName]); 7] = [
        ("accepted", Some(&answers.accepted), &[Delivered, Items]),
        ("unauthorized", answers.unauthorized.as_ref(), &[Paused]),
        (
            "malformed",
            Some(&answers.malformed),
            &[Rejected, Bisect, FirstBad],
        ),
        ("too_large", Some(&answers.too_large), &[Split, Bisect]),
        ("throttled", Some(&answers.throttled), &[Throttled]),
        ("unavailable", Some(&answers.unavailable), &[Transient]),
        ("partial", answers.partial.as_ref(), &partly),
    ];
    for (key, answer, meanings) in meanings {
        if let Some(answer) = answer {
            check_answer(v, key, answer, meanings);
        }
    }
    let has_credentials = spec.auth.iter().any(|auth| !matches!(auth, Auth::None {}));
    if has_credentials && answers.unauthorized.is_none() {
        v.report_key(
            &At::root("answers"),
            "`answers` has no `unauthorized`, but `auth` has credentials",
        );
    }
    check_partial(v, answers, &spec.responses);
    check_items(v, answers);
}

fn check_answer(v: &mut Validator<'_>, key: &str, answer: &Answer, meanings: &[OutcomeName]) {
    let at = At::root("answers").key(key);
    check_headers(v, &at.key("headers"), &answer.headers);
    if answer.status < 200 && answer.status > 0 {
        v.report(
            &at.key("status"),
            format!("{} is not the end of an answer", answer.status),
        );
    }
    if matches!(answer.status, 204 | 304) && !answer.body.is_empty() {
        v.report(
            &at.key("body"),
            format!("an answer with the status {} has no body", answer.status),
        );
    }
    if !super::responses::can_classify(v) {
        return;
    }
    let header = |name: &str| {
        let headers = answer.headers.iter();
        headers
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
            .next()
    };
    let body = filled(&answer.body);
    let found = v.spec.responses.classify(answer.status, header, &body);
    if !meanings.contains(&found) {
        let wanted: Vec<String> = meanings
            .iter()
            .map(|name| format!("`{}`", outcome(*name)))
            .collect();
        let message = format!(
            "`responses` take this answer for `{}`, expected {}",
            outcome(found),
            wanted.join(" or ")
        );
        if v.is_written("answers", key) {
            let hint = format!("give an answer that is one: `{key}: {{ status: …, body: … }}`");
            v.report_hint(&at.key("status"), message, hint);
        } else {
            let hint = format!("write it: `answers: {{ {key}: {{ status: …, body: … }} }}`");
            let message = format!(
                "the rules give no answer for `answers.{key}`, expected {}",
                wanted.join(" or ")
            );
            v.report_key_hint(&At::root("responses"), message, hint);
        }
    }
}

/// The body as it is sent: with a number and without items, either of which leaves it JSON.
fn filled(body: &str) -> String {
    body.replace("{failed}", "1")
        .replace("{index}", "0")
        .replace("{items}", "")
}

fn check_partial(v: &mut Validator<'_>, answers: &Answers, responses: &Responses) {
    let at = At::root("answers");
    let hole = match (&responses.items, &responses.first_bad) {
        (Some(items), _) if items.counts.is_some() => "{failed}",
        (Some(_), _) => "{items}",
        (None, Some(_)) => "{index}",
        (None, None) => return,
    };
    match &answers.partial {
        None => v.report_key_hint(
            &at,
            "`answers` has no `partial`, but `responses` read one",
            format!("add it, with a hole `{hole}` in its body"),
        ),
        Some(partial) if !partial.body.contains(hole) => {
            v.report(
                &at.key("partial").key("body"),
                format!("the body has no hole `{hole}`"),
            );
        }
        Some(_) => {}
    }
}

fn check_items(v: &mut Validator<'_>, answers: &Answers) {
    let at = At::root("answers");
    let responses = &v.spec.responses;
    let says_items = responses
        .rules
        .iter()
        .any(|rule| rule.outcome == OutcomeName::Items);
    let reads_items = responses.items.is_some()
        || v.is_written("responses", "items")
        // An SDK has typed results; only the stand-in knows how they look on the wire.
        || says_items && v.spec.transport == Transport::Http;
    let by_position = responses
        .items
        .as_ref()
        .is_none_or(|items| items.list.is_some());
    let counts = responses
        .items
        .as_ref()
        .is_some_and(|items| items.counts.is_some());
    let items = [
        ("item_ok", &answers.item_ok),
        ("item_rejected", &answers.item_rejected),
        ("item_throttled", &answers.item_throttled),
    ];
    for (key, item) in items {
        match item {
            None if counts || key == "item_ok" && !by_position => {}
            None if reads_items && key != "item_throttled" => {
                v.report_key(
                    &at,
                    format!("`answers` has no `{key}`, but `responses` read items"),
                );
            }
            Some(_) if !reads_items => {
                let message = format!("`{key}` is never used: `responses` read no items");
                v.report_key(&at.key(key), message);
            }
            Some(text) if serde_json::from_str::<serde_json::Value>(text).is_err() => {
                v.report(&at.key(key), format!("`{key}` is not JSON"));
            }
            _ => {}
        }
    }
}

/// An outcome as a spec names it.
pub fn outcome(name: OutcomeName) -> &'static str {
    match name {
        OutcomeName::Delivered => "delivered",
        OutcomeName::Items => "items",
        OutcomeName::FirstBad => "first_bad",
        OutcomeName::Split => "split",
        OutcomeName::Bisect => "bisect",
        OutcomeName::Throttled => "throttled",
        OutcomeName::Transient => "transient",
        OutcomeName::Paused => "paused",
        OutcomeName::Uncertain => "uncertain",
        OutcomeName::Rejected => "rejected",
    }
}
