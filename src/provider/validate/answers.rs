//! `answers`: what the mock says must be understood by the rules as what it means.

use super::endpoint::check_headers;
use super::{At, Validator};
use crate::provider::model::{Answer, Answers, Auth, OutcomeName, Responses};

pub fn check(v: &mut Validator<'_>) {
    use OutcomeName::{Bisect, Delivered, Items, Paused, Rejected, Split, Throttled, Transient};
    let spec = v.spec;
    let answers = &spec.answers;
    check_answer(v, "accepted", Some(&answers.accepted), &[Delivered, Items]);
    check_answer(v, "unauthorized", answers.unauthorized.as_ref(), &[Paused]);
    check_answer(
        v,
        "malformed",
        Some(&answers.malformed),
        &[Rejected, Bisect, OutcomeName::FirstBad],
    );
    check_answer(v, "too_large", Some(&answers.too_large), &[Split, Bisect]);
    check_answer(v, "throttled", Some(&answers.throttled), &[Throttled]);
    check_answer(v, "unavailable", Some(&answers.unavailable), &[Transient]);
    check_answer(
        v,
        "partial",
        answers.partial.as_ref(),
        &[Items, OutcomeName::FirstBad, Delivered],
    );
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

fn check_answer(
    v: &mut Validator<'_>,
    key: &str,
    answer: Option<&Answer>,
    meanings: &[OutcomeName],
) {
    let Some(answer) = answer else {
        return;
    };
    let at = At::root("answers").key(key);
    check_headers(v, &at.key("headers"), &answer.headers);
    if !(100..600).contains(&answer.status) {
        v.report(
            &at.key("status"),
            format!("`{}` is not a status", answer.status),
        );
        return;
    }
    let found = v.spec.responses.classify(answer.status, &answer.body);
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
        v.report(&at.key("status"), message);
    }
}

fn check_partial(v: &mut Validator<'_>, answers: &Answers, responses: &Responses) {
    let at = At::root("answers");
    let hole = match (&responses.items, &responses.first_bad) {
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
    let reads_items = v.spec.responses.items.is_some();
    let items = [
        ("item_ok", &answers.item_ok),
        ("item_rejected", &answers.item_rejected),
        ("item_throttled", &answers.item_throttled),
    ];
    for (key, item) in items {
        match item {
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
        OutcomeName::Rejected => "rejected",
    }
}
