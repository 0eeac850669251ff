//! Rebuilds when a file is added to the embedded folders: `include_dir` tracks the files it found,
//! not the folders.

fn main() {
    println!("cargo::rerun-if-changed=providers");
    println!("cargo::rerun-if-changed=templates");
}
