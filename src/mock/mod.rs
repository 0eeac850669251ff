//! A strict local stand-in for any provider, derived from its spec.
//!
//! It answers as the vendor does and refuses what the vendor, or the spec, does not allow: wrong
//! credentials, content type, encoding, structure, sizes, times. Its decoders share no code with
//! the sinks' encoders. [`Fault`]s make it throttle, fail, stall or refuse on demand.
//!
//! Over HTTP it can be inspected from any language: `GET /__mock/records` and `/__mock/requests`
//! (NDJSON), `GET /__mock/stats`, `POST /__mock/faults` (one fault a line), `DELETE /__mock/faults`,
//! `POST /__mock/reset`. What it keeps for that is bounded by number and bytes; these pages are for the
//! machine it runs on, and no page of a browser may read or change them.
//!
//! It is stricter than vendors in one respect: a record must have the shape the spec gives it,
//! although most vendors would store any JSON.

mod acknowledge;
mod admin;
mod answer;
mod arrivals;
mod auth;
mod caller;
mod clock;
mod cloudwatch;
mod decode;
mod examine;
mod fault;
mod fault_text;
mod framing;
mod gate;
mod health;
mod journal;
mod json;
mod json_reader;
mod judge;
mod lines;
mod log_groups;
mod loki;
mod loki_streams;
pub(crate) mod otlp;
mod put_log_events;
mod record;
mod response;
mod server;
mod service;
mod shelf;
mod sigv4;
mod store;
mod template;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use shelf::Room;

pub use arrivals::{Arrivals, Missed};
pub use clock::Clock;
pub use fault::{Fault, FaultAnswer, QuestionFault};
pub use fault_text::{FAULTS, FaultError};
pub use server::{MockServer, start};
pub use store::{Arrival, Counters, RequestSeen, Snapshot, StoredRecord};

/// Whose requests a stand-in expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clients {
    /// Sinks of the spec: a record, what stands around it, query and headers have the shape that the spec
    /// gives them.
    #[default]
    Sinks,
    /// Whoever speaks the vendor's protocol, such as the vendor's own client: records are any objects, and
    /// query and headers are the client's own. Address, credentials, encoding, framing and limits are
    /// checked all the same.
    Any,
}

/// How a stand-in is started.
#[derive(Debug, Clone)]
pub struct MockOptions {
    /// Address to listen on. Default: a free port of 127.0.0.1.
    pub listen: SocketAddr,
    /// Whose requests it expects.
    pub clients: Clients,
    /// Faults from the start.
    pub faults: Vec<Fault>,
    /// Credentials taken, by config field; a field not named here takes `example-` and its name
    /// with `-` for `_`. For `CloudWatch` the fields are `aws_access_key_id` and
    /// `aws_secret_access_key`.
    pub secrets: BTreeMap<String, String>,
    /// What it takes for "now".
    pub now: Clock,
    /// Accepted records kept for inspection; beyond it the oldest leave, but stay counted.
    pub max_records: usize,
    /// Requests kept for inspection; beyond it the oldest leave, but stay counted.
    pub max_requests: usize,
    /// Memory for the records kept, and as much again for the requests; beyond it the oldest leave.
    pub max_bytes: usize,
}

impl MockOptions {
    fn room(&self, items: usize) -> Room {
        Room {
            items,
            bytes: self.max_bytes,
        }
    }
}

impl Default for MockOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clients: Clients::default(),
            faults: Vec::new(),
            secrets: BTreeMap::new(),
            now: Clock::System,
            max_records: 100_000,
            max_requests: 10_000,
            max_bytes: 64 << 20,
        }
    }
}
