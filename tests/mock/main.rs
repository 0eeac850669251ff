//! The stand-in over real sockets: for each check one request that passes and one that does not,
//! every fault, and the request vectors of every spec in the repository.

#![expect(clippy::unwrap_used, reason = "tests")]

mod acknowledge;
mod any_client;
mod checks;
mod cloudwatch;
mod faults;
mod forms;
mod fuzz;
mod items;
mod keeping;
mod loki;
mod support;
mod vectors;
