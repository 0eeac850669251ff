//! `docs check`: what is undocumented, stale or broken. Needs neither Python nor a network.

use super::{Context, Failure, Repository, Result, pages};
use crate::cli;
use crate::commands::Exit;
use crate::commands::console::BAD;
use crate::commands::generate::outputs::{self, GUIDES_FOLDER, REFERENCE_PAGES_FOLDER};
use crate::commands::generate::pages as made;
use crate::diagnostics::Code;
use crate::docs::check::{self, Finding, Owed};
use crate::docs::guide;
use crate::docs::reference::command_line;
use crate::sink::Sink;

/// Name every setting, counter, reason, error code, option and provider without documentation, every
/// page that is not as it would be generated, and every link that leads nowhere.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn run(context: &mut Context, repository: &Repository, _: &Args) -> Result {
    let (pages, sinks) = pages::gather(repository)?;
    pages::sections(repository, &pages)?;
    let exists = |path: &str| repository.root.join(path).exists();
    let mut found = check::links(&pages, &exists);
    found.extend(check::prose(&pages));
    found.extend(check::owed(&pages, &owed(repository, &sinks)?));
    found.extend(stale(repository)?);
    found.sort();
    for finding in &found {
        let word = context.console.paint(BAD, "finding");
        let finding = crate::diagnostics::escape(&finding.to_string());
        context.console.line(format_args!("{word} {finding}"))?;
    }
    if found.is_empty() {
        context
            .console
            .report(format_args!("{} pages, nothing found", pages.len()))?;
        return Ok(Exit::Done);
    }
    let many = if found.len() == 1 { "" } else { "s" };
    let failure = Failure::new(
        Code::Stale,
        format!("{} finding{many} in the documentation", found.len()),
    );
    Err(failure
        .hint("correct the page or what it is made from, then run `cargo run -- generate`")
        .exiting_with(Exit::Findings))
}

/// Pages on disk that are not as they would be generated.
fn stale(repository: &Repository) -> Result<Vec<Finding>> {
    let outputs = outputs::pages(&repository.assets(), &repository.root)?;
    let mut found = Vec::new();
    for output in &outputs {
        for change in output.emission.changes() {
            if let Some(word) = change.state.finding() {
                found.push(Finding {
                    page: output.path_of(change),
                    line: 0,
                    message: format!("{word}: it is not as it would be generated"),
                });
            }
        }
    }
    Ok(found)
}

/// All that some page has to name.
fn owed(repository: &Repository, sinks: &[Sink]) -> Result<Vec<Owed>> {
    let reference = |name: &str| format!("{REFERENCE_PAGES_FOLDER}/{name}.md");
    let owe = |what: &str, name: String, said: String, page: &str| Owed {
        what: what.to_owned(),
        name,
        said,
        page: page.to_owned(),
    };
    let mut owed = Vec::new();
    let index = format!("{GUIDES_FOLDER}/index.md");
    for sink in sinks {
        let page = format!("{GUIDES_FOLDER}/{}.md", guide::page_name(sink));
        owed.push(owe(
            "the provider",
            format!("`fapilog-gen new-sink --provider {}`", sink.id),
            sink.summary.clone(),
            &index,
        ));
        owed.push(owe(
            "the provider",
            guide::heading(sink),
            sink.summary.clone(),
            &reference("providers"),
        ));
        for setting in &sink.settings {
            let what = format!("the setting of {}", sink.id);
            owed.push(owe(
                &what,
                format!("| `{}` |", setting.name),
                setting.description.clone(),
                &page,
            ));
        }
        for setting in sink.delivery_settings() {
            let what = format!("the delivery setting of {}", sink.id);
            owed.push(owe(
                &what,
                format!("| `{}` |", setting.name),
                setting.description,
                &page,
            ));
        }
    }
    for word in made::ledger(&repository.assets())? {
        owed.push(owe(
            word.kind.title(),
            format!("| `{}` |", word.name),
            word.meaning,
            &reference("counters"),
        ));
    }
    for code in Code::ALL {
        let said = code.explanation().text.to_owned();
        owed.push(owe(
            "the error code",
            format!("## {}", code.word()),
            said,
            &reference("error-codes"),
        ));
    }
    options(&cli::command(), &reference("command-line"), &mut owed);
    Ok(owed)
}

fn options(command: &clap::Command, page: &str, owed: &mut Vec<Owed>) {
    for argument in command_line::arguments(command) {
        let (name, said) = command_line::shown(argument);
        owed.push(Owed {
            what: format!("the option of `{}`", command.get_name()),
            name: format!("| `{name}` |"),
            said,
            page: page.to_owned(),
        });
    }
    for below in command_line::commands(command) {
        let said = below
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        owed.push(Owed {
            what: "the command".to_owned(),
            name: below.get_name().to_owned(),
            said,
            page: page.to_owned(),
        });
        options(below, page, owed);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_a_page_leaves_out_is_found_of_every_kind() {
        let repository = Repository::new(Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf());
        let (pages, sinks) = pages::gather(&repository).expect("pages");
        let all = owed(&repository, &sinks).expect("owed");
        assert!(check::owed(&pages, &all).is_empty());

        for kind in [
            "the provider",
            "the setting of datadog",
            "the delivery setting of datadog",
            "a counter",
            "a reason",
            "the error code",
            "the option of `new-sink`",
            "the command",
        ] {
            let one = all.iter().find(|owed| owed.what.starts_with(kind));
            let one = one.unwrap_or_else(|| panic!("no page owes {kind}"));
            let mut without = pages.clone();
            let page = without.get_mut(&one.page).expect("a page");
            *page = page.replace(&one.name, "");

            let found = check::owed(&without, &all);

            let name = format!("{} `{}` is not on the page", one.what, one.name);
            assert!(found.iter().any(|it| it.message == name), "{name}");
        }
    }
}
