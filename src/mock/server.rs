//! Sockets: accepts, bounds and closes connections.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use super::arrivals::Arrivals;
use super::service::{self, Shared};
use super::store::{Counters, Snapshot};
use super::{Fault, MockOptions};
use crate::sink::Sink;

/// Connections served at once; further ones are closed.
const MAX_CONNECTIONS: usize = 512;

/// A connection without a complete request head is closed after this long.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// A running stand-in. Dropping it closes every connection.
#[derive(Debug)]
pub struct MockServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// Starts a stand-in for the provider of a sink.
///
/// # Errors
///
/// When the address cannot be listened on.
pub async fn start(sink: Arc<Sink>, options: MockOptions) -> io::Result<MockServer> {
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let shared = Arc::new(Shared::new(sink, options));
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(accept(listener, Arc::clone(&shared), stopped));
    Ok(MockServer {
        address,
        shared,
        stop: Some(stop),
        task,
    })
}

impl MockServer {
    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All that arrived so far.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.shared.store.snapshot()
    }

    /// What was counted so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.store().counters
    }

    /// Requests as they arrive, from now on. A reader that falls 1,024 behind misses the oldest.
    #[must_use]
    pub fn subscribe(&self) -> Arrivals {
        Arrivals {
            store: self.shared.store.clone(),
            marks: self.shared.arrivals.subscribe(),
        }
    }

    /// Adds a fault behind those that are still to come.
    pub fn add_fault(&self, fault: Fault) {
        self.shared.store().faults.push(fault);
    }

    /// Closes the port and every connection, answered or not.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails only when the task has ended already.
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The accept loop; connections end with it, because the set that owns them is dropped.
async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() < MAX_CONNECTIONS => {
                    connections.spawn(connection(stream, Arc::clone(&shared)));
                }
                Ok(_) => {}
                // Out of file descriptors, for example: wait until some are free.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Answers are small and written at once; waiting for more only delays them.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    // Boxed, because `poll_without_shutdown` needs a future that can be moved.
    let service = service_fn(|request| {
        Box::pin(service::serve(
            Arc::clone(&shared),
            Arc::clone(&reset),
            request,
        ))
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    if ended.is_err() && reset.load(Ordering::Relaxed) {
        // With zero linger, closing sends RST instead of FIN.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}
