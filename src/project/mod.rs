//! Files on disk: which a request needs, what stands in them, and who owns them.

mod disk;
pub mod emit;
pub mod folder;
pub mod guard;
pub mod journal;
pub mod lock;
mod manifest;
pub mod merge;
pub mod moved;
pub mod plan;
pub mod prepare;
pub mod render;
mod shelf;
pub mod templates;
pub mod undo;
