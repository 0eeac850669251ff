use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use super::*;
use crate::project::disk::{Disk, Fault, Faults};
use crate::project::guard::Guard;
use crate::project::lock::{self, Lock, LockedFile};

fn file(path: &str, contents: &str) -> RenderedFile {
    RenderedFile {
        path: path.into(),
        contents: contents.to_owned().into(),
    }
}

/// Emits as `new-sink` does: files, then the lock.
fn emit(root: &Path, planned: &[RenderedFile], force: bool) -> Vec<(String, FileState)> {
    let previous = Lock::read(root).expect("lock");
    let policy = if force {
        Policy::Overwrite
    } else {
        Policy::Merge(Conflict::Markers)
    };
    emit_with(root, planned, previous.as_ref(), policy)
}

fn emit_with(
    root: &Path,
    planned: &[RenderedFile],
    previous: Option<&Lock>,
    policy: Policy,
) -> Vec<(String, FileState)> {
    let mut emission = compare_with(root, planned, &Known::of(previous), policy).expect("compared");
    let mut lock = Lock::new("crate");
    lock.files = emission.files().clone();
    lock.deleted = emission.deleted().clone();
    let changes = emission
        .changes()
        .iter()
        .map(|change| (change.path.clone(), change.state))
        .collect();
    emission.put(lock::FILE_NAME, lock.to_text()).expect("put");
    emission.write().expect("written");
    changes
}

fn read_text(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).expect("readable")
}

#[test]
fn the_second_run_changes_nothing() {
    let folder = tempfile::tempdir().expect("temp dir");
    let planned = [file("src/lib.rs", "a\n"), file("src/x/mod.rs", "b\n")];

    let first = emit(folder.path(), &planned, false);
    let written = fs::metadata(folder.path().join("src/lib.rs"))
        .expect("metadata")
        .modified()
        .expect("time");
    let second = emit(folder.path(), &planned, false);

    assert!(first.iter().all(|(_, state)| *state == FileState::Created));
    assert!(
        second
            .iter()
            .all(|(_, state)| *state == FileState::Unchanged)
    );
    let now = fs::metadata(folder.path().join("src/lib.rs"))
        .expect("metadata")
        .modified()
        .expect("time");
    assert_eq!(now, written);
}

#[test]
fn an_edit_and_what_is_new_are_merged_and_the_base_moves_on() {
    let folder = tempfile::tempdir().expect("temp dir");
    emit(folder.path(), &[file("a.rs", "1\n2\n3\n")], false);
    fs::write(folder.path().join("a.rs"), "1\nmine\n3\n").expect("write");

    let kept = emit(folder.path(), &[file("a.rs", "1\n2\n3\n")], false);
    let merged = emit(folder.path(), &[file("a.rs", "1\n2\nnew\n")], false);

    assert_eq!(kept, [("a.rs".into(), FileState::Kept)]);
    assert_eq!(merged, [("a.rs".into(), FileState::Merged)]);
    assert_eq!(read_text(folder.path(), "a.rs"), "1\nmine\nnew\n");
    let lock = Lock::read(folder.path()).expect("lock").expect("present");
    assert_eq!(
        lock.files["a.rs"].pristine().expect("intact"),
        "1\n2\nnew\n"
    );
}

#[test]
fn a_conflict_ends_as_asked_and_holds_nothing_else_back() {
    let planned = |text| [file("a.rs", text), file("b.rs", text)];
    for (conflict, expected) in [
        (
            Conflict::Markers,
            "<<<<<<< yours\nmine\n=======\nnew\n>>>>>>> generated\n",
        ),
        (Conflict::Rej, "mine\n"),
        (Conflict::Ours, "mine\n"),
        (Conflict::Theirs, "new\n"),
    ] {
        let folder = tempfile::tempdir().expect("temp dir");
        let root = folder.path();
        emit(root, &planned("old\n"), false);
        fs::write(root.join("a.rs"), "mine\n").expect("write");
        let lock = Lock::read(root).expect("lock");

        let changes = emit_with(
            root,
            &planned("new\n"),
            lock.as_ref(),
            Policy::Merge(conflict),
        );

        assert!(
            changes.contains(&("a.rs".into(), FileState::Conflict)),
            "{changes:?}"
        );
        assert_eq!(expected, read_text(root, "a.rs"));
        assert_eq!("new\n", read_text(root, "b.rs"));
        assert_eq!(conflict == Conflict::Rej, root.join("a.rs.rej").exists());
    }
}

/// Markers within markers are nobody's to resolve.
#[test]
fn an_open_conflict_is_not_merged_again() {
    let folder = tempfile::tempdir().expect("temp dir");
    emit(folder.path(), &[file("a.rs", "old\n")], false);
    fs::write(folder.path().join("a.rs"), "mine\n").expect("write");
    emit(folder.path(), &[file("a.rs", "new\n")], false);
    let open = read_text(folder.path(), "a.rs");

    let changes = emit(folder.path(), &[file("a.rs", "newer\n")], false);
    assert_eq!(changes, [("a.rs".into(), FileState::Conflict)]);
    assert_eq!(open, read_text(folder.path(), "a.rs"));

    fs::write(folder.path().join("a.rs"), "new\n").expect("resolved");
    let changes = emit(folder.path(), &[file("a.rs", "newer\n")], false);
    assert_eq!(changes, [("a.rs".into(), FileState::Updated)]);
}

#[test]
fn a_deleted_file_and_a_moved_folder_stay_away_until_forced() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    let mut planned = vec![
        file("docs/a.md", "a\n"),
        file("src/sinks/a.rs", "a\n"),
        file("top.rs", "t\n"),
    ];
    emit(root, &planned, false);
    fs::rename(root.join("src"), root.join("elsewhere")).expect("moved");
    fs::remove_file(root.join("top.rs")).expect("removed");
    planned.push(file("src/sinks/new/b.rs", "b\n"));
    planned.push(file("new.rs", "n\n"));

    let first = emit(root, &planned, false);
    let second = emit(root, &planned, false);

    let state = |changes: &[(String, FileState)], path: &str| {
        changes
            .iter()
            .find(|change| change.0 == path)
            .expect("named")
            .1
    };
    assert_eq!(FileState::Deleted, state(&first, "src/sinks/a.rs"));
    assert_eq!(FileState::Deleted, state(&first, "top.rs"));
    assert_eq!(FileState::Away, state(&first, "src/sinks/new/b.rs"));
    assert_eq!(FileState::Created, state(&first, "new.rs"));
    assert_eq!(FileState::Away, state(&second, "top.rs"));
    assert!(!root.join("src").exists());
    emit(root, &planned, true);
    assert_eq!("t\n", read_text(root, "top.rs"));
    assert_eq!("b\n", read_text(root, "src/sinks/new/b.rs"));
    let lock = Lock::read(root).expect("lock").expect("present");
    assert!(lock.deleted.is_empty());
}

#[test]
fn an_untouched_file_is_updated() {
    let folder = tempfile::tempdir().expect("temp dir");
    emit(folder.path(), &[file("a.rs", "old\n")], false);

    let changes = emit(folder.path(), &[file("a.rs", "new\n")], false);

    assert_eq!(changes, [("a.rs".into(), FileState::Updated)]);
    assert_eq!(read_text(folder.path(), "a.rs"), "new\n");
}

#[test]
fn a_file_that_is_not_in_the_lock_is_never_touched() {
    let folder = tempfile::tempdir().expect("temp dir");
    fs::write(folder.path().join("a.rs"), "theirs\n").expect("write");

    for force in [false, true] {
        assert_eq!(
            emit(folder.path(), &[file("a.rs", "ours\n")], force),
            [("a.rs".into(), FileState::NotOurs)]
        );
    }

    assert_eq!(read_text(folder.path(), "a.rs"), "theirs\n");
    let lock = Lock::read(folder.path()).expect("lock").expect("present");
    assert!(lock.files.is_empty());
}

/// A lock comes with a repository, and not always from a friend.
#[test]
fn a_lock_alone_deletes_no_manifest_and_no_hidden_file() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path();
    let mut lock = Lock::new("crate");
    for path in ["Cargo.toml", "sub/pyproject.toml", ".git/config", ".env"] {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), "precious\n").unwrap();
        lock.files.insert(path.into(), LockedFile::of("precious\n"));
    }

    let changes = emit_with(root, &[], Some(&lock), Policy::Merge(Conflict::Markers));

    assert!(
        changes.iter().all(|(_, state)| *state == FileState::Left),
        "{changes:?}"
    );
    assert_eq!("precious\n", read_text(root, ".git/config"));
    assert_eq!("precious\n", read_text(root, "Cargo.toml"));
}

#[test]
fn windows_line_endings_are_not_an_edit() {
    let folder = tempfile::tempdir().expect("temp dir");
    emit(folder.path(), &[file("a.rs", "one\ntwo\n")], false);
    fs::write(folder.path().join("a.rs"), "one\r\ntwo\r\n").expect("write");

    assert_eq!(
        emit(folder.path(), &[file("a.rs", "one\ntwo\n")], false),
        [("a.rs".into(), FileState::Unchanged)]
    );
    assert_eq!(
        emit(folder.path(), &[file("a.rs", "new\n")], false),
        [("a.rs".into(), FileState::Updated)]
    );
    assert_eq!("new\r\n", read_text(folder.path(), "a.rs"));
}

#[test]
fn a_stale_file_goes_and_an_edited_one_stays() {
    let folder = tempfile::tempdir().expect("temp dir");
    emit(
        folder.path(),
        &[
            file("old/gone.rs", "a\n"),
            file("old/edited.rs", "b\n"),
            file("deep/er/gone.rs", "c\n"),
        ],
        false,
    );
    fs::write(folder.path().join("old/edited.rs"), "mine\n").expect("write");

    let changes = emit(folder.path(), &[], false);

    let expected = [
        ("deep/er/gone.rs".into(), FileState::Removed),
        ("old/edited.rs".into(), FileState::Left),
        ("old/gone.rs".into(), FileState::Removed),
    ];
    assert_eq!(changes, expected);
    assert_eq!(read_text(folder.path(), "old/edited.rs"), "mine\n");
    assert!(!folder.path().join("deep").exists());
    assert!(emit(folder.path(), &[], false).is_empty());
}

#[test]
fn comparing_writes_nothing() {
    let folder = tempfile::tempdir().expect("temp dir");
    let root = folder.path().join("new");

    let emission = compare(&root, &[file("a/b.rs", "a\n")], None, false).expect("compared");

    assert_eq!(emission.changes()[0].state, FileState::Created);
    assert!(!root.exists());
}

#[test]
fn paths_that_leave_the_folder_are_refused() {
    let folder = tempfile::tempdir().expect("temp dir");

    for path in [
        "../a",
        "/etc/a",
        "a/../../b",
        "a//b",
        "",
        ".",
        "a\\b",
        "c:/a",
        "a/",
    ] {
        let error = compare(folder.path(), &[file(path, "x")], None, true).expect_err(path);
        assert!(matches!(error, EmitError::BadPath(_)), "{path}: {error}");
    }
}

#[test]
fn names_that_differ_in_case_only_are_refused() {
    let folder = tempfile::tempdir().expect("temp dir");

    let error = compare(
        folder.path(),
        &[file("a.rs", ""), file("A.rs", "")],
        None,
        false,
    )
    .expect_err("collision");

    assert!(matches!(error, EmitError::Collision(_)));
}

#[test]
fn a_folder_in_the_way_of_a_file_is_named() {
    let folder = tempfile::tempdir().expect("temp dir");
    fs::create_dir_all(folder.path().join("a.rs")).expect("folder");
    fs::write(folder.path().join("b"), "").expect("file");

    for path in ["a.rs", "b/c.rs"] {
        let error = compare(folder.path(), &[file(path, "")], None, false).expect_err("occupied");
        assert!(matches!(error, EmitError::Occupied(_)), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_are_refused_and_others_followed() -> io::Result<()> {
    use std::os::unix::fs::symlink;

    let outside = tempfile::tempdir()?;
    let folder = tempfile::tempdir()?;
    let root = folder.path();
    fs::write(outside.path().join("a.rs"), "precious\n")?;
    fs::create_dir(root.join("real"))?;
    symlink(outside.path(), root.join("src"))?;
    symlink(outside.path().join("a.rs"), root.join("direct.rs"))?;
    symlink(outside.path().join("absent.rs"), root.join("dangling.rs"))?;
    symlink(root.join("real"), root.join("inner"))?;

    for path in ["src/a.rs", "src/new.rs", "direct.rs", "dangling.rs"] {
        let error = compare(root, &[file(path, "x\n")], None, true).expect_err(path);
        assert!(matches!(error, EmitError::Escapes(_)), "{path}: {error}");
    }
    emit(root, &[file("inner/b.rs", "b\n")], false);

    assert_eq!(
        fs::read_to_string(outside.path().join("a.rs"))?,
        "precious\n"
    );
    assert_eq!(read_text(root, "real/b.rs"), "b\n");
    assert!(root.join("inner").is_symlink());
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_failed_write_leaves_no_temporary_files_and_no_half_result() -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir()?;
    let root = folder.path();
    fs::create_dir(root.join("z"))?;
    fs::set_permissions(root.join("z"), fs::Permissions::from_mode(0o555))?;
    if fs::write(root.join("z/probe"), "").is_ok() {
        return Ok(()); // Running as root: permissions do not stop us.
    }

    let emission = compare(
        root,
        &[file("a.rs", "a\n"), file("z/b.rs", "b\n")],
        None,
        false,
    )
    .expect("compared");
    emission.write().expect_err("z is read-only");

    fs::set_permissions(root.join("z"), fs::Permissions::from_mode(0o755))?;
    let names: Vec<_> = fs::read_dir(root)?
        .filter_map(|entry| Some(entry.ok()?.file_name()))
        .collect();
    assert_eq!(names, ["z"]);
    Ok(())
}

/// The whole tree below a folder, the tool's own left out.
fn tree(root: &Path) -> BTreeMap<String, String> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            if name == journal::FOLDER {
                continue;
            }
            if path.is_dir() {
                found.insert(name, "a folder".to_owned());
                walk(root, &path, found);
            } else {
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

/// A project of five files, in which one was edited and one deleted, and its next version: every
/// kind of change in one run.
fn project(root: &Path) -> Vec<RenderedFile> {
    let old = [
        file("docs/gone.md", "gone\n"),
        file("src/a.rs", "1\n2\n3\n"),
        file("src/b.rs", "b\n"),
        file("src/c.rs", "c\n"),
    ];
    emit(root, &old, false);
    fs::write(root.join("src/a.rs"), "mine\n2\n3\n").unwrap();
    fs::write(root.join("own.txt"), "my own\n").unwrap();
    fs::remove_file(root.join("src/c.rs")).unwrap();
    vec![
        file("src/a.rs", "1\n2\nnew\n"),
        file("src/b.rs", "bb\n"),
        file("src/c.rs", "cc\n"),
        file("src/deep/er/d.rs", "d\n"),
    ]
}

/// One run as a command does it; what goes wrong is left as it is.
fn run(root: &Path, planned: &[RenderedFile]) -> Result<(), String> {
    let guard = Guard::enter(root, Duration::ZERO).map_err(|problem| problem.message)?;
    let previous = Lock::read(root).map_err(|error| error.to_string())?;
    let policy = Policy::Merge(Conflict::Markers);
    let mut emission = compare_with(root, planned, &Known::of(previous.as_ref()), policy)
        .map_err(|error| error.to_string())?;
    let lock = Lock {
        files: emission.files().clone(),
        deleted: emission.deleted().clone(),
        ..Lock::new("crate")
    };
    emission
        .put(lock::FILE_NAME, lock.to_text())
        .map_err(|error| error.to_string())?;
    let written = emission.write_undoable().map_err(|error| error.to_string());
    drop(guard);
    written
}

/// What an undisturbed run does of [`project`], and in how many steps.
fn undisturbed() -> (BTreeMap<String, String>, BTreeMap<String, String>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let planned = project(folder.path());
    let before = tree(folder.path());
    Faults::plan(None);
    run(folder.path(), &planned).unwrap();
    let steps = Faults::steps();
    (before, tree(folder.path()), steps)
}

#[test]
fn a_run_killed_at_any_step_ends_well_the_next_time() {
    let (before, after, steps) = undisturbed();
    assert!(steps > 20, "{steps}");
    for step in 0..steps {
        let folder = tempfile::tempdir().unwrap();
        let planned = project(folder.path());

        Faults::plan(Some(Fault::Killed(step)));
        let _ = run(folder.path(), &planned);
        // And once more, within the recovery.
        Faults::plan(Some(Fault::Killed(step % 11)));
        let _ = run(folder.path(), &planned);
        Faults::plan(None);
        drop(Guard::enter(folder.path(), Duration::ZERO).unwrap());
        let now = tree(folder.path());
        assert!(now == before || now == after, "killed at {step}: {now:#?}");
        run(folder.path(), &planned).unwrap();

        assert_eq!(after, tree(folder.path()), "killed at {step}");
        assert!(
            !folder.path().join(".fapilog-gen/run").exists(),
            "killed at {step}"
        );
    }
}

#[test]
fn a_new_project_killed_at_any_step_is_made_by_the_next_run() {
    let planned = [file("src/a.rs", "a\n"), file("docs/b.md", "b\n")];
    let whole = tempfile::tempdir().unwrap();
    Faults::plan(None);
    run(&whole.path().join("new"), &planned).unwrap();
    let steps = Faults::steps();
    for step in 0..steps {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("new");

        Faults::plan(Some(Fault::Killed(step)));
        let _ = run(&root, &planned);
        Faults::plan(None);
        drop(Guard::enter(&root, Duration::ZERO).unwrap());
        let now = tree(&root);
        assert!(
            now.is_empty() || now == tree(&whole.path().join("new")),
            "killed at {step}: {now:#?}"
        );
        run(&root, &planned).unwrap();

        assert_eq!(
            tree(&whole.path().join("new")),
            tree(&root),
            "killed at {step}"
        );
    }
}

#[test]
fn a_full_disk_leaves_the_old_tree() {
    let (before, after, steps) = undisturbed();
    for step in 0..steps {
        let folder = tempfile::tempdir().unwrap();
        let planned = project(folder.path());

        Faults::plan(Some(Fault::Full(step)));
        let result = run(folder.path(), &planned);
        Faults::plan(None);

        let expected = if result.is_err() { &before } else { &after };
        assert_eq!(*expected, tree(folder.path()), "full at {step}");
    }
}

#[test]
fn an_undo_killed_at_any_step_is_done_or_not_done() {
    let (before, after, _) = undisturbed();
    for step in 0..60 {
        let folder = tempfile::tempdir().unwrap();
        let planned = project(folder.path());
        Faults::plan(None);
        run(folder.path(), &planned).unwrap();

        Faults::plan(Some(Fault::Killed(step)));
        let disk = Disk::open(folder.path()).unwrap();
        let _ = journal::undo(&disk);
        Faults::plan(None);
        drop(Guard::enter(folder.path(), Duration::ZERO).unwrap());

        let now = tree(folder.path());
        assert!(now == before || now == after, "killed at {step}: {now:#?}");
    }
}

#[test]
fn an_undo_leaves_what_was_edited_since() {
    let (before, _, _) = undisturbed();
    let folder = tempfile::tempdir().unwrap();
    let planned = project(folder.path());
    Faults::plan(None);
    run(folder.path(), &planned).unwrap();
    fs::write(folder.path().join("src/b.rs"), "edited since\n").unwrap();

    let disk = Disk::open(folder.path()).unwrap();
    let (taken, left) = journal::undo(&disk).unwrap().unwrap();

    assert_eq!(["src/b.rs"], *left);
    assert!(taken.contains(&"src/a.rs".to_owned()), "{taken:?}");
    let mut expected = before;
    expected.insert("src/b.rs".into(), "edited since\n".into());
    assert_eq!(expected, tree(folder.path()));
    assert!(journal::undo(&disk).unwrap().is_none());
}

/// A repository may come with a journal that its author wrote.
#[test]
fn a_journal_reaches_no_hidden_file() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join(".fapilog-gen/run/old")).unwrap();
    fs::write(root.join(".fapilog-gen/run/old/0"), "evil\n").unwrap();
    for path in [".git/hooks/post-commit", "../x", "/tmp/x"] {
        fs::write(
            root.join(".fapilog-gen/run/journal"),
            format!("old - {path}\n"),
        )
        .unwrap();

        Guard::enter(root, Duration::ZERO).unwrap_err();
    }
    assert!(!root.join(".git").exists());
}

#[test]
fn a_file_that_somebody_changes_meanwhile_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    Faults::plan(None);
    emit(root, &[file("a.rs", "old\n"), file("b.rs", "old\n")], false);
    let lock = Lock::read(root).unwrap();
    let planned = [file("a.rs", "new\n"), file("b.rs", "new\n")];
    let policy = Policy::Merge(Conflict::Markers);
    let emission = compare_with(root, &planned, &Known::of(lock.as_ref()), policy).unwrap();
    fs::write(root.join("b.rs"), "saved by an editor\n").unwrap();

    let error = emission.write_undoable().unwrap_err();

    assert!(matches!(error, EmitError::Changed(_)), "{error}");
    assert_eq!("old\n", read_text(root, "a.rs"));
    assert_eq!("saved by an editor\n", read_text(root, "b.rs"));
}
