//! Cuts an event's message so that its record fits.

use super::{Encoder, Event, Group};

/// Stands where a message was cut.
const MARKER: &str = "…[truncated]";

/// Encodes `event` again with a shorter message. The record is still too long when the message
/// alone was not the cause.
pub(super) fn encode_truncated(
    encoder: &dyn Encoder,
    event: &Event,
    limit: usize,
    out: &mut Vec<u8>,
) -> Option<Group> {
    // A character never takes fewer bytes encoded than plain, so cutting the excess from the
    // plain message cuts at least as much from the record.
    let excess = out.len().saturating_sub(limit);
    let mut shorter = event.clone();
    shorter.message = cut(&event.message, excess);
    out.clear();
    encoder.encode(&shorter, out)
}

/// `message` less at least `excess` bytes, marker included, at a character's boundary.
fn cut(message: &str, excess: usize) -> String {
    let mut end = message
        .len()
        .saturating_sub(excess.saturating_add(MARKER.len()));
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    let mut kept = String::with_capacity(end + MARKER.len());
    kept.push_str(&message[..end]);
    kept.push_str(MARKER);
    kept
}
