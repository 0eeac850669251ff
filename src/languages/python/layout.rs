//! Expressions broken into lines the way ruff's formatter breaks them, for the few shapes emitted.
//!
//! No formatter runs while generating, so its rules stand here. What does not fit on one line is
//! opened: the arguments of a call go to one line of their own if they fit there, else to one line
//! each; the items of a list, set or dict always go to one line each.

use super::text::WIDTH;

/// An expression as far as line breaks are concerned.
#[derive(Debug, Clone)]
pub enum Expr {
    /// Never broken: a name, a literal.
    Text(String),
    /// `head(args)`.
    Call(String, Vec<Expr>),
    /// `[items]`, `(items)` or `{items}`.
    Items(char, Vec<Expr>, char),
    /// Items that go to one line of their own where they fit: opened always, between any brackets.
    Arguments(String, Vec<Expr>, String),
    /// `before` and an expression: `key: value`, `name=value`.
    Prefixed(String, Box<Expr>),
}

impl Expr {
    /// An expression that is never broken.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A call of `head`.
    pub fn call(head: impl Into<String>, args: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(head.into(), args.into_iter().collect())
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

    fn flat(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Call(head, args) => format!("{head}({})", flat(args)),
            Self::Items('(', items, _) if items.len() == 1 => format!("({},)", flat(items)),
            Self::Items(open, items, close) => format!("{open}{}{close}", flat(items)),
            Self::Arguments(open, items, close) => format!("{open}{}{close}", flat(items)),
            Self::Prefixed(before, value) => format!("{before}{}", value.flat()),
        }
    }

    /// The expression on lines indented by `indent`, `column` columns of its first line being
    /// taken and `after` columns following on its last.
    fn fit(&self, indent: usize, column: usize, after: usize) -> String {
        let flat_text = self.flat();
        if !matches!(self, Self::Arguments(..)) && column + width(&flat_text) + after <= WIDTH {
            return flat_text;
        }
        let inner = indent + 4;
        match self {
            Self::Text(text) => text.clone(),
            Self::Prefixed(before, value) => {
                format!(
                    "{before}{}",
                    value.fit(indent, column + width(before), after)
                )
            }
            Self::Call(head, args) => opened(&format!("{head}("), args, ")", indent),
            Self::Arguments(open, items, close) => opened(open, items, close, indent),
            Self::Items(open, items, close) => {
                format!("{open}\n{}{:indent$}{close}", each(inner, items), "")
            }
        }
    }
}

/// Arguments on a line of their own, or on one each.
fn opened(open: &str, items: &[Expr], close: &str, indent: usize) -> String {
    let inner = indent + 4;
    let one_line = flat(items);
    if inner + width(&one_line) <= WIDTH {
        return format!("{open}\n{:inner$}{one_line}\n{:indent$}{close}", "", "");
    }
    if let [only @ Expr::Items(..)] = items {
        return format!(
            "{open}\n{:inner$}{}\n{:indent$}{close}",
            "",
            only.fit(inner, inner, 0),
            ""
        );
    }
    format!("{open}\n{}{:indent$}{close}", each(inner, items), "")
}

fn flat(items: &[Expr]) -> String {
    items.iter().map(Expr::flat).collect::<Vec<_>>().join(", ")
}

fn each(inner: usize, items: &[Expr]) -> String {
    items
        .iter()
        .map(|item| format!("{:inner$}{},\n", "", item.fit(inner, inner, 1)))
        .collect()
}

/// `head EXPR tail` as a statement of its own, such as `name = EXPR`, without the line's end.
///
/// Text too long for its line gets brackets, where it fits between them.
#[must_use]
pub fn statement(indent: usize, head: &str, expr: &Expr, tail: &str) -> String {
    let column = indent + width(head);
    let text = expr.fit(indent, column, width(tail));
    let inner = indent + 4;
    let is_too_long = column + width(&text) + width(tail) > WIDTH;
    if let Expr::Text(text) = expr
        && is_too_long
        && inner + width(text) <= WIDTH
        && (head.ends_with("= ") || head.ends_with("return "))
        && column < WIDTH
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
    names.sort_by_key(|name| (rank(name), *name));
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

/// `__all__`, sorted.
#[must_use]
pub fn exports(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_by_key(|name| (rank(name), *name));
    let items = names.iter().map(|name| Expr::text(format!("\"{name}\"")));
    statement(0, "__all__ = ", &Expr::list(items), "")
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_share_a_line_where_they_fit_and_items_do_not() {
        let words: Vec<Expr> = (0..3)
            .map(|_| Expr::text(format!("\"{}\"", "x".repeat(28))))
            .collect();
        let word = format!("\"{}\"", "x".repeat(28));

        let call = statement(0, "value = ", &Expr::call("f", words.clone()), "");
        let list = statement(0, "value = ", &Expr::list(words), "");

        assert_eq!(format!("value = f(\n    {word}, {word}, {word}\n)"), call);
        assert_eq!(
            format!("value = [\n    {word},\n    {word},\n    {word},\n]"),
            list
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
    }
}
