//! The peer of one sink: reads requests off the wire, does what the fault says, hands the rest to the
//! provider's stand-in, and keeps the books.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use fapilog_gen::mock::MockServer;
use fapilog_gen::sink::Sink;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::exchange::read_request;
use crate::faults::{Certificate, What};
use crate::ledger::Ledger;
use crate::respond::{hold, is_for_token, issue, respond};
use crate::tls::Certificates;

/// A connection that can be reset.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send {
    /// Has it end with RST when it is dropped.
    fn reset(&self);
}

impl Wire for TcpStream {
    fn reset(&self) {
        // Fails on a connection that has ended.
        let _ = self.set_zero_linger();
    }
}

impl Wire for TlsStream<TcpStream> {
    fn reset(&self) {
        self.get_ref().0.reset();
    }
}

/// What the connections share.
pub struct Peer {
    /// Whose stand-in it is.
    pub sink: Arc<Sink>,
    /// The stand-in.
    pub mock: MockServer,
    ledger: Mutex<Ledger>,
    plan: Mutex<(What, usize)>,
    hits: Mutex<usize>,
    certificates: Option<Arc<Certificates>>,
    /// An answer that took longer may have come too late.
    pub prompt: Duration,
}

/// A peer that listens, or will.
pub struct Listening {
    /// What the connections share.
    pub peer: Arc<Peer>,
    /// Where: `127.0.0.1:4000`.
    pub address: String,
    socket: Option<TcpSocket>,
    tasks: JoinSet<()>,
}

impl Listening {
    /// Binds a port and, unless nobody is to listen, listens.
    pub fn new(
        sink: Arc<Sink>,
        mock: MockServer,
        what: &What,
        certificates: Option<Arc<Certificates>>,
        prompt: Duration,
    ) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind("127.0.0.1:0".parse().expect("an address"))
            .expect("a port");
        let address = socket.local_addr().expect("its address").to_string();
        let peer = Arc::new(Peer {
            sink,
            mock,
            ledger: Mutex::default(),
            plan: Mutex::new((What::Fine, 0)),
            hits: Mutex::new(0),
            certificates,
            prompt,
        });
        let mut listening = Self {
            peer,
            address,
            socket: Some(socket),
            tasks: JoinSet::new(),
        };
        if *what != What::Refused {
            listening.listen();
        }
        listening
    }

    /// Somebody listens from here on.
    pub fn listen(&mut self) {
        if let Some(socket) = self.socket.take() {
            let listener = socket.listen(1024).expect("it listens");
            self.tasks.spawn(accept(listener, Arc::clone(&self.peer)));
        }
    }
}

impl Peer {
    /// The books.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().expect("a lock")
    }

    /// The next so many requests, or connections, meet this.
    pub fn arm(&self, what: &What, times: usize) {
        if let What::Vendor(text) = what {
            self.mock.add_fault(text.parse().expect("a fault"));
        }
        *self.plan.lock().expect("a lock") = (what.clone(), times);
    }

    /// How often the fault happened.
    pub fn hits(&self) -> usize {
        *self.hits.lock().expect("a lock")
    }

    /// Has the stand-in's own faults count as this peer's.
    pub fn note_vendor_faults(&self) {
        if matches!(&*self.plan.lock().expect("a lock"), (What::Vendor(_), _)) {
            let faults = self.mock.counters().faults;
            *self.hits.lock().expect("a lock") = usize::try_from(faults).unwrap_or(usize::MAX);
        }
    }

    fn current(&self) -> What {
        let plan = self.plan.lock().expect("a lock");
        if plan.1 > 0 {
            plan.0.clone()
        } else {
            What::Fine
        }
    }

    /// The fault, if it happens here; it counts as having happened.
    fn take(&self, happens: impl Fn(&What) -> bool) -> Option<What> {
        let mut plan = self.plan.lock().expect("a lock");
        if plan.1 == 0 || !happens(&plan.0) {
            return None;
        }
        plan.1 = plan.1.saturating_sub(usize::from(plan.1 != usize::MAX));
        *self.hits.lock().expect("a lock") += 1;
        Some(plan.0.clone())
    }
}

async fn accept(listener: TcpListener, peer: Arc<Peer>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        while connections.try_join_next().is_some() {}
        let _ = stream.set_nodelay(true);
        let peer = Arc::clone(&peer);
        connections.spawn(async move {
            // How a connection ends is no matter of the peer's: the books have what it carried.
            let _ = meet(stream, peer).await;
        });
    }
}

async fn meet(mut stream: TcpStream, peer: Arc<Peer>) -> io::Result<()> {
    let at_once = |what: &What| *what == What::ResetAtOnce || what.is_tls();
    let what = peer.take(at_once).unwrap_or(What::Fine);
    match what {
        What::ResetAtOnce => {
            stream.reset();
            return Ok(());
        }
        What::HandshakeEnds => {
            stream.read_u8().await?;
            return Ok(());
        }
        What::HandshakeStalls => return hold(&mut stream).await,
        _ => {}
    }
    let Some(certificates) = &peer.certificates else {
        return converse(stream, peer).await;
    };
    let shown = match what {
        What::Certificate(shown) => shown,
        _ => Certificate::Good,
    };
    let acceptor = TlsAcceptor::from(certificates.server(shown));
    let stream = acceptor.accept(stream).await?;
    if shown != Certificate::Good {
        // A client of TLS 1.3 refuses after the server is done; what it sends until then counts.
        let mut byte = [0];
        let mut stream = stream;
        if stream.read(&mut byte).await? > 0 {
            let problem = format!("something was sent to a peer whose certificate is {shown:?}");
            peer.ledger().violations.push(problem);
        }
        return Ok(());
    }
    converse(stream, peer).await
}

async fn converse(mut wire: impl Wire, peer: Arc<Peer>) -> io::Result<()> {
    let mut buffer = Vec::new();
    let mut answered = false;
    loop {
        let reused = answered && peer.current() == What::ResetOnReuse;
        if peer.current() == What::ResetInRequest || reused {
            if wire.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            if reused || peer.take(|what| *what == What::ResetInRequest).is_some() {
                wire.reset();
                return Ok(());
            }
        }
        let Some(request) = read_request(&mut wire, &mut buffer).await? else {
            return Ok(());
        };
        let began = Instant::now();
        let events = peer
            .ledger()
            .arrived(request.header("content-encoding"), &request.body);
        let in_answer = |what: &What| {
            !matches!(
                what,
                What::Vendor(_) | What::ResetInRequest | What::ResetAtOnce | What::Refused
            ) && !what.is_tls()
                && !what.is_of_tokens()
        };
        let what = if is_for_token(&request) {
            let what = peer.take(What::is_of_tokens).unwrap_or(What::Fine);
            if !issue(&mut wire, &peer, what).await? {
                return Ok(());
            }
            continue;
        } else if events.is_empty() {
            What::Fine
        } else {
            peer.take(in_answer).unwrap_or(What::Fine)
        };
        if !respond(&mut wire, &peer, &request, &events, what, began).await? {
            return Ok(());
        }
        answered = true;
    }
}
