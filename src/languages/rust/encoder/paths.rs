//! Paths into an event's parts: in place where they are short, else constants with a name.

use super::super::layout::Expr;
use super::super::names::{snake, unique};
use super::super::text::{literal, plain_code};
use super::lower::Lowering;
use crate::spec::model::EventPart;

/// Longest path of keys that stays in a condition.
const INLINE_WIDTH: usize = 34;

impl Lowering<'_> {
    /// The path as an expression: in place when short, else a constant.
    pub fn path(&mut self, field: &str, part: EventPart, path: &str) -> String {
        let inline = inline(path);
        if inline.chars().count() <= INLINE_WIDTH {
            return inline;
        }
        self.path_constant(field, part, path)
    }

    /// The path as a constant of its own.
    pub fn path_constant(&mut self, field: &str, part: EventPart, path: &str) -> String {
        let steps = path.split('/').map(literal);
        let stem: String = snake(field).to_uppercase().chars().take(24).collect();
        let name = unique(&format!("{stem}_PATH"), &mut self.names);
        let doc = format!("Where `{}` stands in `{}`.", plain_code(field), part.name());
        let head = format!("const {name}: &[&str] = ");
        self.constant(&doc, &head, &Expr::slice(steps));
        name
    }
}

/// The path as an expression in place.
pub(super) fn inline(path: &str) -> String {
    let steps: Vec<_> = path.split('/').map(literal).collect();
    format!("&[{}]", steps.join(", "))
}
