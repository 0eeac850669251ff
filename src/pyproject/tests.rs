use super::*;

fn project() -> Project {
    Project {
        requirements: vec!["fapilog>=0.18.0".to_owned()],
        extras: vec![("datadog".to_owned(), vec!["httpx>=0.27".to_owned()])],
        entry_points: vec![(
            "datadog".to_owned(),
            "shop.sinks.datadog_sink:DatadogSink".to_owned(),
        )],
        dev: vec!["pytest>=8".to_owned()],
    }
}

const EXISTING: &str = r#"# Ours.
[project]
name = "shop"   # the shop
dependencies = [
    "HTTPX ~= 0.28",  # pinned
    "click",
]

[tool.black]
line-length = 88
"#;

#[test]
fn what_is_missing_is_added_and_the_rest_stays_as_typed() {
    let merged = merge(EXISTING, &project(), false).expect("a project");

    let expected = r#"# Ours.
[project]
name = "shop"   # the shop
dependencies = [
    "HTTPX ~= 0.28",  # pinned
    "click",
    "fapilog>=0.18.0",
]

[project.entry-points."fapilog.sinks"]
datadog = "shop.sinks.datadog_sink:DatadogSink"

[tool.black]
line-length = 88
"#;
    assert_eq!(expected, merged.text);
    let shown: Vec<String> = merged.additions.iter().map(ToString::to_string).collect();
    assert_eq!(
        [
            "[project] dependencies: \"fapilog>=0.18.0\"",
            "[project.entry-points.\"fapilog.sinks\"] datadog = \"shop.sinks.datadog_sink:DatadogSink\"",
        ],
        shown.as_slice()
    );
}

#[test]
fn merging_again_changes_nothing() {
    let once = merge(EXISTING, &project(), false).expect("a project").text;

    let twice = merge(&once, &project(), false).expect("a project");

    assert_eq!(once, twice.text);
    assert!(twice.additions.is_empty());
}

#[test]
fn a_second_sink_joins_a_project_of_ours() {
    let place = Place::package("cloud_sinks");
    let first = new_project(&place, &project());
    let second = Project {
        extras: vec![("loki".to_owned(), vec!["httpx>=0.27".to_owned()])],
        entry_points: vec![(
            "cloud_loki".to_owned(),
            "cloud_sinks.loki_sink:LokiSink".to_owned(),
        )],
        ..project()
    };

    let merged = merge(&first, &second, true).expect("a project");

    assert!(
        merged
            .text
            .contains("datadog = [\"httpx>=0.27\"]\nloki = [\"httpx>=0.27\"]\n"),
        "{}",
        merged.text
    );
    assert!(
        merged
            .text
            .contains("cloud_loki = \"cloud_sinks.loki_sink:LokiSink\"\n"),
        "{}",
        merged.text
    );
}

#[test]
fn a_name_that_is_taken_is_a_conflict() {
    let taken =
        format!("{EXISTING}\n[project.entry-points.\"fapilog.sinks\"]\ndatadog = \"other:Sink\"\n");

    let error = merge(&taken, &project(), false).expect_err("another sink has the name");

    assert_eq!(
        "entry point `datadog` is `other:Sink` and would have to be `shop.sinks.datadog_sink:DatadogSink`",
        error.to_string()
    );
}

#[test]
fn a_file_that_only_configures_tools_is_no_project() {
    let error = merge("[tool.black]\n", &project(), false).expect_err("no project");

    assert_eq!(
        "`pyproject.toml` has no `[project]` table to add requirements to",
        error.to_string()
    );
}

/// A name may not be both static and dynamic: such a project no longer builds.
#[test]
fn what_the_build_backend_computes_is_a_conflict() {
    let computed =
        "[project]\nname = \"shop\"\ndynamic = [\"version\", \"dependencies\", \"entry-points\"]\n";

    let error = merge(computed, &project(), false).expect_err("both are dynamic");

    assert_eq!(
        "`project.dynamic` lists `dependencies`, so nothing can be added to it here\n\
         `project.dynamic` lists `entry-points`, so nothing can be added to it here",
        error.to_string()
    );
}
