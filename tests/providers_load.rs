//! Every provider spec of the repository is accepted by the loader.

use std::path::Path;

use fapilog_gen::spec::load_file;

#[test]
fn every_spec_of_the_repository_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut problems = String::new();
    let mut loaded = 0;
    for folder in ["providers", "tests/specs"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the folder is there");
        for entry in entries {
            let path = entry.expect("an entry can be read").path();
            if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                match load_file(&path) {
                    Ok(_) => loaded += 1,
                    Err(found) => problems.push_str(&found.to_string()),
                }
            }
        }
    }

    assert!(problems.is_empty(), "{problems}");
    assert!(loaded >= 6, "only {loaded} specs");
}
