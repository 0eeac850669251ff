//! What every language needs of a spec, before any of it is text in that language.

#[cfg(any())]
pub mod framing;
#[cfg(any())]
pub mod holes;
pub mod limits;
pub mod names;
#[cfg(any())]
pub mod secrets;
