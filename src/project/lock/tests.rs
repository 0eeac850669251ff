use std::fmt::Write as _;

use super::*;

fn sample() -> Lock {
    let mut lock = Lock::new("crate");
    let spec = "id: mine\n# \"quoted\" ü\n";
    let own = LockedProvider {
        type_prefix: "Mine".into(),
        sha256: Some(hash(spec)),
        spec: Some(spec.into()),
        made_from: Some(LockedFile::of("id: mine\nextends: nothing\n")),
    };
    lock.providers.insert("mine".into(), own);
    lock.providers.insert(
        "datadog".into(),
        LockedProvider {
            type_prefix: "Datadog".into(),
            sha256: Some(hash("id: datadog\n")),
            spec: None,
            made_from: Some(LockedFile::of("id: datadog\n")),
        },
    );
    for (path, text) in [
        ("src/lib.rs", "//! Docs.\n"),
        ("odd = \"name\".md", "odd\n"),
    ] {
        lock.files.insert(path.into(), LockedFile::of(text));
    }
    lock.deleted.insert("src/lib.rs".into());
    lock.added.insert("dependencies.bytes = \"1\"".into());
    lock
}

fn error_of(text: &str) -> String {
    Lock::parse(text).expect_err("refused").to_string()
}

#[test]
fn a_lock_survives_writing_and_reading() {
    let lock = sample();

    let read = Lock::parse(&lock.to_text()).expect("valid");

    assert_eq!(read.to_text(), lock.to_text());
    for (id, provider) in &lock.providers {
        let known = &read.providers[id];
        assert_eq!(known.spec, provider.spec);
        let text = |it: &LockedProvider| {
            let from = it.made_from.as_ref().expect("a text");
            from.pristine().expect("undamaged").into_owned()
        };
        assert_eq!(text(known), text(provider));
    }
    assert_eq!(read.deleted, lock.deleted);
    assert_eq!(read.added, lock.added);
    assert_eq!(Some(env!("CARGO_PKG_VERSION").to_owned()), read.tool);
    for (path, file) in &lock.files {
        assert_eq!(
            read.files[path].pristine().unwrap(),
            file.pristine().unwrap()
        );
    }
}

#[test]
fn what_is_written_is_toml_that_others_can_read() {
    let text = sample().to_text();

    let document = toml_edit::Document::parse(text.as_str()).expect("TOML");

    assert_eq!(
        Some("built in"),
        document["provider"]["datadog"]["spec"].as_str()
    );
    assert_eq!(Some("file"), document["provider"]["mine"]["spec"].as_str());
    assert!(document["file"]["odd = \"name\".md"].is_str());
}

#[test]
fn an_equal_text_is_stored_once_and_texts_come_last() {
    let mut lock = Lock::new("crate");
    for path in ["a/py.typed", "b/py.typed"] {
        lock.files.insert(path.into(), LockedFile::of("same\n"));
    }

    let text = lock.to_text();

    let (before, texts) = text.split_once("[text]\n").expect("texts");
    assert_eq!(1, texts.lines().count());
    assert!(before.lines().all(|line| line.len() <= 100), "{before}");
}

/// As the tool wrote it before there were versions in it.
#[test]
fn format_1_is_still_read() {
    let mut packer = Packer::fast();
    let text = format!(
        "# Written by fapilog-gen\nformat = 1\nlayout = \"crate\"\n\n[[provider]]\nid = \"mine\"\n\
         type_prefix = \"Mine\"\nspec = \"{}\"\n\n[[file]]\npath = \"a.rs\"\nsha256 = \"{}\"\npristine = \"{}\"\n\
         \n[[file]]\npath = \"b.rs\"\nsha256 = \"{}\"\npristine = \"{}\"\n",
        packer.pack("id: mine\n"),
        hash("a\n"),
        packer.pack("a\n"),
        hash("b\n"),
        packer.pack("b\n"),
    );

    let lock = Lock::parse(&text).expect("valid");

    assert_eq!(Some("id: mine\n"), lock.providers["mine"].spec.as_deref());
    assert_eq!("a\n", lock.files["a.rs"].pristine().unwrap());
    assert_eq!("b\n", lock.files["b.rs"].pristine().unwrap());
    assert_eq!(None, lock.tool);
}

#[test]
fn line_endings_do_not_change_the_hash() {
    assert_eq!(hash("a\r\nb\r\n"), hash("a\nb\n"));
    assert_ne!(hash("a\nb"), hash("a\nb\n"));
}

#[test]
fn damage_is_named() {
    let start = "format = 2\nlayout = \"crate\"\n";
    for (text, message) in [
        (
            format!("{start}[file]\n\"a\" = \"00\"\n"),
            "the text of `a` is not in it",
        ),
        (
            format!("{start}<<<<<<< HEAD\n"),
            "line 3: it has the marks of a merge that is not settled: take either side, then run `update`",
        ),
        (
            format!("{start}tool = [1]\n"),
            "line 3: its value is no text",
        ),
        (
            format!("{start}tool = \"x\n"),
            "line 3: its text is not closed",
        ),
        (
            "format = 2\nlayout = \"attic\"\n".into(),
            "line 2: its `layout` is unknown",
        ),
        ("layout = \"crate\"\n".into(), "it has no `format`"),
        ("format = 2\n".into(), "it has no `layout`"),
    ] {
        assert_eq!(
            format!("`fapilog-gen.lock` is damaged: {message}"),
            error_of(&text)
        );
    }
}

#[test]
fn a_newer_format_is_newer_and_not_damaged() {
    assert_eq!(
        "`fapilog-gen.lock` was written by a newer version of fapilog-gen: 9.1.0, this is 0.1.0",
        error_of("format = 4\ntool = \"9.1.0\"\nfiles are elsewhere\n")
    );
    assert_eq!(
        "`fapilog-gen.lock` was written by a newer version of fapilog-gen",
        error_of("format = 7\n")
    );
}

#[test]
fn a_path_that_leads_out_names_the_lock() {
    for path in ["../x", "/etc/passwd", "a//b", "C:x", "a\\u0007"] {
        let text = format!("format = 2\nlayout = \"crate\"\n[file]\n\"{path}\" = \"00\"\n");

        let message = error_of(&text);

        assert!(
            message.starts_with("`fapilog-gen.lock` names `"),
            "{message}"
        );
    }
}

#[test]
fn a_text_that_is_not_the_one_of_its_hash_proves_nothing() {
    let text = sample().to_text();
    let line = text
        .lines()
        .find(|line| line.starts_with("\"src/lib.rs\""))
        .unwrap();
    let forged = text.replace(line, &format!("\"src/lib.rs\" = \"{}\"", hash("odd\n")));
    let odd = hash("odd\n");
    let packed = Packer::fast().pack("other\n");
    let old = text
        .lines()
        .find(|line| line.starts_with(&format!("\"{}\"", &odd[..16])))
        .unwrap();
    let forged = forged.replace(old, &format!("\"{}\" = \"{packed}\"", &odd[..16]));

    let lock = Lock::parse(&forged).expect("read");

    assert!(lock.files["src/lib.rs"].claims(b"odd\n"));
    assert!(!lock.files["src/lib.rs"].proves(b"odd\n"));
}

/// Three megabytes of a lock took gigabytes of memory.
#[test]
fn what_all_texts_unpack_to_is_bounded() {
    let mut packer = Packer::fast();
    let bomb = packer.pack(&"x".repeat(MAX_TEXT_BYTES));
    let mut text = "format = 2\nlayout = \"crate\"\n".to_owned();
    for index in 0..=MAX_TOTAL_BYTES / MAX_TEXT_BYTES {
        let number = format!("{index:064}");
        let _ = write!(
            text,
            "[provider.p{index}]\ntype_prefix = \"P\"\nspec = \"file\"\nsha256 = \"{number}\"\n[text]\n\"{}\" = \"{bomb}\"\n",
            &number[..16]
        );
    }

    assert_eq!(
        "`fapilog-gen.lock` is damaged: a text stored in it is damaged",
        error_of(&text)
    );
    let many = "format = 2\n".to_owned() + &"\n".repeat(50_000);
    assert_eq!(
        "`fapilog-gen.lock` is damaged: it has more than 50000 lines",
        error_of(&many)
    );
}

#[test]
fn a_folder_without_a_lock_is_not_an_error() {
    let folder = tempfile::tempdir().expect("temp dir");

    assert!(Lock::read(folder.path()).expect("readable").is_none());
    assert!(
        Lock::read(&folder.path().join("absent"))
            .expect("readable")
            .is_none()
    );
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_no_file_is_refused() {
    use rustix::fs::{CWD, Mode};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    let linked = Lock::read(folder.path()).unwrap_err();
    fs::remove_file(&path).unwrap();
    rustix::fs::mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).unwrap();
    let piped = Lock::read(folder.path()).unwrap_err();

    assert_eq!("`fapilog-gen.lock` is a symbolic link", linked.to_string());
    assert!(matches!(piped, LockError::Io(_)), "{piped}");
}
