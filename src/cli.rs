//! The command line: its words, its help, and the way from a process to a command and back.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::AutoStream;
use clap::error::ErrorKind;
use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::assets::Assets;
use crate::commands::{
    self, Console, Context, Exit, Failure, ask, check, completions, dead_letter, diff, docs, eject,
    explain, generate, impact, list, man, mock, new_sink, preview, remove, schema, show, spec,
    templates, r#try, undo, update, validate,
};
use crate::diagnostics::Code;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen list
  fapilog-gen new-sink --provider datadog
  fapilog-gen try --provider datadog

Exit codes:
  0  done
  1  found something: `check` or `generate --check` differs, `update` met a conflict, a change
     breaks something (`impact`), a spec is not valid, `try` could not account for every entry,
     `dead-letter replay` left some
  2  could not do it: wrong usage, or a file or folder that cannot be read or written";

/// Generates production log sinks for fapilog and Rust from one YAML spec per provider.
#[derive(Debug, Parser)]
#[command(name = "fapilog-gen", version, about, after_help = EXAMPLES, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Print results and errors only, no reports and no progress.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// When to colour the output; `auto` respects `NO_COLOR` and terminals.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// Folder with provider specs to use instead of the built-in ones.
    #[arg(long, global = true, value_name = "DIR")]
    providers: Option<PathBuf>,
    /// Folder with templates to use instead of the built-in ones.
    #[arg(long, global = true, value_name = "DIR")]
    templates: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    NewSink(new_sink::Args),
    Update(update::Args),
    Check(check::Args),
    Diff(diff::Args),
    Remove(remove::Args),
    Undo(undo::Args),
    Eject(eject::Args),
    Impact(impact::Args),
    Try(r#try::Args),
    List(list::Args),
    Show(show::Args),
    Preview(preview::Args),
    Validate(validate::Args),
    Explain(explain::Args),
    Mock(mock::Args),
    DeadLetter(dead_letter::Args),
    Generate(generate::Args),
    Spec(spec::Args),
    Docs(docs::Args),
    Schema(schema::Args),
    Templates(templates::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// The whole command line, as clap knows it.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program on the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = env::args_os().collect();
    let color = early_color(&arguments);
    let parse = |words: &[OsString]| command().color(color).try_get_matches_from(words);
    let mut parsed = parse(&arguments);
    if let Err(error) = &parsed
        && lacks_provider(error, &arguments)
        && ask::is_possible()
        && let Some(id) = ask::provider(&Assets::embedded())
    {
        arguments.extend([OsString::from("--provider"), id.into()]);
        parsed = parse(&arguments);
    }
    match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => run(&cli).into(),
        Err(error) => {
            // Fails when the reader has gone away, which is not our problem.
            let _ = print(&error, color);
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Trouble as u8))
        }
    }
}

/// Prints help as clap does, and a usage error with its code, like every other error.
fn print(error: &clap::Error, color: ColorChoice) -> io::Result<()> {
    if !error.use_stderr() {
        return error.print();
    }
    let code = format!("error[{}]:", Code::Usage.word());
    let text = error.render().ansi().to_string();
    let choice = match color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    };
    write!(
        AutoStream::new(io::stderr(), choice),
        "{}",
        text.replacen("error:", &code, 1)
    )
}

/// Whether all that is missing is for which of the built-in providers a sink is to be made.
fn lacks_provider(error: &clap::Error, words: &[OsString]) -> bool {
    error.kind() == ErrorKind::MissingRequiredArgument
        && words.iter().any(|word| word == "new-sink")
        && !words
            .iter()
            .any(|word| word.to_string_lossy().starts_with("--providers"))
}

/// `--color` as it stands, because help and usage errors are printed before it is parsed.
fn early_color(arguments: &[OsString]) -> ColorChoice {
    let words: Vec<_> = arguments
        .iter()
        .map(|word| word.to_string_lossy())
        .collect();
    let separate = words
        .windows(2)
        .find(|pair| pair[0] == "--color")
        .map(|pair| pair[1].as_ref());
    match separate.or_else(|| words.iter().find_map(|word| word.strip_prefix("--color="))) {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

fn run(cli: &Cli) -> Exit {
    let choice = match cli.global.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    let assets = Assets::with_overrides(
        cli.global.providers.as_deref(),
        cli.global.templates.as_deref(),
    );
    let mut context = Context {
        console: Console::new(choice, cli.global.quiet),
        assets,
    };
    let result = check_folders(&cli.global).and_then(|()| dispatch(&mut context, &cli.command));
    let result = result.and_then(|exit| context.console.flush().map(|()| exit));
    result.unwrap_or_else(|failure| context.console.failure(&failure))
}

fn check_folders(global: &Global) -> Result<(), Failure> {
    for (option, folder) in [
        ("--providers", &global.providers),
        ("--templates", &global.templates),
    ] {
        if let Some(folder) = folder.as_deref().filter(|folder| !folder.is_dir()) {
            return Err(Failure::new(
                Code::Usage,
                format!("`{option} {}` is not a folder", folder.display()),
            ));
        }
    }
    Ok(())
}

fn dispatch(context: &mut Context, command: &Command) -> commands::Result {
    match command {
        Command::NewSink(arguments) => new_sink::run(context, arguments),
        Command::Update(arguments) => update::run(context, arguments),
        Command::Check(arguments) => check::run(context, arguments),
        Command::Diff(arguments) => diff::run(context, arguments),
        Command::Remove(arguments) => remove::run(context, arguments),
        Command::Undo(arguments) => undo::run(context, arguments),
        Command::Eject(arguments) => eject::run(context, arguments),
        Command::Impact(arguments) => impact::run(context, arguments),
        Command::Try(arguments) => r#try::run(context, arguments),
        Command::List(arguments) => list::run(context, arguments),
        Command::Show(arguments) => show::run(context, arguments),
        Command::Preview(arguments) => preview::run(context, arguments),
        Command::Validate(arguments) => validate::run(context, arguments),
        Command::Explain(arguments) => explain::run(context, arguments),
        Command::Mock(arguments) => mock::run(context, arguments),
        Command::DeadLetter(arguments) => dead_letter::run(context, arguments),
        Command::Generate(arguments) => generate::run(context, arguments),
        Command::Spec(arguments) => spec::run(context, arguments),
        Command::Docs(arguments) => docs::run(context, arguments),
        Command::Schema(arguments) => schema::run(context, arguments),
        Command::Templates(arguments) => templates::run(context, arguments),
        Command::Completions(arguments) => completions::run(context, arguments),
        Command::Man(arguments) => man::run(context, arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        for command in command().get_subcommands() {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();

            assert!(
                help.contains("Examples:\n  fapilog-gen "),
                "{}",
                command.get_name()
            );
        }
    }
}
