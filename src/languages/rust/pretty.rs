//! Lines broken where rustfmt breaks them, for the few shapes that are printed.
//!
//! No formatter runs while generating, so these rules of rustfmt's stand here, with its defaults and
//! style edition 2024; `tests/rustfmt.rs` compares.

use super::text::WIDTH;
use crate::text::width;

/// Columns that arguments or items may take together on one line.
const GROUP_WIDTH: usize = 60;
/// Columns that the fields of a struct literal may take together on one line.
const STRUCT_WIDTH: usize = 18;
/// Simple items of an array or a call up to this width share lines.
const SHORT_ITEM: usize = 10;
/// Alternatives of a pattern up to this width share lines.
const SHORT_PATTERN: usize = 20;

/// An expression as far as line breaks are concerned.
#[derive(Debug, Clone)]
pub enum Expr {
    /// Never broken: a name, a literal, a short call.
    Atom(String),
    /// `head(items)` or `head[items]`.
    Group(String, char, Vec<Self>),
    /// `Name { field: value }`, perhaps with a last line such as `..Name::NONE`.
    Struct(String, Vec<(&'static str, Self)>, &'static str),
}

impl<T: Into<String>> From<T> for Expr {
    fn from(text: T) -> Self {
        Self::Atom(text.into())
    }
}

impl Expr {
    /// A call of a function, a method or a macro.
    pub fn call(head: impl Into<String>, args: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::Group(head.into(), '(', args.into_iter().map(Into::into).collect())
    }

    /// A slice literal.
    pub fn slice(items: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::array("&", items)
    }

    /// An array literal, `head` being empty, `&` or `vec!`.
    pub fn array(head: &str, items: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::Group(
            head.to_owned(),
            '[',
            items.into_iter().map(Into::into).collect(),
        )
    }

    /// The expression on one line.
    pub fn flat(&self) -> String {
        match self {
            Self::Atom(text) => text.clone(),
            Self::Group(head, open, items) => {
                let items: Vec<_> = items.iter().map(Self::flat).collect();
                format!("{head}{open}{}{}", items.join(", "), closing(*open))
            }
            Self::Struct(name, fields, rest) => format!("{name} {{ {} }}", one_line(fields, rest)),
        }
    }

    /// The lines of the expression where `column` columns are taken and `after` follow.
    fn fit(&self, indent: usize, column: usize, after: usize) -> String {
        let flat = self.flat();
        let fits = column + width(&flat) + after <= WIDTH;
        match self {
            Self::Struct(_, fields, rest)
                if fits && width(&one_line(fields, rest)) <= STRUCT_WIDTH =>
            {
                flat
            }
            Self::Struct(name, fields, rest) => structure(name, fields, rest, indent),
            Self::Group(_, _, items) if items.is_empty() => flat,
            Self::Group(head, open, items) => {
                let [inner] = items.as_slice() else {
                    let together: usize = items.iter().map(|item| width(&item.flat()) + 2).sum();
                    if fits && together - 2 <= GROUP_WIDTH && items.iter().all(Self::is_flat) {
                        return flat;
                    }
                    return below(head, *open, items, indent);
                };
                match inner {
                    Self::Atom(_) if fits => flat,
                    // Beside a head as short as an indent, one item is on its own without a comma.
                    Self::Atom(text) if width(head.trim_start_matches('&')) < 4 => {
                        let deeper = indent + 4;
                        let close = closing(*open);
                        format!("{head}{open}\n{:deeper$}{text}\n{:indent$}{close}", "", "")
                    }
                    Self::Atom(_) => below(head, *open, items, indent),
                    // A single argument begins beside its call.
                    _ => {
                        let column = column + width(head) + 1;
                        let room = if inner.is_call() {
                            WIDTH.saturating_sub(column + GROUP_WIDTH)
                        } else {
                            0
                        };
                        let after = (after + 1).max(room);
                        let inner = inner.fit(indent, column, after);
                        format!("{head}{open}{inner}{}", closing(*open))
                    }
                }
            }
            Self::Atom(_) => flat,
        }
    }

    /// Whether it stays on a line that is wide enough.
    fn is_flat(&self) -> bool {
        match self {
            Self::Atom(_) => true,
            Self::Group(_, _, items) => {
                let together: usize = items.iter().map(|item| width(&item.flat()) + 2).sum();
                items.iter().all(Self::is_flat) && (items.len() < 2 || together - 2 <= GROUP_WIDTH)
            }
            Self::Struct(_, fields, rest) => width(&one_line(fields, rest)) <= STRUCT_WIDTH,
        }
    }

    /// Whether it is a call: within another one it is kept short.
    fn is_call(&self) -> bool {
        matches!(self, Self::Group(head, open, _) if head.ends_with('!') || (*open == '(' && !head.is_empty()))
    }

    /// Whether it is a literal, a name or a field, perhaps referred to.
    fn is_simple(&self) -> bool {
        matches!(self, Self::Atom(text) if text.contains('"') || !(text.contains(['(', ':']) || text.contains("..")))
    }
}

/// `head EXPR tail` as a statement of its own, such as `let name = EXPR;`.
#[must_use]
pub fn statement(indent: usize, head: &str, expr: &Expr, tail: &str) -> String {
    if let (true, Expr::Atom(text)) = (head.ends_with(": "), expr) {
        if let Some(receiver) = text
            .strip_suffix(".to_owned()")
            .filter(|it| it.starts_with('"'))
        {
            return chain(indent, head, receiver, "to_owned()", tail);
        }
        let opened = indent + width(head) + width(text) - 1;
        if text.ends_with("::default()") && opened <= WIDTH && opened + 1 + width(tail) > WIDTH {
            let opening = text.trim_end_matches(')');
            return format!("{:indent$}{head}{opening}\n{:indent$}){tail}\n", "", "");
        }
    }
    let after = width(tail);
    let here = expr.fit(indent, indent + width(head), after);
    let first = width(here.lines().next().unwrap_or_default());
    let is_whole = !here.contains('\n') && indent + width(head) + first + after <= WIDTH;
    let is_field = head.ends_with(": ")
        && matches!(expr, Expr::Atom(text) if !text.contains('"') || text.ends_with(')'));
    if (head.ends_with("= ") || is_field) && !is_whole {
        let deeper = indent + 4;
        let there = expr.fit(deeper, deeper, after);
        let fits_there = !there.contains('\n') && deeper + width(&there) + after <= WIDTH;
        if fits_there || (here.contains('\n') && indent + width(head) + first > WIDTH) {
            return format!(
                "{:indent$}{}\n{:deeper$}{there}{tail}\n",
                "",
                head.trim_end(),
                ""
            );
        }
    }
    format!("{:indent$}{head}{here}{tail}\n", "")
}

/// `head RECEIVER.CALL tail`; the call goes below its receiver when they are too long together.
#[must_use]
pub fn chain(indent: usize, head: &str, receiver: &str, call: &str, tail: &str) -> String {
    let flat = format!("{receiver}.{call}{tail}");
    let deeper = indent + 4;
    if indent + width(head) + width(&flat) <= WIDTH {
        return format!("{:indent$}{head}{flat}\n", "");
    }
    if indent + width(head) + width(receiver) < WIDTH {
        return format!(
            "{:indent$}{head}{receiver}\n{:deeper$}.{call}{tail}\n",
            "", ""
        );
    }
    let head = head.trim_end();
    if deeper + width(&flat) <= WIDTH {
        return format!("{:indent$}{head}\n{:deeper$}{flat}\n", "", "");
    }
    let deepest = deeper + 4;
    format!(
        "{:indent$}{head}\n{:deeper$}{receiver}\n{:deepest$}.{call}{tail}\n",
        "", "", ""
    )
}

/// `head RECEIVER.NAME(ARGUMENT) tail`; the call goes below its receiver when that spares lines and the
/// argument has fewer than three of its own.
#[must_use]
pub fn method(
    indent: usize,
    head: &str,
    receiver: &str,
    name: &str,
    argument: Expr,
    tail: &str,
) -> String {
    let call = Expr::call(name, [argument.clone()]);
    let beside = Expr::call(format!("{receiver}.{name}"), [argument]);
    let beside = statement(indent, head, &beside, tail);
    let spares = (3..5).contains(&beside.lines().count());
    let below = indent + 5 + width(&call.flat()) + width(tail);
    // What is no wider than an indent keeps its call.
    if spares && call.is_flat() && below <= WIDTH && width(receiver) > 4 {
        return chain(indent, head, receiver, &call.flat(), tail);
    }
    beside
}

/// An expression and a semicolon.
#[must_use]
pub fn line(indent: usize, expr: &Expr) -> String {
    statement(indent, "", expr, ";")
}

/// A call whose last argument is a closure of statements, which `body` prints at its indent.
pub fn with_closure(
    indent: usize,
    call: &str,
    args: &[String],
    parameters: &str,
    body: impl FnOnce(usize) -> String,
) -> String {
    let flat: String = args.iter().map(|arg| format!("{arg}, ")).collect();
    let opening = format!("{:indent$}{call}({flat}{parameters} {{", "");
    if width(&opening) <= WIDTH && width(&flat) + width(parameters) + 2 <= GROUP_WIDTH {
        return format!("{opening}\n{}{:indent$}}});\n", body(indent + 4), "");
    }
    let deeper = indent + 4;
    let args: String = args
        .iter()
        .map(|arg| format!("{:deeper$}{arg},\n", ""))
        .collect();
    let body = body(deeper + 4);
    format!(
        "{:indent$}{call}(\n{args}{:deeper$}{parameters} {{\n{body}{:deeper$}}},\n{:indent$});\n",
        "", "", "", ""
    )
}

/// `if CONDITION {`, after `start` on a line indented by `indent`; what a condition binds goes below
/// when it does not fit.
#[must_use]
pub fn condition(indent: usize, start: &str, condition: &str) -> String {
    let one_line = format!("{start}if {condition}");
    let used = indent + width(&one_line);
    if used + 2 <= WIDTH {
        return one_line + " {";
    }
    match condition.split_once(" = ") {
        Some((pattern, value)) if used > WIDTH => {
            let deeper = indent + 4;
            format!(
                "{start}if {pattern} =\n{:deeper$}{value}\n{:indent$}{{",
                "", ""
            )
        }
        _ => format!("{one_line}\n{:indent$}{{", ""),
    }
}

/// An arm of a `match` with a short body; short alternatives share lines.
#[must_use]
pub fn arm(indent: usize, alternatives: &[String], guard: &str, body: &str) -> String {
    let flat = alternatives.join(" | ");
    let share = alternatives
        .iter()
        .all(|item| width(item) <= SHORT_PATTERN && !item.contains("..") && !item.contains("::"));
    let room = WIDTH.saturating_sub(indent + 5);
    let mut pattern = String::new();
    if !share && width(&flat) <= room {
        pattern = flat;
    } else {
        let mut column = 0;
        for item in alternatives {
            let needed = width(item) + 2;
            if pattern.is_empty() {
                column = width(item);
            } else if share && column + 1 + needed <= room {
                pattern += " | ";
                column += 1 + needed;
            } else {
                pattern += &format!("\n{:indent$}| ", "");
                column = needed;
            }
            pattern += item;
        }
    }
    pattern += guard;
    let last = width(pattern.lines().last().unwrap_or_default());
    let used = if pattern.contains('\n') {
        last
    } else {
        indent + last
    };
    if used + 4 + width(body) < WIDTH {
        return format!("{:indent$}{pattern} => {body},\n", "");
    }
    let deeper = indent + 4;
    format!(
        "{:indent$}{pattern} => {{\n{:deeper$}{body}\n{:indent$}}}\n",
        "", "", ""
    )
}

/// The first line of a function; parameters get a line each when they do not fit on it.
#[must_use]
pub fn signature(indent: usize, head: &str, parameters: &[String], result: &str) -> String {
    let result = if result.is_empty() {
        String::new()
    } else {
        format!("-> {result} ")
    };
    let flat = format!("{:indent$}{head}({}) {result}{{", "", parameters.join(", "));
    if width(&flat) <= WIDTH {
        return flat;
    }
    let deeper = indent + 4;
    let each: String = parameters
        .iter()
        .map(|parameter| format!("{:deeper$}{parameter},\n", ""))
        .collect();
    format!("{:indent$}{head}(\n{each}{:indent$}) {result}{{", "", "")
}

/// A `use` of names below one path, `word` being `use` or `pub use`.
#[must_use]
pub fn import(word: &str, path: &str, names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_by_key(|name| (*name != "self", *name));
    names.dedup();
    if let [name] = names.as_slice()
        && *name != "self"
    {
        return format!("{word} {path}::{name};");
    }
    let one_line = format!("{word} {path}::{{{}}};", names.join(", "));
    // Two columns stay free, as rustfmt has it.
    if width(&one_line) <= WIDTH - 2 {
        return one_line;
    }
    format!("{word} {path}::{{\n{}\n}};", filled(4, &names))
}

/// Items with commas, as many on a line as fit.
fn filled(indent: usize, items: &[&str]) -> String {
    let mut lines = vec![" ".repeat(indent)];
    for (index, item) in items.iter().enumerate() {
        // The comma of the last item counts only below the first line.
        let comma = usize::from(index + 1 < items.len() || lines.len() > 1);
        let line = lines.last_mut().expect("there is always a line");
        if width(line) == indent {
            *line += &format!("{item},");
        } else if width(line) + 1 + width(item) + comma < WIDTH {
            *line += &format!(" {item},");
        } else {
            lines.push(format!("{:indent$}{item},", ""));
        }
    }
    lines.join("\n")
}

fn below(head: &str, open: char, items: &[Expr], indent: usize) -> String {
    let deeper = indent + 4;
    let flat: Vec<String> = items.iter().map(Expr::flat).collect();
    let is_short = |item: &String| width(item) <= SHORT_ITEM;
    let inner = if items.iter().all(Expr::is_simple) && flat.iter().all(is_short) {
        let flat: Vec<&str> = flat.iter().map(String::as_str).collect();
        filled(deeper, &flat) + "\n"
    } else {
        let lines = items.iter().map(|item| item.fit(deeper, deeper, 1));
        lines
            .map(|item| format!("{:deeper$}{item},\n", ""))
            .collect()
    };
    format!("{head}{open}\n{inner}{:indent$}{}", "", closing(open))
}

fn structure(name: &str, fields: &[(&'static str, Expr)], rest: &str, indent: usize) -> String {
    let deeper = indent + 4;
    let mut lines: String = fields
        .iter()
        .map(|(name, value)| statement(deeper, &format!("{name}: "), value, ","))
        .collect();
    if !rest.is_empty() {
        lines += &format!("{:deeper$}{rest}\n", "");
    }
    format!("{name} {{\n{lines}{:indent$}}}", "")
}

fn one_line(fields: &[(&'static str, Expr)], rest: &str) -> String {
    let fields = fields.iter();
    let mut fields: Vec<String> = fields
        .map(|(name, value)| format!("{name}: {}", value.flat()))
        .collect();
    fields.extend((!rest.is_empty()).then(|| rest.to_owned()));
    fields.join(", ")
}

const fn closing(open: char) -> char {
    if open == '(' { ')' } else { ']' }
}
