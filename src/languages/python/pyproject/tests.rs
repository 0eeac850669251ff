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

fn merged_place() -> Place {
    Place {
        folder: "src/shop/sinks".to_owned(),
        package: "shop.sinks".to_owned(),
        distribution: None,
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
    let merged = merge(EXISTING, &project(), &merged_place()).expect("a project");

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
    let once = merge(EXISTING, &project(), &merged_place())
        .expect("a project")
        .text;

    let twice = merge(&once, &project(), &merged_place()).expect("a project");

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

    let merged = merge(&first, &second, &place).expect("a project");

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

    let error = merge(&taken, &project(), &merged_place()).expect_err("another sink has the name");

    assert_eq!(
        "entry point `datadog` is `other:Sink` and would have to be `shop.sinks.datadog_sink:DatadogSink`",
        error.to_string()
    );
}

#[test]
fn a_file_that_only_configures_tools_is_no_project() {
    let error = merge("[tool.black]\n", &project(), &merged_place()).expect_err("no project");

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

    let error = merge(computed, &project(), &merged_place()).expect_err("both are dynamic");

    assert_eq!(
        "`project.dynamic` lists `dependencies`, so nothing can be added to it here\n\
         `project.dynamic` lists `entry-points`, so nothing can be added to it here",
        error.to_string()
    );
}

fn shown(merged: &Merged) -> Vec<String> {
    merged.additions.iter().map(ToString::to_string).collect()
}

/// A project whose requirements and entry point are there already.
fn complete(rest: &str) -> String {
    let text = merge(EXISTING, &project(), &merged_place())
        .expect("a project")
        .text;
    format!("{text}{rest}")
}

/// Without them the wheel has the entry point and none of the files.
#[test]
fn packages_join_a_list_of_setuptools() {
    let listed = complete("\n[tool.setuptools]\npackages = [\n  \"shop\",  # ours\n]\n");

    let merged = merge(&listed, &project(), &merged_place()).expect("a project");

    let expected = "\npackages = [\n  \"shop\",  # ours\n  \"shop.sinks\",\n  \
                    \"shop.sinks.cloud_sink_base\",\n  \"shop.sinks.cloud_sink_parts\",\n]\n";
    assert!(merged.text.ends_with(expected), "{}", merged.text);
    assert_eq!(
        [
            "[tool.setuptools] packages: \"shop.sinks\"",
            "[tool.setuptools] packages: \"shop.sinks.cloud_sink_base\"",
            "[tool.setuptools] packages: \"shop.sinks.cloud_sink_parts\"",
        ],
        shown(&merged).as_slice()
    );
    let again = merge(&merged.text, &project(), &merged_place()).expect("a project");
    assert_eq!(merged.text, again.text);
}

#[test]
fn modules_by_name_get_a_list_of_packages_beside_them() {
    let listed = complete("\n[tool.setuptools]\npy-modules = [\"shop\"]\n");

    let merged = merge(&listed, &project(), &merged_place()).expect("a project");

    assert_eq!(3, merged.additions.len());
    assert!(merged.text.contains("\npackages = [\"shop.sinks\", "));
}

#[test]
fn patterns_that_miss_the_package_get_one_more() {
    let find = "\n[tool.setuptools.packages.find]\nwhere = [\"src\"]\ninclude = [\"shop\"]\n";

    let merged = merge(&complete(find), &project(), &merged_place()).expect("a project");

    assert!(
        merged
            .text
            .ends_with("include = [\"shop\", \"shop.sinks*\"]\n")
    );
    for fits in ["include = [\"shop*\"]", "namespaces = false", ""] {
        let find = format!("\n[tool.setuptools.packages.find]\n{fits}\n");
        let merged = merge(&complete(&find), &project(), &merged_place()).expect("a project");
        assert!(merged.additions.is_empty(), "{fits}");
        assert!(merged.notes.is_empty(), "{fits}");
    }
}

#[test]
fn packages_that_are_left_out_on_purpose_are_a_note() {
    let find = "\n[tool.setuptools.packages.find]\nexclude = [\"shop.sinks*\"]\n";

    let merged = merge(&complete(find), &project(), &merged_place()).expect("a project");

    assert!(merged.additions.is_empty());
    assert_eq!(
        [
            "[tool.setuptools.packages.find] decides what a wheel holds: see that `shop.sinks`, \
            `shop.sinks.cloud_sink_base`, `shop.sinks.cloud_sink_parts` are in it"
        ],
        merged.notes.as_slice()
    );
}

/// Beside a package of another name, the wheel's list has to name both.
#[test]
fn a_package_beside_the_project_s_own_joins_the_list_of_its_backend() {
    let beside = Place {
        folder: "src/cloud_sinks".to_owned(),
        package: "cloud_sinks".to_owned(),
        distribution: None,
    };
    let built_by = |backend: &str, list: &str| {
        complete(&format!(
            "\n[build-system]\nbuild-backend = \"{backend}\"\n{list}\n"
        ))
    };
    let hatch = "[tool.hatch.build.targets.wheel]\npackages = [\"src/shop\"]";
    let poetry = "[tool.poetry]\npackages = [{ include = \"shop\", from = \"src\" }]";

    for (backend, list, expected) in [
        (
            "hatchling.build",
            hatch,
            "[tool.hatch.build.targets.wheel] packages: \"src/cloud_sinks\"",
        ),
        (
            "poetry.core.masonry.api",
            poetry,
            "[tool.poetry] packages: { include = \"cloud_sinks\", from = \"src\" }",
        ),
    ] {
        let text = built_by(backend, list);
        let within = merge(&text, &project(), &merged_place()).expect("a project");
        assert!(within.additions.is_empty(), "{backend}");

        let merged = merge(&text, &project(), &beside).expect("a project");
        assert_eq!([expected], shown(&merged).as_slice());
    }
    let text = built_by("flit_core.buildapi", "[tool.flit.module]\nname = \"shop\"");
    let merged = merge(&text, &project(), &beside).expect("a project");
    assert_eq!(1, merged.notes.len());
}

const POETRY: &str = r#"[tool.poetry]
name = "shop"

[tool.poetry.dependencies]
python = "^3.10"  # ours
HTTPX = "^0.28"

[build-system]
build-backend = "poetry.core.masonry.api"
"#;

#[test]
fn a_project_of_poetry_alone_gets_the_same_in_its_own_tables() {
    let merged = merge(POETRY, &project(), &merged_place()).expect("a project");

    let expected = r#"[tool.poetry]
name = "shop"

[tool.poetry.dependencies]
python = "^3.10"  # ours
HTTPX = "^0.28"
fapilog = ">=0.18.0"

[tool.poetry.plugins."fapilog.sinks"]
datadog = "shop.sinks.datadog_sink:DatadogSink"

[build-system]
build-backend = "poetry.core.masonry.api"
"#;
    assert_eq!(expected, merged.text);
    assert_eq!(
        [
            "[tool.poetry.dependencies] fapilog = \">=0.18.0\"",
            "[tool.poetry.plugins.\"fapilog.sinks\"] datadog = \"shop.sinks.datadog_sink:DatadogSink\"",
        ],
        shown(&merged).as_slice()
    );
    let again = merge(&merged.text, &project(), &merged_place()).expect("a project");
    assert!(again.additions.is_empty());
    let name = project_name(POETRY).expect("TOML");
    assert_eq!(Some("shop"), name.as_deref());
}

#[test]
fn what_poetry_has_under_the_name_is_a_conflict() {
    let taken =
        format!("{POETRY}\n[tool.poetry.plugins.\"fapilog.sinks\"]\ndatadog = \"other:Sink\"\n");

    let error = merge(&taken, &project(), &merged_place()).expect_err("another sink has the name");

    assert_eq!(
        "plugin `datadog` is `other:Sink` and would have to be `shop.sinks.datadog_sink:DatadogSink`",
        error.to_string()
    );
}
