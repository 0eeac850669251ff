//! The sink as its owner sees it.

use std::fmt;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::assembly::prepare;
use super::shared::Request;
use super::{
    Event, FlushError, HealthError, Report, SinkHandle, SinkParts, StartError, Stats, Surroundings,
    Worker, WriteError, thread,
};

/// How long dropping a sink may block.
const DROP_DRAIN: Duration = Duration::from_secs(5);

/// What `stop` waits beyond its limit for a worker that is busy writing its last counters.
const STOP_GRACE: Duration = Duration::from_millis(100);

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
        thread::start(name, || make(Surroundings::default()))?;
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
    /// Waits for a retry are cut short. Returns the final counters, at the latest 100 ms after
    /// `within`; later calls return them again.
    pub async fn stop(&self, within: Duration) -> Report {
        self.handle.shared.stop(within);
        // A timeout leaves `pending` above zero in the report: the transport blocks its thread.
        let _ = timeout(
            within.saturating_add(STOP_GRACE),
            self.handle.shared.ended(),
        )
        .await;
        self.stats()
    }

    /// [`CloudSink::stop`] for code without a runtime; blocks the calling thread.
    #[allow(
        clippy::must_use_candidate,
        reason = "the report is a by-product of stopping"
    )]
    pub fn stop_blocking(&self, within: Duration) -> Report {
        self.handle.shared.stop(within);
        self.handle
            .shared
            .wait_ended(within.saturating_add(STOP_GRACE));
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
