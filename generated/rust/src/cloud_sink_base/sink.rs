//! The sink as its owner and its writers see it, and how it is put together.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::encoder::EventEncoder;
use super::shared::{Request, Shared};
use super::worker::start_thread;
use super::{
    DeliveryConfig, Encoder, Event, FlushError, HealthError, Limits, Report, StartError, Stats,
    Timestamp, Transport, Worker, WriteError,
};

/// How long dropping a sink may block.
const DROP_DRAIN: Duration = Duration::from_secs(5);

/// What `stop` waits beyond its limit for a worker that is busy writing its last counters.
const STOP_GRACE: Duration = Duration::from_millis(100);

/// What it waits besides while dead letters are being written to a slow disk.
const GIVING_UP: Duration = Duration::from_secs(5);

/// A running sink. Its one owner stops it; writers share it through [`SinkHandle`].
///
/// Dropping it without `stop` blocks up to five seconds to deliver what is pending; what is left
/// then is dead-lettered or dropped, and logged.
pub struct CloudSink {
    handle: SinkHandle,
    threaded: bool,
}

impl CloudSink {
    /// Starts a sink on a thread of its own, which makes the transport and does all delivery.
    ///
    /// # Errors
    ///
    /// [`StartError`] when a setting cannot work, the transport cannot be made, or the system
    /// gives no thread; nothing keeps running then.
    pub fn start(parts: SinkParts) -> Result<Self, StartError> {
        let name = parts.name;
        let (handle, make) = prepare(parts)?;
        start_thread(name, || make(Surroundings::default()))?;
        Ok(Self {
            handle,
            threaded: true,
        })
    }

    /// Makes a sink whose delivery runs wherever [`Worker::run`] is awaited: on a runtime of the
    /// caller's, or in a test with paused time.
    ///
    /// # Errors
    ///
    /// As [`CloudSink::start`], thread excepted.
    pub fn assemble(
        parts: SinkParts,
        surroundings: Surroundings,
    ) -> Result<(Self, Worker), StartError> {
        let (handle, make) = prepare(parts)?;
        let worker = make(surroundings)?;
        Ok((
            Self {
                handle,
                threaded: false,
            },
            worker,
        ))
    }

    /// A writer's share of this sink.
    #[must_use]
    pub fn handle(&self) -> SinkHandle {
        self.handle.clone()
    }

    /// See [`SinkHandle::write`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn write(&self, event: &Event) -> Result<(), WriteError> {
        self.handle.write(event).await
    }

    /// See [`SinkHandle::try_write`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_write(&self, event: &Event) -> Result<(), WriteError> {
        self.handle.try_write(event)
    }

    /// Sends what is pending now, without waiting for batches to fill; the sink stays open.
    ///
    /// # Errors
    ///
    /// [`FlushError`] when something accepted before the call is still pending after `within`;
    /// nothing is lost, delivery goes on.
    pub async fn flush(&self, within: Duration) -> Result<(), FlushError> {
        let (done, settled) = oneshot::channel();
        self.handle
            .shared
            .request(|taken_when_empty| Request::Flush {
                until: taken_when_empty,
                done,
            });
        match timeout(within, settled).await {
            Ok(Ok(())) => Ok(()),
            _ => match self.stats().pending {
                0 => Ok(()),
                pending => Err(FlushError { pending }),
            },
        }
    }

    /// Asks the provider whether it would answer, limited by the time of one attempt.
    ///
    /// # Errors
    ///
    /// [`HealthError`] with what was found.
    pub async fn health_check(&self) -> Result<(), HealthError> {
        let (done, answer) = oneshot::channel();
        self.handle.shared.request(|_| Request::Health(done));
        answer
            .await
            .unwrap_or_else(|_| Err(HealthError::new("the sink is stopped")))
    }

    /// Stops accepting, delivers what is pending for at most `within`, gives up the rest.
    ///
    /// Waits for a retry are cut short. What is left at the deadline is dead-lettered or dropped
    /// before this returns the final counters, at the latest 100 ms after `within`, or 5 s later
    /// where the disk is slow to take the dead letters. Later calls return the counters again.
    ///
    /// A program that is told to end by a signal calls this too; a signal that nobody handles ends
    /// it at once, with all that is pending:
    ///
    /// ```ignore
    /// let mut terminate = signal(SignalKind::terminate())?;
    /// terminate.recv().await;
    /// let report = sink.stop(Duration::from_secs(5)).await;
    /// ```
    pub async fn stop(&self, within: Duration) -> Report {
        let shared = &self.handle.shared;
        shared.stop(within);
        let limit = within.saturating_add(STOP_GRACE);
        if timeout(limit, shared.ended()).await.is_err() && shared.gives_up() {
            // A timeout leaves `pending` above zero in the report.
            let _ = timeout(GIVING_UP, shared.ended()).await;
        }
        self.stats()
    }

    /// [`CloudSink::stop`] for code without a runtime; blocks the calling thread.
    #[allow(
        clippy::must_use_candidate,
        reason = "the report is a by-product of stopping"
    )]
    pub fn stop_blocking(&self, within: Duration) -> Report {
        let shared = &self.handle.shared;
        shared.stop(within);
        if !shared.wait_ended(within.saturating_add(STOP_GRACE)) && shared.gives_up() {
            shared.wait_ended(GIVING_UP);
        }
        self.stats()
    }

    /// The counters at this moment.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.handle.stats()
    }
}

impl Drop for CloudSink {
    fn drop(&mut self) {
        if self.threaded {
            self.stop_blocking(DROP_DRAIN);
        } else {
            // Waiting here would block the very runtime that runs the worker.
            self.handle.shared.stop(DROP_DRAIN);
        }
    }
}

impl fmt::Debug for CloudSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.fmt(f)
    }
}

/// Writes to a sink. Cheap to clone.
#[derive(Clone)]
pub struct SinkHandle {
    shared: Arc<Shared>,
}

impl SinkHandle {
    /// Encodes an event and puts it in the queue. `Ok` means accepted: it will be delivered,
    /// dead-lettered, or dropped with a reason that is counted.
    ///
    /// Waits for room only with [`Overflow::Block`](super::Overflow::Block), and needs a tokio
    /// runtime with time only then. Cancelled while it waits, the event was not accepted.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; the event was not accepted.
    pub async fn write(&self, event: &Event) -> Result<(), WriteError> {
        let record = self.shared.encoder.encode(event);
        self.shared.push_waiting(record).await?;
        self.shared.note_time(event.time);
        Ok(())
    }

    /// As [`SinkHandle::write`], but never waits: a full queue that would block refuses at once.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; the event was not accepted.
    pub fn try_write(&self, event: &Event) -> Result<(), WriteError> {
        self.shared.push(self.shared.encoder.encode(event))?;
        self.shared.note_time(event.time);
        Ok(())
    }

    /// The counters at this moment.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }
}

impl fmt::Debug for SinkHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SinkHandle")
            .field("name", &self.shared.name)
            .finish_non_exhaustive()
    }
}

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
type MakeWorker = Box<dyn FnOnce(Surroundings) -> Result<Worker, StartError> + Send>;

/// Checks the settings and makes the writers' side of a sink.
fn prepare(parts: SinkParts) -> Result<(SinkHandle, MakeWorker), StartError> {
    let SinkParts {
        name,
        encoder,
        transport,
        limits,
        delivery,
    } = parts;
    let delivery = delivery.validate(&limits)?;
    let encoder = EventEncoder::new(encoder, &limits, delivery.dead_letter_path.is_some());
    let shared = Arc::new(Shared::new(name, encoder, &delivery));
    let handle = SinkHandle {
        shared: Arc::clone(&shared),
    };
    let make = move |surroundings| {
        let transport = transport().map_err(StartError::Transport)?;
        if transport.shows_credentials() {
            shared.note_shown_credentials();
        }
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
