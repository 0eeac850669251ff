use std::fs;
use std::path::Path;

use crate::{done, edit, ends, tree, write};

/// A project as one of the tools has it: its manifest, the file that it locks versions in, and what the
/// manifest says once there is a sink.
struct Kind {
    manifest: &'static str,
    lock: Option<(&'static str, &'static str)>,
    wanted: [&'static str; 2],
}

const REQUIREMENT: &str = "\"fapilog>=0.18.0\"";
const ENTRY_POINT: &str =
    "[project.entry-points.\"fapilog.sinks\"]\ndatadog = \"shop.sinks.datadog_sink:DatadogSink\"";

const KINDS: [Kind; 8] = [
    // uv
    Kind {
        manifest: "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = []\n\n[dependency-groups]\ndev = [\"pytest>=8\"]\n\n[build-system]\nrequires = [\"uv_build>=0.9\"]\nbuild-backend = \"uv_build\"\n",
        lock: Some(("uv.lock", "uv lock")),
        wanted: [REQUIREMENT, ENTRY_POINT],
    },
    // Poetry, in its own tables and in those that all share
    Kind {
        manifest: "[tool.poetry]\nname = \"shop\"\nversion = \"1\"\ndescription = \"\"\nauthors = []\npackages = [{ include = \"shop\", from = \"src\" }]\n\n[tool.poetry.dependencies]\npython = \"^3.11\"\n\n[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n",
        lock: Some(("poetry.lock", "poetry lock")),
        wanted: [
            "fapilog = \">=0.18.0\"",
            "[tool.poetry.plugins.\"fapilog.sinks\"]\ndatadog = ",
        ],
    },
    Kind {
        manifest: "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\n    \"click (>=8)\",\n]\n\n[tool.poetry]\npackages = [{ include = \"shop\", from = \"src\" }]\n\n[build-system]\nrequires = [\"poetry-core>=2\"]\nbuild-backend = \"poetry.core.masonry.api\"\n",
        lock: Some(("poetry.lock", "poetry lock")),
        wanted: [REQUIREMENT, ENTRY_POINT],
    },
    // hatch
    Kind {
        manifest: "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\n[project]\nname = \"shop\"\ndynamic = [\"version\"]\nrequires-python = \">=3.10\"\ndependencies = [\"httpx>=0.28\"]\n\n[tool.hatch.version]\npath = \"src/shop/__init__.py\"\n\n[tool.hatch.build.targets.wheel]\npackages = [\"src/shop\"]\n",
        lock: None,
        wanted: [REQUIREMENT, ENTRY_POINT],
    },
    // setuptools, which finds packages, and which is told them
    Kind {
        manifest: "[build-system]\nrequires = [\"setuptools>=77\"]\nbuild-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"shop\"\nversion = \"1\"\n",
        lock: None,
        wanted: [REQUIREMENT, ENTRY_POINT],
    },
    Kind {
        manifest: "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.setuptools]\npackage-dir = { \"\" = \"src\" }\npackages = [\"shop\"]  # all\n",
        lock: None,
        wanted: [ENTRY_POINT, "\"shop.sinks.cloud_sink_base\""],
    },
    // PDM
    Kind {
        manifest: "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = []\n\n[build-system]\nrequires = [\"pdm-backend\"]\nbuild-backend = \"pdm.backend\"\n\n[tool.pdm]\ndistribution = true\n",
        lock: Some(("pdm.lock", "pdm lock")),
        wanted: [REQUIREMENT, ENTRY_POINT],
    },
    // flit
    Kind {
        manifest: "[build-system]\nrequires = [\"flit_core>=3.11,<4\"]\nbuild-backend = \"flit_core.buildapi\"\n\n[project]\nname = \"shop\"\ndynamic = [\"version\", \"description\"]\nrequires-python = \">=3.11\"\n",
        lock: None,
        wanted: [REQUIREMENT, ENTRY_POINT],
    },
];

fn lay_out(root: &Path, kind: &Kind) {
    let package = "\"\"\"A shop.\"\"\"\n\n__version__ = \"1\"\n";
    write(&root.join("src/shop/__init__.py"), package);
    write(&root.join("pyproject.toml"), kind.manifest);
    if let Some((file, _)) = kind.lock {
        write(&root.join(file), "version = 1\n");
    }
}

#[test]
fn every_kind_of_project_takes_a_sink_and_is_as_before_without_it() {
    for kind in &KINDS {
        let folder = tempfile::tempdir().expect("temp dir");
        let root = folder.path().join("shop");
        lay_out(&root, kind);
        let before = tree(&root);

        let came = done(&root, "new-sink --provider datadog --out .");
        let manifest = fs::read_to_string(root.join("pyproject.toml")).expect("readable");
        let went = done(&root, "remove --provider datadog");

        for wanted in kind.wanted {
            assert!(manifest.contains(wanted), "{wanted}: {manifest}");
        }
        let says = |report: &str, what: &str| report.contains(what);
        match kind.lock {
            Some((file, command)) => {
                let said = format!("`{file}` is of before this change: run `{command}`");
                assert!(says(&came, &said) && says(&went, &said), "{came}{went}");
            }
            None => assert!(!says(&came, "is of before this change"), "{came}"),
        }
        let after = tree(&root);
        let after_text = String::from_utf8_lossy(&after["pyproject.toml"]);
        assert_eq!(kind.manifest, after_text);
        assert!(before == after, "{:?}", after.keys());

        let back = done(&root, "undo");
        let restored = fs::read_to_string(root.join("pyproject.toml")).expect("readable");
        assert_eq!(restored, manifest);
        assert_eq!(
            says(&back, "is of before this change"),
            kind.lock.is_some(),
            "{back}"
        );
    }
}

#[test]
fn a_requirement_of_somebody_s_own_is_not_taken_back() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path().join("shop");
    lay_out(&root, &KINDS[0]);
    edit(&root.join("pyproject.toml"), |text| {
        text.replace("dependencies = []", "dependencies = [\"zstandard\"]")
    });
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers/datadog.yaml");
    let spec = fs::read_to_string(spec).expect("readable");
    write(&root.join("my.yaml"), &spec);
    done(&root, "new-sink --spec my.yaml --out .");
    edit(&root.join("my.yaml"), |text| {
        text.replace("[gzip, zstd, none]", "[gzip, none]")
    });

    done(&root, "new-sink --spec my.yaml --out .");

    let manifest = fs::read_to_string(root.join("pyproject.toml")).expect("readable");
    assert!(manifest.contains("\"zstandard\""), "{manifest}");
    assert!(manifest.contains("httpx"), "{manifest}");
}

/// The members of a uv workspace share its lock file.
#[test]
fn the_lock_file_of_a_workspace_is_named_too() {
    let folder = tempfile::tempdir().expect("temp dir");
    let workspace = "[tool.uv.workspace]\nmembers = [\"shop\"]\n";
    write(&folder.path().join("pyproject.toml"), workspace);
    write(&folder.path().join("uv.lock"), "version = 1\n");
    let root = folder.path().join("shop");
    write(&root.join("src/shop/__init__.py"), "");
    write(&root.join("pyproject.toml"), KINDS[4].manifest);

    let report = done(&root, "new-sink --provider datadog --out .");

    let said = "`uv.lock` of the workspace is of before this change: run `uv lock`";
    assert!(report.contains(said), "{report}");
}

#[test]
fn versions_that_cannot_work_are_refused_before_anything_is_written() {
    for (from, to, said) in [
        (">=3.11", ">=3.9", "says Python `>=3.9`"),
        (
            "dependencies = []",
            "dependencies = [\"httpx<0.25\"]",
            "`httpx<0.25` is required, and the sinks need `httpx>=0.27`",
        ),
        (
            "dependencies = []",
            "dependencies = [\"fapilog==0.17\"]",
            "`fapilog==0.17` is required, and the sinks need `fapilog>=0.18.0`",
        ),
    ] {
        let folder = tempfile::tempdir().expect("temp dir");
        let root = folder.path().join("shop");
        lay_out(&root, &KINDS[0]);
        edit(&root.join("pyproject.toml"), |text| text.replace(from, to));
        let before = tree(&root);

        let text = ends(&root, "new-sink --provider datadog --out .", 2);

        assert!(text.contains(said) && text.contains("hint: "), "{text}");
        assert!(before == tree(&root));
    }
}
