//! Records as one body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Record, push_json};

/// The list of the records while the text around them is made; JSON has no such byte.
pub const RECORDS: &[u8] = b"[\0]";

/// `[record,record]`.
///
/// # Errors
///
/// Those of `out`, as for all of these.
pub fn array(records: &[Record], out: &mut dyn Write) -> io::Result<()> {
    between(b"[", b"]", records, out)
}

/// The records, comma separated, between two texts.
///
/// # Errors
///
/// Those of `out`.
pub fn between(
    before: &[u8],
    after: &[u8],
    records: &[Record],
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(before)?;
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        out.write_all(&record.bytes)?;
    }
    out.write_all(after)
}

/// The records, comma separated, in their place of `envelope`.
///
/// # Errors
///
/// Those of `out`.
pub fn within(envelope: &[u8], records: &[Record], out: &mut dyn Write) -> io::Result<()> {
    let (before, after) = split(envelope);
    between(before, after, records, out)
}

/// [`within`] for records that begin with their position in the request, under `key`.
///
/// # Errors
///
/// Those of `out`.
pub fn numbered_within(
    envelope: &[u8],
    key: &str,
    records: &[Record],
    out: &mut dyn Write,
) -> io::Result<()> {
    let (before, after) = split(envelope);
    let mut opening = b"{".to_vec();
    push_json(&mut opening, key);
    out.write_all(before)?;
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        let members = record.bytes.strip_prefix(b"{").unwrap_or(&record.bytes);
        let separator = if members == b"}" { "" } else { "," };
        out.write_all(&opening)?;
        write!(out, ":\"{index}\"{separator}")?;
        out.write_all(members)?;
    }
    out.write_all(after)
}

/// One record after the other, each with `before` before it and `after` after it.
///
/// # Errors
///
/// Those of `out`.
pub fn lines(
    before: &[u8],
    after: &[u8],
    records: &[Record],
    out: &mut dyn Write,
) -> io::Result<()> {
    for record in records {
        out.write_all(before)?;
        out.write_all(&record.bytes)?;
        out.write_all(after)?;
    }
    Ok(())
}

fn split(envelope: &[u8]) -> (&[u8], &[u8]) {
    let place = envelope.iter().position(|byte| *byte == 0);
    place.map_or((envelope, &[]), |place| {
        (&envelope[..place], &envelope[place + 1..])
    })
}
