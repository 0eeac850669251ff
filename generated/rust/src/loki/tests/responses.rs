//! What the answers of Grafana Loki mean for the events of a request.

use std::time::Duration;

use super::super::super::cloud_sink_base::Outcome;
use super::super::super::cloud_sink_parts::answer::Answer;
use super::super::super::cloud_sink_parts::responder::response;
use super::super::super::cloud_sink_parts::testing::{reason, retry_after};
use super::super::classify;
use super::super::transport::PLACES;

fn outcome(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Outcome {
    let response = response(status, headers, body);
    classify(&Answer::new(&response, PLACES, 1))
}

#[test]
fn stored() {
    let outcome = outcome(204, &[], "");

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn ingestion_is_blocked() {
    let outcome = outcome(260, &[], "ingestion blocked for user team-a\n");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
    assert!(
        reason(&outcome).contains("ingestion blocked"),
        "{outcome:?}",
    );
}

#[test]
fn ingestion_is_blocked_with_200() {
    let outcome = outcome(200, &[], "ingestion blocked for user team-a\n");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn a_compatible_store_has_stored_it() {
    let outcome = outcome(200, &[], "");

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn a_login_page_is_no_answer() {
    let outcome = outcome(200, &[("content-type", "text/html")], "<html>login</html>");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn some_entries_are_refused() {
    let body = "1 errors like: max entry size '262144' bytes exceeded for stream '{job=\"fapilog\"}' while adding an entry with length '262145' bytes\n";
    let outcome = outcome(400, &[], body);

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}

#[test]
fn no_tenant() {
    let outcome = outcome(401, &[], "no org id\n");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
    assert!(reason(&outcome).contains("no org id"), "{outcome:?}");
}

#[test]
fn gateway_forbids() {
    let outcome = outcome(403, &[], "");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn wrong_path() {
    let outcome = outcome(404, &[], "404 page not found\n");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn redirect_is_not_followed() {
    let outcome = outcome(301, &[("location", "https://example.com/")], "");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn permanent_redirect_is_not_followed() {
    let outcome = outcome(308, &[("location", "https://example.com/")], "");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn wrong_method() {
    let outcome = outcome(405, &[], "");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn gateway_gave_up_waiting() {
    let outcome = outcome(408, &[], "");

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn too_large() {
    let outcome = outcome(413, &[], "");

    assert!(matches!(outcome, Outcome::Split { .. }), "{outcome:?}");
}

#[test]
fn no_streams_in_the_request() {
    let body = "error at least one valid stream is required for ingestion\n";
    let outcome = outcome(422, &[], body);

    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
}

#[test]
fn above_the_tenant_rate_or_burst() {
    let body = "ingestion rate limit exceeded for user fake (limit: 10485 bytes/sec) while attempting to ingest '600' lines totaling '606653' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased\n";
    let outcome = outcome(429, &[], body);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn over_the_stream_rate() {
    let body = "entry with timestamp 2026-11-24 00:19:31 +0000 UTC ignored, reason: 'Per stream rate limit exceeded (limit: 1KB/sec)'";
    let outcome = outcome(429, &[], body);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn gateway_names_a_delay() {
    let outcome = outcome(429, &[("retry-after", "3")], "");

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), Some(Duration::from_secs_f64(3.0)));
}

#[test]
fn server_error() {
    let outcome = outcome(500, &[], "");

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn last_server_error() {
    let outcome = outcome(599, &[], "");

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn no_live_replica() {
    let body = "at least 1 live replicas required, could only find 0\n";
    let outcome = outcome(503, &[], body);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}
