//! Expressions broken into lines the way rustfmt breaks them, for the few shapes that are emitted.
//!
//! No formatter runs while generating, so the width rules of rustfmt's defaults stand here:
//! arguments and array items share a line while they take at most 60 columns together and the line
//! at most 100; otherwise each gets a line of its own.

use super::text::WIDTH;

/// Columns that arguments or items may take together on one line.
const GROUP_WIDTH: usize = 60;

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
        let items = items.iter().map(Self::flat).collect::<Option<Vec<_>>>()?.join(", ");
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
            let Self::Text(text) = self else { return String::new() };
            return text.clone();
        };
        let inner = indent + 4;
        let mut out = format!("{head}{open}\n");
        for item in items {
            out += &format!("{:inner$}{},\n", "", item.fit(inner, inner, 1));
        }
        out + &format!("{:indent$}{close}", "")
    }
}

/// `head EXPR tail` as a statement of its own, such as `let name = EXPR;`.
#[must_use]
pub fn statement(indent: usize, head: &str, expr: &Expr, tail: &str) -> String {
    let column = indent + width(head);
    let after = width(tail);
    if let Expr::Text(text) = expr {
        // A literal that only fits on the next line goes there; one that fits nowhere stays.
        let too_long_here = column + width(text) + after > WIDTH;
        let fits_below = indent + 4 + width(text) + after <= WIDTH;
        if head.ends_with("= ") && too_long_here && fits_below {
            let head = head.trim_end();
            return format!("{:indent$}{head}\n{:below$}{text}{tail}", "", "", below = indent + 4);
        }
    }
    format!("{:indent$}{head}{}{tail}", "", expr.fit(indent, column, after))
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_calls_stay_on_one_line() {
        let call = Expr::call("fields.string", [Expr::text("\"a\""), Expr::slice([Expr::text("\"A\"")])]);

        assert_eq!("    let a = fields.string(\"a\", &[\"A\"]);", statement(4, "let a = ", &call, ";"));
    }

    #[test]
    fn arguments_beyond_sixty_columns_get_lines_of_their_own() {
        let long = Expr::text(format!("{:?}", "x".repeat(40)));
        let call = Expr::call("f", [long.clone(), Expr::slice([long.clone(), Expr::text("1")])]);

        let x = "x".repeat(40);
        let expected = format!("f(\n    \"{x}\",\n    &[\"{x}\", 1],\n)");
        assert_eq!(expected, statement(0, "", &call, ""));
    }
}
