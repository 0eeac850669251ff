//! What every language needs of a sink, before any of it is text in that language.

pub mod limits;
pub mod names;
pub mod refusal;
