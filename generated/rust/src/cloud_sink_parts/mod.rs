//! Parts of the runtime that only some providers need.

pub mod answer;
pub mod aws_cloudwatch_classify;
pub mod aws_cloudwatch_client;
pub mod aws_cloudwatch_logs;
pub mod aws_cloudwatch_place;
pub mod basic_auth;
pub mod check;
pub mod codes;
pub mod connection;
pub mod delay;
pub mod framing;
pub mod gzip;
pub mod http;
pub mod http_transport;
pub mod layer;
pub mod named_settings;
pub mod percent;
pub mod request;
#[cfg(test)]
pub mod responder;
pub mod scrub;
pub mod streams;
#[cfg(test)]
pub mod testing;
