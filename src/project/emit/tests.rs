use std::path::Path;
use std::{fs, io};

use super::*;
use crate::project::lock::Lock;

fn file(path: &str, contents: &str) -> RenderedFile {
    RenderedFile {
        path: path.into(),
        contents: contents.into(),
    }
}

/// Emits as `new-sink` does: files, then the lock.
fn emit(root: &Path, planned: &[RenderedFile], force: bool) -> Vec<(String, FileState)> {
    let previous = Lock::read(root).expect("lock");
    let mut emission = compare(
        root,
        planned,
        previous.as_ref().map(|lock| &lock.files),
        force,
    )
    .expect("compared");
    let mut lock = Lock::new("crate");
    lock.files = emission.files().clone();
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
fn an_edited_file_is_kept_and_its_base_stays_in_the_lock() {
    let folder = tempfile::tempdir().expect("temp dir");
    emit(folder.path(), &[file("a.rs", "ours\n")], false);
    fs::write(folder.path().join("a.rs"), "theirs\n").expect("write");

    let changes = emit(folder.path(), &[file("a.rs", "newer\n")], false);

    assert_eq!(changes, [("a.rs".into(), FileState::Kept)]);
    assert_eq!(read_text(folder.path(), "a.rs"), "theirs\n");
    let lock = Lock::read(folder.path()).expect("lock").expect("present");
    assert_eq!(lock.files["a.rs"].pristine().expect("intact"), "ours\n");
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
fn a_file_of_somebody_else_is_kept_unless_forced() {
    let folder = tempfile::tempdir().expect("temp dir");
    fs::write(folder.path().join("a.rs"), "theirs\n").expect("write");

    assert_eq!(
        emit(folder.path(), &[file("a.rs", "ours\n")], false),
        [("a.rs".into(), FileState::Kept)]
    );
    assert_eq!(
        emit(folder.path(), &[file("a.rs", "ours\n")], true),
        [("a.rs".into(), FileState::Updated)]
    );

    assert_eq!(read_text(folder.path(), "a.rs"), "ours\n");
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
        ("old/edited.rs".into(), FileState::Kept),
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
