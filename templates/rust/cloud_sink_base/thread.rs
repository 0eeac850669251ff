//! The thread that delivers, and the mark by which a log layer knows it.

use std::cell::Cell;
use std::sync::{Arc, mpsc};

use tokio::runtime::{Builder, Runtime};

use super::StartError;
use super::queue::Shared;
use super::worker::Worker;

thread_local! {
    static DELIVERS: Cell<bool> = const { Cell::new(false) };
}

/// Whether the current thread delivers events. What is logged here must not become an event of a
/// sink, or one request's log lines would cause the next request.
#[must_use]
pub fn on_delivery_thread() -> bool {
    DELIVERS.get()
}

/// Starts the thread and waits until the worker is made, or is known to be impossible.
pub(super) fn start(
    name: &'static str,
    shared: Arc<Shared>,
    make: impl FnOnce() -> Result<Worker, StartError> + Send + 'static,
) -> Result<(), StartError> {
    let (ready, started) = mpsc::channel();
    let body = move || {
        DELIVERS.set(true);
        let ended = EndGuard(shared);
        let made = runtime().map_err(StartError::Thread).and_then(|runtime| {
            let entered = runtime.enter();
            let worker = make()?;
            drop(entered);
            Ok((runtime, worker))
        });
        match made {
            Ok((runtime, worker)) => {
                let _ = ready.send(Ok(()));
                runtime.block_on(worker.run());
                drop(ended);
                // Not dropped: that would wait for a name lookup that may take minutes.
                runtime.shutdown_background();
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    };
    std::thread::Builder::new()
        .name(format!("{name}-sink"))
        .spawn(body)
        .map_err(StartError::Thread)?;
    started
        .recv()
        .unwrap_or_else(|_| Err(StartError::Transport("the transport panicked".into())))
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .on_thread_start(|| DELIVERS.set(true))
        .build()
}

/// Ends the sink even when the worker panics: writers see `Closed` instead of a queue that fills.
struct EndGuard(Arc<Shared>);

impl Drop for EndGuard {
    fn drop(&mut self) {
        self.0.end();
    }
}
