//! The catalogue of diagnostics, as a page and as what `explain` prints.

use super::{cell, mark};
use crate::diagnostics::Code;

/// The page.
#[must_use]
pub fn page() -> String {
    let mut out = mark("src/diagnostics/explanations.rs");
    out.push_str(
        "# Error codes\n\nWhat every command prints in brackets after `error`: first the codes of problems in a spec, then those of \
         commands that could not do what was asked. The words do not change. `fapilog-gen explain CODE` prints the same on a terminal.\n\n| Code | What it is about |\n|---|---|\n",
    );
    for code in Code::ALL {
        let word = code.word();
        out.push_str(&format!(
            "| [`{word}`](#{word}) | {} |\n",
            cell(code.explanation().title)
        ));
    }
    for code in Code::ALL {
        out.push_str(&format!("\n## {}\n\n", code.word()));
        out.push_str(&body(code));
    }
    out
}

/// What `explain` prints.
#[must_use]
pub fn explained(code: Code) -> String {
    let said = code.explanation();
    let mut out = format!("{}: {}\n\n{}\n", code.word(), said.title, said.text);
    if !said.wrong.is_empty() {
        let (wrong, right) = (indented(said.wrong), indented(said.right));
        out.push_str(&format!("\nwrong\n{wrong}\nright\n{right}\n"));
    }
    out
}

/// Lines of a spec as a terminal shows them.
fn indented(lines: &str) -> String {
    let lines: Vec<_> = lines.lines().map(|line| format!("    {line}")).collect();
    lines.join("\n")
}

fn body(code: Code) -> String {
    let said = code.explanation();
    let mut out = format!("{}\n", said.text);
    if !said.wrong.is_empty() {
        out.push_str(&format!(
            "\nWrong:\n\n```text\n{}\n```\n\nRight:\n\n```yaml\n{}\n```\n",
            said.wrong, said.right
        ));
    }
    out
}
