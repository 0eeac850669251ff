//! Misbehaviour on demand.
//!
//! A fault is written `name` or `name:argument`. Faults with a count apply to the next requests,
//! in the order they were given; the others stay until they are cleared.

use std::fmt;
use std::time::Duration;

/// One way for the stand-in to misbehave.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Answer the next requests with one of the vendor's refusals.
    Answer(FaultAnswer, u32),
    /// Close the connection of the next requests with a TCP reset, nothing stored.
    Reset(u32),
    /// Store what the next requests carry, then close the connection without an answer.
    LostAnswer(u32),
    /// Store what the next requests carry, then break off in the middle of the answer.
    HalfAnswer(u32),
    /// Hold the next request this long, then close its connection; nothing stored.
    Stall(Duration),
    /// Answer every request this much later.
    Slow(Duration),
    /// Refuse every Nth distinct record, the vendor's way, on every attempt.
    RejectEvery(u64),
    /// Refuse records that contain this text, the vendor's way.
    RejectMatching(String),
    /// Throttle every Nth distinct record on its first attempt, where the vendor answers by item.
    ThrottleEvery(u64),
    /// Misbehave at the next questions about an acknowledgement, where the vendor gives any.
    Question(QuestionFault, u32),
}

/// What goes wrong with a question about an acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionFault {
    /// What was accepted is not stored yet.
    Pending,
    /// The vendor's "server trouble".
    Fail,
    /// The connection is closed with a TCP reset.
    Reset,
    /// 200 with half a JSON object.
    Garbage,
}

impl QuestionFault {
    const fn name(self) -> &'static str {
        match self {
            Self::Pending => "ack-pending",
            Self::Fail => "ack-fail",
            Self::Reset => "ack-reset",
            Self::Garbage => "ack-garbage",
        }
    }
}

/// The answer a fault gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultAnswer {
    /// The vendor's "slow down".
    Throttled,
    /// The vendor's "server trouble".
    Unavailable,
    /// The vendor's "wrong credentials".
    Unauthorized,
    /// The vendor's "too large".
    TooLarge,
    /// The vendor's "not as documented".
    Malformed,
    /// 307 to another address.
    Redirect,
    /// 200 with an HTML page, as a captive portal or a wrong proxy gives.
    Garbage,
}

impl FaultAnswer {
    const fn name(self) -> &'static str {
        match self {
            Self::Throttled => "throttle",
            Self::Unavailable => "fail",
            Self::Unauthorized => "unauthorized",
            Self::TooLarge => "too-large",
            Self::Malformed => "malformed",
            Self::Redirect => "redirect",
            Self::Garbage => "garbage",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(answer, count) => write!(f, "{}:{count}", answer.name()),
            Self::Reset(count) => write!(f, "reset:{count}"),
            Self::LostAnswer(count) => write!(f, "lost-answer:{count}"),
            Self::HalfAnswer(count) => write!(f, "half-answer:{count}"),
            Self::Stall(stall) => write!(f, "stall:{}", stall.as_secs_f64()),
            Self::Slow(delay) => write!(f, "slow:{}", delay.as_millis()),
            Self::RejectEvery(n) => write!(f, "reject-every:{n}"),
            Self::RejectMatching(text) => write!(f, "reject-matching:{text}"),
            Self::Question(what, count) => write!(f, "{}:{count}", what.name()),
            Self::ThrottleEvery(n) => write!(f, "throttle-every:{n}"),
        }
    }
}
