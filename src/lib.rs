//! Generates production log sinks from one declarative YAML spec per provider.
//!
//! `load → validate → plan → render → emit`: [`provider`] reads and checks a spec, [`plan`] decides
//! which files a target needs, [`render`] turns each into text, [`emit`] writes, compares or lists
//! them. [`mock`] is a strict local stand-in for a backend, derived from the same spec.

pub mod assets;
pub mod cargo_manifest;
pub mod cli;
pub mod commands;
pub mod diagnostics;
pub mod emit;
pub mod lock;
pub mod mock;
pub mod plan;
pub mod provider;
pub mod pyproject;
pub mod render;
pub mod target;
mod toml_list;
