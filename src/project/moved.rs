//! Files that a person moved or renamed: found again by what is in them.
//!
//! A file that is as it was generated is known by its hash, an edited one by the lines that it has in
//! common with what was generated. Only when files are missing is anything looked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use super::emit::{MAX_FILE_BYTES, is_protected};
use super::lock::{self, Lock, LockedFile, hash, is_plain_path};
use super::render::RenderedFile;
use crate::files::read_regular;

/// Entries of folders that are looked at.
const MAX_ENTRIES: usize = 20_000;
/// Bytes of files that are read.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Folders in each other.
const MAX_DEPTH: usize = 16;
/// Lines by which a text is known; fewer say nothing.
const MIN_LINES: usize = 8;
/// Part of the lines that an edited file has kept.
const MIN_ALIKE: f64 = 0.6;

/// Folders that hold no files of a person.
const NOT_OURS: [&str; 6] = [
    "target",
    "node_modules",
    "__pycache__",
    "site-packages",
    "dist",
    "build",
];

/// A file that was moved since the last run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Where it was.
    pub from: String,
    /// Where it is.
    pub to: String,
}

/// Brings what a lock knows and what is planned to where a person moved it; says what was moved since.
/// The lock's `moved` has what is planned elsewhere than it lies.
pub fn follow(root: &Path, lock: &mut Lock, planned: &mut [RenderedFile]) -> Vec<Move> {
    let found = search(root, lock);
    let planned_as: HashMap<String, String> = lock
        .moved
        .iter()
        .map(|(planned, actual)| (actual.clone(), planned.clone()))
        .collect();
    for it in &found {
        if let Some(file) = lock.files.remove(&it.from) {
            lock.files.insert(it.to.clone(), file);
        }
        let planned = planned_as.get(&it.from).unwrap_or(&it.from).clone();
        if planned == it.to {
            lock.moved.remove(&planned);
        } else {
            lock.moved.insert(planned, it.to.clone());
        }
    }
    if !lock.moved.is_empty() {
        place(root, lock, planned);
    }
    found
}

/// Gives planned files their places: those that were moved, and new ones in folders that were.
fn place(root: &Path, lock: &mut Lock, planned: &mut [RenderedFile]) {
    let folders = folders(lock);
    let before: BTreeSet<String> = lock.files.keys().cloned().collect();
    for file in planned.iter_mut() {
        if let Some(actual) = lock.moved.get(&file.path) {
            file.path.clone_from(actual);
        } else if !before.contains(&file.path)
            && let Some(actual) = in_moved_folder(&file.path, &folders)
            && !root.join(&file.path).exists()
        {
            lock.moved.insert(file.path.clone(), actual.clone());
            file.path = actual;
        }
    }
    let actual: BTreeSet<&str> = planned.iter().map(|file| file.path.as_str()).collect();
    lock.moved.retain(|_, to| actual.contains(to.as_str()));
}

/// Folders all of whose files were moved alike, and where they are.
fn folders(lock: &Lock) -> BTreeMap<String, String> {
    let mut folders: BTreeMap<String, Option<String>> = BTreeMap::new();
    let planned_as: HashMap<&str, &str> = lock
        .moved
        .iter()
        .map(|(planned, actual)| (actual.as_str(), planned.as_str()))
        .collect();
    for actual in lock.files.keys() {
        let planned = planned_as.get(actual.as_str()).copied().unwrap_or(actual);
        let mut inner = planned;
        while let Some((folder, _)) = inner.rsplit_once('/') {
            inner = folder;
            let rest = &planned[folder.len()..];
            let to = actual.strip_suffix(rest).map(str::to_owned);
            let known = folders
                .entry(folder.to_owned())
                .or_insert_with(|| to.clone());
            if *known != to {
                *known = None;
            }
        }
    }
    let moved = folders
        .into_iter()
        .filter_map(|(from, to)| Some((from, to?)));
    moved
        .filter(|(from, to)| from != to && !to.is_empty())
        .collect()
}

fn in_moved_folder(path: &str, folders: &BTreeMap<String, String>) -> Option<String> {
    let mut inner = path;
    while let Some((folder, _)) = inner.rsplit_once('/') {
        inner = folder;
        if let Some(to) = folders.get(folder) {
            return Some(format!("{to}{}", &path[folder.len()..]));
        }
    }
    None
}

/// Files of the lock that are not where they were, and where they are now.
fn search(root: &Path, lock: &Lock) -> Vec<Move> {
    let is_missing = |path: &&String| !lock.deleted.contains(*path) && !root.join(path).exists();
    let missing: Vec<&String> = lock.files.keys().filter(is_missing).collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let mut wanted: BTreeMap<&str, Wanted> = BTreeMap::new();
    for path in missing {
        let file = &lock.files[path];
        // A text that the lock does not prove is not looked for.
        if let Ok(text) = file.pristine() {
            let lines = lines(&text);
            wanted.insert(path, Wanted { file, lines });
        }
    }
    let mut candidates = candidates(root, lock, &wanted);
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for is_match in [is_unchanged, is_alike] {
        assign(&wanted, &mut candidates, &mut found, is_match);
    }
    by_folder(root, lock, &wanted, &candidates, &mut found);
    let moves = found.into_iter();
    moves.map(|(from, to)| Move { from, to }).collect()
}

/// A file that is missing.
struct Wanted<'a> {
    file: &'a LockedFile,
    lines: HashMap<u64, usize>,
}

/// A file that it could be.
struct Candidate {
    hash: String,
    lines: HashMap<u64, usize>,
}

/// Gives each missing file the candidate that matches best, where there is a best one.
fn assign(
    wanted: &BTreeMap<&str, Wanted>,
    candidates: &mut BTreeMap<String, Candidate>,
    found: &mut BTreeMap<String, String>,
    score: fn(&Wanted, &Candidate) -> Option<f64>,
) {
    let mut pairs: Vec<(f64, usize, &str, String)> = Vec::new();
    for (from, file) in wanted.iter().filter(|it| !found.contains_key(*it.0)) {
        if file.lines.values().sum::<usize>() < MIN_LINES {
            continue;
        }
        for (to, candidate) in candidates.iter() {
            if let Some(score) = score(file, candidate) {
                pairs.push((score, common_end(from, to), from, to.clone()));
            }
        }
    }
    // The likest first; of those as like, the one whose name and folders are.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
    for (score, common, from, to) in &pairs {
        let is_tie = |other: &(f64, usize, &str, String)| {
            other.2 == *from
                && other.3 != *to
                && candidates.contains_key(&other.3)
                && other.0.total_cmp(score).is_eq()
                && other.1 == *common
        };
        if found.contains_key(*from) || !candidates.contains_key(to) || pairs.iter().any(is_tie) {
            continue;
        }
        found.insert((*from).to_owned(), to.clone());
        candidates.remove(to);
    }
}

fn is_unchanged(wanted: &Wanted, candidate: &Candidate) -> Option<f64> {
    (wanted.file.sha256 == candidate.hash).then_some(1.0)
}

fn is_alike(wanted: &Wanted, candidate: &Candidate) -> Option<f64> {
    let common: usize = wanted
        .lines
        .iter()
        .map(|(line, count)| (*count).min(candidate.lines.get(line).copied().unwrap_or(0)))
        .sum();
    let all = |lines: &HashMap<u64, usize>| lines.values().sum::<usize>();
    #[expect(clippy::cast_precision_loss, reason = "lines of a file")]
    let alike = 2.0 * common as f64 / (all(&wanted.lines) + all(&candidate.lines)).max(1) as f64;
    (alike >= MIN_ALIKE).then_some(alike)
}

/// Files that are too short to be known by their text went where the others of their folder did.
fn by_folder(
    root: &Path,
    lock: &Lock,
    wanted: &BTreeMap<&str, Wanted>,
    candidates: &BTreeMap<String, Candidate>,
    found: &mut BTreeMap<String, String>,
) {
    let mut moved: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in found.iter() {
        let mut rest = common_end(from, to);
        let (mut from, mut to) = (from.as_str(), to.as_str());
        while rest > 0
            && let (Some((outer, _)), Some((outer_to, _))) =
                (from.rsplit_once('/'), to.rsplit_once('/'))
        {
            (from, to, rest) = (outer, outer_to, rest - 1);
            moved.entry(from).or_default().insert(to);
        }
    }
    let mut more = Vec::new();
    for from in wanted.keys().filter(|from| !found.contains_key(**from)) {
        let mut inner: &str = from;
        while let Some((folder, _)) = inner.rsplit_once('/') {
            inner = folder;
            let Some(to) = moved.get(folder).filter(|to| to.len() == 1) else {
                continue;
            };
            let to = to.iter().map(|to| format!("{to}{}", &from[folder.len()..]));
            let there = |to: &String| {
                let is_taken = lock.files.contains_key(to);
                candidates.contains_key(to) || !is_taken && root.join(to).is_file()
            };
            more.extend(to.filter(there).map(|to| ((*from).to_owned(), to)));
            break;
        }
    }
    found.extend(more);
}

/// Names at the end of two paths that are the same.
fn common_end(a: &str, b: &str) -> usize {
    let pairs = a.rsplit('/').zip(b.rsplit('/'));
    pairs.take_while(|(a, b)| a == b).count()
}

/// The lines of a text that say something, as a set with counts.
fn lines(text: &str) -> HashMap<u64, usize> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};

    let mut lines = HashMap::new();
    for line in text.lines().map(str::trim).filter(|line| line.len() > 2) {
        let mut hasher = DefaultHasher::new();
        line.hash(&mut hasher);
        *lines.entry(hasher.finish()).or_insert(0) += 1;
    }
    lines
}

/// Files of a person that may be one of those that are missing.
fn candidates(
    root: &Path,
    lock: &Lock,
    wanted: &BTreeMap<&str, Wanted>,
) -> BTreeMap<String, Candidate> {
    let endings: BTreeSet<&str> = wanted.keys().map(|path| ending(path)).collect();
    let mut walk = Walk {
        root,
        lock,
        endings,
        entries: 0,
        bytes: 0,
        found: BTreeMap::new(),
    };
    walk.folder("", 0);
    walk.found
}

fn ending(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

struct Walk<'a> {
    root: &'a Path,
    lock: &'a Lock,
    endings: BTreeSet<&'a str>,
    entries: usize,
    bytes: usize,
    found: BTreeMap<String, Candidate>,
}

impl Walk<'_> {
    /// Recursion is bounded by [`MAX_DEPTH`]. What cannot be read is none of ours: a missing file is
    /// then named as such.
    fn folder(&mut self, folder: &str, depth: usize) {
        let Ok(entries) = fs::read_dir(self.root.join(folder)) else {
            return;
        };
        for entry in entries.flatten() {
            self.entries += 1;
            if self.entries > MAX_ENTRIES || self.bytes > MAX_BYTES {
                return;
            }
            let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else {
                continue;
            };
            let path = if folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{name}")
            };
            if name.starts_with('.') || !is_plain_path(&path) {
                continue;
            }
            if kind.is_dir() {
                if depth < MAX_DEPTH && !self.is_of_others(&path, &name) {
                    self.folder(&path, depth + 1);
                }
            } else if kind.is_file() && self.endings.contains(ending(&name)) {
                self.file(path);
            }
        }
    }

    /// Build output, a virtual environment, or another folder with sinks.
    fn is_of_others(&self, path: &str, name: &str) -> bool {
        let folder = self.root.join(path);
        NOT_OURS.contains(&name)
            || ["pyvenv.cfg", "CACHEDIR.TAG", lock::FILE_NAME]
                .iter()
                .any(|mark| folder.join(mark).exists())
    }

    fn file(&mut self, path: String) {
        if self.lock.files.contains_key(&path) || is_protected(&path) {
            return;
        }
        let Ok(bytes) = read_regular(&self.root.join(&path), MAX_FILE_BYTES) else {
            return;
        };
        self.bytes += bytes.len();
        if let Ok(text) = String::from_utf8(bytes) {
            let candidate = Candidate {
                hash: hash(&text),
                lines: lines(&text),
            };
            self.found.insert(path, candidate);
        }
    }
}

#[cfg(test)]
mod tests;
