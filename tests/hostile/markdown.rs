//! What holds for every generated page: text stays in its paragraph, cell, heading or fence.

use super::File;

/// Lines of a page that are of another kind than those of the twin's.
pub(super) fn differences(file: &File) -> Vec<String> {
    let File { path, source, twin } = *file;
    let mut problems = Vec::new();
    let shapes = shape(source).into_iter().zip(shape(twin));
    let lines = source.lines().zip(twin.lines());
    for ((found, expected), (line, other)) in shapes.zip(lines) {
        if found != expected {
            problems.push(format!(
                "{path}: {line:?}\n      {found}\n  not {expected}\n      {other:?}"
            ));
        }
    }
    if source.lines().count() != twin.lines().count() {
        problems.push(format!("{path}: lines were added"));
    }
    problems
}

/// The shape of a page, one entry a line.
fn shape(page: &str) -> Vec<String> {
    let mut fence: Option<&str> = None;
    page.lines()
        .map(|line| {
            if line.starts_with("```") {
                fence = fence.is_none().then_some(line);
                return line.to_owned();
            }
            if fence == Some("```text") {
                // A request as it is: where a header of the spec's begins a line, so does text.
                return "text".to_owned();
            }
            if fence.is_some() {
                // A line of an example: it cannot end the fence, and has to start as it does.
                return line
                    .chars()
                    .take_while(|c| c.is_ascii_alphabetic() || *c == ' ')
                    .collect();
            }
            let (pipes, brackets, html) = count(line);
            format!(
                "{} pipes={pipes} brackets={brackets} html={html}",
                block(line)
            )
        })
        .collect()
}

/// How a line starts, as Markdown reads it.
fn block(line: &str) -> String {
    let bare = line.trim_start();
    let indent = line.len() - bare.len();
    if bare.is_empty() {
        return "blank".to_owned();
    }
    if indent >= 4 {
        return "code".to_owned();
    }
    let compact: String = bare.chars().filter(|c| !c.is_whitespace()).collect();
    let rule = ['-', '*', '_', '='].iter().any(|mark| {
        compact.chars().all(|c| c == *mark) && (compact.len() >= 3 || *mark == '=' || *mark == '-')
    });
    if rule {
        return "rule".to_owned();
    }
    let digits = bare.chars().take_while(char::is_ascii_digit).count();
    if digits > 0 && (bare[digits..].starts_with(". ") || bare[digits..].starts_with(") ")) {
        return format!("number, {}", block(&bare[digits + 2..]));
    }
    for marker in ["- ", "* ", "+ "] {
        if let Some(rest) = bare.strip_prefix(marker) {
            return format!("item, {}", block(rest));
        }
    }
    for (marker, name) in [
        ("#", "heading"),
        (">", "quote"),
        ("```", "fence"),
        ("~~~", "fence"),
        ("|", "row"),
    ] {
        if bare.starts_with(marker) {
            return name.to_owned();
        }
    }
    "text".to_owned()
}

/// Cell borders, brackets that could make a link, and tags, code spans and escapes respected.
fn count(line: &str) -> (usize, usize, usize) {
    let text: Vec<char> = line.chars().collect();
    let (mut pipes, mut brackets, mut html) = (0, 0, 0);
    // A table's cells are split before anything else is read.
    let is_row = line.starts_with('|');
    pipes += (0..text.len())
        .filter(|&i| is_row && text[i] == '|' && (i == 0 || text[i - 1] != '\\'))
        .count();
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            '\\' => at += 1,
            '`' => {
                let run = text[at..].iter().take_while(|c| **c == '`').count();
                at += run - 1 + closing(&text[at + run..], run, is_row);
            }
            '[' | ']' => brackets += 1,
            '<' if !line_at(&text, at + 1).starts_with("http") => html += 1,
            _ => {}
        }
        at += 1;
    }
    (pipes, brackets, html)
}

fn line_at(text: &[char], from: usize) -> String {
    text[from.min(text.len())..].iter().collect()
}

/// Characters up to the end of the run of backticks that closes one of `length`; 0 without one. A
/// code span does not leave its cell.
fn closing(text: &[char], length: usize, is_row: bool) -> usize {
    let mut at = 0;
    while at < text.len() {
        if is_row && text[at] == '|' && (at == 0 || text[at - 1] != '\\') {
            return 0;
        }
        let run = text[at..].iter().take_while(|c| **c == '`').count();
        if run == length {
            return at + run;
        }
        at += run.max(1);
    }
    0
}

#[test]
fn shapes_tell_markup_from_text() {
    assert_ne!(shape("a <b>"), shape("a xbx"));
    assert_eq!(shape("a `<b>`"), shape("a `xxx`"));
    assert_ne!(shape("| a | b |"), shape("| a | b | c |"));
    assert_eq!(shape("| a \\| b |"), shape("| a b |"));
    assert_ne!(shape("1. a"), shape("x. a"));
    assert_ne!(shape("\\`<b>`"), shape("\\`xxx`"));
    assert_ne!(shape("***"), shape("xxx"));
}
