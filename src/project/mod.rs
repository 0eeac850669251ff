//! Files on disk: which a request needs, what stands in them, and who owns them.

pub mod emit;
pub mod folder;
pub mod lock;
pub mod plan;
pub mod prepare;
pub mod render;
