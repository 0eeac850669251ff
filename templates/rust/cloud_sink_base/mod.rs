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

mod encoder;
mod event;
mod limits;
mod outcome;
mod record;
mod secret;

pub use encoder::{Encoder, Group};
pub use event::{Event, EventError, Level, Timestamp};
pub use limits::{Limits, Order, Oversize, Sizing};
pub use outcome::{Outcome, RejectedItem};
pub use record::{Batch, Record};
pub use secret::Secret;
