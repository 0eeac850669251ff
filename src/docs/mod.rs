//! The pages people read: guides made from the same specs as the sinks, reference pages made from the
//! types, and what becomes of both on their way to the site.

#![expect(
    clippy::format_push_string,
    reason = "short texts, written once; `write!` would hide the shape of the output"
)]

pub mod both;
pub mod check;
pub mod diagrams;
pub mod endings;
pub mod guide;
pub mod outline;
pub mod reference;
pub mod site;
mod tabs;
