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

/// The most frequent first.
const WORDS: [(&[&str], Level); 9] = [
    (
        &["info", "information", "informational", "notset", ""],
        Level::Info,
    ),
    (&["debug", "dbg", "fine"], Level::Debug),
    (&["warning", "warn", "wrn"], Level::Warning),
    (&["error", "err", "severe"], Level::Error),
    (
        &[
            "critical",
            "crit",
            "fatal",
            "panic",
            "dpanic",
            "alert",
            "emerg",
            "emergency",
        ],
        Level::Critical,
    ),
    (
        &["trace", "verbose", "finest", "finer", "silly"],
        Level::Trace,
    ),
    (&["notice"], Level::Notice),
    (&["audit"], Level::Audit),
    (&["security"], Level::Security),
];

impl Level {
    /// Reads a level's name in any case, a usual other word for it, or a number in words.
    ///
    /// A word nobody knows is a level the application registered; no word is `Info`.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        let name = name.trim_matches([' ', '\t', '\r', '\n']);
        for (words, level) in WORDS {
            if words.iter().any(|word| name.eq_ignore_ascii_case(word)) {
                return level;
            }
        }
        number_in(name).map_or_else(
            || Self::Custom(name.to_lowercase().into_boxed_str()),
            Self::from_number,
        )
    }

    /// The level of a number, as Python's `logging` counts: 10 for debug to 50 for critical. One
    /// between two has the lower one, and 60, pino's fatal, is critical too. Zero is not set: `Info`.
    #[must_use]
    pub fn from_number(number: f64) -> Self {
        match number {
            50.0.. => Self::Critical,
            40.0.. => Self::Error,
            30.0.. => Self::Warning,
            20.0.. => Self::Info,
            10.0.. => Self::Debug,
            0.0 => Self::Info,
            _ => Self::Trace,
        }
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

/// The number in `35`, or in `Level 35`, as Python's `logging` calls a number without a name.
fn number_in(name: &str) -> Option<f64> {
    let named = name
        .get(..6)
        .filter(|start| start.eq_ignore_ascii_case("level "));
    let text = named.map_or(name, |start| &name[start.len()..]);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    (all_digits(whole) && all_digits(fraction))
        .then(|| text.parse().ok())
        .flatten()
}
