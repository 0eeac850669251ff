//! Parts of the runtime that only some providers need.

pub mod aws_cloudwatch_classify;
pub mod aws_cloudwatch_client;
pub mod aws_cloudwatch_logs;
pub mod aws_cloudwatch_place;
pub mod basic_auth;
pub mod check;
pub mod gzip;
pub mod http;
pub mod layer;
#[cfg(test)]
pub mod responder;
pub mod streams;
#[cfg(test)]
pub mod testing;
