//! Records grouped by label set, as streams of entries.
//!
//! An event becomes a [`StreamEntry`] and the [`Group`] its [`Labels`] make; [`Streams`] keeps the
//! number of label sets within bounds, and [`write()`] puts the entries of each under its labels.

mod entry;
mod label_check;
mod label_fields;
mod labels;

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use super::super::cloud_sink_base::{Group, Record};

pub use entry::{StreamEntry, line_length};
pub use label_check::LabelCheck;
pub use label_fields::{LabelField, fields, pairs};
pub use labels::{Labels, Streams};

/// Writes `{"streams":[{"stream":{labels},"values":[entry,entry]}]}`: groups in the order of their
/// first entry, entries in the order of `records`.
///
/// # Errors
///
/// Those of `out`.
pub fn write(records: &[Record], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"streams\":[")?;
    for (index, (labels, entries)) in grouped(records).iter().enumerate() {
        let opening = if index > 0 {
            ",{\"stream\":"
        } else {
            "{\"stream\":"
        };
        out.write_all(opening.as_bytes())?;
        out.write_all(labels.as_bytes())?;
        out.write_all(b",\"values\":[")?;
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 {
                out.write_all(b",")?;
            }
            out.write_all(entry)?;
        }
        out.write_all(b"]}")?;
    }
    out.write_all(b"]}")
}

fn grouped(records: &[Record]) -> Vec<(&str, Vec<&[u8]>)> {
    let mut groups: Vec<(&str, Vec<&[u8]>)> = Vec::new();
    let mut places = HashMap::new();
    let mut last: (Option<&Group>, usize) = (None, 0);
    for record in records {
        let group = record.group.as_ref();
        // Neighbours mostly share a group; then no text is hashed.
        let same = matches!((last.0, group), (Some(a), Some(b)) if Arc::ptr_eq(a, b));
        if !same {
            let labels = group.map_or("{}", |group| group);
            let place = *places.entry(labels).or_insert_with(|| {
                groups.push((labels, Vec::new()));
                groups.len() - 1
            });
            last = (group, place);
        }
        groups[last.1].1.push(&record.bytes);
    }
    groups
}
