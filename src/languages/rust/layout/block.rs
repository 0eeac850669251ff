//! What gets lines between braces: struct literals and closures.

use super::expr::Expr;
use super::room::Room;
use super::{is_one_line, width};

/// Columns that the fields of a struct literal may take together on one line.
const STRUCT_WIDTH: usize = 18;

/// A struct literal: its fields on one line when they are short, else one a line.
pub(super) fn structure(name: &str, fields: &[(String, Expr)], room: Room) -> Option<String> {
    let inner = room.below().less(1)?;
    let fields = fields.iter().map(|(name, value)| field(name, value, inner));
    let fields = fields.collect::<Option<Vec<_>>>()?;
    let flat = fields.join(", ");
    let limit = room.width.checked_sub(width(name) + 5)?.min(STRUCT_WIDTH);
    if is_one_line(&flat) && width(&flat) <= limit {
        return Some(format!("{name} {{ {flat} }}"));
    }
    let (indent, deeper) = (room.indent, inner.indent);
    let fields = fields.join(&format!(",\n{:deeper$}", ""));
    Some(format!(
        "{name} {{\n{:deeper$}{fields},\n{:indent$}}}",
        "", ""
    ))
}

/// A field of a struct literal; a value that cannot be broken goes below its name.
pub(super) fn field(name: &str, value: &Expr, room: Room) -> Option<String> {
    let beside = room.shift(width(name) + 2).and_then(|at| value.fit(at));
    if let Some(value) = beside {
        return Some(format!("{name}: {value}"));
    }
    let below = room.below();
    let value = value.fit(below)?;
    Some(format!("{name}:\n{:1$}{value}", "", below.indent))
}

/// A closure; a body that does not fit on the line gets a block.
pub(super) fn closure(parameters: &str, body: &Expr, room: Room) -> Option<String> {
    let beside = room.shift(width(parameters) + 1);
    if let Some(text) = beside.and_then(|at| body.fit(at))
        && (is_one_line(&text) || matches!(body, Expr::Struct(..)))
    {
        return Some(format!("{parameters} {text}"));
    }
    let (indent, below) = (room.indent, room.below());
    let deeper = below.indent;
    let body = body.fit(below)?;
    Some(format!(
        "{parameters} {{\n{:deeper$}{body}\n{:indent$}}}",
        "", ""
    ))
}
