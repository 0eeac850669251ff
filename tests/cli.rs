//! The command line as a user sees it: transcripts in `tests/cmd`, and that every example in a
//! `--help` is run somewhere.
//!
//! After an intended change: `TRYCMD=overwrite cargo test --test cli`, then read `git diff`.

use std::fs;
use std::path::Path;

use fapilog_gen::cli;
use fapilog_gen::diagnostics::Code;

/// Puts the specs that transcripts work on where they run: the real ones, not copies that age.
fn lay_out_specs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = |from: &str, to: &str| {
        let target = root.join("tests/cmd").join(to);
        fs::create_dir_all(target.parent().expect("in a folder")).expect("folder");
        fs::copy(root.join(from), target).expect("copied");
    };
    for folder in ["show", "validate", "preview", "new-sink-modules"] {
        copy("providers/honeycomb.yaml", &format!("{folder}.in/my.yaml"));
    }
    for backend in ["gcp_logging", "sumo_text", "otlp_protobuf"] {
        copy(
            &format!("tests/backends/{backend}.yaml"),
            &format!("preview.in/{backend}.yaml"),
        );
    }
    let loggly = fs::read_to_string(root.join("tests/backends/loggly.yaml")).expect("a spec");
    let (begun, _) = loggly.split_once("vectors:").expect("vectors");
    let begun = format!("{begun}vectors: {{ requests: [] }}\n");
    fs::write(root.join("tests/cmd/preview.in/begun.yaml"), begun).expect("written");
    copy("providers/loki.yaml", "validate.in/team-specs/loki.yaml");
    lay_out_change(root);
    for provider in ["datadog", "loki"] {
        copy(
            &format!("providers/{provider}.yaml"),
            &format!("validate.in/providers/{provider}.yaml"),
        );
    }
}

/// A spec, and what somebody made of it.
fn lay_out_change(root: &Path) {
    let folder = root.join("tests/cmd/impact.in");
    let old = fs::read_to_string(root.join("providers/datadog.yaml")).expect("a spec");
    let new = old
        .replace(
            "env: [DATADOG_SINK_SERVICE, DD_SERVICE]",
            "env: [DATADOG_SINK_SERVICE]",
        )
        .replace(
            "max_batch_events: { value: 1000",
            "max_batch_events: { value: 900",
        )
        .replace("batch_size: 1000", "batch_size: 900");
    for (name, text) in [("old.yaml", &old), ("new.yaml", &new), ("my.yaml", &new)] {
        fs::write(folder.join(name), text).expect("written");
    }
}

#[test]
fn transcripts() {
    lay_out_specs();
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .env(
            "XDG_CACHE_HOME",
            concat!(env!("CARGO_MANIFEST_DIR"), "/target/cache"),
        )
        .case("tests/cmd/*.md");
}

/// What is run here and in the other tests, one file after the other.
fn everything_run() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let read = |path: &Path| fs::read_to_string(path).expect("readable");
    let mut text = read(&root.join("try_command.rs")) + &read(&root.join("commands.rs"));
    for entry in fs::read_dir(root.join("cmd")).expect("folder") {
        let path = entry.expect("entry").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            text.push_str(&read(&path));
        }
    }
    text
}

/// `  fapilog-gen …` of a help text, without what a shell does with the output.
fn examples(help: &str) -> Vec<String> {
    let lines = help
        .lines()
        .filter_map(|line| line.strip_prefix("  fapilog-gen "));
    lines
        .map(|line| {
            line.split(['>', '|'])
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .collect()
}

/// Commands of the program in the README's console blocks.
fn shown_in_the_readme() -> Vec<String> {
    let commands = include_str!("../README.md").lines().filter_map(|line| {
        let command = line.strip_prefix("$ ")?;
        command
            .strip_prefix("fapilog-gen ")
            .or(command.strip_prefix("cargo run --release -- "))
    });
    commands.map(str::to_owned).collect()
}

fn assert_is_run(run: &str, example: &str) {
    let as_transcript = format!("$ fapilog-gen {example}\n");
    let as_arguments = format!("\"{example}\"");
    assert!(
        run.contains(&as_transcript) || run.contains(&as_arguments),
        "not run by any test: {example}"
    );
}

#[test]
fn every_command_in_the_readme_is_run() {
    let run = everything_run();
    let shown = shown_in_the_readme();

    assert!(shown.len() >= 3, "{shown:?}");
    for example in shown {
        assert_is_run(&run, &example);
    }
}

#[test]
fn every_example_of_a_help_text_is_run() {
    let run = everything_run();
    let command = cli::command();
    let helps = std::iter::once(&command).chain(command.get_subcommands());

    for help in helps.filter_map(|command| command.get_after_help()) {
        for example in examples(&help.to_string()) {
            assert_is_run(&run, &example);
        }
    }
}

#[test]
fn every_error_that_is_shown_has_a_code_that_is_known() {
    let run = everything_run();
    let errors: Vec<_> = run
        .lines()
        .filter_map(|line| line.strip_prefix("error"))
        .collect();

    assert!(errors.len() >= 30, "{errors:?}");
    for error in errors {
        let code = error
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]: "));
        let known = code.and_then(|(word, _)| Code::of(word));
        assert!(known.is_some(), "error{error}");
    }
}
