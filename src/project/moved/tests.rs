use super::*;

/// Twenty lines that no other text of another name has.
fn text(name: &str) -> String {
    let lines: Vec<String> = (0..20)
        .map(|line| format!("line {line} of {name}\n"))
        .collect();
    lines.concat()
}

struct Folder {
    root: tempfile::TempDir,
    lock: Lock,
}

impl Folder {
    /// A folder with generated files, as a run left it.
    fn with(files: &[&str]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut lock = Lock::new("crate");
        for path in files {
            let text = text(path);
            lock.files.insert((*path).to_owned(), LockedFile::of(&text));
            write(root.path(), path, &text);
        }
        Self { root, lock }
    }

    fn rename(&self, from: &str, to: &str) {
        let to = self.root.path().join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(self.root.path().join(from), to).unwrap();
    }

    fn edit(&self, path: &str, change: impl Fn(&str) -> String) {
        let path = self.root.path().join(path);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, change(&text)).unwrap();
    }

    /// What was moved, and where the planned files then lie.
    fn follow(&mut self, planned: &[&str]) -> (Vec<(String, String)>, Vec<String>) {
        let mut planned: Vec<RenderedFile> = planned
            .iter()
            .map(|path| RenderedFile {
                path: (*path).to_owned(),
                contents: text(path).into(),
            })
            .collect();
        let moves = follow(self.root.path(), &mut self.lock, &mut planned);
        let moves = moves.into_iter().map(|it| (it.from, it.to));
        let places = planned.into_iter().map(|file| file.path);
        (moves.collect(), places.collect())
    }
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn pair(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

#[test]
fn nothing_is_followed_where_nothing_is_missing() {
    let mut folder = Folder::with(&["src/a.rs"]);
    write(folder.root.path(), "src/copy.rs", &text("src/a.rs"));

    let (moves, places) = folder.follow(&["src/a.rs"]);

    assert_eq!((0, vec!["src/a.rs".to_owned()]), (moves.len(), places));
}

#[test]
fn a_renamed_file_is_found_though_it_was_edited() {
    let mut folder = Folder::with(&["src/a.rs", "src/b.rs"]);
    folder.rename("src/a.rs", "src/other.rs");
    folder.edit("src/other.rs", |text| {
        text.replace("line 3 ", "my line ") + "mine\n"
    });

    let (moves, places) = folder.follow(&["src/a.rs", "src/b.rs"]);

    assert_eq!([pair("src/a.rs", "src/other.rs")], *moves);
    assert_eq!(["src/other.rs", "src/b.rs"], *places);
    assert!(folder.lock.files.contains_key("src/other.rs"));
    assert!(!folder.lock.files.contains_key("src/a.rs"));
}

#[test]
fn it_is_followed_again_and_back() {
    let mut folder = Folder::with(&["src/a.rs"]);
    folder.rename("src/a.rs", "lib/a.rs");
    folder.follow(&["src/a.rs"]);
    assert_eq!(
        Some("lib/a.rs"),
        folder.lock.moved.get("src/a.rs").map(String::as_str)
    );

    folder.rename("lib/a.rs", "lib/b.rs");
    let (moves, places) = folder.follow(&["src/a.rs"]);
    assert_eq!([pair("lib/a.rs", "lib/b.rs")], *moves);
    assert_eq!(["lib/b.rs"], *places);

    folder.rename("lib/b.rs", "src/a.rs");
    let (_, places) = folder.follow(&["src/a.rs"]);
    assert_eq!(["src/a.rs"], *places);
    assert!(folder.lock.moved.is_empty());
}

#[test]
fn a_new_file_of_a_moved_folder_goes_where_the_folder_went() {
    let mut folder = Folder::with(&["src/sinks/mod.rs", "src/sinks/loki/mod.rs", "docs/loki.md"]);
    folder.rename("src/sinks", "src/shipping");

    let (_, places) = folder.follow(&[
        "src/sinks/mod.rs",
        "src/sinks/datadog/mod.rs",
        "docs/new.md",
    ]);

    assert_eq!(
        [
            "src/shipping/mod.rs",
            "src/shipping/datadog/mod.rs",
            "docs/new.md"
        ],
        *places
    );
}

#[test]
fn a_short_file_goes_with_its_folder() {
    let mut folder = Folder::with(&["src/a/code.py"]);
    let empty = LockedFile::of("");
    for path in ["src/a/__init__.py", "src/b/__init__.py"] {
        folder.lock.files.insert(path.to_owned(), empty.clone());
        write(folder.root.path(), path, "");
    }
    folder.rename("src/a", "src/c");
    fs::remove_file(folder.root.path().join("src/b/__init__.py")).unwrap();

    let (moves, _) = folder.follow(&["src/a/code.py", "src/a/__init__.py", "src/b/__init__.py"]);

    let expected = [
        pair("src/a/__init__.py", "src/c/__init__.py"),
        pair("src/a/code.py", "src/c/code.py"),
    ];
    assert_eq!(expected, *moves);
}

#[test]
fn what_could_be_either_of_two_is_neither() {
    let mut folder = Folder::with(&["src/a.rs"]);
    folder.rename("src/a.rs", "src/x.rs");
    write(folder.root.path(), "src/y.rs", &text("src/a.rs"));

    let (moves, _) = folder.follow(&["src/a.rs"]);

    assert_eq!(0, moves.len());
}

#[test]
fn what_belongs_to_others_is_not_looked_at() {
    for place in [".git/a.rs", "target/a.rs", "other/a.rs", "a.py"] {
        let mut folder = Folder::with(&["src/a.rs"]);
        write(folder.root.path(), "other/fapilog-gen.lock", "");
        folder.rename("src/a.rs", place);

        let (moves, _) = folder.follow(&["src/a.rs"]);

        assert_eq!(0, moves.len(), "{place}");
    }
}
