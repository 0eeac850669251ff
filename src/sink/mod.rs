//! The lowered form of a spec and its interpreter: language-free, every name resolved.

mod ask;
mod lower;
mod model;

pub use lower::lower;
pub use model::*;
