//! Records: the keys of an event's object, and the names of its parts and levels.

use crate::spec::model::{EventPart, LevelName, RecordField, RecordShape, Rest};

impl RecordShape {
    /// Keys of the event object, in order.
    #[must_use]
    pub fn fields(&self) -> &[RecordField] {
        match self {
            Self::Object { fields, .. } | Self::StreamEntry { fields, .. } => fields,
        }
    }

    /// Where the parts of an event not named by a field go.
    #[must_use]
    pub fn rest(&self) -> &[Rest] {
        match self {
            Self::Object { rest, .. } | Self::StreamEntry { rest, .. } => rest,
        }
    }

    /// Keys a merged field must not take besides those in `fields`.
    #[must_use]
    pub fn reserved(&self) -> &[String] {
        match self {
            Self::Object { reserved, .. } | Self::StreamEntry { reserved, .. } => reserved,
        }
    }
}

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

impl Rest {
    /// What a merged key gets in front while it is taken.
    #[must_use]
    pub fn prefix(&self) -> String {
        let named = self.clash_prefix.clone();
        named.unwrap_or_else(|| format!("{}.", self.from.name()))
    }
}

/// Keys of one object that a merged field must not take, each once.
#[must_use]
pub fn taken_keys<'s>(
    fields: &'s [RecordField],
    rest: &'s [Rest],
    reserved: &'s [String],
) -> Vec<&'s str> {
    let named = fields.iter().map(|field| field.name.as_str());
    let nested = rest.iter().filter_map(|rest| rest.into.as_deref());
    let mut keys = Vec::new();
    for key in named
        .chain(nested)
        .chain(reserved.iter().map(String::as_str))
    {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}
