//! Flushes under way: each waits until what was accepted before it is settled.

use tokio::sync::oneshot;

/// The flushes of one sink.
#[derive(Debug, Default)]
pub struct Flushes(Vec<Flush>);

#[derive(Debug)]
struct Flush {
    /// Records that must have left the queue.
    until: u64,
    /// Then: batches below this number must be settled.
    barrier: Option<u64>,
    done: oneshot::Sender<()>,
}

impl Flushes {
    /// Begins a flush of the first `until` records.
    pub fn begin(&mut self, until: u64, done: oneshot::Sender<()>) {
        self.0.push(Flush {
            until,
            barrier: None,
            done,
        });
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one waits for records to leave the queue.
    pub fn wait_for_queue(&self) -> bool {
        self.0.iter().any(|flush| flush.barrier.is_none())
    }

    /// Whether for one of them that has come true, `left` records having left the queue.
    pub fn are_reached(&self, left: u64) -> bool {
        self.0.iter().any(|flush| flush.is_reached(left))
    }

    /// Gives those the batch number to wait for.
    pub fn set_barrier(&mut self, left: u64, barrier: u64) {
        for flush in self.0.iter_mut().filter(|flush| flush.is_reached(left)) {
            flush.barrier = Some(barrier);
        }
    }

    /// Ends the flushes whose batches are settled; `oldest` is the first that is not.
    pub fn finish(&mut self, oldest: Option<u64>) {
        let is_done = |flush: &mut Flush| {
            flush
                .barrier
                .is_some_and(|barrier| oldest.is_none_or(|number| number >= barrier))
        };
        self.0.extract_if(.., is_done).for_each(Flush::end);
        // Nobody waits for those any more; in an outage they would pile up.
        self.0.retain(|flush| !flush.done.is_closed());
    }

    /// Ends all of them.
    pub fn finish_all(&mut self) {
        self.0.drain(..).for_each(Flush::end);
    }
}

impl Flush {
    fn end(self) {
        // Whoever waited may have gone.
        let _ = self.done.send(());
    }

    fn is_reached(&self, left: u64) -> bool {
        self.barrier.is_none() && self.until <= left
    }
}
