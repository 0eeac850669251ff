//! What answers mean: the function `classify` as one flat `match`, an arm for each row of the
//! provider's table, and what its arms refer to.

use std::ops::RangeInclusive;

use super::super::pretty::{Expr, arm, statement};
use super::super::settings::signed;
use super::super::text::{comment, doc, literal};
use super::super::uses::Uses;
use crate::sink::{
    Answers, CodePlace, Codes, DelayUnit, Form, Items, ItemsBy, Outcome, RetryAfter, Rule, Sink,
};

/// The constants and the function.
pub fn answers(sink: &Sink, uses: &Uses) -> String {
    let answers = &sink.answers;
    let arms = arms(answers);
    let mut out = places(sink, uses);
    for arm in &arms {
        if let Some(name) = &arm.guard {
            out += &says(arm.rule, name, uses);
        }
    }
    if let Some(rules) = answers
        .items
        .as_ref()
        .filter(|_| arms.iter().any(|arm| arm.body.contains("ITEMS")))
    {
        out += &items(rules, uses);
    }
    if arms.iter().any(|arm| arm.body.contains("first_bad")) {
        uses.methods("items");
    }
    out + &function(&arms)
}

/// One arm of the match.
struct Arm<'a> {
    rule: &'a Rule,
    statuses: Vec<String>,
    /// Name of the constant with what it asks for besides the status.
    guard: Option<String>,
    body: String,
    is_last: bool,
}

/// The rules as arms whose patterns do not overlap, up to the one that takes all that is left.
fn arms(answers: &Answers) -> Vec<Arm<'_>> {
    let mut left = Left::all();
    let mut arms = Vec::new();
    for (index, rule) in answers.rules.iter().enumerate() {
        let ranges = left.of(&rule.status);
        if ranges.is_empty() {
            continue;
        }
        if rule.is_status_alone() {
            left.take(&ranges);
        }
        let is_last = left.is_empty();
        let is_any = rule.status.is_empty() || is_last;
        arms.push(Arm {
            rule,
            statuses: if is_any {
                vec!["_".to_owned()]
            } else {
                statuses(&ranges)
            },
            guard: (!rule.is_status_alone()).then(|| format!("RULE_{}", index + 1)),
            body: body(answers, rule.outcome),
            is_last,
        });
        if is_last {
            return arms;
        }
    }
    arms.push(Arm {
        rule: OTHERWISE.get_or_init(|| Rule {
            status: Vec::new(),
            code: Codes::default(),
            text: Vec::new(),
            outcome: Outcome::Paused,
            note: None,
        }),
        statuses: vec!["_".to_owned()],
        guard: None,
        body: body(answers, answers.otherwise),
        is_last: true,
    });
    arms
}

/// What no rule names.
static OTHERWISE: std::sync::OnceLock<Rule> = std::sync::OnceLock::new();

/// Whether each status that HTTP has is not taken by an arm yet.
#[derive(Clone)]
struct Left([bool; 1_000]);

impl Left {
    const fn all() -> Self {
        Self([true; 1_000])
    }

    /// Those of `status` that are left, as ranges in the order given; of any status, all.
    fn of(&self, status: &[RangeInclusive<u16>]) -> Vec<RangeInclusive<u16>> {
        let any = [0..=999];
        let asked = if status.is_empty() { &any[..] } else { status };
        let mut left = self.clone();
        let mut ranges: Vec<RangeInclusive<u16>> = Vec::new();
        for range in asked {
            let mut open: Option<RangeInclusive<u16>> = None;
            for status in range.clone().take_while(|status| *status < 1_000) {
                if std::mem::take(&mut left.0[usize::from(status)]) {
                    open = Some(open.map_or(status..=status, |open| *open.start()..=status));
                } else {
                    ranges.extend(open.take());
                }
            }
            ranges.extend(open);
        }
        ranges
    }

    fn take(&mut self, ranges: &[RangeInclusive<u16>]) {
        for status in ranges.iter().cloned().flatten() {
            self.0[usize::from(status)] = false;
        }
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|is_left| !is_left)
    }
}

/// Statuses as alternatives of a pattern.
#[must_use]
pub fn statuses(ranges: &[RangeInclusive<u16>]) -> Vec<String> {
    let mut merged: Vec<(u16, u16)> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(*range.start()) => *end = *range.end(),
            _ => merged.push((*range.start(), *range.end())),
        }
    }
    let each = merged.into_iter().flat_map(|range| match range {
        (low, high) if low == high => vec![low.to_string()],
        (low, high) if low + 1 == high => vec![low.to_string(), high.to_string()],
        (low, high) => vec![format!("{low}..={high}")],
    });
    each.collect()
}

/// The outcome as a call.
fn body(answers: &Answers, outcome: Outcome) -> String {
    let method = match outcome {
        Outcome::Delivered => "delivered",
        Outcome::Items => return "answer.items(&ITEMS)".to_owned(),
        Outcome::FirstBad => {
            let pointer = answers.first_bad.as_deref().unwrap_or_default();
            return format!("answer.first_bad({})", literal(pointer));
        }
        Outcome::Split => "split",
        Outcome::Bisect => "bisect",
        Outcome::Throttled => "throttled",
        Outcome::Transient => "transient",
        Outcome::Paused => "paused",
        Outcome::Uncertain => "uncertain",
        Outcome::Rejected => "rejected",
    };
    format!("answer.{method}()")
}

/// The constant that says where answers say what.
fn places(sink: &Sink, uses: &Uses) -> String {
    let answers = &sink.answers;
    let mut fields: Vec<(&'static str, Expr)> = Vec::new();
    let text = answers.error_text.as_ref();
    let text = text.map(|pointer| Expr::call("Some", [literal(pointer)]));
    fields.extend(text.map(|text| ("error_text", text)));
    if let Some(code) = &answers.code {
        let place = uses.part("answer", "CodePlace");
        let code = match code {
            CodePlace::Body(pointer) => Expr::call(format!("{place}::Body"), [literal(pointer)]),
            CodePlace::Header(name) => Expr::call(format!("{place}::Header"), [literal(name)]),
        };
        fields.push(("code", code));
    }
    let RetryAfter { header, unit } = &answers.retry_after;
    let unit = match unit {
        DelayUnit::SecondsOrDate => "Seconds",
        DelayUnit::Milliseconds => "Milliseconds",
        DelayUnit::EpochSeconds => "EpochSeconds",
        DelayUnit::ResetParameter => "Reset",
    };
    if (unit, header.as_str()) != ("Seconds", "retry-after") {
        let place = uses.part("answer", "RetryAfter");
        let delay = Expr::call(format!("{place}::{unit}"), [literal(header)]);
        fields.push(("retry_after", delay));
    }
    if matches!(sink.payload.form, Form::OtlpProtobuf { .. }) {
        let read = format!("Some({}::json)", uses.module("otlp_answer"));
        fields.push(("as_json", Expr::from(read)));
    }
    let value = if fields.is_empty() {
        Expr::from("Places::USUAL")
    } else {
        let rest = if fields.len() == 4 {
            ""
        } else {
            "..Places::USUAL"
        };
        Expr::Struct("Places".to_owned(), fields, rest)
    };
    let constant = statement(0, "pub(super) const PLACES: Places = ", &value, ";");
    format!("/// Where answers say what.\n{constant}\n")
}

/// The constant with what a rule asks for besides the status.
fn says(rule: &Rule, name: &str, uses: &Uses) -> String {
    uses.part("answer", "Says");
    let mut fields: Vec<(&'static str, Expr)> = Vec::new();
    if !rule.code.is_empty() {
        fields.push(("code", codes(&rule.code, uses)));
    }
    if !rule.text.is_empty() {
        let texts = Expr::slice(rule.text.iter().map(|text| literal(text)));
        fields.push(("text", texts));
    }
    let rest = if fields.len() == 2 {
        ""
    } else {
        "..Says::ANYTHING"
    };
    let value = Expr::Struct("Says".to_owned(), fields, rest);
    let note = rule
        .note
        .as_deref()
        .unwrap_or("What the rule asks for besides the status.");
    let doc = doc(0, "///", &crate::text::sentence(note));
    format!(
        "{doc}\n{}\n",
        statement(0, &format!("const {name}: Says = "), &value, ";")
    )
}

fn codes(codes: &Codes, uses: &Uses) -> Expr {
    uses.part("codes", "Codes");
    if codes.is_empty() {
        return Expr::from("Codes::NONE");
    }
    let mut fields: Vec<(&'static str, Expr)> = Vec::new();
    let is_single = |range: &&RangeInclusive<i64>| range.start() == range.end();
    let (single, ranges): (Vec<_>, Vec<_>) = codes.numbers.iter().partition(is_single);
    if !single.is_empty() {
        let numbers = single.iter().map(|range| signed(*range.start()));
        fields.push(("numbers", Expr::slice(numbers)));
    }
    if !ranges.is_empty() {
        let ranges = ranges
            .iter()
            .map(|range| format!("{}..={}", signed(*range.start()), signed(*range.end())));
        fields.push(("ranges", Expr::slice(ranges)));
    }
    if !codes.words.is_empty() {
        let words = codes.words.iter().map(|word| literal(word));
        fields.push(("words", Expr::slice(words)));
    }
    fields.extend(codes.absent.then(|| ("absent", Expr::from("true"))));
    fields.extend(codes.present.then(|| ("present", Expr::from("true"))));
    let rest = if fields.len() == 5 {
        ""
    } else {
        "..Codes::NONE"
    };
    Expr::Struct("Codes".to_owned(), fields, rest)
}

/// The constant with the rules for per-item results.
fn items(items: &Items, uses: &Uses) -> String {
    uses.part("items", "Items");
    let kind = uses.part("items", "ItemsBy");
    let by = match &items.by {
        ItemsBy::Position { list } => Expr::call(format!("{kind}::Position"), [literal(list)]),
        ItemsBy::Id { list, id } => Expr::call(format!("{kind}::Id"), [literal(list), literal(id)]),
        ItemsBy::Map { map } => Expr::call(format!("{kind}::Map"), [literal(map)]),
        ItemsBy::Count { failed } => Expr::call(format!("{kind}::Count"), [literal(failed)]),
    };
    let error = items.error.as_ref();
    let error = error.map_or(Expr::from("None"), |error| {
        Expr::call("Some", [literal(error)])
    });
    let refused = match &items.refused_when {
        None => Expr::from("None"),
        Some((place, text)) => {
            Expr::call("Some", [Expr::call("", [literal(place), literal(text)])])
        }
    };
    let fields = vec![
        ("by", by),
        ("code", Expr::from(literal(&items.code))),
        ("error", error),
        ("delivered", codes(&items.delivered, uses)),
        ("retryable", codes(&items.retryable, uses)),
        ("refused_when", refused),
    ];
    let value = Expr::Struct("Items".to_owned(), fields, "");
    let constant = statement(0, "const ITEMS: Items = ", &value, ";");
    format!("/// What answers say of each event.\n{constant}\n")
}

fn function(arms: &[Arm]) -> String {
    let mut lines = String::new();
    for one in arms {
        let note = one.rule.note.as_ref().filter(|_| one.guard.is_none());
        lines += &note.map_or(String::new(), |note| comment(8, note) + "\n");
        let guard = one.guard.as_ref();
        let guard = guard.map_or(String::new(), |name| format!(" if answer.says(&{name})"));
        lines += &arm(8, &one.statuses, &guard, &one.body);
    }
    let mut bodies: Vec<&str> = arms
        .iter()
        .filter(|arm| arm.guard.is_none())
        .map(|arm| arm.body.as_str())
        .collect();
    bodies.sort_unstable();
    let has_same = bodies.windows(2).any(|pair| pair[0] == pair[1]);
    let expectation = if has_same {
        "#[expect(\n    clippy::match_same_arms,\n    reason = \"one arm for each row of the provider's table\"\n)]\n"
    } else {
        ""
    };
    let function = if let [only] = arms {
        debug_assert!(only.is_last, "the last arm takes all that is left");
        format!("    {}\n", only.body)
    } else {
        format!("    match answer.status() {{\n{lines}    }}\n")
    };
    format!(
        "/// What an answer means for the events of its request.\n#[must_use]\n{expectation}pub fn classify(answer: &Answer<'_>) -> Outcome {{\n{function}}}\n"
    )
}
