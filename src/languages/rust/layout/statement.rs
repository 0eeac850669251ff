//! Statements whose indent is decided where they are put, and branches over them.

use super::super::text::WIDTH;
use super::{Expr, parse, statement, width};

/// One statement.
#[derive(Debug, Clone)]
pub enum Statement {
    /// `head EXPR tail`, the tail beginning with `;` or `?;`.
    Line(String, Expr, &'static str),
    /// `HEAD, |out| { INNER });`, which rustfmt breaks as `EXPR` would not be.
    Closure(String, String),
}

impl Statement {
    /// An expression and a semicolon.
    #[must_use]
    pub fn call(expr: Expr) -> Self {
        Self::Line(String::new(), expr, ";")
    }

    /// An expression that can fail.
    #[must_use]
    pub fn attempt(expr: Expr) -> Self {
        Self::Line(String::new(), expr, "?;")
    }

    /// The lines of the statement.
    #[must_use]
    pub fn at(&self, indent: usize) -> String {
        match self {
            Self::Line(head, expr, tail) => format!("{}\n", statement(indent, head, expr, tail)),
            Self::Closure(head, inner) => {
                let (space, deeper) = (" ".repeat(indent), " ".repeat(indent + 4));
                format!("{space}{head}, |out| {{\n{deeper}{inner}\n{space}}});\n")
            }
        }
    }
}

/// `head EXPR;` as a line of its own.
#[must_use]
pub fn line(indent: usize, head: &str, expr: &Expr) -> String {
    format!("{}\n", statement(indent, head, expr, ";"))
}

/// One statement or the first line of a function, given as its source on one line, indent and all, with its lines broken.
#[must_use]
pub fn reflow(source: &str) -> String {
    let text = source.trim_start();
    let indent = source.len() - text.len();
    if ["fn ", "pub fn "].iter().any(|word| text.starts_with(word)) {
        return signature(indent, text);
    }
    let is_binding = ["let ", "const "].iter().any(|word| text.starts_with(word));
    let start = text.find(" = ").filter(|_| is_binding);
    let (head, rest) = text.split_at(start.map_or(0, |at| at + 3));
    let tail = ["?;", ";"].into_iter().find(|tail| rest.ends_with(tail));
    let tail = tail.unwrap_or_default();
    let expr = Expr::text(&rest[..rest.len() - tail.len()]);
    statement(indent, head, &expr, tail)
}

/// The first line of a function; parameters get a line each when they do not fit on it.
fn signature(indent: usize, text: &str) -> String {
    let parameters = text.split_once('(').zip(text.rsplit_once(") -> "));
    match parameters {
        Some(((head, rest), (_, result))) if indent + width(text) > WIDTH => {
            let end = rest.len() - result.len() - ") -> ".len();
            let deeper = indent + 4;
            let parameters = parse::split(&rest[..end], ", ").join(&format!(",\n{:deeper$}", ""));
            format!(
                "{:indent$}{head}(\n{:deeper$}{parameters},\n{:indent$}) -> {result}",
                "", "", ""
            )
        }
        _ => format!("{:indent$}{text}", ""),
    }
}

/// `if CONDITION {` after `start` on a line indented by `indent`. Parts joined by `&&` get a line
/// each when they do not fit together, or bind a name.
#[must_use]
pub fn condition(indent: usize, start: &str, condition: &str) -> String {
    let parts = parse::split(condition, " && ");
    let binds = parts.iter().any(|part| part.starts_with("let "));
    let one_line = format!("{start}if {condition} {{");
    let fits = indent + width(&one_line) <= WIDTH;
    if fits && (parts.len() == 1 || !binds) {
        return one_line;
    }
    let used = indent + width(start) + 3;
    let parts = parts.iter().map(|part| binding(indent + 4, used, part));
    let parts: Vec<_> = parts.collect();
    let separator = format!("\n{:1$}&& ", "", indent + 4);
    format!("{start}if {}\n{:indent$}{{", parts.join(&separator), "")
}

/// A part of a condition where `used` columns are taken; what it binds may go below.
fn binding(indent: usize, used: usize, part: &str) -> String {
    match part.split_once(" = ") {
        Some((pattern, value)) if used + width(part) > WIDTH => {
            format!("{pattern} =\n{:indent$}{value}", "")
        }
        _ => part.to_owned(),
    }
}

/// `if … else if … else` over `branches`, each a condition and its statements. A branch without a
/// condition is the last that counts; alone, it needs no `if`.
#[must_use]
pub fn chain(indent: usize, branches: &[(Option<String>, Vec<Statement>)]) -> String {
    let lines = |statements: &[Statement], indent| -> String {
        statements.iter().map(|one| one.at(indent)).collect()
    };
    let space = " ".repeat(indent);
    let mut out = String::new();
    for (condition, statements) in branches {
        let otherwise = if out.is_empty() { "" } else { " else " };
        let head = match condition {
            Some(condition) => self::condition(indent, otherwise, condition),
            None if out.is_empty() => return lines(statements, indent),
            None => " else {".to_owned(),
        };
        let space_before = if out.is_empty() { space.as_str() } else { "" };
        let body = lines(statements, indent + 4);
        out += &format!("{space_before}{head}\n{body}{space}}}");
        if condition.is_none() {
            break;
        }
    }
    if out.is_empty() { out } else { out + "\n" }
}
