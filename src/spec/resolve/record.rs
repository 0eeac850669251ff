//! Names of an event's parts and levels, and of how a value is written.

use crate::spec::model::{EventPart, LevelName, LevelWord, ValueEncoding};

impl EventPart {
    /// Its name in an event.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::Diagnostics => "diagnostics",
            Self::Data => "data",
        }
    }
}

impl LevelName {
    /// Every level, from the least to the most severe, then those beside the scale.
    pub const ALL: [Self; 9] = [
        Self::Trace,
        Self::Debug,
        Self::Info,
        Self::Notice,
        Self::Warning,
        Self::Error,
        Self::Critical,
        Self::Audit,
        Self::Security,
    ];

    /// Its name in an event, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
            Self::Audit => "audit",
            Self::Security => "security",
        }
    }
}

impl LevelWord {
    /// The level it is for; `None` for all others.
    #[must_use]
    pub const fn level(self) -> Option<LevelName> {
        Some(match self {
            Self::Trace => LevelName::Trace,
            Self::Debug => LevelName::Debug,
            Self::Info => LevelName::Info,
            Self::Notice => LevelName::Notice,
            Self::Warning => LevelName::Warning,
            Self::Error => LevelName::Error,
            Self::Critical => LevelName::Critical,
            Self::Audit => LevelName::Audit,
            Self::Security => LevelName::Security,
            Self::Other => return None,
        })
    }
}

impl ValueEncoding {
    /// Whether it writes a time.
    #[must_use]
    pub const fn is_time(self) -> bool {
        use ValueEncoding as E;
        matches!(
            self,
            E::UnixS
                | E::UnixMs
                | E::UnixMsFloat
                | E::UnixUs
                | E::UnixNs
                | E::UnixNsText
                | E::UnixSeconds
                | E::Rfc3339Ms
                | E::Rfc3339Us
                | E::Rfc3339Ns
                | E::SpacedMs
                | E::SpacedNs
        )
    }

    /// Whether it writes a level.
    #[must_use]
    pub const fn is_level(self) -> bool {
        matches!(self, Self::LevelLower | Self::LevelUpper | Self::LevelMap)
    }
}
