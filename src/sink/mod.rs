//! The lowered form of a spec and its interpreter: language-free, every name resolved.

mod model;

pub use model::*;
