//! What a sink sends in a day, for a reader who knows how many events there are and what a gigabyte or
//! a request costs.

use minijinja::{Value, context};

use super::tables::grouped;
use crate::sink::Sink;

/// Events a second that the table has rows for.
const RATES: [u64; 4] = [1, 10, 100, 1_000];
const SECONDS_A_DAY: u64 = 86_400;
const DAYS: u64 = 30;
const BYTES_A_GIGABYTE: u64 = 1_000_000_000;

/// A row for each rate, of events that take `bytes` of a request.
pub fn estimate(sink: &Sink, bytes: u64) -> Vec<Value> {
    let delivery = &sink.delivery;
    let by_bytes = delivery.batch_bytes / bytes.max(1);
    let batch = delivery.batch_size.min(by_bytes).max(1);
    let rows = RATES.iter().map(|rate| {
        let a_day = rate * SECONDS_A_DAY;
        context! {
            rate => grouped(*rate),
            bytes => grouped(bytes),
            requests => grouped(requests(a_day, batch, delivery.batch_timeout_seconds)),
            day => gigabytes(a_day * bytes),
            month => gigabytes(a_day * bytes * DAYS),
        }
    });
    rows.collect()
}

/// Requests of a day: one for each full batch, and for as many as time fills none, one each time it is
/// over.
fn requests(events: u64, batch: u64, timeout: f64) -> u64 {
    let full = events.div_ceil(batch);
    // A day has few enough seconds for either type.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a count of timeouts in a day"
    )]
    let by_time = (SECONDS_A_DAY as f64 / timeout.max(0.001)) as u64;
    full.max(by_time.min(events))
}

/// With as many decimals as it takes to see something.
fn gigabytes(bytes: u64) -> String {
    let thousandths = bytes.saturating_add(BYTES_A_GIGABYTE / 2_000) / (BYTES_A_GIGABYTE / 1_000);
    match thousandths {
        0 => "less than 0.001".to_owned(),
        100_000.. => grouped(thousandths.saturating_add(500) / 1_000),
        _ => format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_full_batches_or_timeouts_and_never_more_than_events() {
        assert_eq!(SECONDS_A_DAY, requests(SECONDS_A_DAY, 1_000, 0.2));
        assert_eq!(17_280, requests(SECONDS_A_DAY, 1_000, 5.0));
        assert_eq!(864_000, requests(86_400_000, 100, 1.0));
    }

    #[test]
    fn gigabytes_are_readable_at_any_size() {
        assert_eq!("less than 0.001", gigabytes(499_999));
        assert_eq!("0.026", gigabytes(25_920_000));
        assert_eq!("777", gigabytes(776_900_000_000));
    }
}
