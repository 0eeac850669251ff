//! What CloudWatch's answers mean, and which events they refuse.

use cloudwatch_part_tests::cloud_sink_base::Outcome;
use cloudwatch_part_tests::cloud_sink_parts::aws_cloudwatch_classify::{
    RejectedRanges, accepted, classify,
};

fn name(code: &str, status: u16) -> &'static str {
    match classify(code, status, "text") {
        Outcome::Delivered => "delivered",
        Outcome::Partial { .. } => "partial",
        Outcome::Split { .. } => "split",
        Outcome::Bisect { .. } => "bisect",
        Outcome::Throttled { .. } => "throttled",
        Outcome::Transient { .. } => "transient",
        Outcome::Paused { .. } => "paused",
        Outcome::Uncertain { .. } => "uncertain",
        Outcome::Rejected { .. } => "rejected",
    }
}

#[test]
fn the_code_decides_where_the_status_is_the_same() {
    assert_eq!("throttled", name("ThrottlingException", 400));
    assert_eq!("bisect", name("InvalidParameterException", 400));
    assert_eq!("paused", name("ExpiredTokenException", 400));
    assert_eq!("paused", name("LimitExceededException", 400));
    assert_eq!("transient", name("OperationAbortedException", 400));
    assert_eq!("delivered", name("DataAlreadyAcceptedException", 400));
    assert_eq!("paused", name("SomethingNew", 400));
}

#[test]
fn the_status_decides_where_there_is_no_code() {
    assert_eq!("transient", name("", 503));
    assert_eq!("transient", name("", 408));
    assert_eq!("throttled", name("", 429));
    assert_eq!("paused", name("", 403));
    assert_eq!("split", name("", 413));
    assert_eq!("paused", name("", 302));
    assert_eq!("paused", name("", 404));
}

#[test]
fn namespace_and_link_around_a_code_are_ignored() {
    assert_eq!(
        "throttled",
        name("com.amazonaws.logs.v20140328#ThrottlingException", 400)
    );
    assert_eq!(
        "throttled",
        name("ThrottlingException:http://internal.amazon.com/", 400)
    );
}

#[test]
fn the_reason_is_one_short_line() {
    let Outcome::Paused { reason } = classify("Odd", 400, &format!("a\nb{}", "c".repeat(1_000)))
    else {
        panic!("not paused")
    };

    assert!(reason.starts_with("HTTP 400 Odd: a bccc"), "{reason}");
    assert!(reason.len() < 250, "{}", reason.len());
}

fn rejected(ranges: RejectedRanges, events: usize) -> Vec<usize> {
    match accepted(ranges, events) {
        Outcome::Delivered => Vec::new(),
        Outcome::Partial { rejected, retry } => {
            assert!(retry.is_empty());
            rejected.into_iter().map(|item| item.index).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_named_means_everything_is_stored() {
    assert_eq!(Outcome::Delivered, accepted(RejectedRanges::default(), 3));
}

#[test]
fn old_ends_are_exclusive() {
    assert_eq!(
        vec![0, 1],
        rejected(
            RejectedRanges {
                too_old_end: Some(2),
                ..RejectedRanges::default()
            },
            5
        )
    );
    assert_eq!(
        vec![0],
        rejected(
            RejectedRanges {
                expired_end: Some(1),
                ..RejectedRanges::default()
            },
            5
        )
    );
}

#[test]
fn new_start_is_inclusive() {
    assert_eq!(
        vec![3, 4],
        rejected(
            RejectedRanges {
                too_new_start: Some(3),
                ..RejectedRanges::default()
            },
            5
        )
    );
}

#[test]
fn every_event_is_named_once_with_its_first_reason() {
    let ranges = RejectedRanges {
        too_old_end: Some(1),
        expired_end: Some(2),
        too_new_start: Some(3),
    };
    let Outcome::Partial { rejected, .. } = accepted(ranges, 4) else {
        panic!("not partial")
    };

    let found: Vec<_> = rejected
        .iter()
        .map(|item| (item.index, item.reason.as_str()))
        .collect();
    assert_eq!(
        vec![
            (0, "older than 14 days"),
            (1, "older than the log group's retention"),
            (3, "more than two hours ahead")
        ],
        found
    );
}

#[test]
fn positions_outside_the_request_are_cut_to_it() {
    let ranges = RejectedRanges {
        too_old_end: Some(99),
        expired_end: Some(-1),
        too_new_start: Some(99),
    };
    assert_eq!(vec![0, 1], rejected(ranges, 2));
}
