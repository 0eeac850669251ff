//! The `fapilog-gen` command.

fn main() {}
