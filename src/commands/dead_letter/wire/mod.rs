//! Requests with credentials, sent by the very code that the Rust sinks send them with.

mod aws;
mod credentials;
pub mod sender;

// The runtime and the parts are compiled as they lie in the templates: a second client would be a
// second opinion on redirects, TLS, proxies and what may be quoted of an answer. Of the runtime only
// what the parts need is used.
#[allow(
    clippy::duplicate_mod,
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "the sinks use all of it"
)]
#[path = "../../../../templates/rust/cloud_sink_base/mod.rs"]
mod cloud_sink_base;

#[allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "the sinks use all of it"
)]
mod cloud_sink_parts;
