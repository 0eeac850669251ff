//! Limits, and the delivery settings that follow from them.

use super::Lowering;
use super::payload::fixed_bytes;
use crate::sink::model::{
    BatchBasis, Cited, DeliveryDefaults, EventBasis, Form, Limits, OversizePolicy, Payload, Record,
    Sizing, TimeLimit, TimePolicy,
};
use crate::spec::model as spec;
use crate::spec::model::{SizeBasis, Spec};

impl Lowering<'_> {
    pub(super) fn limits(&self, payload: &Payload) -> Limits {
        let limits = &self.spec.limits;
        let sizing = sizing(self.spec, payload);
        let batch = &limits.max_batch_bytes;
        let (event, event_basis, oversize) = self.event_limit(sizing);
        Limits {
            max_batch_events: limits
                .max_batch_events
                .as_ref()
                .map(|limit| self.cited(limit.value, &limit.source)),
            max_batch_bytes: self.cited(batch.value, &batch.source),
            batch_basis: match batch.basis {
                SizeBasis::Body => BatchBasis::Body,
                SizeBasis::Records => BatchBasis::Records {
                    overhead: batch.overhead_per_event,
                },
                SizeBasis::Wire => BatchBasis::Wire,
            },
            max_event_bytes: event,
            event_basis,
            oversize,
            max_age: limits.max_age.as_ref().map(|limit| self.time_limit(limit)),
            max_ahead: limits
                .max_ahead
                .as_ref()
                .map(|limit| self.time_limit(limit)),
            max_span: limits
                .max_span
                .as_ref()
                .map(|limit| self.cited(limit.seconds, &limit.source)),
            ordering: limits.ordering,
            sizing,
        }
    }

    /// An event that does not fit into a request cannot be sent, whatever the provider allows.
    fn event_limit(&self, sizing: Sizing) -> (Cited<u64>, EventBasis, OversizePolicy) {
        let limits = &self.spec.limits;
        let batch = &limits.max_batch_bytes;
        let room = batch
            .value
            .saturating_sub(sizing.batch + sizing.record + sizing.group);
        let Some(limit) = &limits.max_event_bytes else {
            return (
                self.cited(room, &batch.source),
                EventBasis::Record,
                OversizePolicy::DeadLetter,
            );
        };
        match limit.basis {
            spec::EventBasis::Record => (
                self.cited(limit.value.min(room), &limit.source),
                EventBasis::Record,
                limit.policy,
            ),
            spec::EventBasis::Line => (
                self.cited(limit.value, &limit.source),
                EventBasis::Line,
                limit.policy,
            ),
        }
    }

    fn cited(&self, value: u64, source: &str) -> Cited<u64> {
        Cited {
            value,
            source: self.source(source),
        }
    }

    fn time_limit(&self, limit: &spec::TimeLimit) -> TimeLimit {
        let policy = match limit.vendor {
            _ if limit.clamp => TimePolicy::Clamp,
            spec::VendorBehaviour::Refuses => TimePolicy::Send,
            spec::VendorBehaviour::Discards => TimePolicy::DeadLetter,
        };
        TimeLimit {
            seconds: self.cited(limit.seconds, &limit.source),
            policy,
        }
    }
}

/// What the form adds to the records.
fn sizing(spec: &Spec, payload: &Payload) -> Sizing {
    let batch = &spec.limits.max_batch_bytes;
    if batch.basis == SizeBasis::Records {
        return Sizing {
            batch: 0,
            record: batch.overhead_per_event,
            group: 0,
        };
    }
    let (batch, record, group) = match &payload.form {
        // A comma after each record but the last.
        Form::Envelope { envelope, position } => {
            let position = position.as_ref().map_or(0, |key| position_bytes(spec, key));
            (fixed_bytes(envelope) - 1, 1 + position, 0)
        }
        // The encoder of protobuf counts what stands around the records; each brings its tag and length.
        Form::OtlpProtobuf { .. } | Form::Single => (0, 0, 0),
        // The line before is counted by the encoder, which knows it.
        Form::Lines { before, newline } => {
            (0, u64::from(*newline) + u64::from(before.is_some()), 0)
        }
        // `{"streams":[` and `]}`, for each `{"stream":`, `,"values":[` and `]}`, and commas.
        Form::Streams(_) => (13, 1, 23),
        Form::Sdk => (0, 1, 0),
    };
    let has_line = matches!(
        &payload.record,
        Record::Json {
            before: Some(_),
            ..
        }
    );
    debug_assert!(
        !has_line || matches!(payload.form, Form::Lines { .. }),
        "a line before belongs to lines"
    );
    Sizing {
        batch,
        record,
        group,
    }
}

/// Bytes of `"KEY":"N",`, N as long as it may be.
fn position_bytes(spec: &Spec, key: &str) -> u64 {
    let most = spec
        .limits
        .max_batch_events
        .as_ref()
        .map_or(999_999, |limit| limit.value);
    let digits = most.saturating_sub(1).to_string().len();
    let key = serde_json::Value::from(key).to_string().len();
    (key + digits + 4) as u64
}

/// The delivery settings when the user gives none.
pub(super) fn delivery(spec: &Spec) -> DeliveryDefaults {
    let defaults = spec.delivery_defaults();
    DeliveryDefaults {
        batch_size: defaults.batch_size,
        batch_bytes: defaults.batch_bytes,
        batch_timeout_seconds: defaults.batch_timeout_seconds,
        max_retries: defaults.max_retries,
        retry_base_delay: defaults.retry_base_delay,
        retry_max_delay: defaults.retry_max_delay,
        timeout_seconds: defaults.timeout_seconds,
        max_in_flight: defaults.max_in_flight,
    }
}
