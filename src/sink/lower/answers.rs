//! What an answer means.

use super::broken;
use crate::sink::model::{
    Answers, CodePlace, Codes, DelayUnit, Items, ItemsBy, Outcome, RetryAfter, Rule,
};
use crate::spec::model as spec;
use crate::spec::model::{OutcomeName, Responses};
use crate::spec::resolve::CodeSet;

pub(super) fn lower(responses: &Responses) -> Answers {
    let rules: Vec<Rule> = responses.all_rules().into_iter().map(rule).collect();
    let is_asked = rules.iter().any(|rule| !rule.code.is_empty());
    let says = |outcome| rules.iter().any(|rule| rule.outcome == outcome);
    let (header, unit) = responses.delay();
    Answers {
        code: responses.code.as_ref().filter(|_| is_asked).map(code_place),
        error_text: responses.error_text.clone(),
        otherwise: outcome(responses.otherwise),
        items: responses
            .items
            .as_ref()
            .filter(|_| says(Outcome::Items))
            .map(items),
        first_bad: responses
            .first_bad
            .clone()
            .filter(|_| says(Outcome::FirstBad)),
        retry_after: RetryAfter {
            header,
            unit: match unit {
                spec::DelayUnit::Seconds => DelayUnit::SecondsOrDate,
                spec::DelayUnit::Milliseconds => DelayUnit::Milliseconds,
                spec::DelayUnit::EpochSeconds => DelayUnit::EpochSeconds,
                spec::DelayUnit::Reset => DelayUnit::ResetParameter,
            },
        },
        rules,
    }
}

fn code_place(place: &spec::CodePlace) -> CodePlace {
    match place {
        spec::CodePlace::Body(pointer) => CodePlace::Body(pointer.clone()),
        spec::CodePlace::Header(place) => CodePlace::Header(place.header.to_ascii_lowercase()),
    }
}

fn rule(rule: spec::Rule) -> Rule {
    let status = rule.status.iter().map(|set| match set.range() {
        Some(range) => range,
        None => broken("a malformed range of statuses"),
    });
    Rule {
        status: status.collect(),
        code: codes(&rule.code),
        text: rule.text,
        outcome: outcome(rule.outcome),
        note: rule.note,
    }
}

fn codes(codes: &[spec::Code]) -> Codes {
    let set = CodeSet::of(codes);
    Codes {
        numbers: set.numbers,
        words: set.words,
        absent: set.absent,
        present: set.present,
    }
}

fn outcome(name: OutcomeName) -> Outcome {
    match name {
        OutcomeName::Delivered => Outcome::Delivered,
        OutcomeName::Items => Outcome::Items,
        OutcomeName::FirstBad => Outcome::FirstBad,
        OutcomeName::Split => Outcome::Split,
        OutcomeName::Bisect => Outcome::Bisect,
        OutcomeName::Throttled => Outcome::Throttled,
        OutcomeName::Transient => Outcome::Transient,
        OutcomeName::Paused => Outcome::Paused,
        OutcomeName::Uncertain => Outcome::Uncertain,
        OutcomeName::Rejected => Outcome::Rejected,
    }
}

fn items(items: &spec::Items) -> Items {
    let code = items.code.as_ref().or(items.status.as_ref());
    let refused_when = items.refused_when.as_ref();
    Items {
        by: by(items),
        code: code.cloned().unwrap_or_default(),
        error: items.error.clone(),
        delivered: codes(&items.delivered),
        retryable: codes(&items.retryable),
        refused_when: refused_when.map(|refused| (refused.pointer.clone(), refused.equals.clone())),
    }
}

fn by(items: &spec::Items) -> ItemsBy {
    if let Some(list) = &items.list {
        return ItemsBy::Position { list: list.clone() };
    }
    if let (Some(list), Some(id)) = (&items.failed, &items.by) {
        return ItemsBy::Id {
            list: list.clone(),
            id: id.clone(),
        };
    }
    if let Some(map) = &items.map {
        return ItemsBy::Map { map: map.clone() };
    }
    match &items.counts {
        Some(counts) => ItemsBy::Count {
            failed: counts.failed.clone(),
        },
        None => broken("items of no form"),
    }
}
