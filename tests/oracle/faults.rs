//! The faults: what a peer, or what stands between, does wrong.

/// What a fault does to a request or its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Nothing is wrong.
    Fine,
    /// An answer of somebody in between; the backend does not see the request.
    Answer {
        /// Status.
        status: u16,
        /// Header lines.
        headers: &'static str,
        /// Body.
        body: Vec<u8>,
    },
    /// A fault of the stand-in, in the vendor's own words.
    Vendor(&'static str),
    /// Nobody listens.
    Refused,
    /// The connection is reset when it is made.
    ResetAtOnce,
    /// The connection is reset while the request is being sent.
    ResetInRequest,
    /// Stored, then the connection is reset.
    ResetAfter,
    /// The connection ends before an answer; not stored.
    Ends,
    /// Stored, then the connection ends before an answer.
    EndsAfter,
    /// Never answered; not stored.
    Silent,
    /// Stored and never answered.
    SilentAfter,
    /// Stored, the answer comes byte by byte.
    Dribbles,
    /// Stored, the answer's body comes byte by byte and never ends.
    Trickles,
    /// The head of a refusal, then a body byte by byte without end; not stored.
    TricklesRefusal,
    /// Stored, the answer's body never ends.
    Endless,
    /// The head of an outage's answer, then a body without end; not stored.
    EndlessRefusal,
    /// Stored, and the answer is shorter than it says.
    Short,
    /// Stored, and bytes that nobody asked for follow the answer: a second one.
    TwoAnswers,
    /// Stored, the answer is chunked and the chunks are wrong.
    BadChunks,
    /// Stored, a header of the answer has a MiB.
    LongHeader,
    /// Stored, the answer has so many headers.
    ManyHeaders(usize),
    /// Stored and answered, then the connection ends without a word.
    Stale,
    /// Stored and answered; the next request on the connection is met with a reset.
    ResetOnReuse,
    /// So many interim answers come first.
    Continues(usize),
    /// Interim answers without end; not stored.
    EndlessContinues,
    /// Stored, the answer is no HTTP.
    NoHttp,
    /// The peer's certificate.
    Certificate(Certificate),
    /// The TLS handshake is never answered.
    HandshakeStalls,
    /// The TLS handshake ends in the middle.
    HandshakeEnds,
    /// The name of the host does not exist.
    NoSuchHost,
    /// Whoever issues tokens answers so; requests with events are met as usual.
    Token {
        /// Status.
        status: u16,
        /// Header lines.
        headers: &'static str,
        /// Body.
        body: &'static str,
    },
    /// Whoever issues tokens says nothing.
    TokenSilent,
    /// Whoever issues tokens resets the connection.
    TokenReset,
    /// Whoever issues tokens sends a body without end.
    TokenEndless,
}

/// What a peer shows in a TLS handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// One that is fine.
    Good,
    /// One that has expired.
    Expired,
    /// One that is not valid yet.
    Early,
    /// One of another host.
    OtherName,
    /// One that nobody vouches for.
    SelfSigned,
}

/// A row of the table.
#[derive(Debug, Clone)]
pub struct Fault {
    /// As the table names it.
    pub name: &'static str,
    /// What happens.
    pub what: What,
    /// To how many requests or connections; then all is fine.
    pub times: usize,
    /// The sink's limit for an attempt must end it.
    pub hangs: bool,
    /// The sink is asked to wait longer than a test does.
    pub long: bool,
}

impl What {
    /// Whether the sink has to speak TLS.
    pub fn is_tls(&self) -> bool {
        matches!(
            self,
            Self::Certificate(_) | Self::HandshakeStalls | Self::HandshakeEnds
        )
    }

    /// Whether whoever issues tokens does it.
    pub fn is_of_tokens(&self) -> bool {
        matches!(
            self,
            Self::Token { .. } | Self::TokenSilent | Self::TokenReset | Self::TokenEndless
        )
    }

    /// Whether it is over once the peer says so; a name that does not exist stays so.
    pub fn heals(&self) -> bool {
        *self != Self::NoSuchHost
    }
}
