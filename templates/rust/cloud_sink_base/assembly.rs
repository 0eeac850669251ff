//! What a sink is made of, and how the pieces come together.

use std::error::Error;
use std::sync::Arc;

use super::encoder::EventEncoder;
use super::shared::Shared;
use super::{
    DeliveryConfig, Encoder, Limits, SinkHandle, StartError, Timestamp, Transport, Worker,
};

/// Makes the transport, on the runtime that will use it.
pub type TransportBuilder =
    Box<dyn FnOnce() -> Result<Arc<dyn Transport>, Box<dyn Error + Send + Sync>> + Send>;

/// What a sink is made of.
pub struct SinkParts {
    /// Name in log lines, reports and the dead-letter file: the provider's.
    pub name: &'static str,
    /// Event to record, records to body.
    pub encoder: Arc<dyn Encoder>,
    /// Makes the transport.
    pub transport: TransportBuilder,
    /// What the provider accepts.
    pub limits: Limits,
    /// The user's delivery settings.
    pub delivery: DeliveryConfig,
}

/// What a worker takes from its surroundings, so that tests can bring their own.
pub struct Surroundings {
    /// Tells the time of day; delays are measured on tokio's clock.
    pub wall_clock: Box<dyn Fn() -> Timestamp + Send>,
    /// Start of the random sequence behind jitter.
    pub seed: u64,
}

impl Default for Surroundings {
    /// The system's clock and a seed of its own.
    fn default() -> Self {
        use std::hash::{BuildHasher, RandomState};
        Self {
            wall_clock: Box::new(|| Timestamp::from_system_time(std::time::SystemTime::now())),
            seed: RandomState::new().hash_one("jitter"),
        }
    }
}

/// Makes the worker, wherever that is to run.
pub(super) type MakeWorker = Box<dyn FnOnce(Surroundings) -> Result<Worker, StartError> + Send>;

/// Checks the settings and makes the writers' side of a sink.
pub(super) fn prepare(parts: SinkParts) -> Result<(SinkHandle, MakeWorker), StartError> {
    let SinkParts {
        name,
        encoder,
        transport,
        limits,
        delivery,
    } = parts;
    let delivery = delivery.validate(&limits)?;
    let encoder = EventEncoder::new(encoder, &limits);
    let shared = Arc::new(Shared::new(name, encoder, &delivery));
    let handle = SinkHandle {
        shared: Arc::clone(&shared),
    };
    let make = move |surroundings| {
        let transport = transport().map_err(StartError::Transport)?;
        Ok(Worker::new(
            shared,
            transport,
            &limits,
            &delivery,
            surroundings,
        ))
    };
    Ok((handle, Box::new(make)))
}
