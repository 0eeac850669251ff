//! What a worked limit pins besides the number of its requests.

use crate::sink::LimitVector;

/// Whether every event of the vector must leave as long as it was written: a lower limit of bytes
/// would cut it.
#[must_use]
pub fn stays_whole(vector: &LimitVector) -> bool {
    vector.limit == "max_event_bytes"
        && vector.record_bytes.is_some()
        && vector.requests > 0
        && vector.truncated == 0
}
