//! Where an answer says what became of each event: the constant `ITEMS`.

use super::super::layout::{Expr, line};
use super::super::text::literal;
use super::classify::statuses;
use crate::spec::model::{Items, StatusSet};

/// The constant.
pub fn rules(items: &Items) -> String {
    let option = |text: Option<String>| text.map_or("None".to_owned(), |it| format!("Some({it})"));
    let error = option(items.error.as_deref().map(literal));
    let refused = items.refused_when.as_ref();
    let refused = option(refused.map(|rule| {
        let (pointer, equals) = (literal(&rule.pointer), literal(&rule.equals));
        format!("({pointer}, {equals})")
    }));
    let rules = [
        ("list", literal(&items.list)),
        ("status", literal(&items.status)),
        ("error", error),
        ("delivered", matcher(&items.delivered)),
        ("retryable", matcher(&items.retryable)),
        ("refused_when", refused),
    ];
    let rules = rules.map(|(name, value)| (name, Expr::text(value)));
    let rules = Expr::structure("ItemRules", rules);
    let rules = line(0, "const ITEMS: ItemRules = ", &rules);
    format!("/// Where an answer says what became of each event.\n{rules}\n")
}

/// A function that tells whether a status is among `sets`.
fn matcher(sets: &[StatusSet]) -> String {
    if sets.is_empty() {
        "|_| false".to_owned()
    } else {
        format!("|status| matches!(status, {})", statuses(sets))
    }
}
