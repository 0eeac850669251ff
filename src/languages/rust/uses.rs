//! What a file brings into scope, noted when a name is printed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::pretty::import;

/// The imports of one file.
#[derive(Debug)]
pub struct Uses {
    /// The modules that lead to the sinks' folder: `super::super` from a provider's file.
    up: &'static str,
    found: RefCell<BTreeMap<String, BTreeSet<String>>>,
}

/// How deep a file lies below the sinks' folder.
#[derive(Debug, Clone, Copy)]
pub enum Depth {
    /// A provider's own module.
    Provider,
    /// A file of a provider.
    File,
    /// A file below one of those.
    Below,
}

impl Uses {
    /// None yet.
    #[must_use]
    pub fn new(depth: Depth) -> Self {
        let up = match depth {
            Depth::Provider => "super",
            Depth::File => "super::super",
            Depth::Below => "super::super::super",
        };
        Self {
            up,
            found: RefCell::default(),
        }
    }

    /// A name of the runtime.
    pub fn base<'n>(&self, name: &'n str) -> &'n str {
        self.of(&format!("{}::cloud_sink_base", self.up), name)
    }

    /// A name within one of the runtime's parts.
    pub fn part<'n>(&self, part: &str, name: &'n str) -> &'n str {
        self.of(&format!("{}::cloud_sink_parts::{part}", self.up), name)
    }

    /// A part as a module, to stand before what is called in it.
    pub fn module<'n>(&self, part: &'n str) -> &'n str {
        self.of(&format!("{}::cloud_sink_parts", self.up), part)
    }

    /// A part that adds methods to what another one names.
    pub fn methods(&self, part: &str) {
        let path = format!("{}::cloud_sink_parts::{part}", self.up);
        self.found.borrow_mut().entry(path).or_default();
    }

    /// A name below any path.
    pub fn of<'n>(&self, path: &str, name: &'n str) -> &'n str {
        let mut found = self.found.borrow_mut();
        found
            .entry(path.to_owned())
            .or_default()
            .insert(name.to_owned());
        name
    }

    /// The parts of the runtime that are used.
    #[must_use]
    pub fn parts(&self) -> BTreeSet<String> {
        let parts = format!("{}::cloud_sink_parts", self.up);
        let mut used = BTreeSet::new();
        for (path, names) in self.found.borrow().iter() {
            match path.strip_prefix(&parts) {
                Some("") => used.extend(names.iter().cloned()),
                Some(part) => {
                    used.insert(part.trim_start_matches("::").to_owned());
                }
                None => {}
            }
        }
        used
    }

    /// The lines, in the order rustfmt keeps them in: the standard library, crates, own modules.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let found = self.merged();
        let mut blocks: [Vec<String>; 3] = Default::default();
        let mut paths: Vec<&String> = found.keys().collect();
        // A list comes after all that goes on with a name.
        let last = |names: &BTreeSet<String>| match names.first() {
            Some(name) if names.len() == 1 && name != "self" => name.clone(),
            _ => "{".to_owned(),
        };
        paths.sort_by_key(|path| {
            let depth = usize::MAX - path.matches("super").count();
            (depth, format!("{path}::{}", last(&found[*path])))
        });
        for path in paths {
            let names: Vec<&str> = found[path].iter().map(String::as_str).collect();
            let block = match path.split("::").next() {
                Some("std") => 0,
                Some("super") => 2,
                _ => 1,
            };
            blocks[block].push(import("use", path, &names));
        }
        let blocks = blocks.into_iter().filter(|block| !block.is_empty());
        let blocks: Vec<String> = blocks.map(|block| block.join("\n")).collect();
        blocks.join("\n\n").lines().map(str::to_owned).collect()
    }

    /// A module of which names are used too is one line with them: `streams::{self, Labels}`.
    fn merged(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = self.found.borrow().clone();
        let parts = format!("{}::cloud_sink_parts", self.up);
        let modules = found.get(&parts).cloned().unwrap_or_default();
        for module in modules {
            if let Some(names) = found.get_mut(&format!("{parts}::{module}")) {
                names.insert("self".to_owned());
                if let Some(rest) = found.get_mut(&parts) {
                    rest.remove(&module);
                }
            }
        }
        found.retain(|_, names| !names.is_empty());
        found
    }
}
