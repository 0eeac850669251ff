//! The provider's half of the delivery: one attempt at a time.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::{Batch, Outcome};

/// A boxed future, so that [`Transport`] can be a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Performs attempts. Never retries, never sleeps, keeps no events.
pub trait Transport: Send + Sync + 'static {
    /// Performs one attempt.
    ///
    /// Cancelled when the attempt takes too long or the sink stops; the request may or may not
    /// have reached the provider then.
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome>;

    /// Asks the provider, as cheaply as it allows, whether it would answer.
    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>>;
}

/// Why a health check failed, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthError {
    /// What was found.
    pub reason: String,
}

impl HealthError {
    /// A failure with this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for HealthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "health check failed: {}", self.reason)
    }
}

impl std::error::Error for HealthError {}
