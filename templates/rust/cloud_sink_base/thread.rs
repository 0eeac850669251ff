//! The thread that delivers, and the mark by which a log layer knows it.

use std::cell::Cell;
use std::sync::mpsc;

use tokio::runtime::{Builder, Runtime};

use super::StartError;
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

/// Runs what logs on a writer's thread; no sink makes events of it.
pub(super) fn unheard(say: impl FnOnce()) {
    let before = DELIVERS.replace(true);
    say();
    DELIVERS.set(before);
}

/// Starts the thread and waits until the worker is made, or is known to be impossible.
pub(super) fn start(
    name: &'static str,
    make: impl FnOnce() -> Result<Worker, StartError> + Send + 'static,
) -> Result<(), StartError> {
    let (ready, started) = mpsc::channel();
    let body = move || {
        DELIVERS.set(true);
        match prepare(make) {
            Ok((runtime, worker)) => {
                let _ = ready.send(Ok(()));
                runtime.block_on(worker.run());
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

/// Makes the event loop, and the worker inside it.
fn prepare(
    make: impl FnOnce() -> Result<Worker, StartError>,
) -> Result<(Runtime, Worker), StartError> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .on_thread_start(|| DELIVERS.set(true))
        .build()
        .map_err(StartError::Thread)?;
    let entered = runtime.enter();
    let worker = make()?;
    drop(entered);
    Ok((runtime, worker))
}
