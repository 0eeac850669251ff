//! The lowered form of a spec and its interpreter: language-free, every name resolved.

mod ask;
pub mod interpret;
mod lower;
mod model;
pub mod prove;

pub use lower::lower;
pub use model::*;
