//! Levels of events: fapilog's, and those an application registers.

/// How serious an event is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Level {
    /// Finer than debug.
    Trace,
    /// Of interest while debugging.
    Debug,
    /// Normal operation.
    Info,
    /// Normal but significant.
    Notice,
    /// Something may need attention.
    Warning,
    /// Something failed.
    Error,
    /// The application cannot go on.
    Critical,
    /// For the audit trail.
    Audit,
    /// Concerns security.
    Security,
    /// A level the application registered, in lower case.
    Custom(Box<str>),
}

impl Level {
    /// Reads a level's name in any case; `WARN` and `FATAL` are `Warning` and `Critical`.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        const NAMES: [(&str, Level); 11] = [
            ("info", Level::Info),
            ("debug", Level::Debug),
            ("warning", Level::Warning),
            ("error", Level::Error),
            ("warn", Level::Warning),
            ("critical", Level::Critical),
            ("fatal", Level::Critical),
            ("trace", Level::Trace),
            ("notice", Level::Notice),
            ("audit", Level::Audit),
            ("security", Level::Security),
        ];
        for (word, level) in NAMES {
            if name.eq_ignore_ascii_case(word) {
                return level;
            }
        }
        Self::Custom(name.to_lowercase().into_boxed_str())
    }

    /// The name in lower case.
    #[must_use]
    pub fn as_lower(&self) -> &str {
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
            Self::Custom(name) => name,
        }
    }
}
