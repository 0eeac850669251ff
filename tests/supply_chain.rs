//! What is built in: `deny.toml` held without cargo-deny, which not everybody has, and the Rust version
//! that we and the generated crates claim.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};
use toml_edit::{DocumentMut, Table};

/// `name version`.
type Id = String;

struct Graph {
    /// Every crate that some platform, feature or test of the workspace builds, and who asks for it.
    users: BTreeMap<Id, BTreeSet<String>>,
    packages: BTreeMap<Id, Value>,
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn tree(arguments: &[&str]) -> BTreeMap<Id, BTreeSet<String>> {
    let common = ["tree", "--locked", "--prefix", "depth", "--format", " {p}"];
    let mut users: BTreeMap<Id, BTreeSet<String>> = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    for line in cargo(&[&common, arguments].concat()).lines() {
        let Some((depth, package)) = line.split_once(' ') else {
            continue;
        };
        let mut words = package.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            panic!("not a package: `{line}`");
        };
        path.truncate(depth.parse().expect("a depth"));
        let id = format!("{name} {}", version.trim_start_matches('v'));
        users.entry(id).or_default().extend(path.last().cloned());
        path.push(name.to_owned());
    }
    users
}

fn graph() -> Graph {
    let metadata = cargo(&["metadata", "--locked", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let packages = packages.iter().map(|package| {
        let text = |key: &str| package[key].as_str().expect("a text").to_owned();
        (
            format!("{} {}", text("name"), text("version")),
            package.clone(),
        )
    });
    Graph {
        users: tree(&[
            "--workspace",
            "--target",
            "all",
            "--edges",
            "normal,build,dev",
        ]),
        packages: packages.collect(),
    }
}

impl Graph {
    /// Those that are not ours.
    fn foreign(&self) -> impl Iterator<Item = (&Id, &Value)> {
        let used = self.users.keys().map(|id| (id, &self.packages[id]));
        used.filter(|(_, package)| !package["source"].is_null())
    }
}

fn rules(section: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
    let text = std::fs::read_to_string(path).expect("readable");
    let document: DocumentMut = text.parse().expect("TOML");
    document[section].as_table().expect("a section").clone()
}

/// The entries of `bans.KEY`: crate, version or nothing, wrappers.
fn bans(key: &str) -> Vec<(String, String, BTreeSet<String>)> {
    let section = rules("bans");
    let entries = section[key].as_array().expect("a list").clone();
    let entry = |entry: &toml_edit::Value| {
        let entry = entry.as_inline_table().expect("a table");
        let name = entry["crate"].as_str().expect("a crate");
        let (name, version) = name.split_once('@').unwrap_or((name, ""));
        let wrappers = entry.get("wrappers").and_then(toml_edit::Value::as_array);
        let wrappers = wrappers
            .into_iter()
            .flatten()
            .filter_map(toml_edit::Value::as_str);
        (
            name.to_owned(),
            version.to_owned(),
            wrappers.map(str::to_owned).collect(),
        )
    };
    entries.iter().map(entry).collect()
}

#[test]
fn every_licence_is_one_that_is_allowed() {
    let section = rules("licenses");
    let allowed: Vec<_> = section["allow"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    let allowed: Vec<_> = allowed.iter().filter_map(|it| it.as_str()).collect();

    let refused: Vec<String> = graph()
        .foreign()
        .map(|(id, package)| {
            (
                id.clone(),
                package["license"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .filter(|(_, licence)| {
            let parsed = Expression::parse_mode(licence, ParseMode::LAX);
            !parsed.is_ok_and(|parsed| {
                parsed.evaluate(|asked| {
                    let name = asked.license.id().map_or("", |id| id.name);
                    asked.addition.is_none() && allowed.contains(&name)
                })
            })
        })
        .map(|(id, licence)| format!("{id}: `{licence}`"))
        .collect();

    assert_eq!(Vec::<String>::new(), refused, "not among `licenses.allow`");
}

#[test]
fn there_is_one_version_of_each_crate_but_those_that_say_why() {
    let graph = graph();
    let skipped = bans("skip");
    let is_skipped = |name: &str, version: &str| {
        let prefix = |known: &str| version == known || version.starts_with(&format!("{known}."));
        skipped
            .iter()
            .any(|(known, of, _)| known == name && prefix(of))
    };

    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, _) in graph.foreign() {
        let (name, version) = id.split_once(' ').expect("two words");
        versions.entry(name).or_default().push(version);
    }
    versions.retain(|name, versions| {
        versions.retain(|version| !is_skipped(name, version));
        versions.len() > 1
    });

    assert_eq!(
        BTreeMap::new(),
        versions,
        "several versions, and no `bans.skip`"
    );
}

#[test]
fn what_is_banned_is_not_built() {
    let graph = graph();

    for (name, _, wrappers) in bans("deny") {
        let found = graph
            .foreign()
            .filter(|(id, _)| id.split(' ').next() == Some(&name));
        for (id, _) in found {
            let users = &graph.users[id];
            assert!(
                users.is_subset(&wrappers),
                "{id} is banned and comes with {users:?}"
            );
        }
    }
}

#[test]
fn every_crate_comes_from_the_registry() {
    let registry = "registry+https://github.com/rust-lang/crates.io-index";

    for (id, package) in graph().foreign() {
        assert_eq!(Some(registry), package["source"].as_str(), "{id}");
    }
}

/// What somebody with just that version of Rust could not build. That the code itself needs nothing
/// newer is checked by clippy's `incompatible_msrv`, and by `.ci/run` where that toolchain is.
#[test]
fn no_dependency_needs_a_newer_rust_than_its_user_claims() {
    let graph = graph();

    for member in ["fapilog-gen", "cloud-sinks"] {
        let arguments = [
            "--package",
            member,
            "--target",
            "all",
            "--edges",
            "normal,build",
        ];
        let claimed = rust_version(&graph, member).expect("a claim");
        let newer: Vec<_> = tree(&arguments)
            .into_keys()
            .filter(|id| rust_version(&graph, id).is_some_and(|needed| needed > claimed))
            .collect();

        assert_eq!(Vec::<Id>::new(), newer, "{member} claims Rust {claimed:?}");
    }
}

fn rust_version(graph: &Graph, id: &str) -> Option<Vec<u32>> {
    let mut packages = graph.packages.iter();
    let (_, package) = packages.find(|(known, package)| *known == id || package["name"] == id)?;
    let version = package["rust_version"].as_str()?;
    let mut parts: Vec<u32> = version
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect();
    parts.resize(3, 0);
    Some(parts)
}
