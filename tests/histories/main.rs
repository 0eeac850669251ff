//! Random histories of a project: somebody edits, moves and deletes while templates go on, and runs are
//! killed. No edit is ever lost, and what nobody edited is what a clean generation makes.
//!
//! A few of each by default. As many as a release is held to:
//!
//! ```console
//! $ HISTORIES=1000 KILLS=500 cargo test --release --test histories -- --nocapture
//! ```

mod calls;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use fapilog_gen::assets::Assets;
use fapilog_gen::languages;
use fapilog_gen::project::guard::Guard;
use fapilog_gen::project::merge::Conflict;
use fapilog_gen::project::prepare::{Intent, Order, Ordered, prepare};
use fapilog_gen::sink::load_provider;

/// Numbers that look random and are the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

fn count(variable: &str, default: usize) -> usize {
    let given = env::var(variable).ok();
    given.map_or(default, |text| text.parse().expect("a number"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).expect("folder") {
        let path = entry.expect("entry").path();
        let target = to.join(path.file_name().expect("name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).expect("copied");
        }
    }
}

/// Every file below a folder but the lock and what the tool keeps for itself.
fn tree(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("folder") {
            let path = entry.expect("entry").path();
            let name = path
                .file_name()
                .expect("name")
                .to_string_lossy()
                .into_owned();
            if path.is_dir() && name != ".fapilog-gen" {
                folders.push(path);
            } else if path.is_file() && name != "fapilog-gen.lock" {
                let inner = path
                    .strip_prefix(root)
                    .expect("below")
                    .to_string_lossy()
                    .into_owned();
                found.insert(inner, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    found
}

/// A project in which somebody works, and the templates it is made from.
struct Project {
    folder: tempfile::TempDir,
    language: &'static dyn languages::Language,
    provider: &'static str,
    /// What somebody wrote, each once in the project, by the file's first path.
    edits: BTreeMap<String, Vec<String>>,
    /// Where files are that were moved, by their first path.
    moved: BTreeMap<String, String>,
    deleted: BTreeSet<String>,
    written: usize,
}

impl Project {
    fn new(numbers: &mut Numbers) -> Self {
        let folder = tempfile::tempdir().expect("temp dir");
        let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        copy(&templates, &folder.path().join("templates"));
        let project = Self {
            folder,
            language: languages::ALL[numbers.below(languages::ALL.len())],
            provider: ["loki", "datadog", "cloudwatch"][numbers.below(3)],
            edits: BTreeMap::new(),
            moved: BTreeMap::new(),
            deleted: BTreeSet::new(),
            written: 0,
        };
        project.generate("sinks");
        project
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("sinks")
    }

    /// What `new-sink` does, as long as the folder is not there, and what `update` does.
    fn generate(&self, folder: &str) {
        let root = self.folder.path().join(folder);
        let assets = Assets::with_overrides(None, Some(&self.folder.path().join("templates")));
        let loaded = load_provider(&assets, self.provider).expect("valid");
        let is_new = !root.exists();
        let intent = if is_new {
            Intent::Join {
                force: false,
                no_deps: false,
            }
        } else {
            Intent::Renew {
                conflict: Conflict::Markers,
                no_deps: false,
            }
        };
        let guard = Guard::enter(&root, Duration::ZERO).expect("free");
        let order = Order {
            root: &root,
            name: Some("sinks".to_owned()),
            language: self.language,
            sinks: if is_new {
                vec![Ordered::of(&loaded, false)]
            } else {
                Vec::new()
            },
            intent,
        };
        let prepared = prepare(&assets, &order).expect("prepared");
        prepared.refuse_strangers(&root).expect("no strangers");
        prepared.emission.write_undoable().expect("written");
        drop(guard);
    }

    fn comment(&self) -> &'static str {
        if self.language.name() == "python" {
            "#"
        } else {
            "//"
        }
    }

    fn ending(&self) -> &'static str {
        if self.language.name() == "python" {
            ".py"
        } else {
            ".rs"
        }
    }

    /// Files that were generated and are still followed: first path and where they are.
    fn files(&self) -> Vec<(String, String)> {
        let back: BTreeMap<&String, &String> =
            self.moved.iter().map(|(from, to)| (to, from)).collect();
        let files = tree(&self.root())
            .into_keys()
            .filter(|path| path.ends_with(self.ending()));
        files
            .map(|path| {
                (
                    back.get(&path)
                        .map_or_else(|| path.clone(), |first| (*first).clone()),
                    path,
                )
            })
            .collect()
    }

    /// Somebody writes a line of their own, or behind one that is there.
    fn edit(&mut self, numbers: &mut Numbers) {
        let files = self.files();
        let (first, path) = files[numbers.below(files.len())].clone();
        let path = self.root().join(path);
        let text = fs::read_to_string(&path).expect("text");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        self.written += 1;
        let mark = format!("{} edit {} of mine", self.comment(), self.written);
        let at = numbers.below(lines.len() + 1);
        let is_text = lines.get(at).is_some_and(|line| !line.trim().is_empty());
        if is_text && numbers.below(2) == 0 {
            lines[at] = format!("{}{mark}", lines[at]);
        } else {
            lines.insert(at, mark.clone());
        }
        fs::write(path, lines.join("\n") + "\n").expect("written");
        self.edits.entry(first).or_default().push(mark);
    }

    fn rename(&mut self, numbers: &mut Numbers) {
        let files = self.files();
        let (first, path) = files[numbers.below(files.len())].clone();
        // Its text must say which one it is.
        if fs::read_to_string(self.root().join(&path))
            .expect("text")
            .lines()
            .count()
            < 20
        {
            return;
        }
        self.written += 1;
        let to = format!("elsewhere/moved_{}{}", self.written, self.ending());
        fs::create_dir_all(self.root().join("elsewhere")).expect("folder");
        fs::rename(self.root().join(path), self.root().join(&to)).expect("moved");
        self.moved.insert(first, to);
    }

    fn delete(&mut self, numbers: &mut Numbers) {
        let files = self.files();
        let (first, path) = files[numbers.below(files.len())].clone();
        fs::remove_file(self.root().join(path)).expect("removed");
        self.edits.remove(&first);
        self.moved.remove(&first);
        self.deleted.insert(first);
    }

    /// The templates of the next version: lines come, go and change in some files.
    fn upgrade(&mut self, numbers: &mut Numbers) {
        let templates = self
            .folder
            .path()
            .join("templates")
            .join(self.language.name());
        let base = templates.join("cloud_sink_base");
        let mut files: Vec<PathBuf> = fs::read_dir(base)
            .expect("folder")
            .map(|entry| entry.expect("entry").path())
            .filter(|path| path.to_string_lossy().ends_with(self.ending()))
            .collect();
        files.sort();
        for _ in 0..6 {
            let path = &files[numbers.below(files.len())];
            let text = fs::read_to_string(path).expect("text");
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            self.written += 1;
            let later = format!("{} version {}", self.comment(), self.written);
            let at = numbers.below(lines.len());
            match numbers.below(3) {
                0 => lines[at] = later,
                1 => lines.insert(at, later),
                _ => drop(lines.remove(at)),
            }
            fs::write(path, lines.join("\n") + "\n").expect("written");
        }
    }

    /// No edit is lost, nothing that was deleted is back, and the rest is what is generated.
    fn check(&self, history: usize) {
        let now = tree(&self.root());
        let clean = tree(&self.folder.path().join("clean"));
        for first in &self.deleted {
            assert!(
                !now.contains_key(first),
                "history {history}: {first} is back"
            );
        }
        for (first, generated) in &clean {
            if self.deleted.contains(first) {
                continue;
            }
            let path = self.moved.get(first).unwrap_or(first);
            let text = now
                .get(path)
                .unwrap_or_else(|| panic!("history {history}: {path} is gone"));
            let edits = self.edits.get(first).cloned().unwrap_or_default();
            for edit in &edits {
                assert_eq!(
                    1,
                    text.matches(edit.as_str()).count(),
                    "history {history}: {path}: {edit}"
                );
            }
            // A line that both changed is there twice, for somebody to settle.
            if !text.contains("<<<<<<< yours") {
                assert_eq!(
                    *generated,
                    without(text, &edits),
                    "history {history}: {path}"
                );
            }
        }
        assert!(
            !self
                .root()
                .join("cloud_sink_base")
                .join("elsewhere")
                .exists()
        );
    }
}

/// A text as it would be if nobody had edited it.
fn without(text: &str, edits: &[String]) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut rest = line;
        // A line can be edited more than once, one of their own too.
        while let Some(before) = edits
            .iter()
            .find_map(|edit| rest.strip_suffix(edit.as_str()))
        {
            rest = before;
        }
        if rest.is_empty() && !line.is_empty() {
            continue;
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

#[test]
fn no_history_of_edits_and_upgrades_loses_anything() {
    let histories = count("HISTORIES", 6);
    for history in 0..histories {
        let mut numbers = Numbers(history as u64 * 7919 + 13);
        let mut project = Project::new(&mut numbers);
        for _ in 0..3 {
            for _ in 0..=numbers.below(6) {
                project.edit(&mut numbers);
            }
            match numbers.below(4) {
                0 => project.rename(&mut numbers),
                1 => project.delete(&mut numbers),
                _ => {}
            }
            project.upgrade(&mut numbers);
            project.generate("sinks");
            let conflicts = tree(&project.root())
                .values()
                .any(|text| text.contains("<<<<<<< yours"));
            if conflicts {
                break;
            }
        }
        project.generate("clean");
        project.check(history);
    }
    println!("{histories} histories, no edit lost");
}

/// The process is killed at some moment of an update, wherever that is; the next one ends as if nothing
/// had been.
#[test]
fn no_killed_run_loses_an_edit() {
    let kills = count("KILLS", 8);
    let mut numbers = Numbers(2026);
    let mut killed = 0;
    let mut rounds = 0;
    while killed < kills && rounds < 20 * kills {
        let mut project = Project::new(&mut numbers);
        let lock = project.root().join("fapilog-gen.lock");
        for _ in 0..5 {
            project.edit(&mut numbers);
        }
        project.upgrade(&mut numbers);
        let before = (tree(&project.root()), fs::read(&lock).expect("a lock"));
        let templates = project.folder.path().join("templates");
        for _ in 0..10 {
            rounds += 1;
            let mut child = Command::new(env!("CARGO_BIN_EXE_fapilog-gen"))
                .args(["--quiet", "--templates"])
                .arg(&templates)
                .args(["update", "sinks"])
                .current_dir(project.folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("started");
            // Not for anything to happen: to be killed wherever it then is.
            let wait = numbers.below(40_000);
            thread::sleep(Duration::from_micros(wait as u64));
            child.kill().expect("killed");
            if child.wait().expect("ended").code().is_none() {
                killed += 1;
            }
            // What is left may be half of a run; the next one takes it back or finds it whole.
            project.generate("sinks");
            fs::remove_dir_all(project.folder.path().join("clean"))
                .or_else(|error| {
                    if error.kind() == std::io::ErrorKind::NotFound {
                        Ok(())
                    } else {
                        Err(error)
                    }
                })
                .expect("removed");
            project.generate("clean");
            project.check(rounds);
            // Back to where it was, for another kill.
            for (path, text) in &before.0 {
                fs::write(project.root().join(path), text).expect("written");
            }
            fs::write(&lock, &before.1).expect("written");
        }
    }
    assert!(killed >= kills.min(1), "{killed} of {rounds} were killed");
    println!("{killed} kills of {rounds} runs, no edit lost");
}
