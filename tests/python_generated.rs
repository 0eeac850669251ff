//! Every provider's Python sink as a user gets it: generated, then formatted, linted, type-checked
//! and tested as it lies, under real fapilog.

mod python;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use fapilog_gen::assets::Assets;
use fapilog_gen::languages::python::pyproject;
use fapilog_gen::languages::python::{Place, project, reserved};
use fapilog_gen::project::plan::plan;
use fapilog_gen::project::render::{RenderedFile, render};
use fapilog_gen::sink::{Scheme, Sink, load_file};
use python::Python;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Sinks of a folder, sorted by id.
fn sinks(folder: &str) -> Vec<Sink> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            load_file(path)
                .unwrap_or_else(|problems| panic!("{problems}"))
                .sink
        })
        .collect()
}

/// Writes a project with `sinks`.
fn generate(folder: &Path, sinks: &[&Sink], place: &Place) -> Vec<RenderedFile> {
    let files = render(&Assets::embedded(), &plan(sinks, place));
    let files = files.unwrap_or_else(|error| panic!("{error:?}"));
    fs::remove_dir_all(folder).ok();
    let project = pyproject::new_project(place, &project::of(sinks, place));
    write(&folder.join(pyproject::FILE_NAME), &project);
    for file in &files {
        write(&folder.join(&file.path), &file.contents);
    }
    files
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// Checks a project as its owner would. It is installed into a folder of its own: two projects may
/// have a sink of the same name, and fapilog takes the first it finds.
fn check(folder: &Path) {
    let python = Python::default_one(root());
    let name = folder.file_name().expect("a name").to_string_lossy();
    let site = site_of(&name);
    let run = |tool, arguments: &[&str]| {
        python.run(tool, arguments, folder, &[("PYTHONPATH", &site)]);
    };

    run("ruff", &["format", "--check", "--no-cache", "."]);
    run("ruff", &["check", "--no-cache", "."]);
    let cache = root().join("target/python/mypy-cache");
    run(
        "mypy",
        &["--cache-dir", cache.to_str().expect("a path in UTF-8")],
    );
    install(&python, folder, &name);
    run("pytest", &["-q", "-p", "no:cacheprovider"]);
    let mode = "--import-mode=importlib";
    run("pytest", &["-q", "-p", "no:cacheprovider", mode]);
}

/// Where projects are installed.
fn site_of(name: &str) -> String {
    let site = root().join("target/scratch-python/installed").join(name);
    site.to_str().expect("a path in UTF-8").to_owned()
}

/// Installs a project into a folder of its own and returns that.
fn install(python: &Python, folder: &Path, name: &str) -> String {
    let site = site_of(name);
    fs::remove_dir_all(&site).ok();
    let offline = ["--quiet", "--no-deps", "--no-build-isolation"];
    python.run(
        "pip",
        &[&["install", ".", "--target", &site], &offline[..]].concat(),
        folder,
        &[],
    );
    site
}

#[test]
fn every_provider_lints_type_checks_and_passes_its_tests() {
    let all = [sinks("providers"), sinks("tests/specs")].concat();
    let folder = root().join("target/scratch-python/all");

    generate(
        &folder,
        &all.iter().collect::<Vec<_>>(),
        &Place::package("every_sink"),
    );

    check(&folder);
}

#[test]
fn a_project_with_one_provider_stands_alone() {
    let all = sinks("providers");
    let datadog = all
        .iter()
        .find(|sink| sink.id == "datadog")
        .expect("the sink");
    let folder = root().join("target/scratch-python/datadog");

    generate(&folder, &[datadog], &Place::package("datadog-sink"));

    check(&folder);
}

/// A project that was there keeps its rules, and its way to import tests, which are not ours.
#[test]
fn a_merged_project_passes_under_its_own_rules_and_in_every_import_mode() {
    let all = sinks("providers");
    let python = Python::default_one(root());
    let folder = root().join("target/scratch-python/shop");
    let place = Place {
        folder: "src/shop/sinks".to_owned(),
        package: "shop.sinks".to_owned(),
        distribution: None,
    };
    generate(&folder, &all.iter().collect::<Vec<_>>(), &place);
    let settings = "[project]\nname = \"shop\"\nversion = \"1.0.0\"\nrequires-python = \">=3.12\"\n\n\
                    [tool.ruff]\nline-length = 88\n\n\
                    [tool.ruff.lint]\nselect = [\"ALL\"]\nignore = [\"COM812\", \"CPY\", \"D203\", \"D213\", \"INP\"]\n";
    write(&folder.join(pyproject::FILE_NAME), settings);
    write(
        &folder.join("src/shop/__init__.py"),
        "\"\"\"The shop.\"\"\"\n",
    );
    // Names that the project is likely to have: ours must not clash with them.
    write(
        &folder.join("tests/conftest.py"),
        "\"\"\"What tests share.\"\"\"\n",
    );

    python.run(
        "ruff",
        &["format", "--check", "--no-cache", "."],
        &folder,
        &[],
    );
    python.run("ruff", &["check", "--no-cache", "."], &folder, &[]);
    let cache = root().join("target/python/mypy-cache");
    let cache = cache.to_str().expect("a path in UTF-8");
    let source = [("MYPYPATH", "src"), ("PYTHONPATH", "src")];
    let arguments = ["--strict", "--cache-dir", cache, "src", "tests"];
    python.run("mypy", &arguments, &folder, &source);
    for mode in ["prepend", "append", "importlib"] {
        let mode = format!("--import-mode={mode}");
        let arguments = ["-q", "-p", "no:cacheprovider", &mode];
        python.run("pytest", &arguments, &folder, &source);
    }
}

/// Each usage that the guides show is executed under real fapilog. Some providers take no request without
/// a token of their cloud, which no stand-in issues at the address that their libraries ask, or without
/// the credentials of a chain, so that their own tests send nothing either.
#[test]
fn the_python_programs_of_the_guides_run_as_printed() {
    let all = sinks("providers");
    let is_cloud = |scheme: &Scheme| matches!(scheme, Scheme::Google { .. } | Scheme::Azure(_));
    let signs = |scheme: &Scheme| matches!(scheme, Scheme::SigV4 { .. });
    let (not_run, run): (Vec<&Sink>, Vec<&Sink>) = all.iter().partition(|sink| {
        let mut schemes = sink.credentials.iter().map(|one| &one.scheme);
        schemes.clone().any(is_cloud) || schemes.len() > 0 && schemes.all(signs)
    });
    let names: Vec<&str> = not_run.iter().map(|sink| sink.id.as_str()).collect();
    let clouds = [
        "azure_monitor",
        "event_hubs",
        "firehose",
        "gcp_logging",
        "pubsub",
        "sqs",
    ];
    assert_eq!(names, clouds, "not run");
    let python = Python::default_one(root());
    let test = root().join("tests/python/guide.py");
    let folder = root().join("target/scratch-python/guides");
    generate(&folder, &run, &Place::package("guided"));
    let site = install(&python, &folder, "guides");
    let site = format!("{site}:{}", folder.join("tests").display());

    let show = |sink: &Sink| {
        let address = sink.address_setting().expect("an address");
        let address = sink.setting(address).name.to_uppercase();
        let address = format!("{}_{address}", sink.env_prefix);
        let guide = format!("docs/{}.md", sink.id);
        let mut environment = vec![
            ("PYTHONPATH", &*site),
            ("GUIDE", &guide),
            ("GUIDE_PACKAGE", "guided"),
            ("GUIDE_ADDRESS_VARIABLE", &address),
        ];
        if sink.id == "datadog" {
            environment.push(("GUIDE_ALL_PRESETS", "1"));
        }
        let arguments = ["-q", "-p", "no:cacheprovider", &test.to_string_lossy()];
        python.run("pytest", &arguments, &folder, &environment);
    };
    // They mostly wait.
    thread::scope(|scope| {
        for some in run.chunks(run.len().div_ceil(8)) {
            scope.spawn(|| some.iter().for_each(|sink| show(sink)));
        }
    });
}

/// A package of such a name would hide the module from what imports it.
#[test]
fn no_package_takes_the_name_of_a_module_of_the_standard_library() {
    let python = Python::default_one(root());
    let script = "import sys; print(*[n for n in sys.stdlib_module_names if n[0] != '_'])";
    let output = std::process::Command::new(python.tool("python"))
        .args(["-c", script])
        .output()
        .expect("the interpreter");
    let names = String::from_utf8(output.stdout).expect("UTF-8");

    assert!(names.split_whitespace().count() > 150, "{names}");
    for name in names.split_whitespace() {
        let name = name.to_ascii_lowercase();
        assert!(reserved::reason(&name).is_some(), "{name}");
    }
}

#[test]
fn the_reference_package_passes_as_it_lies() {
    check(&root().join("generated/python"));
}

/// The whole tree of one provider, the runtime aside: what a change of a template changes.
#[test]
fn the_datadog_package_reads_as_before() {
    let all = sinks("providers");
    let datadog = all
        .iter()
        .find(|sink| sink.id == "datadog")
        .expect("the sink");
    let folder = root().join("target/scratch-python/snapshot");

    let files = generate(&folder, &[datadog], &Place::package("datadog-sink"));

    for file in files
        .iter()
        .filter(|file| !file.path.contains("cloud_sink_"))
    {
        insta::assert_snapshot!(file.path.replace('/', "__"), file.contents);
    }
}
