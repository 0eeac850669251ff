//! Provider specs: their types, loading, and checks.

pub mod model;
