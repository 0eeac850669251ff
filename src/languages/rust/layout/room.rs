//! The place an expression has: rustfmt's `Shape`.

use super::super::text::WIDTH;
use super::width;

/// Columns left for an expression.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Indent of the lines that follow the first.
    pub indent: usize,
    /// Columns taken after the indent of the first line.
    pub offset: usize,
    /// Columns left in the first line.
    pub width: usize,
}

impl Room {
    /// Lines of their own.
    pub fn lines(indent: usize) -> Self {
        Self {
            indent,
            offset: 0,
            width: WIDTH.saturating_sub(indent),
        }
    }

    /// Lines of their own, one step deeper.
    pub fn below(self) -> Self {
        Self::lines(self.indent + 4)
    }

    /// What is left after `columns` in front.
    pub fn shift(self, columns: usize) -> Option<Self> {
        let width = self.width.checked_sub(columns)?;
        let offset = self.offset + columns;
        Some(Self {
            offset,
            width,
            ..self
        })
    }

    /// What is left before `columns` that follow.
    pub fn less(self, columns: usize) -> Option<Self> {
        let width = self.width.checked_sub(columns)?;
        Some(Self { width, ..self })
    }

    /// Columns kept for what follows.
    pub fn after(self) -> usize {
        WIDTH.saturating_sub(self.end())
    }

    /// Whether `text` stays within the lines.
    pub fn holds(self, text: &str) -> bool {
        let Some((first, rest)) = text.split_once('\n') else {
            return width(text) <= self.width;
        };
        let last = rest.lines().last().unwrap_or_default();
        width(first) <= self.width
            && rest.lines().all(|line| width(line) <= WIDTH)
            && width(last) <= self.end()
    }

    fn end(self) -> usize {
        self.indent + self.offset + self.width
    }
}
