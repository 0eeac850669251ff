//! Chains of fields and method calls: on one line, or each link on a line of its own.

use super::expr::Expr;
use super::room::Room;
use super::{first_line, is_one_line, width};

/// Columns a chain of several links may take on one line.
const CHAIN_WIDTH: usize = 60;

/// The lines of a chain.
pub(super) fn fit(receiver: &Expr, links: &[Expr], room: Room) -> Option<String> {
    let limit = match links {
        [_] => room.width,
        _ => room.width.min(CHAIN_WIDTH),
    };
    let mut start = receiver.fit(room)?;
    let mut links = links;
    // A receiver no wider than an indent has its first link beside it.
    while let Some((next, rest)) = links.split_first()
        && width(&start) <= 4_usize.saturating_sub(room.offset)
        && is_one_line(&start)
        && let Some(text) = next.fit(room.shift(width(&start))?)
    {
        start += &text;
        links = rest;
    }
    let Some((last, middle)) = links.split_last() else {
        return Some(start).filter(|text| room.holds(text));
    };
    let below = if is_one_line(&start) {
        room.below()
    } else {
        Room::lines(room.indent)
    };
    let middle = middle.iter().map(|link| link.fit(below));
    let mut pieces = vec![start];
    pieces.extend(middle.collect::<Option<Vec<_>>>()?);
    let (last, is_joined) = last_link(last, &pieces.concat(), limit, room, below)?;
    pieces.push(last);
    let separator = format!("\n{:1$}", "", below.indent);
    let text = pieces.join(if is_joined { "" } else { &separator });
    Some(text).filter(|text| room.holds(text))
}

/// The last link, and whether the chain stays on one line: where the link fits beside what is
/// `before` it, and is no longer there than `below`.
fn last_link(
    last: &Expr,
    before: &str,
    limit: usize,
    room: Room,
    below: Room,
) -> Option<(String, bool)> {
    let budget = limit.saturating_sub(width(before));
    let own_line = last.fit(below.less(room.after())?);
    if !is_one_line(before) || budget == 0 {
        return Some((own_line?, false));
    }
    let Some(beside) = last.fit(room.shift(width(before))?) else {
        return Some((last.fit(room)?, false));
    };
    let fits = width(first_line(&beside)) <= budget;
    let lines = beside.lines().count();
    let is_longer = |own_line: &String| !fits || (lines < 5 && own_line.lines().count() < lines);
    match own_line.filter(is_longer) {
        Some(own_line) => Some((own_line, false)),
        None => Some((beside, fits)),
    }
}
