//! `responses`: ranges that hold something, rules that can match, outcomes that have what they read.

use std::collections::HashMap;

use super::{At, Validator, names};
use crate::spec::model::{Code, Items, OutcomeName, Responses, Rule, StatusSet, Transport};

pub fn check(v: &mut Validator<'_>) {
    let spec = v.spec;
    let responses = &spec.responses;
    let at = At::root("responses");
    check_pointers(v, &at, responses);
    if let Some(name) = &responses.retry_after {
        super::auth::check_header_name(v, &at.key("retry_after"), name);
    }
    for (index, rule) in responses.rules.iter().enumerate() {
        check_rule(v, &at.key("rules").index(index), rule);
    }
    check_reachable(v, &at.key("rules"), &responses.rules);
    check_outcomes(v, &at, responses);
    if let Some(items) = &responses.items {
        check_items(v, &at.key("items"), items);
    }
}

fn check_pointers(v: &mut Validator<'_>, at: &At<'_>, responses: &Responses) {
    let pointers = [
        ("code", &responses.code),
        ("error_text", &responses.error_text),
        ("first_bad", &responses.first_bad),
    ];
    for (key, pointer) in pointers {
        if let Some(pointer) = pointer {
            check_pointer(v, &at.key(key), pointer);
        }
    }
}

fn check_pointer(v: &mut Validator<'_>, at: &At<'_>, pointer: &str) {
    if !names::is_pointer(pointer) {
        let hint = "a JSON pointer is empty or starts with `/`, such as `/error/code`";
        v.report_hint(at, format!("`{pointer}` is not a JSON pointer"), hint);
    }
}

fn check_rule(v: &mut Validator<'_>, at: &At<'_>, rule: &Rule) {
    check_statuses(v, &at.key("status"), &rule.status);
    if rule.status.is_empty() && rule.code.is_empty() {
        v.report_hint(
            at,
            "a rule without `status` and `code`",
            "what is left over stands in `otherwise`",
        );
    }
    if !rule.code.is_empty() && v.spec.responses.code.is_none() {
        let hint = "say where codes stand in `responses.code`";
        v.report_key_hint(&at.key("code"), "codes that are never read", hint);
    }
}

pub fn check_statuses(v: &mut Validator<'_>, at: &At<'_>, statuses: &[StatusSet]) {
    for (index, set) in statuses.iter().enumerate() {
        let at = at.index(index);
        let text = show(set);
        match set.range() {
            None => {
                let hint = "a range is two statuses from 100 to 599, such as `\"500-599\"`";
                v.report_hint(&at, format!("`{text}` is not a range of statuses"), hint);
            }
            Some(range) if *range.start() < 100 || *range.end() > 599 => {
                v.report(&at, format!("`{text}` is outside of 100 to 599"));
            }
            Some(_) => {}
        }
    }
}

/// Whether the rules are sound enough to say what a response means.
pub fn can_classify(v: &Validator<'_>) -> bool {
    let mut statuses = v.spec.responses.rules.iter().flat_map(|rule| &rule.status);
    v.is_sound("responses")
        && statuses.all(|set| set.range().is_some())
        && (0..v.spec.responses.rules.len()).all(|index| is_whole(v, index))
}

/// Whether the structure of a rule is sound: one that lost its `status` would match everything.
fn is_whole(v: &Validator<'_>, index: usize) -> bool {
    v.locate(&At::root("responses").key("rules").index(index))
        .is_some()
}

/// Which statuses something holds, by number.
type Statuses = [bool; 600];

/// Malformed ranges hold nothing.
fn statuses(sets: &[StatusSet]) -> Statuses {
    let mut held = [false; 600];
    for range in sets.iter().filter_map(StatusSet::range) {
        for status in range {
            if let Some(held) = held.get_mut(usize::from(status)) {
                *held = true;
            }
        }
    }
    held
}

/// Reports what an earlier rule has taken whole.
fn check_reachable(v: &mut Validator<'_>, at: &At<'_>, rules: &[Rule]) {
    let mut taken: Statuses = [false; 600];
    let mut taken_by_code: HashMap<String, Statuses> = HashMap::new();
    for (index, rule) in rules.iter().enumerate() {
        let at = at.index(index);
        let codes: Vec<String> = rule.code.iter().map(show_code).collect();
        let all_codes_taken = |status: usize| {
            let by_code = |code| taken_by_code.get(code).is_some_and(|held| held[status]);
            !codes.is_empty() && codes.iter().all(by_code)
        };
        for (entry, set) in rule.status.iter().enumerate() {
            let dead = set.range().is_some_and(|mut range| {
                range.all(|status| {
                    let status = usize::from(status);
                    taken.get(status).is_some_and(|held| *held) || all_codes_taken(status)
                })
            });
            if dead {
                let message = format!("an earlier rule already decides `{}`", show(set));
                v.report(&at.key("status").index(entry), message);
            }
        }
        let held = if !is_whole(v, index) {
            [false; 600]
        } else if rule.status.is_empty() {
            [true; 600]
        } else {
            statuses(&rule.status)
        };
        if codes.is_empty() {
            merge(&mut taken, &held);
        }
        for code in codes {
            merge(taken_by_code.entry(code).or_insert([false; 600]), &held);
        }
    }
}

fn merge(into: &mut Statuses, held: &Statuses) {
    for (into, held) in into.iter_mut().zip(held) {
        *into |= held;
    }
}

fn check_outcomes(v: &mut Validator<'_>, at: &At<'_>, responses: &Responses) {
    let says = |outcome| {
        responses.otherwise == outcome || responses.rules.iter().any(|rule| rule.outcome == outcome)
    };
    if !says(OutcomeName::Delivered) && !says(OutcomeName::Items) {
        v.report_key(&at.key("rules"), "no rule ever says `delivered` or `items`");
    }
    if responses.otherwise == OutcomeName::Delivered {
        let hint = "list the statuses that mean stored: a proxy's answer is not one of them";
        v.report_hint(
            &at.key("otherwise"),
            "an unknown answer cannot mean `delivered`",
            hint,
        );
    }
    // An SDK has typed results; no pointer leads to them.
    let typed = v.spec.transport != Transport::Http;
    let readers = [
        (
            "items",
            OutcomeName::Items,
            responses.items.is_some() || typed && says(OutcomeName::Items),
        ),
        (
            "first_bad",
            OutcomeName::FirstBad,
            responses.first_bad.is_some(),
        ),
    ];
    for (key, outcome, given) in readers {
        match (says(outcome), given) {
            (true, false) => {
                v.report_key(
                    at,
                    format!("a rule says `{key}`, but there is no `responses.{key}`"),
                );
            }
            (false, true) => {
                v.report_key(
                    &at.key(key),
                    format!("`{key}` is never read: no rule has that outcome"),
                );
            }
            _ => {}
        }
    }
    let codes_used = responses.rules.iter().any(|rule| !rule.code.is_empty());
    if responses.code.is_some() && !codes_used {
        v.report_key(
            &at.key("code"),
            "`code` is never read: no rule names a code",
        );
    }
}

fn check_items(v: &mut Validator<'_>, at: &At<'_>, items: &Items) {
    check_pointer(v, &at.key("list"), &items.list);
    check_pointer(v, &at.key("status"), &items.status);
    if let Some(error) = &items.error {
        check_pointer(v, &at.key("error"), error);
    }
    if let Some(refused) = &items.refused_when {
        check_pointer(v, &at.key("refused_when").key("pointer"), &refused.pointer);
    }
    check_statuses(v, &at.key("delivered"), &items.delivered);
    check_statuses(v, &at.key("retryable"), &items.retryable);
    if items.delivered.is_empty() {
        v.report(&at.key("delivered"), "no item status means stored");
    }
    let delivered = statuses(&items.delivered);
    for (index, set) in items.retryable.iter().enumerate() {
        let held = |status: &u16| {
            delivered
                .get(usize::from(*status))
                .is_some_and(|held| *held)
        };
        let both = set
            .range()
            .and_then(|mut range| range.find(|status| held(status)));
        if let Some(status) = both {
            let message = format!("item status {status} is both delivered and retryable");
            v.report(&at.key("retryable").index(index), message);
        }
    }
}

fn show(set: &StatusSet) -> String {
    match set {
        StatusSet::One(status) => status.to_string(),
        StatusSet::Range(text) => text.clone(),
    }
}

fn show_code(code: &Code) -> String {
    match code {
        Code::Number(number) => number.to_string(),
        Code::Word(word) => word.clone(),
    }
}
