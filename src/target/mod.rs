//! From a spec to what a language's templates need.

pub mod guide;
pub mod python;
pub mod rust;
