//! Values that the events of a request share.

use super::super::cloud_sink_base::{Group, ToText, push_json};

/// The group of events with these values: requests carry events of one group only.
#[must_use]
pub fn group(values: &[&dyn ToText]) -> Group {
    let values: Vec<_> = values.iter().map(ToText::to_text).collect();
    let mut json = Vec::new();
    push_json(&mut json, &values);
    Group::from(String::from_utf8_lossy(&json))
}
