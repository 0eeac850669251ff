//! Files on disk: which a request needs, what stands in them, and who owns them.

#[cfg(any())]
pub mod emit;
#[cfg(any())]
pub mod folder;
#[cfg(any())]
pub mod lock;
#[cfg(any())]
pub mod plan;
#[cfg(any())]
pub mod prepare;
pub mod render;
