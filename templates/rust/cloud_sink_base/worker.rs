//! The worker (in progress).

use std::sync::Arc;

use super::queue::Shared;
use super::{DeliveryConfig, Limits, Report, Surroundings, Transport};

/// Delivers what is in the queue.
pub struct Worker {
    shared: Arc<Shared>,
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        _transport: Arc<dyn Transport>,
        _limits: Limits,
        _delivery: DeliveryConfig,
        _surroundings: Surroundings,
    ) -> Self {
        Self { shared }
    }

    /// Runs until the sink is stopped.
    pub async fn run(self) -> Report {
        self.shared.stats()
    }
}
