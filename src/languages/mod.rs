//! From a spec to what a language's templates need: a room for each language.

#[expect(
    clippy::format_collect,
    reason = "short texts, written once; `write!` would hide the shape of the output"
)]
pub mod common;
#[expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "short texts, written once; `write!` would hide the shape of the output"
)]
pub mod python;
#[expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "short texts, written once; `write!` would hide the shape of the output"
)]
pub mod rust;
mod toml_list;
