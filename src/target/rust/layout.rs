//! Expressions broken into lines the way rustfmt breaks them, for the few shapes that are emitted.
//!
//! No formatter runs while generating, so the width rules of rustfmt's defaults stand here:
//! arguments and array items share a line while they take at most 60 columns together and the line
//! at most 100; otherwise each gets a line of its own.

use super::text::WIDTH;

/// Columns that arguments or items may take together on one line.
const GROUP_WIDTH: usize = 60;

/// Items of an array up to this width share lines.
const SHORT_ITEM: usize = 10;

/// An expression as far as line breaks are concerned.
#[derive(Debug, Clone)]
pub enum Expr {
    /// Never broken: a name, a literal.
    Text(String),
    /// `head(args)`.
    Call(String, Vec<Expr>),
    /// `head[items]`, `head` being empty or `&`.
    Array(String, Vec<Expr>),
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

    /// A slice literal, `&[…]`.
    pub fn slice(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Array("&".to_owned(), items.into_iter().collect())
    }

    fn parts(&self) -> Option<(&str, char, &[Self], char)> {
        match self {
            Self::Text(_) => None,
            Self::Call(head, args) => Some((head, '(', args, ')')),
            Self::Array(head, items) => Some((head, '[', items, ']')),
        }
    }

    /// The expression on one line, if rustfmt would leave it there given the room.
    fn flat(&self) -> Option<String> {
        let Some((head, open, items, close)) = self.parts() else {
            let Self::Text(text) = self else { return None };
            return (!text.contains('\n')).then(|| text.clone());
        };
        let items = items
            .iter()
            .map(Self::flat)
            .collect::<Option<Vec<_>>>()?
            .join(", ");
        (width(&items) <= GROUP_WIDTH).then(|| format!("{head}{open}{items}{close}"))
    }

    /// The expression where `column` columns of its line are taken, its lines indented by
    /// `indent`, with `after` columns to follow on its last line.
    fn fit(&self, indent: usize, column: usize, after: usize) -> String {
        if let Some(flat) = self.flat()
            && column + width(&flat) + after <= WIDTH
        {
            return flat;
        }
        let Some((head, open, items, close)) = self.parts() else {
            let Self::Text(text) = self else {
                return String::new();
            };
            return text.clone();
        };
        let inner = indent + 4;
        if let (Self::Array(..), Some(short)) = (self, short_items(items)) {
            return format!(
                "{head}{open}\n{}\n{:indent$}{close}",
                filled(inner, short),
                ""
            );
        }
        let mut out = format!("{head}{open}\n");
        for item in items {
            out += &format!("{:inner$}{},\n", "", item.fit(inner, inner, 1));
        }
        out + &format!("{:indent$}{close}", "")
    }
}

/// Items so short that rustfmt puts several on a line.
fn short_items(items: &[Expr]) -> Option<impl Iterator<Item = String>> {
    let flat: Vec<String> = items.iter().map(Expr::flat).collect::<Option<_>>()?;
    flat.iter()
        .all(|item| width(item) <= SHORT_ITEM)
        .then_some(flat.into_iter())
}

/// `head EXPR tail` as a statement of its own, such as `let name = EXPR;`.
#[must_use]
pub fn statement(indent: usize, head: &str, expr: &Expr, tail: &str) -> String {
    let after = width(tail);
    let here = expr.fit(indent, indent + width(head), after);
    let below = indent + 4;
    let there = expr.fit(below, below, after);
    if head.ends_with("= ") && prefers_next_line(&here, &there, indent + width(head), below, after)
    {
        return format!(
            "{:indent$}{}\n{:below$}{there}{tail}",
            "",
            head.trim_end(),
            ""
        );
    }
    format!("{:indent$}{head}{here}{tail}", "")
}

/// Whether rustfmt moves the right side of an assignment to a line of its own: when it is one line
/// there and is not here, or saves more than one line.
fn prefers_next_line(here: &str, there: &str, column: usize, below: usize, after: usize) -> bool {
    let lines = |text: &str| text.matches('\n').count();
    if lines(here) == 0 {
        let fits_below = lines(there) == 0 && below + width(there) + after <= WIDTH;
        return column + width(here) + after > WIDTH && fits_below;
    }
    lines(there) == 0 || lines(here) > lines(there) + 1
}

/// An arm of a `match`; a body that does not fit beside its pattern gets a block.
#[must_use]
pub fn arm(indent: usize, pattern: &str, body: &str) -> String {
    let one_line = format!("{:indent$}{pattern} => {body},", "");
    if width(&one_line) <= WIDTH {
        return one_line;
    }
    let inner = indent + 4;
    format!(
        "{:indent$}{pattern} => {{\n{:inner$}{body}\n{:indent$}}}",
        "", "", ""
    )
}

/// A `use` of several names below one path.
#[must_use]
pub fn use_names(path: &str, names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_by_key(|name| (*name != "self", *name));
    names.dedup();
    if let [name] = names.as_slice()
        && *name != "self"
    {
        return format!("use {path}::{name};");
    }
    let one_line = format!("use {path}::{{{}}};", names.join(", "));
    if width(&one_line) <= WIDTH {
        return one_line;
    }
    format!(
        "use {path}::{{\n{}\n}};",
        filled(4, names.iter().map(|name| (*name).to_owned()))
    )
}

/// Items with commas, as many on a line as fit.
fn filled(indent: usize, items: impl Iterator<Item = String>) -> String {
    let mut lines = vec![" ".repeat(indent)];
    for item in items {
        let line = lines.last_mut().expect("there is always a line");
        if width(line) == indent {
            *line += &format!("{item},");
        } else if width(line) + 1 + width(&item) < WIDTH {
            *line += &format!(" {item},");
        } else {
            lines.push(format!("{:indent$}{item},", ""));
        }
    }
    lines.join("\n")
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_calls_stay_on_one_line() {
        let call = Expr::call(
            "fields.string",
            [Expr::text("\"a\""), Expr::slice([Expr::text("\"A\"")])],
        );

        assert_eq!(
            "    let a = fields.string(\"a\", &[\"A\"]);",
            statement(4, "let a = ", &call, ";")
        );
    }

    #[test]
    fn arguments_beyond_sixty_columns_get_lines_of_their_own() {
        let long = Expr::text(format!("{:?}", "x".repeat(40)));
        let call = Expr::call(
            "f",
            [long.clone(), Expr::slice([long.clone(), Expr::text("1")])],
        );

        let x = "x".repeat(40);
        let expected = format!("f(\n    \"{x}\",\n    &[\"{x}\", 1],\n)");
        assert_eq!(expected, statement(0, "", &call, ""));
    }
}
