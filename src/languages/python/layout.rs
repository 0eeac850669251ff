//! Expressions broken into lines in a way that ruff's formatter leaves alone.
//!
//! What does not fit on its line is opened, one item a line with a comma at the end: that comma tells
//! the formatter to keep the lines.

use std::fmt::Write as _;

use super::text::WIDTH;
use crate::text::width;

/// An expression as far as line breaks are concerned.
#[derive(Debug, Clone)]
pub enum Expr {
    /// Never broken: a name, a literal.
    Text(String),
    /// `head(args)`, or with any other brackets.
    Call(String, Vec<Expr>, char),
    /// `[items]`, `(items)` or `{items}`.
    Items(char, Vec<Expr>, char),
    /// `before` and an expression: `key: value`, `name=value`.
    Prefixed(String, Box<Expr>),
    /// `a or b`.
    Or(Vec<Expr>),
}

impl Expr {
    /// An expression that is never broken.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A call of `head`.
    pub fn call(head: impl Into<String>, args: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(head.into(), args.into_iter().collect(), ')')
    }

    /// `[items]`.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Items('[', items.into_iter().collect(), ']')
    }

    /// `(items)`, with the comma that a single one needs.
    pub fn tuple(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Items('(', items.into_iter().collect(), ')')
    }

    /// `{key: value}`, the keys as they are to stand there.
    pub fn dict(items: impl IntoIterator<Item = (String, Self)>) -> Self {
        let item = |(key, value)| Self::Prefixed(format!("{key}: "), Box::new(value));
        Self::Items('{', items.into_iter().map(item).collect(), '}')
    }

    /// `name=value`.
    #[must_use]
    pub fn keyword(name: &str, value: Self) -> Self {
        Self::Prefixed(format!("{name}="), Box::new(value))
    }

    /// On one line.
    #[must_use]
    pub fn flat(&self) -> String {
        let all = |items: &[Self], between| {
            let items = items.iter().map(Self::flat);
            items.collect::<Vec<_>>().join(between)
        };
        match self {
            Self::Text(text) => text.clone(),
            Self::Call(head, args, close) => {
                format!("{head}{}{}{close}", opening(*close), all(args, ", "))
            }
            Self::Items('(', items, _) if items.len() == 1 => format!("({},)", all(items, "")),
            Self::Items(open, items, close) => format!("{open}{}{close}", all(items, ", ")),
            Self::Prefixed(before, value) => format!("{before}{}", value.flat()),
            Self::Or(items) => all(items, " or "),
        }
    }

    /// The expression on lines indented by `indent`, `column` columns of its first line being
    /// taken and `after` columns following on its last.
    fn fit(&self, indent: usize, column: usize, after: usize) -> String {
        let flat = self.flat();
        if column + width(&flat) + after <= WIDTH {
            return flat;
        }
        match self {
            Self::Text(_) => flat,
            Self::Prefixed(before, value) => {
                let column = column + width(before);
                format!("{before}{}", value.fit(indent, column, after))
            }
            Self::Call(_, items, _) | Self::Items(_, items, _) if items.is_empty() => flat,
            Self::Call(head, items, close) => {
                opened(&format!("{head}{}", opening(*close)), items, *close, indent)
            }
            Self::Items(open, items, close) => opened(&open.to_string(), items, *close, indent),
            Self::Or(items) => {
                let inner = indent + 4;
                let joined: Vec<String> = items.iter().map(Expr::flat).collect();
                let joined = joined.join(" or ");
                if inner + width(&joined) <= WIDTH {
                    return format!("(\n{:inner$}{joined}\n{:indent$})", "", "");
                }
                let lines: Vec<String> = items
                    .iter()
                    .map(|item| item.fit(inner, inner + 3, 0))
                    .collect();
                let lines = lines.join(&format!("\n{:inner$}or ", ""));
                format!("(\n{:inner$}{lines}\n{:indent$})", "", "")
            }
        }
    }
}

fn opening(close: char) -> char {
    match close {
        ')' => '(',
        ']' => '[',
        _ => '{',
    }
}

fn opened(open: &str, items: &[Expr], close: char, indent: usize) -> String {
    let inner = indent + 4;
    let items: String = items
        .iter()
        .map(|item| format!("{:inner$}{},\n", "", item.fit(inner, inner, 1)))
        .collect();
    format!("{open}\n{items}{:indent$}{close}", "")
}

/// `head EXPR tail` as a statement of its own, such as `name = EXPR`, without the line's end.
///
/// Text too long for its line gets brackets, where it fits between them.
#[must_use]
pub fn statement(indent: usize, head: &str, expr: &Expr, tail: &str) -> String {
    let column = indent + width(head);
    let text = expr.fit(indent, column, width(tail));
    let inner = indent + 4;
    if let Expr::Text(text) = expr
        && column + width(text) + width(tail) > WIDTH
        && inner + width(text) <= WIDTH
        && (head.ends_with("= ") || head.ends_with("return "))
    {
        return format!(
            "{:indent$}{head}(\n{:inner$}{text}\n{:indent$}){tail}",
            "", "", ""
        );
    }
    format!("{:indent$}{head}{text}{tail}", "")
}

/// `from MODULE import NAMES`, the names in the order ruff keeps them in.
#[must_use]
pub fn import(module: &str, names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_by_cached_key(|name| (rank(name), natural(name)));
    names.dedup();
    let one_line = format!("from {module} import {}", names.join(", "));
    if width(&one_line) <= WIDTH {
        return one_line;
    }
    let lines: String = names.iter().map(|name| format!("    {name},\n")).collect();
    format!("from {module} import (\n{lines})")
}

/// Constants, then classes, then the rest.
fn rank(name: &str) -> u8 {
    let is_constant = name.len() > 1 && name.chars().all(|c| !c.is_ascii_lowercase());
    match name.chars().next() {
        _ if is_constant && name.chars().any(|c| c.is_ascii_uppercase()) => 0,
        Some(first) if first.is_ascii_uppercase() => 1,
        _ => 2,
    }
}

/// What sorts as ruff sorts: numbers by their size.
#[must_use]
pub fn natural(name: &str) -> String {
    let mut out = String::new();
    for run in name.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let end = run.trim_end_matches(|c: char| !c.is_ascii_digit()).len();
        let (digits, rest) = run.split_at(end);
        if !digits.is_empty() {
            let _ = write!(out, "{digits:0>20}");
        }
        out.push_str(rest);
    }
    out
}

/// `__all__`, sorted.
#[must_use]
pub fn exports(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_by_cached_key(|name| (rank(name), natural(name)));
    let items = names.iter().map(|name| Expr::text(format!("\"{name}\"")));
    statement(0, "__all__ = ", &Expr::list(items), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_opened_item_by_item() {
        let word = format!("\"{}\"", "x".repeat(40));
        let words = || (0..2).map(|_| Expr::text(&word));

        let fits = statement(0, "value = ", &Expr::call("f", words()), "");
        let opened = statement(8, "value = ", &Expr::call("f", words()), "");
        let between = statement(8, "value = ", &Expr::Or(words().collect()), "");
        let each = statement(12, "value = ", &Expr::Or(words().collect()), "");

        assert_eq!(format!("value = f({word}, {word})"), fits);
        assert_eq!(
            format!("        value = f(\n            {word},\n            {word},\n        )"),
            opened
        );
        assert_eq!(
            format!("        value = (\n            {word} or {word}\n        )"),
            between
        );
        let indent = " ".repeat(12);
        assert_eq!(
            format!("{indent}value = (\n{indent}    {word}\n{indent}    or {word}\n{indent})"),
            each
        );
    }

    #[test]
    fn long_text_gets_brackets_only_where_they_help() {
        let fits = format!("\"{}\"", "x".repeat(90));
        let never = format!("\"{}\"", "x".repeat(99));

        assert_eq!(
            format!("expected = (\n    {fits}\n)"),
            statement(0, "expected = ", &Expr::text(&fits), "")
        );
        assert_eq!(
            format!("expected = {never}"),
            statement(0, "expected = ", &Expr::text(&never), "")
        );
    }

    #[test]
    fn imports_are_sorted_by_kind_and_name() {
        let line = import(".a", &["merge", "Event", "LIMITS", "Batch"]);

        assert_eq!("from .a import LIMITS, Batch, Event, merge", line);
        let line = import(".a", &["Log10Sink", "Log9Sink"]);
        assert_eq!("from .a import Log9Sink, Log10Sink", line);
    }
}
