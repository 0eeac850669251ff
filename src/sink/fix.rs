//! Problems of a spec that a program can settle: what a hint says to type, put in the place.
//!
//! A fix is offered when it was tried: with it the problem is gone and none is new.

use serde::Serialize;

use super::load::{LoadedSink, load_text_with};
use crate::assets::Assets;
use crate::diagnostics::{Diagnostic, Diagnostics};

/// Fixes that are made one after the other; a spec with more wrong is not almost right.
const MAX_FIXES: usize = 100;

/// A place in a file, in lines and characters from 1; the end is behind the last character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Range {
    /// Where it starts.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
}

/// A line and a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Character, from 1.
    pub column: usize,
}

impl Range {
    /// Where a problem is; absent when it is the file as a whole.
    #[must_use]
    pub fn of(problem: &Diagnostic) -> Option<Self> {
        let at = |column| Position {
            line: problem.line,
            column,
        };
        (problem.line > 0).then(|| Self {
            start: at(problem.column),
            end: at(problem.column + problem.length),
        })
    }

    /// The text with another in this place; absent when there is no such place.
    fn replace(&self, text: &str, replacement: &str) -> Option<String> {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        let start = starts.into_iter().nth(self.start.line.checked_sub(1)?)?;
        let line = text[start..].split('\n').next().unwrap_or_default();
        let byte = |column: usize| {
            let ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
            ends.into_iter().nth(column.checked_sub(1)?)
        };
        let (from, to) = (byte(self.start.column)?, byte(self.end.column)?);
        let (from, to) = (start + from, start + to);
        Some([&text[..from], replacement, &text[to..]].concat())
    }
}

/// What to put where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What it does, in words.
    pub title: String,
    /// What is replaced.
    pub range: Range,
    /// What stands there then.
    pub replacement: String,
    /// Whether it can be made without a look: it changes no worked example.
    pub safe: bool,
}

/// What is wrong with a text; nothing when it is valid, its worked examples included.
fn problems(origin: &str, text: &str, assets: &Assets) -> Diagnostics {
    let loaded = load_text_with(origin, text.as_bytes(), assets);
    match loaded.and_then(LoadedSink::proved) {
        Ok(_) => Diagnostics::default(),
        Err(found) => found,
    }
}

/// The fix of each problem of a text, where one is known.
#[must_use]
pub fn fixes(text: &str, found: &Diagnostics, assets: &Assets) -> Vec<Option<Fix>> {
    let fix = |problem: &Diagnostic| fix(text, problem, found, assets).map(|(fix, _)| fix);
    found.0.iter().map(fix).collect()
}

/// A text with all safe fixes made, and those that were.
#[must_use]
pub fn fixed(origin: &str, text: &str, assets: &Assets) -> (String, Vec<Fix>) {
    let mut text = text.to_owned();
    let mut made = Vec::new();
    while made.len() < MAX_FIXES {
        let found = problems(origin, &text, assets);
        let mut known = found.0.iter();
        let next =
            known.find_map(|problem| fix(&text, problem, &found, assets).filter(|it| it.0.safe));
        let Some((fix, better)) = next else { break };
        made.push(fix);
        text = better;
    }
    (text, made)
}

/// The fix of one problem of several, and the text with it.
fn fix(
    text: &str,
    problem: &Diagnostic,
    found: &Diagnostics,
    assets: &Assets,
) -> Option<(Fix, String)> {
    let range = Range::of(problem)?;
    let suggested = suggested(problem.hint.as_deref()?)?;
    let forms = [
        suggested.to_owned(),
        format!("'{}'", suggested.replace('\'', "''")),
        serde_json::Value::from(suggested).to_string(),
    ];
    let tried = forms.into_iter().find_map(|replacement| {
        let better = range.replace(text, &replacement)?;
        let left = problems(&problem.origin, &better, assets);
        let is_gone = !left
            .0
            .iter()
            .any(|it| it.message == problem.message && it.line == problem.line);
        let is_better = is_gone && left.0.len() < found.0.len();
        // Examples are carried out last: what they find was there before.
        let is_further = is_gone && found.0.len() == 1 && left.0.iter().all(is_example);
        (is_better || is_further).then_some((replacement, better))
    });
    let (replacement, better) = tried?;
    let fix = Fix {
        title: format!("write `{suggested}`"),
        range,
        replacement,
        safe: !is_example(problem),
    };
    Some((fix, better))
}

/// Whether a problem was found by carrying out a worked example: who of the two is right, it or the rest
/// of the spec, only a person knows.
fn is_example(problem: &Diagnostic) -> bool {
    let hint = problem.hint.as_deref().unwrap_or_default();
    problem.message.contains("the spec means") || hint.contains(", or change the ")
}

/// What a hint says to type.
fn suggested(hint: &str) -> Option<&str> {
    if let Some(rest) = hint.strip_prefix("did you mean `") {
        return rest.split_once("`?").map(|(word, _)| word);
    }
    ["write `", "write it as `", "write it as a list: `"]
        .iter()
        .find_map(|start| {
            let rest = hint.strip_prefix(start)?;
            // One thing to type, and not one of several.
            let (word, after) = rest.rsplit_once('`')?;
            (after.is_empty() && !word.contains("` or `") && !word.contains("`, ")).then_some(word)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> String {
        std::fs::read_to_string("tests/bad_specs/valid.yaml").unwrap()
    }

    fn broken(from: &str, to: &str) -> String {
        let text = base();
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    }

    fn fix_all(text: &str) -> (String, usize) {
        let (fixed, made) = fixed("x.yaml", text, &Assets::embedded());
        (fixed, made.len())
    }

    #[test]
    fn slips_of_words_are_settled() {
        for (from, to) in [
            ("summary:", "sumary:"),
            ("type: secret", "type: secrt"),
            ("secret: api_key", "secret: api_keyy"),
            ("from: message", "from: mesage"),
        ] {
            assert_eq!((base(), 1), fix_all(&broken(from, to)), "{to}");
        }
    }

    #[test]
    fn one_settles_what_hides_another() {
        let text = broken("summary:", "sumary:").replacen("type: secret", "type: secrt", 1);

        assert_eq!((base(), 2), fix_all(&text));
    }

    #[test]
    fn a_worked_example_is_not_changed_without_a_look() {
        let text = broken("\"level\":\"info\",\"text\"", "\"level\":\"warn\",\"text\"");

        assert_eq!((text.clone(), 0), fix_all(&text));
        let found = problems("x.yaml", &text, &Assets::embedded());
        let offered = fixes(&text, &found, &Assets::embedded());
        let fix = offered[0].as_ref().expect("offered");
        assert!(!fix.safe);
        assert_eq!(Some(base()), fix.range.replace(&text, &fix.replacement));
    }

    #[test]
    fn what_has_no_one_remedy_has_no_fix() {
        let text = broken("title: Acme Logs\n", "");

        assert_eq!((text.clone(), 0), fix_all(&text));
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let at = |column| Position { line: 2, column };
        let range = Range {
            start: at(3),
            end: at(4),
        };

        assert_eq!(
            Some("a\r\nüüX\r\n".to_owned()),
            range.replace("a\r\nüüü\r\n", "X")
        );
        assert_eq!(None, range.replace("a\n", "X"));
    }
}
