use super::*;
use crate::assets::Assets;
use crate::sink::{load_provider, load_text};

fn base() -> (Sink, String) {
    let loaded = load_provider(&Assets::embedded(), "datadog").expect("valid");
    (loaded.sink, loaded.text)
}

/// What a change of the Datadog spec comes to, `!` before what breaks.
fn changes(edits: &[(&str, &str)]) -> Vec<String> {
    let (old, mut text) = base();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let new = load_text("new.yaml", text.as_bytes()).unwrap_or_else(|found| panic!("{found}"));
    let all = impact(&old, &new.sink).into_iter();
    all.map(|it| {
        let sign = if it.breaking { "!" } else { "" };
        format!("{sign}{} {}: {}", it.area.word(), it.subject, it.message)
    })
    .collect()
}

#[test]
fn a_spec_changes_nothing_against_itself() {
    for id in Assets::embedded().provider_ids() {
        let sink = load_provider(&Assets::embedded(), &id).expect("valid").sink;

        assert_eq!(Vec::<Difference>::new(), impact(&sink, &sink), "{id}");
    }
}

#[test]
fn a_setting_of_another_name_is_found_by_its_variable_or_its_words() {
    let found = changes(&[
        ("  hostname:\n    type", "  machine:\n    type"),
        ("config.hostname", "config.machine"),
        ("        hostname: worker-9", "        machine: worker-9"),
    ]);

    assert_eq!(
        [
            "!settings hostname: is renamed to `machine`",
            "environment DATADOG_SINK_MACHINE: supplies `machine` too",
        ],
        *found
    );
}

#[test]
fn a_removed_setting_breaks_the_examples_that_give_it() {
    let found = changes(&[
        (
            "  hostname:\n    type: string\n    env: [DATADOG_SINK_HOSTNAME, DD_HOSTNAME]\n    description: \"Host of every event. Not set: `diagnostics.host` of the event.\"\n    example: web-1\n",
            "",
        ),
        ("[config.hostname, diagnostics.host]", "diagnostics.host"),
        ("        hostname: worker-9\n", ""),
    ]);

    assert_eq!("!settings hostname: is removed", found[0]);
    assert!(
        found.iter().any(|it| it.starts_with("!wire example ")
            && it.ends_with("its settings are refused: `hostname` is not known")),
        "{found:?}"
    );
}

#[test]
fn types_choices_defaults_and_variables_are_told_apart() {
    let found = changes(&[
        (
            "{ value: ap2.datadoghq.com, description: \"AP2, Australia\" }",
            "{ value: ap3.datadoghq.com, description: AP3 }",
        ),
        ("default: fapilog\n", "default: logs\n"),
        (
            "env: [DATADOG_SINK_SERVICE, DD_SERVICE]",
            "env: [DATADOG_SINK_SERVICE]",
        ),
        ("  source:\n    type: string", "  source:\n    type: enum"),
        (
            "    check: { min_length: 1 }",
            "    values: [{ value: logs, description: a }, { value: python, description: b }]",
        ),
    ]);

    for expected in [
        "!settings site: no longer takes `ap2.datadoghq.com`",
        "settings site: takes `ap3.datadoghq.com` too",
        "!settings source: was of type string and is of type enum",
        "!defaults source: default `fapilog` becomes `logs`",
        "!environment DD_SERVICE: no longer supplies `service`",
    ] {
        assert!(
            found.iter().any(|it| it == expected),
            "{expected}: {found:#?}"
        );
    }
}

#[test]
fn a_member_that_is_new_breaks_nothing_and_one_that_is_gone_does() {
    let more = changes(&[(
        "    ddsource: { from: config.source }",
        "    ddsource: { from: config.source }\n    origin: app",
    )]);
    let less = changes(&[("    logger.name: { from: logger }\n", "")]);

    assert!(
        !more.is_empty() && more.iter().all(|it| !it.starts_with('!')),
        "{more:#?}"
    );
    assert!(more[0].ends_with("the body: new: `/0/origin`"), "{more:#?}");
    assert!(
        less.iter()
            .any(|it| it.starts_with("!wire ") && it.contains("gone: `/0/logger.name`")),
        "{less:#?}"
    );
}

#[test]
fn an_answer_that_ends_events_now_breaks_and_one_that_keeps_them_does_not() {
    let rule = "    - status: [408]\n      outcome: transient";
    let worse = changes(&[(rule, "    - status: [408]\n      outcome: rejected")]);
    let safer = changes(&[(rule, "    - status: [408]\n      outcome: paused")]);

    let changed = |all: &[String], expected: &str| all.iter().any(|it| it == expected);
    assert!(
        changed(&worse, "!outcomes status 408: transient becomes rejected"),
        "{worse:#?}"
    );
    assert!(
        changed(&safer, "outcomes status 408: transient becomes paused"),
        "{safer:#?}"
    );
}

#[test]
fn a_lower_limit_of_an_event_breaks_and_one_of_a_request_does_not() {
    let found = changes(&[
        (
            "max_event_bytes:  { value: 1000000",
            "max_event_bytes:  { value: 500000",
        ),
        (
            "max_batch_events: { value: 1000",
            "max_batch_events: { value: 900",
        ),
        ("batch_size: 1000", "batch_size: 900"),
    ]);

    for expected in [
        "!limits max_event_bytes: 1000000 becomes 500000",
        "limits max_batch_events: 1000 becomes 900",
        "defaults batch_size: default 1000 becomes 900",
    ] {
        assert!(
            found.iter().any(|it| it == expected),
            "{expected}: {found:#?}"
        );
    }
}

#[test]
fn another_host_is_seen_in_the_examples() {
    let found = changes(&[(
        "base: \"https://http-intake.logs.{site}\"",
        "base: \"https://intake.{site}\"",
    )]);

    assert!(
        found
            .iter()
            .any(|it| it.contains("Post https://http-intake.logs.")
                && it.contains("becomes Post https://intake.")),
        "{found:#?}"
    );
}
