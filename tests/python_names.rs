//! Names that a spec must not shadow in generated Python: the lists of the generator hold what the
//! interpreter, pydantic, the runtime and its parts really have.

#[path = "python/mod.rs"]
mod python;

use std::path::Path;
use std::process::Command;

use fapilog_gen::languages::python::names::{HELPERS, MEMBERS, WORDS};
use python::Python;

const LISTING: &str = r#"
import builtins
import keyword
from importlib import import_module

from python import cloud_sink_base

words = {*dir(builtins), *keyword.kwlist, *keyword.softkwlist}
config = cloud_sink_base.CloudSinkConfig
members = {*dir(config)} - {*config.model_fields}
helpers = {*cloud_sink_base.__all__}
for part in ("_body", "_otlp", "_rest", "_settings", "_streams", "_text"):
    module = import_module(f"python.parts.{part}")
    own = [name for name, it in vars(module).items() if hasattr(it, "__code__")]
    helpers |= {name for name in own if vars(module)[name].__module__ == module.__name__}
for kind, names in (("word", words), ("member", members), ("helper", helpers)):
    for name in sorted(names):
        if not name.startswith("_") and (kind == "word" or name.islower()):
            print(kind, name)
"#;

#[test]
fn the_lists_hold_every_name_there_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(Python::default_one(root).tool("python"))
        .args(["-W", "ignore", "-c", LISTING])
        .current_dir(root)
        .env("PYTHONPATH", root.join("templates"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("python starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );

    let text = String::from_utf8(output.stdout).expect("text");
    let missing: Vec<&str> = text
        .lines()
        .filter(|line| {
            let (kind, name) = line.split_once(' ').expect("a kind and a name");
            let list = match kind {
                "word" => WORDS,
                "member" => MEMBERS,
                _ => HELPERS,
            };
            !list.split_whitespace().any(|known| known == name)
        })
        .collect();

    assert!(text.lines().count() > 200);
    assert_eq!(missing, Vec::<&str>::new());
}
