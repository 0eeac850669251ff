//! What a person does with generated code and with specs besides updating them: moves it, lets go of the
//! tool, asks what a change means, starts a spec.

mod eject;
mod formats;
mod impact;
mod moved;
mod projects;
mod pythons;
mod specs;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fapilog-gen"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("started")
}

/// Runs what must end with a code; all it printed.
fn ends(folder: &Path, arguments: &str, code: i32) -> String {
    let words: Vec<&str> = arguments.split(' ').collect();
    let output = run(folder, &words);
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(Some(code), output.status.code(), "{arguments}: {text}");
    text
}

/// Runs what must end well.
fn done(folder: &Path, arguments: &str) -> String {
    ends(folder, arguments, 0)
}

fn edit(path: &Path, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(path).expect("readable");
    let changed = change(text.clone());
    assert_ne!(text, changed, "{}", path.display());
    fs::write(path, changed).expect("written");
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
}

/// Every file below a folder but what the tool keeps for itself.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("folder") {
            let path = entry.expect("entry").path();
            if path.file_name().is_some_and(|name| name == ".fapilog-gen") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("below").to_string_lossy();
                found.insert(name.into_owned(), fs::read(&path).expect("read"));
            }
        }
    }
    found
}

/// A crate of somebody's.
fn shop(folder: &Path, manifest: &str) -> PathBuf {
    let root = folder.join("shop");
    write(&root.join("src/main.rs"), "mod sinks;\n\nfn main() {}\n");
    let package = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n";
    write(&root.join("Cargo.toml"), &format!("{package}{manifest}"));
    root
}
