//! Packs the files that are copied into sinks as they are, so that writing a lock does not. Also
//! rebuilds when a file is added to the embedded folders: `include_dir` tracks the files it found,
//! not the folders.

#[path = "src/project/lock/packing.rs"]
mod packing;

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs, io};

use packing::{Packer, hash};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=providers");
    println!("cargo::rerun-if-changed=templates");
    let mut texts = BTreeMap::new();
    pack_folder(Path::new("templates"), &mut Packer::thorough(), &mut texts)?;
    pack_specs(Path::new("providers"), &mut texts)?;
    let texts: Vec<_> = texts.into_iter().collect();
    let source = format!("static PACKED: &[(&str, &str)] = &{texts:#?};\n");
    let target = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&target).join("packed.rs"), source)
}

/// A lock holds the spec that a sink was made from.
fn pack_specs(folder: &Path, texts: &mut BTreeMap<String, String>) -> io::Result<()> {
    let mut packer = Packer::thorough();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            let text = fs::read_to_string(&path)?;
            texts.insert(hash(&text), packer.pack(&text));
        }
    }
    Ok(())
}

fn pack_folder(
    folder: &Path,
    packer: &mut Packer,
    texts: &mut BTreeMap<String, String>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            pack_folder(&path, packer, texts)?;
        } else if path.extension().is_none_or(|extension| extension != "j2") {
            let text = fs::read_to_string(&path)?;
            texts.insert(hash(&text), packer.pack(&text));
        }
    }
    Ok(())
}
