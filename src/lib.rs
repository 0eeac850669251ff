//! Generates production log sinks from one declarative YAML spec per provider.
//!
//! `load → validate → plan → render → emit`: [`spec`] reads and checks a spec, a room of [`languages`]
//! decides which files its language needs, [`project`] turns each into text and writes, compares or
//! lists them. [`docs`] makes the guides, and [`mock`] is a strict local stand-in for a backend, derived
//! from the same spec.

pub mod assets;
pub mod cli;
pub mod commands;
pub mod diagnostics;
pub mod docs;
pub mod files;
pub mod languages;
pub mod mock;
pub mod problem;
pub mod project;
pub mod sink;
pub mod spec;
pub mod text;
