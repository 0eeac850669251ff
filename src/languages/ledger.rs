//! What a sink counts, as a language's runtime says it.

/// What a word of the accounts is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A counter.
    Counter,
    /// A reason for not taking an event.
    Refused,
    /// A reason for giving one up.
    Dropped,
}

/// A counter or a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Its name in reports.
    pub name: String,
    /// What the runtime's documentation says about it.
    pub meaning: String,
}
