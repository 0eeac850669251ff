//! What a module imports: printing a name records it.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::import;

/// The imports of one module.
#[derive(Debug, Default)]
pub struct Module {
    standard: BTreeSet<String>,
    names: BTreeMap<String, BTreeSet<String>>,
}

impl Module {
    /// A name of the runtime.
    pub fn base(&mut self, name: &'static str) -> &'static str {
        self.from(".cloud_sink_base", name);
        name
    }

    /// A name of a part.
    pub fn part(&mut self, part: &str, name: &'static str) -> &'static str {
        self.from(&format!(".cloud_sink_parts.{part}"), name);
        name
    }

    /// A name of any module.
    pub fn from(&mut self, module: &str, name: &str) {
        let names = self.names.entry(module.to_owned()).or_default();
        names.insert(name.to_owned());
    }

    /// A module of the standard library as a whole.
    pub fn standard(&mut self, name: &str) {
        self.standard.insert(format!("import {name}"));
    }

    /// The statements, in ruff's order and groups.
    #[must_use]
    pub fn lines(&self) -> String {
        let of = |group: u8| {
            let names = self.names.iter();
            names
                .filter(move |(module, _)| rank(module) == group)
                .map(|(module, names)| {
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    import(module, &names)
                })
        };
        let standard = self.standard.iter().cloned().chain(of(0));
        let groups = [standard.collect(), of(1).collect(), of(2).collect()];
        let groups: Vec<String> = groups
            .into_iter()
            .map(|lines: Vec<String>| lines.join("\n"))
            .filter(|lines| !lines.is_empty())
            .collect();
        groups.join("\n\n")
    }

    /// The parts of the runtime it imports.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        const FOLDER: &str = ".cloud_sink_parts";
        let modules = self.names.keys();
        let of_modules =
            modules.filter_map(|module| module.strip_prefix(FOLDER)?.strip_prefix('.'));
        let whole = self.names.get(FOLDER).into_iter().flatten();
        of_modules.chain(whole.map(String::as_str))
    }
}

fn rank(module: &str) -> u8 {
    match module {
        _ if module.starts_with('.') => 2,
        "pydantic" => 1,
        _ => 0,
    }
}
