//! The lowered form of a spec and its interpreter: language-free, every name resolved.

mod ask;
mod model;

pub use model::*;
