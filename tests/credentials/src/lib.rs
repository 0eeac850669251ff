//! The credential schemes as they lie in `templates/`, compiled beside the runtime the way a
//! generated crate has them, and a strict token endpoint.

#[path = "../../../templates/rust/cloud_sink_base/mod.rs"]
pub mod cloud_sink_base;
pub mod cloud_sink_parts;
