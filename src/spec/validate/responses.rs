//! `responses`: ranges that hold something, rules that can match, outcomes that have what they read.

use std::collections::HashMap;

use super::{At, Validator, names};
use crate::spec::model::{
    Code, CodePlace, Items, OutcomeName, Responses, RetryAfter, Rule, StatusSet, Transport,
};
use crate::spec::payload::{Leaf, Source};
use crate::spec::resolve::{CodeSet, Reference, Statuses, statuses};

pub fn check(v: &mut Validator<'_>) {
    let spec = v.spec;
    let responses = &spec.responses;
    let at = At::root("responses");
    check_pointers(v, &at, responses);
    match &responses.retry_after {
        Some(RetryAfter::Name(name)) => {
            super::auth::check_header_name(v, &at.key("retry_after"), name);
        }
        Some(RetryAfter::Header(place)) => {
            let at = at.key("retry_after").key("header");
            super::auth::check_header_name(v, &at, &place.header);
        }
        None => {}
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
    match &responses.code {
        Some(CodePlace::Body(pointer)) => check_pointer(v, &at.key("code"), pointer),
        Some(CodePlace::Header(place)) => {
            super::auth::check_header_name(v, &at.key("code").key("header"), &place.header);
        }
        None => {}
    }
    let pointers = [
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
        // `error.code` and `$.error.code` are the same place.
        let path = pointer.trim_start_matches("$.").replace('.', "/");
        let hint = if path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-/".contains(c))
        {
            format!("write `/{path}`: a JSON pointer starts with `/`")
        } else {
            "a JSON pointer is empty or starts with `/`, such as `/error/code`".to_owned()
        };
        v.report_hint(at, format!("`{pointer}` is not a JSON pointer"), hint);
    }
}

fn check_rule(v: &mut Validator<'_>, at: &At<'_>, rule: &Rule) {
    check_statuses(v, &at.key("status"), &rule.status);
    if rule.status.is_empty() && rule.is_status_alone() {
        v.report_hint(
            at,
            "a rule without `status`, `code` and `text`",
            "what is left over stands in `otherwise`",
        );
    }
    if !rule.code.is_empty() && v.spec.responses.code.is_none() {
        let hint = "say where codes stand in `responses.code`";
        v.report_key_hint(&at.key("code"), "codes that are never read", hint);
    }
    check_codes(v, &at.key("code"), &rule.code);
    for (index, text) in rule.text.iter().enumerate() {
        v.require_text(&at.key("text").index(index), text, "this text");
    }
}

/// The range that `5xx` means.
fn class(text: &str) -> Option<String> {
    let digit = text.strip_suffix("xx").or(text.strip_suffix("XX"))?;
    matches!(digit, "1" | "2" | "3" | "4" | "5").then(|| format!("{digit}00-{digit}99"))
}

fn class_of(code: &Code) -> Option<String> {
    match code {
        Code::Word(word) => class(word),
        Code::Number(_) => None,
    }
}

/// No code twice, `"0"` and `0` being the same.
fn check_codes(v: &mut Validator<'_>, at: &At<'_>, codes: &[Code]) {
    let mut seen: Vec<CodeSet> = Vec::new();
    for (index, code) in codes.iter().enumerate() {
        let at = at.index(index);
        let set = CodeSet::of(std::slice::from_ref(code));
        if seen.contains(&set) {
            let hint = "a number matches its own text too";
            v.report_hint(&at, format!("the code `{code}` is given twice"), hint);
        }
        if let Some(range) = class_of(code) {
            v.report_hint(
                &at,
                format!("`{code}` is a word here"),
                format!("write `\"{range}\"`"),
            );
        }
        if matches!(code, Code::Word(word) if word.is_empty()) {
            v.report_hint(
                &at,
                "an empty code",
                "a code that is missing or null is `absent`",
            );
        }
        seen.push(set);
    }
}

pub fn check_statuses(v: &mut Validator<'_>, at: &At<'_>, statuses: &[StatusSet]) {
    for (index, set) in statuses.iter().enumerate() {
        let at = at.index(index);
        let text = show(set);
        match set.range() {
            None => {
                let hint = match class(&text) {
                    Some(range) => format!("write `\"{range}\"`"),
                    None => {
                        "a range is two statuses from 100 to 599, such as `\"500-599\"`".to_owned()
                    }
                };
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

/// Reports what an earlier rule has taken whole.
fn check_reachable(v: &mut Validator<'_>, at: &At<'_>, rules: &[Rule]) {
    let mut taken: Statuses = [false; 600];
    let mut taken_by_code: HashMap<String, Statuses> = HashMap::new();
    for (index, rule) in rules.iter().enumerate() {
        let at = at.index(index);
        let codes: Vec<String> = rule.code.iter().map(Code::to_string).collect();
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
        // A rule that asks for a text as well takes nothing whole.
        if !rule.text.is_empty() {
            continue;
        }
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
    let outcomes = responses.outcomes();
    let says = |outcome| outcomes.contains(&outcome);
    if !says(OutcomeName::Delivered) && !says(OutcomeName::Items) {
        let hint =
            "add the answer that means stored, such as `{ status: [200], outcome: delivered }`";
        let message = "no rule ever says `delivered` or `items`";
        v.report_key_hint(&at.key("rules"), message, hint);
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

/// Items have one of four forms, and the keys of that form.
fn check_items(v: &mut Validator<'_>, at: &At<'_>, items: &Items) {
    let forms = [
        ("list", items.list.is_some()),
        ("failed", items.failed.is_some()),
        ("map", items.map.is_some()),
        ("counts", items.counts.is_some()),
    ];
    let mut given = forms
        .iter()
        .filter(|(_, given)| *given)
        .map(|(key, _)| *key);
    let Some(form) = given.next() else {
        let hint = "one result for each event: `list`; the failed ones: `failed` and `by`, or `map`; only how many: `counts`";
        v.report_key_hint(at, "`items` does not say where they stand", hint);
        return;
    };
    if let Some(second) = given.next() {
        let hint = "items have one form: `list`, `failed`, `map` or `counts`";
        v.report_key_hint(&at.key(second), format!("`{second}` beside `{form}`"), hint);
    }
    check_item_keys(v, at, items, form);
    let pointers = [
        ("list", &items.list),
        ("failed", &items.failed),
        ("by", &items.by),
        ("map", &items.map),
        ("status", &items.status),
        ("code", &items.code),
        ("error", &items.error),
    ];
    for (key, pointer) in pointers {
        if let Some(pointer) = pointer {
            check_pointer(v, &at.key(key), pointer);
        }
    }
    if let Some(counts) = &items.counts {
        check_pointer(v, &at.key("counts").key("failed"), &counts.failed);
    }
    if let Some(refused) = &items.refused_when {
        check_pointer(v, &at.key("refused_when").key("pointer"), &refused.pointer);
    }
    check_codes(v, &at.key("delivered"), &items.delivered);
    check_codes(v, &at.key("retryable"), &items.retryable);
    check_both(v, &at.key("retryable"), items);
    if form == "failed" {
        check_position_is_sent(v, &at.key("by"));
    }
}

fn check_item_keys(v: &mut Validator<'_>, at: &At<'_>, items: &Items, form: &str) {
    let has_code = items.code.is_some() || items.status.is_some();
    if items.code.is_some() && items.status.is_some() {
        v.report_key_hint(
            &at.key("status"),
            "`status` beside `code`",
            "they are the same: keep one",
        );
    }
    if form == "failed" && items.by.is_none() {
        let hint = "say where an item's id stands: `by: /Id`";
        v.report_key_hint(at, "`failed` without `by`", hint);
    }
    if form != "failed" && items.by.is_some() {
        v.report_key_hint(
            &at.key("by"),
            "`by` without `failed`",
            "only failed items are found by an id",
        );
    }
    if form != "list" {
        let unused = [
            ("delivered", !items.delivered.is_empty()),
            ("refused_when", items.refused_when.is_some()),
        ];
        for (key, given) in unused {
            if given {
                let hint = "all items there have failed; remove it";
                v.report_key_hint(&at.key(key), format!("`{key}` without `list`"), hint);
            }
        }
    }
    if form == "counts" {
        if has_code || !items.retryable.is_empty() {
            let hint = "nobody knows which events failed, so none is sent again: remove it";
            v.report_key_hint(at, "codes beside `counts`", hint);
        }
        return;
    }
    if !has_code {
        let hint = "say where an item's status or code stands: `status: /status`";
        v.report_key_hint(at, "`items` has no `status` and no `code`", hint);
    }
    if form == "list" && items.delivered.is_empty() {
        v.report_key(&at.key("delivered"), "no item status means stored");
    }
}

/// What is both stored and worth another attempt.
fn check_both(v: &mut Validator<'_>, at: &At<'_>, items: &Items) {
    let delivered = CodeSet::of(&items.delivered);
    for (index, code) in items.retryable.iter().enumerate() {
        let set = CodeSet::of(std::slice::from_ref(code));
        let overlap = set.numbers.iter().find_map(|range| {
            let other = delivered
                .numbers
                .iter()
                .find(|other| other.start() <= range.end() && range.start() <= other.end())?;
            Some((*range.start().max(other.start())).to_string())
        });
        let word = set
            .words
            .iter()
            .find(|word| delivered.words.contains(word))
            .cloned();
        let absent = (set.absent && delivered.absent).then(|| "absent".to_owned());
        if let Some(both) = overlap.or(word).or(absent) {
            let message = format!("item status {both} is both delivered and retryable");
            v.report(&at.index(index), message);
        }
    }
}

/// Ids are positions, which the record has to send.
fn check_position_is_sent(v: &mut Validator<'_>, at: &At<'_>) {
    let Some(shapes) = v.shapes else {
        return;
    };
    let mut is_sent = false;
    for shape in &shapes.record {
        shape.visit(&mut |leaf| {
            let is_position =
                |source: &Source<'_>| source.references.contains(&Reference::Position);
            is_sent |= matches!(leaf, Leaf::Source(source) if is_position(source));
        });
    }
    if !is_sent {
        let hint = "give the record an id: its first key, such as `Id: { from: position }`";
        v.report_key_hint(at, "items are found by an id that no record has", hint);
    }
}

fn show(set: &StatusSet) -> String {
    match set {
        StatusSet::One(status) => status.to_string(),
        StatusSet::Range(text) => text.clone(),
    }
}
