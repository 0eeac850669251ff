//! How a report of an impact looks.

use super::Report;
use crate::commands::console::{BAD, GOOD, STRONG};
use crate::commands::{Console, Result};
use crate::diagnostics::escape;
use crate::sink::impact::Difference;

/// For people.
pub fn text(console: &mut Console, reports: &[Report]) -> Result<()> {
    for report in reports {
        let title = console.paint(STRONG, escape(&report.id));
        console.line(format_args!("{title}: {}", verdict(report)))?;
        for it in &report.differences {
            let word = if it.breaking {
                console.paint(BAD, "breaking")
            } else {
                console.paint(GOOD, "fine    ")
            };
            console.line(format_args!(
                "  {word}  {:11}  {}: {}",
                it.area.word(),
                escape(&it.subject),
                escape(&it.message)
            ))?;
        }
    }
    Ok(())
}

/// For a pull request.
pub fn markdown(console: &mut Console, reports: &[Report]) -> Result<()> {
    for report in reports {
        console.line(format_args!("### Impact on `{}`\n", cell(&report.id)))?;
        console.line(format_args!("{}.", verdict(report)))?;
        if report.differences.is_empty() {
            continue;
        }
        console.line("\n| | area | what | change |\n|---|---|---|---|")?;
        for it in &report.differences {
            let word = if it.breaking { "**breaking**" } else { "fine" };
            let (area, message) = (it.area.word(), cell(&it.message));
            console.line(format_args!(
                "| {word} | {area} | {} | {message} |",
                cell(&it.subject)
            ))?;
        }
    }
    Ok(())
}

/// Text of a spec in a table: nothing in it ends a cell or becomes a tag.
fn cell(text: &str) -> String {
    escape(text)
        .replace('|', "\\|")
        .replace('<', "&lt;")
        .replace('@', "&#64;")
}

fn verdict(report: &Report) -> String {
    let broken = count(&report.differences, true);
    let fine = count(&report.differences, false);
    match (broken, fine) {
        (0, 0) => "nothing changes".to_owned(),
        (0, fine) => format!("nothing breaks, {fine} of no consequence"),
        (broken, 0) => format!("{broken} breaking"),
        (broken, fine) => format!("{broken} breaking, {fine} of no consequence"),
    }
}

fn count(differences: &[Difference], breaking: bool) -> usize {
    differences
        .iter()
        .filter(|it| it.breaking == breaking)
        .count()
}
