//! Items between brackets: calls, arrays, tuples, macros.

use super::super::text::WIDTH;
use super::expr::Expr;
use super::room::Room;
use super::{filled, first_line, is_one_line, width};

/// Columns that arguments or items may take together on one line.
const GROUP_WIDTH: usize = 60;

/// Items of an array up to this width share lines.
const SHORT_ITEM: usize = 10;

/// Items between brackets.
#[derive(Debug, Clone)]
pub struct Group {
    pub(super) head: String,
    pub(super) open: char,
    pub(super) items: Vec<Expr>,
    pub(super) close: char,
    pub(super) is_pattern: bool,
}

impl Group {
    pub(super) fn wrap(&self, inner: &str) -> String {
        format!("{}{}{inner}{}", self.head, self.open, self.close)
    }

    /// On one line, or begun on it by the last item, or an item a line.
    pub(super) fn fit(&self, room: Room) -> Option<String> {
        let line = room.width.saturating_sub(width(&self.head) + 2);
        if let Some((_, types)) = self.head.split_once("::<")
            && width(types) > room.width + 1
        {
            return None;
        }
        if self.items.is_empty() {
            let (is_whole, indent) = (width(&self.head) + 2 <= room.width, room.indent);
            let inner = if is_whole {
                String::new()
            } else {
                format!("\n{:indent$}", "")
            };
            return (width(&self.head) <= room.width).then(|| self.wrap(&inner));
        }
        let inner = room.below().less(1)?;
        let items: Option<Vec<_>> = self.items.iter().map(|item| item.fit(inner)).collect();
        let items = items?;
        if let Some(text) = self.overflowed(room, &items, line) {
            if width(first_line(&text)) < line + 2 {
                return Some(self.wrap(&text));
            }
            return Some(self.below(room, &text));
        }
        let all = items.join(", ");
        let limit = if items.len() == 1 {
            line
        } else {
            self.limit().min(line)
        };
        if is_one_line(&all) && width(&all) <= limit {
            return Some(self.wrap(&all));
        }
        let indent = format!("\n{:1$}", "", inner.indent);
        if let Some(lines) = self.format_arguments(&items, inner) {
            return Some(self.below(room, &lines.join(&indent)));
        }
        if self.shares_lines(&items) {
            return Some(self.below(room, filled(inner.indent, items.into_iter()).trim_start()));
        }
        Some(self.below(room, &(items.join(&format!(",{indent}")) + ",")))
    }

    /// Columns the items may take together on one line.
    fn limit(&self) -> usize {
        if self.is_pattern { WIDTH } else { GROUP_WIDTH }
    }

    fn below(&self, room: Room, inner: &str) -> String {
        let (indent, deeper) = (room.indent, room.indent + 4);
        self.wrap(&format!("\n{:deeper$}{inner}\n{:indent$}", "", ""))
    }

    /// All items, the last of them broken into lines that begin beside the others.
    fn overflowed(&self, room: Room, items: &[String], line: usize) -> Option<String> {
        let (last, before) = self.items.split_last()?;
        let is_single = before.is_empty();
        let is_short = width(&self.head) < 4 && !self.is_pattern;
        let may_overflow = match last {
            Expr::Closure(..) => true,
            _ => is_single && (is_short || last.is_delimited()),
        };
        if !may_overflow {
            return None;
        }
        let before = &items[..before.len()];
        let before: String = before.iter().map(|item| format!("{item}, ")).collect();
        let mut beside = room.shift(width(&self.head) + 1)?.less(1)?;
        if !is_single || last.is_call() {
            beside.width = beside.width.min(self.limit());
        }
        let text = last.fit(beside.shift(width(&before))?)?;
        let fits = width(&before) + width(first_line(&text)) <= line.min(self.limit());
        let is_broken_chain = matches!(last, Expr::Chain(..)) && !is_short && !is_one_line(&text);
        if !fits || !is_one_line(&before) || is_broken_chain {
            return None;
        }
        // A single argument that only just does not fit is whole on a line of its own.
        if is_single && text.matches('\n').count() == 1 && is_one_line(&items[0]) {
            return Some(items[0].clone());
        }
        Some(before + &text)
    }

    /// The format string of a macro on a line, and its arguments on the next.
    fn format_arguments(&self, items: &[String], inner: Room) -> Option<[String; 2]> {
        let (format, arguments) = items.split_first()?;
        let is_simple = self.items[1..].iter().all(Expr::is_simple);
        let arguments = arguments.join(", ");
        let fits = width(&arguments) <= inner.width;
        (self.head == "format!" && items.len() > 1 && is_simple && fits)
            .then(|| [format!("{format},"), arguments])
    }

    /// Whether the items are so short that rustfmt puts several on a line.
    fn shares_lines(&self, items: &[String]) -> bool {
        !self.is_pattern
            && (self.open == '[' || !self.head.ends_with('!'))
            && self.items.iter().all(Expr::is_simple)
            && items.iter().all(|item| width(item) <= SHORT_ITEM)
    }
}
