//! Lines broken where rustfmt breaks them, for the shapes that are emitted.
//!
//! No formatter runs while generating, so rustfmt's rules stand here: which widths it allows with
//! its defaults, and which of two ways to break a line it prefers. They follow its sources
//! (`overflow.rs`, `chains.rs`, `matches.rs`, `expr.rs`, style edition 2024); `tests/rustfmt.rs`
//! compares.

mod alternatives;
mod block;
mod chain;
mod expr;
mod group;
mod parse;
mod room;
mod statement;

pub use expr::Expr;
pub use statement::{Statement, chain, condition, line, reflow};

use super::text::WIDTH;
use room::Room;

/// `head EXPR tail` as a statement of its own, such as `let name = EXPR;`.
#[must_use]
pub fn statement(indent: usize, head: &str, expr: &Expr, tail: &str) -> String {
    let room = Room::lines(indent).less(width(tail));
    let beside = room.and_then(|room| room.shift(width(head)));
    let here = beside.and_then(|room| expr.fit(room));
    let below = room.and_then(|room| room.below().less(width(tail)));
    if head.ends_with("= ")
        && !matches!((&here, beside), (Some(here), Some(room)) if is_one_line(here) && room.holds(here))
        && let Some(below) = below
        && let Some(there) = expr.fit(below)
        && here
            .as_ref()
            .is_none_or(|here| below.holds(&there) && prefers_next_line(here, &there))
    {
        let (head, deeper) = (head.trim_end(), below.indent);
        return format!("{:indent$}{head}\n{:deeper$}{there}{tail}", "", "");
    }
    // What rustfmt cannot break it leaves as it is.
    let here = here.unwrap_or_else(|| expr.flat());
    format!("{:indent$}{head}{here}{tail}", "")
}

/// Whether rustfmt moves a right side to a line of its own.
fn prefers_next_line(here: &str, there: &str) -> bool {
    let lines = |text: &str| text.matches('\n').count();
    let opens = |text: &str, bracket| first_line(text).ends_with(bracket);
    lines(there) == 0
        || lines(here) > lines(there) + 1
        || ['(', '{', '[']
            .into_iter()
            .any(|bracket| opens(here, bracket) && !opens(there, bracket))
}

/// A field of a struct literal, with its comma.
#[must_use]
pub fn field(indent: usize, name: &str, value: &Expr) -> String {
    let room = Room::lines(indent).less(1);
    let field = room.and_then(|room| block::field(name, value, room));
    let field = field.unwrap_or_else(|| format!("{name}: {}", value.flat()));
    format!("{:indent$}{field},", "")
}

/// An arm of a `match`; a body that is better off below its pattern gets a block.
#[must_use]
pub fn arm(indent: usize, pattern: &Expr, body: &Expr) -> String {
    let room = Room::lines(indent);
    // ` => {` follows a pattern in any case.
    let lines = room.less(5).and_then(|room| pattern.fit(room));
    let pattern = lines.unwrap_or_else(|| pattern.flat());
    let last = width(pattern.lines().last().unwrap_or_default());
    let used = if is_one_line(&pattern) {
        last
    } else {
        last - indent
    };
    let beside = room.shift(used + 4).and_then(|room| room.less(1));
    let here = beside.and_then(|room| body.fit(room));
    let fits = |text: &str| beside.is_some_and(|room| width(first_line(text)) <= room.width);
    let there = body.fit(room.below());
    let stays = match (&here, &there) {
        (Some(here), _) if is_one_line(here) && fits(here) => true,
        (Some(here), Some(there)) if prefers_next_line(here, there) => false,
        (Some(here), _) => body.is_delimited() && fits(here),
        (None, there) => there.is_none(),
    };
    if stays {
        let here = here.unwrap_or_else(|| body.flat());
        return format!("{:indent$}{pattern} => {here},", "");
    }
    let inner = indent + 4;
    let there = there.or(here).unwrap_or_else(|| body.flat());
    format!(
        "{:indent$}{pattern} => {{\n{:inner$}{there}\n{:indent$}}}",
        "", "", ""
    )
}

/// A `use` of several names below one path.
#[must_use]
pub fn use_names(path: &str, names: &[&str]) -> String {
    imports("use", path, names)
}

/// A `pub use` of several names below one path.
#[must_use]
pub fn pub_use_names(path: &str, names: &[&str]) -> String {
    imports("pub use", path, names)
}

fn imports(word: &str, path: &str, names: &[&str]) -> String {
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
    format!(
        "{word} {path}::{{\n{}\n}};",
        filled(4, names.iter().map(|name| (*name).to_owned()))
    )
}

/// Items with commas, as many on a line as fit.
fn filled(indent: usize, items: impl Iterator<Item = String>) -> String {
    let mut lines = vec![" ".repeat(indent)];
    let mut items = items.peekable();
    while let Some(item) = items.next() {
        let is_first_line = lines.len() == 1;
        // The comma of the last item counts only below the first line.
        let comma = usize::from(items.peek().is_some() || !is_first_line);
        let line = lines.last_mut().expect("there is always a line");
        if width(line) == indent {
            *line += &format!("{item},");
        } else if width(line) + 1 + width(&item) + comma < WIDTH {
            *line += &format!(" {item},");
        } else {
            lines.push(format!("{:indent$}{item},", ""));
        }
    }
    lines.join("\n")
}

fn is_one_line(text: &str) -> bool {
    !text.contains('\n')
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_calls_stay_on_one_line() {
        let call = Expr::call(
            "fields.string",
            [Expr::text("\"a\""), Expr::slice([Expr::text("\"A\"")])],
        );

        assert_eq!(
            "    let a = fields.string(\"a\", &[\"A\"]);",
            statement(4, "let a = ", &call, ";")
        );
    }

    #[test]
    fn arguments_beyond_sixty_columns_get_lines_of_their_own() {
        let long = format!("{:?}", "x".repeat(40));

        let found = reflow(&format!("f({long}, &[{long}, 1]);"));

        assert_eq!(format!("f(\n    {long},\n    &[{long}, 1],\n);"), found);
    }

    #[test]
    fn a_right_side_goes_below_when_it_is_one_line_there() {
        let long = format!("r#\"{}\"#", "x".repeat(84));

        let found = reflow(&format!("    let x = {long};"));

        assert_eq!(format!("    let x =\n        {long};"), found);
    }

    #[test]
    fn a_literal_wider_than_any_line_stays_where_it_is() {
        let long = format!("{:?}", "x".repeat(120));

        let found = reflow(&format!("    let x = {long};"));

        assert_eq!(format!("    let x = {long};"), found);
    }

    #[test]
    fn a_single_argument_begins_beside_its_call() {
        let x = "x".repeat(40);

        let found = reflow(&format!("Some((\"{x}\", \"{x}\"))"));

        let expected = format!("Some((\n    \"{x}\",\n    \"{x}\",\n))");
        assert_eq!(expected, found);
    }

    #[test]
    fn arguments_of_a_format_string_share_a_line() {
        let x = "x".repeat(60);

        let found = reflow(&format!("format!(\"{x}\", a.b, c);"));

        let expected = format!("format!(\n    \"{x}\",\n    a.b, c\n);");
        assert_eq!(expected, found);
    }

    #[test]
    fn a_chain_of_several_links_takes_sixty_columns() {
        let found = reflow(
            "let x = first.second(\"xxxxxxxxxxxxxxxxxxxxx\").third(\"xxxxxxxxxxxxxxxxxxxxx\");",
        );

        let expected = "let x = first\n    .second(\"xxxxxxxxxxxxxxxxxxxxx\")\n    .third(\"xxxxxxxxxxxxxxxxxxxxx\");";
        assert_eq!(expected, found);
    }

    #[test]
    fn a_field_that_cannot_be_broken_goes_below_its_name() {
        let (name, path) = ("n".repeat(50), format!("{}::default()", "P".repeat(40)));

        let found = field(4, &name, &Expr::text(path.as_str()));

        assert_eq!(format!("    {name}:\n        {path},"), found);
    }

    #[test]
    fn a_closure_whose_body_does_not_fit_gets_a_block() {
        let long = format!("{:?}", "x".repeat(80));

        let found = reflow(&format!("let x = || f({long}, a);"));

        let body = format!("        f(\n        {long},\n        a,\n    )");
        let body = body.replacen("        f(", "    f(", 1);
        assert_eq!(format!("let x = || {{\n{body}\n}};"), found);
    }

    #[test]
    fn short_alternatives_share_lines_and_long_ones_do_not() {
        let numbers = (0..30).map(|n| (200 + n).to_string());
        let numbers = numbers.collect::<Vec<_>>().join(" | ");
        let paths = ["Level::Warning"; 8].join(" | ");

        let short = arm(8, &Expr::pattern(numbers), &Expr::text("a"));
        let long = arm(8, &Expr::pattern(paths), &Expr::text("a"));

        assert_eq!(3, short.lines().count(), "{short}");
        assert_eq!(8, long.lines().count(), "{long}");
    }

    #[test]
    fn operands_that_do_not_fit_get_a_line_each() {
        let numbers = (0..20).map(|n| (200 + n).to_string());
        let numbers = numbers.collect::<Vec<_>>().join(" | ");

        let found = reflow(&format!("matches!(status, {numbers})"));

        assert!(
            found.contains("\n    200 | 201\n        | 202\n"),
            "{found}"
        );
    }

    #[test]
    fn the_body_of_an_arm_goes_below_when_it_is_one_line_there() {
        let pattern = Expr::pattern("x".repeat(80));

        let call = arm(8, &pattern, &Expr::text("f(aaaaaa)"));
        let literal = arm(
            8,
            &Expr::pattern("x"),
            &Expr::text("O { reason: f(), delay: g() }"),
        );

        assert!(
            call.ends_with(" => {\n            f(aaaaaa)\n        }"),
            "{call}"
        );
        assert!(
            literal.starts_with("        x => O {\n            reason"),
            "{literal}"
        );
    }

    #[test]
    fn conditions_that_bind_get_a_line_each() {
        let found = condition(4, "", "let Some(a) = &b && let Some(c) = &d");

        let expected = "if let Some(a) = &b\n        && let Some(c) = &d\n    {";
        assert_eq!(expected, found);
        assert_eq!("if a && b {", condition(4, "", "a && b"));
    }

    #[test]
    fn what_a_condition_binds_goes_below_when_it_does_not_fit() {
        let name = "n".repeat(45);

        let found = condition(4, "", &format!("let Some({name}) = &config.{name}"));

        let expected = format!("if let Some({name}) =\n        &config.{name}\n    {{");
        assert_eq!(expected, found);
    }

    #[test]
    fn parameters_that_do_not_fit_get_a_line_each() {
        let long = "T".repeat(80);

        let found = reflow(&format!("fn f(a: {long}, b: Vec<(A, B)>) -> C {{"));

        let expected = format!("fn f(\n    a: {long},\n    b: Vec<(A, B)>,\n) -> C {{");
        assert_eq!(expected, found);
    }

    #[test]
    fn a_list_of_imports_leaves_two_columns_free() {
        let names = |width| ["a".repeat(width), "b".to_owned()];
        let line = |width| {
            let names = names(width);
            use_names("super", &[&names[0], &names[1]])
        };

        assert_eq!(98, line(81).len());
        assert!(line(82).starts_with("use super::{\n    aaa"));
    }
}
