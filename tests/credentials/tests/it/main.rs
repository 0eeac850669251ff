//! Each credential scheme against a strict token endpoint and a backend that takes only the tokens
//! it was told of.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod azure;
mod canary;
mod faults;
mod google;
mod oauth2;
mod sas;
mod sigv4;
mod support;
mod token;
