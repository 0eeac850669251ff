//! What `|` joins: alternatives of a pattern, operands of an expression.

use super::expr::Expr;
use super::room::Room;
use super::{is_one_line, width};

/// Alternatives of a pattern up to this width share lines.
const SHORT_PATTERN: usize = 20;

/// Alternatives of a pattern: as many on a line as fit when all are short, else one a line.
pub(super) fn pattern(items: &[Expr], room: Room) -> Option<String> {
    let is_literal =
        |item: &str| item.starts_with('"') || !(item.contains("..") || item.contains("::"));
    let texts: Option<Vec<_>> = items.iter().map(|item| item.fit(room)).collect();
    let texts = texts?;
    let is_short = |item: &String| width(item) <= SHORT_PATTERN && is_literal(item);
    let share_lines = texts.iter().all(is_short);
    if !share_lines && width(&texts.join(" | ")) <= room.width {
        return Some(texts.join(" | "));
    }
    let mut out = String::new();
    let mut column = 0;
    for text in &texts {
        let needed = width(text) + if out.is_empty() { 0 } else { 2 };
        if out.is_empty() {
            column = needed;
        } else if share_lines && column + 1 + needed <= room.width {
            out += " | ";
            column += 1 + needed;
        } else {
            out += &format!("\n{:1$}| ", "", room.indent);
            column = needed;
        }
        out += text;
    }
    Some(out)
}

/// Operands on one line, or each on its own; the second never leaves a short first one alone.
pub(super) fn operands(items: &[Expr], room: Room) -> Option<String> {
    let texts: Option<Vec<_>> = items.iter().map(|item| item.fit(room)).collect();
    let texts = texts?;
    let flat = texts.join(" | ");
    if width(&flat) <= room.width {
        return Some(flat);
    }
    let deeper = room.indent + 4;
    let mut out = String::new();
    for text in texts {
        let used = if is_one_line(&out) {
            room.indent + room.offset
        } else {
            0
        };
        let last = out.lines().last().unwrap_or_default();
        if out.is_empty() {
            out = text;
        } else if width(last) + used <= deeper {
            out += &format!(" | {text}");
        } else {
            out += &format!("\n{:deeper$}| {text}", "");
        }
    }
    Some(out)
}
