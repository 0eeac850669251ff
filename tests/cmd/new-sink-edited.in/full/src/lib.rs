//! Somebody's.
