//! What answers mean, as one flat `match`.

use std::ops::RangeInclusive;

use super::layout::{Expr, statement};
use super::module::Module;
use super::text::{WIDTH, comment, literal};
use crate::sink::{Answers, CodePlace, Codes, DelayUnit, Items, ItemsBy, Outcome, Rule};
use crate::text::width;

/// The constants that reading answers needs, and the statements of `classify`.
#[must_use]
pub fn classify(answers: &Answers, module: &mut Module) -> (Vec<String>, String) {
    let mut printer = Printer {
        answers,
        module,
        constants: Vec::new(),
        code: None,
    };
    let body = printer.body();
    (printer.constants, body)
}

struct Printer<'a> {
    answers: &'a Answers,
    module: &'a mut Module,
    constants: Vec<String>,
    /// The expression of the provider's own code, where a rule asks for it.
    code: Option<Expr>,
}

impl Printer<'_> {
    fn body(&mut self) -> String {
        let answers = self.answers;
        let asks = answers.rules.iter().any(|rule| !rule.code.is_empty());
        self.code = answers.code.as_ref().filter(|_| asks).map(|place| {
            let (function, place) = match place {
                CodePlace::Body(pointer) => ("body_code", pointer),
                CodePlace::Header(name) => ("header_code", name),
            };
            let function = self.module.part("_answers", function);
            Expr::call(
                function,
                [Expr::text("response"), Expr::text(literal(place))],
            )
        });
        let mut lines = Vec::new();
        match &self.code {
            Some(code) => {
                lines.push(statement(4, "code = ", code, ""));
                lines.push("    match response.status, code:".to_owned());
            }
            None => lines.push("    match response.status:".to_owned()),
        }
        let mut covered: Vec<RangeInclusive<u16>> = Vec::new();
        for rule in &answers.rules {
            let mut left: Vec<RangeInclusive<u16>> = Vec::new();
            for range in &rule.status {
                if !is_covered(range, &covered) && !left.contains(range) {
                    left.push(range.clone());
                }
            }
            if left.is_empty() && !rule.status.is_empty() {
                continue;
            }
            let is_last = rule.is_status_alone() && rule.status.is_empty();
            let rule = Rule {
                status: left,
                ..rule.clone()
            };
            lines.push(self.case(&rule));
            lines.extend(rule.note.as_ref().map(|note| comment(12, note)));
            lines.push(self.result(rule.outcome));
            if is_last {
                return lines.join("\n");
            }
            if rule.is_status_alone() {
                covered.extend(rule.status);
            }
        }
        lines.push("        case _:".to_owned());
        lines.push(self.result(answers.otherwise));
        lines.join("\n")
    }

    /// `case PATTERN if GUARD:`; what is too long for a line becomes constants.
    fn case(&mut self, rule: &Rule) -> String {
        let line = self.pattern(rule, false);
        if width(&line) <= WIDTH {
            line
        } else {
            self.pattern(rule, true)
        }
    }

    fn pattern(&mut self, rule: &Rule, by_name: bool) -> String {
        let mut guards = Vec::new();
        let status = match statuses(&rule.status) {
            Statuses::Any => "_".to_owned(),
            Statuses::Singles(singles) if !by_name || rule.status.len() < 9 => singles.join(" | "),
            Statuses::Singles(_) | Statuses::Ranges(_) if by_name && rule.status.len() > 2 => {
                let name = self.constant("_STATUSES", &Expr::text(container(&rule.status)));
                guards.push(format!("status in {name}"));
                "status".to_owned()
            }
            Statuses::Singles(singles) => singles.join(" | "),
            Statuses::Ranges(tests) => {
                guards.push(tests.join(" or "));
                "status".to_owned()
            }
        };
        let code = self
            .code
            .is_some()
            .then(|| self.code_pattern(&rule.code, by_name, &mut guards));
        if !rule.text.is_empty() {
            let texts: Vec<Expr> = rule
                .text
                .iter()
                .map(|text| Expr::text(literal(text)))
                .collect();
            let function = self.module.part("_answers", "has_text");
            let texts = if by_name {
                format!("*{}", self.constant("_TEXTS", &Expr::tuple(texts)))
            } else {
                let texts: Vec<String> = texts.iter().map(Expr::flat).collect();
                texts.join(", ")
            };
            guards.push(format!("{function}(response, {texts})"));
        }
        let several = guards.len() > 1;
        let guards: Vec<String> = guards
            .into_iter()
            .map(|guard| {
                if several && guard.contains(" or ") {
                    format!("({guard})")
                } else {
                    guard
                }
            })
            .collect();
        let pattern = match code.as_deref() {
            Some("_") if status == "_" => "_".to_owned(),
            Some(code) => format!("{status}, {code}"),
            None => status,
        };
        let guard = if guards.is_empty() {
            String::new()
        } else {
            format!(" if {}", guards.join(" and "))
        };
        format!("        case {pattern}{guard}:")
    }

    fn code_pattern(&mut self, codes: &Codes, by_name: bool, guards: &mut Vec<String>) -> String {
        if codes.is_empty() || (codes.present && codes.absent) {
            return "_".to_owned();
        }
        if codes.present {
            guards.push("code is not None".to_owned());
            return "_".to_owned();
        }
        let is_plain = codes
            .numbers
            .iter()
            .all(|range| range.start() == range.end());
        if is_plain && !by_name {
            let numbers = codes.numbers.iter().map(|range| range.start().to_string());
            let words = codes.words.iter().map(|word| literal(word));
            let absent = codes.absent.then(|| "None".to_owned());
            let patterns: Vec<String> = numbers.chain(words).chain(absent).collect();
            return patterns.join(" | ");
        }
        let set = self.codes(codes);
        let name = self.constant("_CODES", &set);
        guards.push(format!("code in {name}"));
        "_".to_owned()
    }

    fn codes(&mut self, codes: &Codes) -> Expr {
        let numbers = codes.numbers.iter().map(|range| {
            if range.start() == range.end() {
                range.start().to_string()
            } else {
                format!(
                    "range({}, {})",
                    range.start(),
                    range.end().saturating_add(1)
                )
            }
        });
        let words = codes.words.iter().map(|word| literal(word));
        let absent = codes.absent.then(|| "absent=True".to_owned());
        let present = codes.present.then(|| "present=True".to_owned());
        let arguments = numbers.chain(words).chain(absent).chain(present);
        Expr::call(
            self.module.part("_answers", "Codes"),
            arguments.map(Expr::Text),
        )
    }

    fn constant(&mut self, name: &str, value: &Expr) -> String {
        let mut number = 1;
        loop {
            let name = if number == 1 {
                name.to_owned()
            } else {
                format!("{name}_{number}")
            };
            let head = format!("{name} = ");
            let line = statement(0, &head, value, "");
            if self.constants.contains(&line) {
                return name;
            }
            if !self.constants.iter().any(|known| known.starts_with(&head)) {
                self.constants.push(line);
                return name;
            }
            number += 1;
        }
    }

    fn result(&mut self, outcome: Outcome) -> String {
        let value = match outcome {
            Outcome::Delivered => Expr::call(self.module.base("Delivered"), []),
            Outcome::Items => match &self.answers.items {
                Some(items) => self.items(items),
                None => self.with_reason("Transient"),
            },
            Outcome::FirstBad => {
                let pointer = self.answers.first_bad.as_deref().unwrap_or_default();
                let function = self.module.part("_answers", "first_bad");
                let reason = self.reason();
                let arguments = [Expr::text("response"), Expr::text(literal(pointer)), reason];
                Expr::call(function, arguments)
            }
            Outcome::Split => self.with_reason("Split"),
            Outcome::Bisect => self.with_reason("Bisect"),
            Outcome::Paused => self.with_reason("Paused"),
            Outcome::Uncertain => self.with_reason("Uncertain"),
            Outcome::Rejected => self.with_reason("Rejected"),
            Outcome::Throttled => self.with_delay("Throttled"),
            Outcome::Transient => self.with_delay("Transient"),
        };
        statement(12, "return ", &value, "")
    }

    fn with_reason(&mut self, outcome: &'static str) -> Expr {
        let reason = self.reason();
        Expr::call(self.module.base(outcome), [reason])
    }

    fn with_delay(&mut self, outcome: &'static str) -> Expr {
        let (function, header) = delay(self.answers);
        let arguments = [Expr::text("response")].into_iter().chain(header);
        let delay = Expr::call(self.module.part("_http", function), arguments);
        let reason = self.reason();
        Expr::call(self.module.base(outcome), [reason, delay])
    }

    /// The argument that says how results that cannot be read ask for a delay, where not as usual.
    fn delay_of_items(&mut self) -> Option<Expr> {
        let (function, header) = delay(self.answers);
        let header = Expr::keyword("name", header?);
        let function = Expr::text(self.module.part("_http", function));
        self.module.from("functools", "partial");
        let partial = Expr::call("partial", [function, header]);
        Some(Expr::keyword("delay", partial))
    }

    fn reason(&mut self) -> Expr {
        let response = Expr::text("response");
        match &self.answers.error_text {
            Some(pointer) => {
                let function = self.module.part("_answers", "error_text");
                Expr::call(function, [response, Expr::text(literal(pointer))])
            }
            None => Expr::call(self.module.part("_http", "describe"), [response]),
        }
    }

    fn items(&mut self, items: &Items) -> Expr {
        let (function, pointers) = match &items.by {
            ItemsBy::Position { list } => ("read_list", vec![list]),
            ItemsBy::Id { list, id } => ("read_ids", vec![list, id]),
            ItemsBy::Map { map } => ("read_map", vec![map]),
            ItemsBy::Count { failed } => ("read_count", vec![failed]),
        };
        let mut arguments = vec![Expr::text("response")];
        arguments.extend(
            pointers
                .into_iter()
                .map(|pointer| Expr::text(literal(pointer))),
        );
        if matches!(items.by, ItemsBy::Count { .. }) {
            arguments.extend(self.delay_of_items());
        } else {
            let rules = self.rules(items);
            arguments.push(Expr::text(self.constant("_ITEMS", &rules)));
        }
        Expr::call(self.module.part("_answers", function), arguments)
    }

    fn rules(&mut self, items: &Items) -> Expr {
        let (delivered, retryable) = (self.codes(&items.delivered), self.codes(&items.retryable));
        let mut arguments = vec![
            Expr::keyword("code", Expr::text(literal(&items.code))),
            Expr::keyword("delivered", delivered),
            Expr::keyword("retryable", retryable),
        ];
        let error = items.error.as_ref();
        arguments.extend(error.map(|error| Expr::keyword("error", Expr::text(literal(error)))));
        arguments.extend(items.refused_when.as_ref().map(|(pointer, text)| {
            let pair = [pointer, text].map(|text| Expr::text(literal(text)));
            Expr::keyword("refused_when", Expr::tuple(pair))
        }));
        arguments.extend(self.delay_of_items());
        Expr::call(self.module.part("_answers", "ItemRules"), arguments)
    }
}

/// The function that reads the delay an answer asks for, and its header where that is not the usual one.
fn delay(answers: &Answers) -> (&'static str, Option<Expr>) {
    let asked = &answers.retry_after;
    let function = match asked.unit {
        DelayUnit::SecondsOrDate => "retry_after",
        DelayUnit::Milliseconds => "retry_after_millis",
        DelayUnit::EpochSeconds => "retry_at",
        DelayUnit::ResetParameter => "retry_at_reset",
    };
    let is_usual = function == "retry_after" && asked.header == "retry-after";
    let header = (!is_usual).then(|| Expr::text(literal(&asked.header)));
    (function, header)
}

enum Statuses {
    Any,
    Singles(Vec<String>),
    /// Conditions on `status`.
    Ranges(Vec<String>),
}

fn statuses(set: &[RangeInclusive<u16>]) -> Statuses {
    let singles: Vec<String> = set
        .iter()
        .filter(|range| range.start() == range.end())
        .map(|range| range.start().to_string())
        .collect();
    if set.is_empty() {
        return Statuses::Any;
    }
    if singles.len() == set.len() {
        return Statuses::Singles(singles);
    }
    let ranges = set.iter().filter(|range| range.start() != range.end());
    let mut tests: Vec<String> = ranges
        .map(|range| format!("status in {}", range_text(range)))
        .collect();
    match singles.as_slice() {
        [] => {}
        [only] => tests.push(format!("status == {only}")),
        several => tests.push(format!("status in ({})", several.join(", "))),
    }
    Statuses::Ranges(tests)
}

fn is_covered(range: &RangeInclusive<u16>, covered: &[RangeInclusive<u16>]) -> bool {
    range
        .clone()
        .all(|status| covered.iter().any(|known| known.contains(&status)))
}

fn range_text(range: &RangeInclusive<u16>) -> String {
    format!("range({}, {})", range.start(), u32::from(*range.end()) + 1)
}

/// Statuses as a container.
#[must_use]
pub fn container(set: &[RangeInclusive<u16>]) -> String {
    let text = |range: &RangeInclusive<u16>| {
        if range.start() == range.end() {
            range.start().to_string()
        } else {
            format!("*{}", range_text(range))
        }
    };
    match set {
        [only] if only.start() != only.end() => range_text(only),
        [only] => format!("({},)", text(only)),
        several => {
            let items: Vec<String> = several.iter().map(text).collect();
            format!("({})", items.join(", "))
        }
    }
}
