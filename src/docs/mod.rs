//! The pages people read about a provider, made from the same spec as its sinks.

pub mod endings;
#[expect(
    clippy::format_push_string,
    reason = "short texts, written once; `write!` would hide the shape of the output"
)]
pub mod guide;
