//! What every language needs of a spec, before any of it is text in that language.

pub mod framing;
pub mod holes;
pub mod limits;
pub mod names;
pub mod secrets;
