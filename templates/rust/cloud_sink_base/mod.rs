//! Delivery runtime of a cloud sink: everything between an event and one request.
//!
//! A provider supplies an [`Encoder`] (event to record, records to body) and a [`Transport`] (one
//! attempt); this module supplies the bounded queue, batching, retry, breaker, dead-letter file,
//! counters and shutdown. It knows no provider, reads no environment, and opens no connection of
//! its own.
//!
//! ```text
//! write(event) ─► encode ─► bounded queue ─► worker thread ─► Transport::send, ≤ max_in_flight
//!                            overflow policy   batcher, retry,     one attempt → Outcome
//!                                              breaker (pure)
//! ```
//!
//! Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated.
//! An accepted event ends as delivered, dead-lettered, or dropped with a reason, and
//! `accepted = delivered + dead_lettered + dropped + pending` holds at every moment ([`Stats`]).

mod admission;
mod assembly;
mod batcher;
mod breaker;
mod config_errors;
mod cursor;
mod dead_letter;
mod delivery_fields;
mod desk;
mod encoder;
mod entry;
mod errors;
mod event;
mod field_source;
mod field_values;
mod fields;
mod flushes;
mod handle;
mod in_flight;
mod intake;
mod job;
mod journal;
mod json;
mod json_value;
mod ledger;
mod level;
mod limits;
mod outcome;
mod pace;
mod partial;
mod queue;
mod record;
mod retry;
mod secret;
mod settings;
mod settle;
mod shared;
mod shutdown;
mod sink;
mod stats;
mod thread;
mod time_text;
mod timestamp;
mod transport;
mod worker;

pub use assembly::{SinkParts, Surroundings, TransportBuilder};
pub use config_errors::{ConfigErrors, ConfigProblem};
pub use encoder::{Encoder, Group};
pub use errors::{FlushError, StartError, WriteError};
pub use event::{Event, EventTime};
pub use fields::Fields;
pub use handle::SinkHandle;
pub use json::JsonObject;
pub use json_value::{lookup, push_json, value_text};
pub use level::Level;
pub use limits::{Limits, Order, Oversize, Sizing};
pub use outcome::{Outcome, RejectedItem};
pub use record::{Batch, Record};
pub use secret::Secret;
pub use settings::{DeliveryConfig, Overflow};
pub use sink::CloudSink;
pub use stats::{DropReason, RefuseReason, Report, Stats};
pub use thread::on_delivery_thread;
pub use timestamp::{Timestamp, TimestampError};
pub use transport::{BoxFuture, HealthError, Transport};
pub use worker::Worker;
