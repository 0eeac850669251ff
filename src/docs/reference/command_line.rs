//! The command line, as clap knows it.

use clap::{Arg, Command};

use super::{cell, mark};
use crate::text::sentence;

/// The page.
#[must_use]
pub fn page(command: &Command) -> String {
    let mut out = mark("src/commands");
    out.push_str(&format!(
        "# Command line\n\n{}\n\n| Command | What it does |\n|---|---|\n",
        about(command)
    ));
    for command in commands(command) {
        let name = command.get_name();
        let about = command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        out.push_str(&format!("| [`{name}`](#{name}) | {} |\n", cell(&about)));
    }
    out.push_str("\nExit codes: 0 done, 1 something was found, 2 wrong usage or a file that cannot be read or written.\n");
    for command in commands(command) {
        describe(command, command.get_name(), 2, &mut out);
    }
    out.push_str("\n## Options of every command\n\n");
    options(command, &mut out);
    out
}

fn describe(command: &Command, name: &str, level: usize, out: &mut String) {
    out.push_str(&format!(
        "\n{} {name}\n\n{}\n",
        "#".repeat(level),
        about(command)
    ));
    if let Some(examples) = command.get_after_help().map(ToString::to_string) {
        let (examples, words) = examples.split_once("\n\n").unwrap_or((&examples, ""));
        let examples = examples.trim_start_matches("Examples:\n");
        let lines: Vec<_> = examples.lines().map(str::trim).collect();
        out.push_str(&format!("\n```sh\n{}\n```\n", lines.join("\n")));
        for words in words.split("\n\n").filter(|words| !words.is_empty()) {
            // A list of its own making is shown as it is.
            if words.contains("\n  ") {
                out.push_str(&format!("\n```text\n{words}\n```\n"));
            } else {
                out.push_str(&format!("\n{words}\n"));
            }
        }
    }
    if arguments(command).next().is_some() {
        out.push('\n');
        options(command, out);
    }
    for below in commands(command) {
        describe(
            below,
            &format!("{name} {}", below.get_name()),
            level + 1,
            out,
        );
    }
}

fn about(command: &Command) -> String {
    let said = command.get_long_about().or_else(|| command.get_about());
    said.map(ToString::to_string).unwrap_or_default()
}

fn options(command: &Command, out: &mut String) {
    out.push_str("| Option | Meaning |\n|---|---|\n");
    for argument in arguments(command) {
        out.push_str(&format!(
            "| `{}` | {} |\n",
            cell(&usage(argument)),
            cell(&meaning(argument))
        ));
    }
}

fn usage(argument: &Arg) -> String {
    let value = argument.get_value_names().unwrap_or_default().join(" ");
    match argument.get_long() {
        _ if argument.is_positional() => value,
        Some(long) if argument.get_action().takes_values() => format!("--{long} {value}"),
        long => format!("--{}", long.unwrap_or_default()),
    }
}

fn meaning(argument: &Arg) -> String {
    let said = argument.get_long_help().or_else(|| argument.get_help());
    let mut text = said.map_or_else(String::new, |said| sentence(&said.to_string()));
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    // A list of ids is on a page of its own.
    let values: Vec<_> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if argument.get_action().takes_values() && !values.is_empty() {
        text += &format!(" One of {}.", values.join(", "));
    }
    if argument.get_action().takes_values() && !defaults.is_empty() {
        text += &format!(" Default: `{}`.", defaults.join(", "));
    }
    text
}

/// The options and arguments of a command itself.
pub fn arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    let own = |argument: &&Arg| {
        !matches!(argument.get_id().as_str(), "help" | "version") && !argument.is_hide_set()
    };
    command.get_arguments().filter(own)
}

/// The commands below a command.
pub fn commands(command: &Command) -> impl Iterator<Item = &Command> {
    command
        .get_subcommands()
        .filter(|it| it.get_name() != "help" && !it.is_hide_set())
}

/// An option's name as the page shows it, and what is said about it.
#[must_use]
pub fn shown(argument: &Arg) -> (String, String) {
    (usage(argument), meaning(argument))
}
