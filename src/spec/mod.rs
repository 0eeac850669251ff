//! Provider specs: their types, loading, and checks.

pub mod delivery;
pub mod load;
pub mod model;
pub mod resolve;

mod built_in;
mod node;
mod parse;
mod reference;
mod schema;
mod shape;
mod source;
mod structure;
pub(crate) mod suggest;
mod validate;

pub use built_in::{load_all, load_provider};
pub use load::{LoadedSpec, load_file, load_text, reference, schema};
