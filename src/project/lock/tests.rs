use super::*;

fn sample() -> Lock {
    let mut lock = Lock::new("crate");
    let own = LockedProvider {
        type_prefix: "Mine".into(),
        spec: Some("id: mine\n# \"quoted\" ü\n".into()),
    };
    lock.providers.insert("mine".into(), own);
    lock.providers.insert(
        "datadog".into(),
        LockedProvider {
            type_prefix: "Datadog".into(),
            spec: None,
        },
    );
    lock.files
        .insert("src/lib.rs".into(), LockedFile::of("//! Docs.\n"));
    lock
}

#[test]
fn a_lock_survives_writing_and_reading() {
    let lock = sample();

    let read = Lock::parse(&lock.to_text()).expect("valid");

    assert_eq!(read.to_text(), lock.to_text());
    assert_eq!(read.providers, lock.providers);
    assert_eq!(
        read.files["src/lib.rs"].pristine().expect("intact"),
        "//! Docs.\n"
    );
}

#[test]
fn providers_and_files_are_sorted() {
    let text = sample().to_text();

    assert!(text.find("\"datadog\"").expect("listed") < text.find("\"mine\"").expect("listed"));
}

#[test]
fn line_endings_do_not_change_the_hash() {
    assert_eq!(hash("a\r\nb\r\n"), hash("a\nb\n"));
    assert_ne!(hash("a\nb"), hash("a\nb\n"));
}

#[test]
fn damage_is_named() {
    let error = Lock::parse("format = 1\nlayout = \"crate\"\n[[file]]\npath = \"a\"\n")
        .expect_err("damaged");
    assert_eq!(
        error.to_string(),
        "`fapilog-gen.lock` is damaged: an entry has no `pristine`"
    );

    let error = Lock::parse("format = 2\n").expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "`fapilog-gen.lock` is damaged: its `format` is not 1"
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
