//! The verbatim runtime and its parts, compiled as they lie in templates/rust.

#[path = "../../../templates/rust/cloud_sink_base/mod.rs"]
pub mod cloud_sink_base;
pub mod cloud_sink_parts;
