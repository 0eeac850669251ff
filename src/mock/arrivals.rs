//! Requests as they arrive, for a live display.

use std::ops::Range;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::store::{Arrival, SharedStore};

/// Where an arrival is kept. What waits to be shown is looked up when its turn comes, so that it
/// takes no memory besides what is kept anyway.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub request: u64,
    pub records: Range<u64>,
}

/// Requests as they arrive, from [`subscribe`](super::MockServer::subscribe) on.
#[derive(Debug)]
pub struct Arrivals {
    pub(super) store: SharedStore,
    pub(super) marks: broadcast::Receiver<Mark>,
}

/// Requests that were not seen because too many came, or were too large, meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed(pub u64);

impl Arrivals {
    /// Waits for the next request; `None` once the stand-in is gone.
    pub async fn next(&mut self) -> Option<Result<Arrival, Missed>> {
        match self.marks.recv().await {
            Ok(mark) => Some(self.look_up(&mark).ok_or(Missed(1))),
            Err(RecvError::Lagged(missed)) => Some(Err(Missed(missed))),
            Err(RecvError::Closed) => None,
        }
    }

    /// The request, and those of its records that are still kept; `None` when it is kept no more.
    fn look_up(&self, mark: &Mark) -> Option<Arrival> {
        let store = self.store.lock();
        let (request, next) = store.requests.from(mark.request, 1);
        if next != mark.request + 1 {
            return None;
        }
        let request = request.into_iter().next()?;
        let Range { start, end } = mark.records;
        let missed = store.records.first().clamp(start, end) - start;
        let left = usize::try_from(end - start - missed).unwrap_or(usize::MAX);
        let (records, _) = store.records.from(start, left);
        drop(store);
        Some(Arrival {
            request: (*request).clone(),
            records: records.iter().map(|record| record.show()).collect(),
            missed,
        })
    }
}
