//! Delivery runtime of a cloud sink: everything between an event and one request.
//!
//! A provider supplies an [`Encoder`] (event to record, records to body) and a [`Transport`] (one
//! attempt); this module supplies the bounded queue, batching, retry, breaker, dead-letter file,
//! counters and shutdown. It knows no provider and opens no connection of its own; it reads the
//! environment only where a sink's settings are read ([`Fields::from_env`]).
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

mod accounts;
mod cursor;
mod dead_letter;
mod encoder;
mod entry;
mod errors;
mod event;
mod field_source;
mod field_values;
mod fields;
mod flushes;
mod in_flight;
mod json;
mod json_value;
mod level;
mod metrics;
mod packer;
mod private_file;
mod queue;
mod reporter;
mod scheduler;
mod settings;
mod shared;
mod sink;
mod text;
mod throttle;
mod time_format;
mod time_text;
mod timestamp;
mod transport;
mod waiting;
mod worker;

pub use accounts::{DropReason, RefuseReason, Report, Stats};
pub use encoder::{Batch, Encoder, Group, Record};
pub use errors::{ConfigErrors, ConfigProblem, FlushError, StartError, WriteError};
pub use event::{Event, EventTime};
pub use field_values::Secret;
pub use fields::Fields;
pub use json::{JsonList, JsonObject, has_values, push_map};
pub use json_value::{lookup, lookup_text, push_json, push_value, value_text};
pub use level::Level;
pub use metrics::Sample;
pub use reporter::on_delivery_thread;
pub use settings::{DeliveryConfig, Limits, Order, Overflow, Oversize, Sizing};
pub use sink::{CloudSink, SinkHandle, SinkParts, Surroundings, TransportBuilder};
pub use text::{First, ToText, all_set, filled};
pub use throttle::MAX_RETRY_AFTER;
pub use time_format::TimeFormat;
pub use timestamp::{Timestamp, TimestampError};
pub use transport::{BoxFuture, HealthError, Outcome, Refusal, RejectedItem, Transport};
pub use worker::Worker;
