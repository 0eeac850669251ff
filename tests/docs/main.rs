//! The documentation: nothing is undocumented, stale or broken, every block of code is what its
//! reader would take, and text of a spec stays text.

mod built;
mod permissions;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use fapilog_gen::docs::outline::{Outline, line_at};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fapilog-gen");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("ran")
}

fn said(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// What `docs` reads, to be changed.
fn copy_of_the_repository() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["docs", "providers", "templates"] {
        copy(&root().join(name), &folder.path().join(name));
    }
    for name in [
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "README.md",
        "LICENSE",
    ] {
        fs::copy(root().join(name), folder.path().join(name)).expect("copied");
    }
    // Links lead there; what is in them does not matter.
    for name in ["tests/backends", "generated"] {
        fs::create_dir_all(folder.path().join(name)).expect("a folder");
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copied");
        }
    }
}

fn append(folder: &TempDir, page: &str, text: &str) {
    let path = folder.path().join(page);
    let before = fs::read_to_string(&path).expect("readable");
    fs::write(path, before + text).expect("written");
}

#[test]
fn nothing_is_undocumented_stale_or_broken() {
    let output = run(root(), &["docs", "check"]);

    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn what_is_broken_is_named_with_its_line() {
    let folder = copy_of_the_repository();
    append(
        &folder,
        "docs/faq.md",
        "\n[dead](upgrading.md#no-such-heading) and simply\n",
    );
    append(&folder, "docs/reference/counters.md", "by hand\n");

    let output = run(folder.path(), &["docs", "check"]);

    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("`docs/upgrading.md` has no heading for `#no-such-heading`"),
        "{said}"
    );
    assert!(said.contains("`simply` says nothing"), "{said}");
    assert!(
        said.contains("docs/reference/counters.md: differs"),
        "{said}"
    );
    assert!(said.contains(" findings in the documentation"), "{said}");
}

#[test]
fn a_page_that_nobody_finds_is_named() {
    let folder = copy_of_the_repository();
    fs::write(folder.path().join("docs/lost.md"), "# Lost\n").expect("written");

    let output = run(folder.path(), &["docs", "check"]);

    assert!(
        said(&output).contains("`docs/lost.md` is in no section"),
        "{}",
        said(&output)
    );
}

#[test]
fn without_python_the_build_says_what_is_missing_and_generate_needs_none() {
    let folder = copy_of_the_repository();
    let output = Command::new(PROGRAM)
        .args(["docs", "build"])
        .current_dir(folder.path())
        .env("PATH", folder.path())
        .output()
        .expect("ran");

    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("`python3` cannot be started"), "{said}");
    assert!(
        said.contains("hint: the site is made by Zensical"),
        "{said}"
    );
    assert!(folder.path().join("target/docs/pages/index.md").exists());
}

#[test]
fn without_a_registry_the_build_says_how_to_do_without() {
    let folder = copy_of_the_repository();
    let output = Command::new(PROGRAM)
        .args(["docs", "build"])
        .current_dir(folder.path())
        .env("PIP_CONFIG_FILE", "/dev/null")
        .env("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
        .output()
        .expect("ran");

    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot install Zensical"), "{said}");
    assert!(
        said.contains("`pip install -r docs/site/requirements.txt`"),
        "{said}"
    );
}

/// A spec of a neighbour, with prose that tries to be more than prose.
fn hostile_spec() -> String {
    let prose = [
        "<script>alert(1)</script> <img src=x onerror=alert(1)>",
        "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
        "{{ 7 * 7 }} {% raw %} {: onclick=alert(1) }",
        "``` unclosed",
        "~~~ unclosed",
        "--- title: stolen ---",
        "!!! danger",
        "=== \\\"Tab\\\"",
        "<!-- tab: Rust -->",
        "<!-- /tabs -->",
        "# Heading",
        "[x]: javascript:alert(1)",
        "`<script>alert(2)</script>`",
        "*[HTML]: abbreviation",
        "$$ x $$ <https://evil.example> <javascript:alert(1)>",
    ];
    let spec = fs::read_to_string(root().join("providers/honeycomb.yaml")).expect("readable");
    let items: Vec<_> = prose
        .iter()
        .map(|text| format!("    - \"{text}\"\n"))
        .collect();
    let (before, _) = spec.split_once("\ndocs:\n").expect("a section");
    let (_, vectors) = spec.split_once("\nvectors:\n").expect("a section");
    let before = before.replace("id: honeycomb", "id: hostile");
    format!(
        "{before}\ndocs:\n  prerequisites:\n{0}  cost_drivers:\n{0}  cost_tips:\n{0}  delivery_notes:\n{0}\nvectors:\n{vectors}",
        items.concat()
    )
}

#[test]
fn text_of_a_spec_stays_text_and_changes_no_other_page() {
    let folder = copy_of_the_repository();
    fs::write(folder.path().join("providers/hostile.yaml"), hostile_spec()).expect("written");

    let output = run(folder.path(), &["generate"]);

    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let guides = "docs/examples/cloud-sinks";
    let page =
        |name: &str| fs::read_to_string(folder.path().join(guides).join(name)).expect("a page");
    let headings = |text: &str| -> Vec<String> {
        Outline::of(text)
            .headings
            .into_iter()
            .skip(1)
            .map(|heading| heading.text)
            .collect()
    };
    let hostile = page("hostile.md");
    let expected: Vec<_> = headings(&page("honeycomb.md"))
        .into_iter()
        .filter(|heading| !["Step by step", "Troubleshooting"].contains(&heading.as_str()))
        .collect();
    let found: Vec<_> = headings(&hostile)
        .into_iter()
        .filter(|heading| !["Step by step", "Troubleshooting"].contains(&heading.as_str()))
        .collect();
    assert_eq!(expected, found);
    let html: Vec<_> = pulldown_cmark::Parser::new(&hostile)
        .filter_map(|event| match event {
            pulldown_cmark::Event::Html(text) | pulldown_cmark::Event::InlineHtml(text) => {
                Some(text.trim().to_owned())
            }
            _ => None,
        })
        .filter(|text| {
            !text.is_empty() && !text.starts_with("<!-- tab: ") && text != "<!-- /tabs -->"
        })
        .skip(1)
        .collect();
    assert_eq!(html, Vec::<String>::new());
    for link in Outline::of(&hostile).links {
        assert!(link.target.starts_with('#'), "{}", link.target);
    }
    let name = "honeycomb.md";
    let before = fs::read_to_string(root().join(guides).join(name)).expect("a page");
    assert_eq!(before, page(name));
}

/// Every page that is written or generated, by its path.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    collect(&root().join("docs"), &mut pages);
    for name in [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "providers/README.md",
    ] {
        let text = fs::read_to_string(root().join(name)).expect("readable");
        pages.insert(name.to_owned(), text);
    }
    pages
}

fn collect(folder: &Path, pages: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let name = path
                .strip_prefix(root())
                .expect("below")
                .display()
                .to_string();
            pages.insert(name, fs::read_to_string(&path).expect("readable"));
        }
    }
}

/// Why a block's language is not read by a program.
const NOT_READ: [(&str, &str); 5] = [
    ("", "excerpts of files and of requests, indented"),
    ("text", "what a program printed, or a vendor's example"),
    (
        "console",
        "a command and its output: those of the tutorial are run, the others are in tests/cmd",
    ),
    ("diff", "a difference"),
    ("promql", "no reader of it in Rust"),
];

#[test]
fn every_block_of_code_is_what_it_says() {
    let mut wrong = Vec::new();
    let mut python = Vec::new();
    let mut shell = Vec::new();
    for (page, text) in pages() {
        for block in Outline::of(&text).blocks {
            let place = format!("{page}:{}", line_at(&text, block.start));
            let code = block.code.as_str();
            let result = match block.language.split(',').next().unwrap_or_default() {
                "json" | "ndjson" => serde_json::Deserializer::from_str(code)
                    .into_iter::<serde_json::Value>()
                    .try_for_each(|value| value.map(|_| ()))
                    .map_err(|error| error.to_string()),
                "yaml" => serde_yaml::from_str::<serde_json::Value>(code)
                    .map(|_| ())
                    .map_err(|error| error.to_string()),
                "toml" => code
                    .parse::<toml_edit::DocumentMut>()
                    .map(|_| ())
                    .map_err(|error| error.to_string()),
                "rust" => syn::parse_str::<syn::File>(&format!("async fn shown() {{ {code} }}"))
                    .map(|_| ())
                    .map_err(|error| error.to_string()),
                "python" => {
                    python.push((place.clone(), code.to_owned()));
                    Ok(())
                }
                "sh" => {
                    shell.push((place.clone(), code.to_owned()));
                    Ok(())
                }
                other if NOT_READ.iter().any(|(known, _)| *known == other) => Ok(()),
                other => Err(format!("nobody reads `{other}`")),
            };
            wrong.extend(result.err().map(|error| format!("{place}: {error}")));
        }
    }
    wrong.extend(refused_by(
        Command::new("python3").args(["-c", READ_PYTHON]),
        &python,
    ));
    wrong.extend(refused_by(
        Command::new("bash").args(["-c", READ_SHELL, "bash"]),
        &shell,
    ));
    assert!(!python.is_empty() && !shell.is_empty());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Reads `[[place, code], …]`, prints what is wrong.
const READ_PYTHON: &str = "\
import ast, json, sys
for place, code in json.load(sys.stdin):
    try:
        compile(code, place, 'exec', ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        print(f'{place}: {error}')
";

/// The same; JSON is taken apart by a program that is there in any case.
const READ_SHELL: &str = "\
python3 -c 'import json,sys
for place, code in json.load(sys.stdin):
    sys.stdout.write(place + chr(0) + code + chr(0))' |
while IFS= read -r -d '' place && IFS= read -r -d '' code; do
  said=$(bash -n -c \"$code\" 2>&1) || echo \"$place: $said\"
done
";

fn refused_by(program: &mut Command, blocks: &[(String, String)]) -> Vec<String> {
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let input = child.stdin.take().expect("piped");
    serde_json::to_writer(input, blocks).expect("written");
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    said.lines().map(str::to_owned).collect()
}

/// The tutorial is a transcript: its two halves are run, each with the spec as it is there.
#[test]
fn the_tutorial_is_what_happens() {
    let page = root().join("docs/tutorial.md");
    let text = fs::read_to_string(&page).expect("readable");
    let at = text
        .find("## See what would be sent")
        .expect("the second half");
    let blocks = |language: &str| -> Vec<String> {
        let blocks = Outline::of(&text).blocks.into_iter();
        let blocks = blocks.filter(|block| block.language == language);
        blocks.map(|block| block.code).collect()
    };
    let yaml = blocks("yaml");
    let event = blocks("json").concat();
    let folder = tempfile::tempdir().expect("a folder");
    let halves = [
        ("first", &text[..at], yaml[0].clone()),
        ("second", &text[at..], corrected(&yaml[0], &yaml[1])),
    ];
    let paths: Vec<PathBuf> = halves
        .iter()
        .map(|(name, half, spec)| {
            let input = folder.path().join(format!("{name}.in"));
            fs::create_dir(&input).expect("a folder");
            fs::write(input.join("hearth.yaml"), spec).expect("written");
            fs::write(input.join("app.ndjson"), &event).expect("written");
            let path = folder.path().join(format!("{name}.md"));
            fs::write(&path, half).expect("written");
            path
        })
        .collect();

    let cases = trycmd::TestCases::new();
    cases.env("NO_COLOR", "1");
    for path in &paths {
        cases.case(path);
    }
    let result = std::panic::catch_unwind(|| cases.run());

    if std::env::var_os("TRYCMD").is_some_and(|how| how == "overwrite") {
        let halves: Vec<_> = paths
            .iter()
            .map(|path| fs::read_to_string(path).expect("readable"))
            .collect();
        fs::write(page, halves.concat()).expect("written");
    }
    assert!(
        result.is_ok(),
        "docs/tutorial.md differs; `TRYCMD=overwrite cargo test --test docs` writes it"
    );
}

/// The spec with the two lines as the page says to correct them.
fn corrected(spec: &str, lines: &str) -> String {
    let right = spec
        .replace("max_batch_byte:", "max_batch_bytes:")
        .replace("outcome: retry", "outcome: throttled");
    for line in lines.lines() {
        assert!(right.contains(line), "{line}");
    }
    right
}
