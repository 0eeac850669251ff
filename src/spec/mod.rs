//! Provider specs: their types, loading, and checks.

pub mod load;
pub mod model;
pub mod payload;
pub mod resolve;
pub mod template;

mod complete;
mod extends;
mod node;
mod other_words;
mod parse;
mod place;
mod reference;
mod schema;
mod shape;
mod source;
mod structure;
pub(crate) mod suggest;
mod validate;

pub(crate) use validate::is_setting_name;

pub use load::{
    LoadedSpec, PathStep, Whole, diagnose, load_file, load_file_with, load_text, load_text_with,
    reference, schema,
};
