//! The commands: each reads its arguments, calls the pipeline, and reports.

pub mod ask;
pub mod check;
pub mod completions;
mod console;
pub mod dead_letter;
pub mod diff;
pub mod docs;
pub mod eject;
mod entries;
pub mod explain;
mod failure;
mod folders;
pub mod generate;
pub mod impact;
mod lang;
pub mod list;
pub mod man;
pub mod mock;
pub mod new_sink;
pub mod preview;
pub mod remove;
mod report;
pub mod schema;
pub mod show;
mod source;
pub mod spec;
mod standin;
pub mod templates;
pub mod r#try;
pub mod undo;
pub mod update;
pub mod validate;

pub use console::Console;
pub use failure::{Exit, Failure};

use crate::assets::Assets;

/// What a command works with.
#[derive(Debug)]
pub struct Context {
    /// Where it prints.
    pub console: Console,
    /// The specs and templates it uses.
    pub assets: Assets,
}

/// How a command ends.
pub type Result<T = Exit> = std::result::Result<T, Failure>;

/// How a listing is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}
