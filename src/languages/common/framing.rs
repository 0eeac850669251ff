//! How records stand together in a body, as far as bytes go.

use serde_json::Value;

use crate::spec::model::{Framing, SizeBasis, Spec};

/// Bytes that framing adds to a body, as the runtimes' `Sizing` counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizing {
    /// For the body.
    pub batch: u64,
    /// For each record.
    pub record: u64,
    /// For each group.
    pub group: u64,
}

/// What `spec`'s framing adds. An action line is counted by the encoder, which knows it.
#[must_use]
pub fn sizing(spec: &Spec) -> Sizing {
    if spec.limits.max_batch_bytes.basis == SizeBasis::Records {
        return Sizing {
            batch: 0,
            record: spec.limits.max_batch_bytes.overhead_per_event,
            group: 0,
        };
    }
    let (batch, record, group) = match &spec.payload.framing {
        // `[` and `]`; a comma after each record but the last.
        Framing::JsonArray {} => (1, 1, 0),
        Framing::Ndjson {} | Framing::Sdk {} => (0, 1, 0),
        Framing::Concatenated {} => (0, 0, 0),
        Framing::ActionLines { .. } => (0, 2, 0),
        Framing::JsonObject { .. } => (opening(&spec.payload.framing).len() as u64 + 1, 1, 0),
        // `{"streams":[` and `]}`, for each `{"stream":`, `,"values":[` and `]}`, and commas.
        Framing::GroupedStreams { .. } => (13, 1, 23),
    };
    Sizing {
        batch,
        record,
        group,
    }
}

/// What a `JsonObject` framing writes before the first record.
#[must_use]
pub fn opening(framing: &Framing) -> String {
    let Framing::JsonObject { list, constants } = framing else {
        return String::new();
    };
    let constants: String = constants
        .iter()
        .map(|(key, value)| format!("\"{}\":{value},", json_key(key)))
        .collect();
    format!("{{{constants}\"{}\":[", json_key(list))
}

/// A key as it stands between the quotes of JSON.
#[must_use]
pub fn json_key(key: &str) -> String {
    let quoted = Value::from(key).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
