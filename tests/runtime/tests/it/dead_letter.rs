//! The file that keeps what cannot be delivered.

use std::fs;
use std::path::Path;
use std::time::Duration;

use runtime_tests::cloud_sink_base::{DeliveryConfig, DropReason, Outcome, RejectedItem};
use serde_json::Value;

use crate::support::*;

fn to_file(path: &Path) -> DeliveryConfig {
    DeliveryConfig {
        dead_letter_path: Some(path.to_owned()),
        ..delivery()
    }
}

fn lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn rejected_record_is_kept_with_its_reason() {
    let path = folder("rejected_record").join("dead.ndjson");
    let script = Script::new([rejected()]);
    let sink = start(&script, limits(), to_file(&path));

    sink.write(&event("line \"one\"\n")).await.unwrap();
    let report = finish(&sink, &script).await;

    assert_eq!((1, 0), (report.dead_lettered, report.dropped_total()));
    let expected = serde_json::json!({
        "provider": "scripted", "reason": "rejected", "detail": "bad", "attempts": 1,
        "timestamp": "2026-09-21T14:13:20.000000000Z", "record": "line \"one\"\n",
    });
    assert_eq!(vec![expected], lines(&path));
}

#[tokio::test(start_paused = true)]
async fn file_never_exceeds_its_size() {
    let path = folder("file_size").join("dead.ndjson");
    let script = Script::always(|_| rejected());
    let mut delivery = to_file(&path);
    delivery.dead_letter_max_bytes = 1_000;
    let sink = start(&script, limits(), delivery);

    write_numbers(&sink, 100).await;
    let report = finish(&sink, &script).await;

    assert!(fs::metadata(&path).unwrap().len() <= 1_000);
    assert_eq!(report.dead_lettered, lines(&path).len() as u64);
    assert_eq!(
        Some(&(100 - report.dead_lettered)),
        report.dropped.get(&DropReason::DeadLetterFull)
    );
}

#[tokio::test(start_paused = true)]
async fn file_that_cannot_be_written_is_counted() {
    let script = Script::always(|_| rejected());
    let sink = start(&script, limits(), to_file(&folder("not_a_file")));

    write_numbers(&sink, 5).await;
    let report = finish(&sink, &script).await;

    assert_eq!(Some(&5), report.dropped.get(&DropReason::DeadLetterFailed));
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn link_is_not_followed() {
    let folder = folder("link");
    std::os::unix::fs::symlink(folder.join("elsewhere"), folder.join("dead.ndjson")).unwrap();
    let script = Script::always(|_| rejected());
    let sink = start(&script, limits(), to_file(&folder.join("dead.ndjson")));

    write_numbers(&sink, 1).await;
    let report = finish(&sink, &script).await;

    assert_eq!(Some(&1), report.dropped.get(&DropReason::DeadLetterFailed));
    assert!(!folder.join("elsewhere").exists());
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let path = folder("owner").join("dead.ndjson");
    let script = Script::always(|_| rejected());
    let sink = start(&script, limits(), to_file(&path));

    write_numbers(&sink, 1).await;
    finish(&sink, &script).await;

    assert_eq!(
        0o600,
        fs::metadata(&path).unwrap().permissions().mode() & 0o777
    );
}

#[tokio::test(start_paused = true)]
async fn shutdown_deadline_keeps_the_rest() {
    let path = folder("shutdown").join("dead.ndjson");
    let script = Script::always(|_| Step::Hang);
    let sink = start(&script, limits(), to_file(&path));

    write_numbers(&sink, 3_000).await;
    let report = finish_within(&sink, &script, Duration::from_secs(2)).await;

    assert_eq!(3_000, report.dead_lettered);
    assert_eq!(3_000, lines(&path).len());
}

#[tokio::test(start_paused = true)]
async fn existing_lines_stay() {
    let path = folder("existing").join("dead.ndjson");
    fs::write(&path, "{\"old\":1}\n").unwrap();
    let script = Script::always(|_| rejected());
    let sink = start(&script, limits(), to_file(&path));

    write_numbers(&sink, 2).await;
    finish(&sink, &script).await;

    assert_eq!(3, lines(&path).len());
}

#[tokio::test(start_paused = true)]
async fn each_refused_event_is_kept_with_its_own_reason() {
    let path = folder("own_reason").join("dead.ndjson");
    let script = Script::always(|records| {
        let rejected = records
            .iter()
            .enumerate()
            .map(|(index, record)| match record.as_str() {
                "3" => RejectedItem::uncertain(index),
                record => RejectedItem::refused(index, format!("bad {record}")),
            });
        Step::Answer(Outcome::Partial {
            rejected: rejected.collect(),
            retry: vec![],
        })
    });
    let sink = start(&script, limits(), to_file(&path));

    write_numbers(&sink, 10).await;
    let report = finish(&sink, &script).await;

    assert_eq!(10, report.dead_lettered);
    for line in lines(&path) {
        let detail = match line["record"].as_str().unwrap() {
            "3" => "uncertain".to_owned(),
            record => format!("bad {record}"),
        };
        assert_eq!(detail, line["detail"].as_str().unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn line_that_was_broken_off_does_not_spoil_the_next() {
    let path = folder("broken_off").join("dead.ndjson");
    fs::write(&path, "{\"old\":1}\n{\"rec").unwrap();
    let script = Script::always(|_| rejected());
    let sink = start(&script, limits(), to_file(&path));

    write_numbers(&sink, 2).await;
    finish(&sink, &script).await;

    let text = fs::read_to_string(&path).unwrap();
    let whole = text
        .lines()
        .filter(|line| serde_json::from_str::<Value>(line).is_ok());
    assert_eq!((4, 3), (text.lines().count(), whole.count()));
}

#[tokio::test(start_paused = true)]
async fn sinks_that_share_a_file_keep_its_size_and_each_others_lines() {
    let path = folder("shared").join("dead.ndjson");
    let script = Script::always(|_| rejected());
    let mut delivery = to_file(&path);
    delivery.dead_letter_max_bytes = 5_000;
    let sinks = [
        start(&script, limits(), delivery.clone()),
        start(&script, limits(), delivery),
    ];

    for number in 0..100 {
        sinks[number % 2]
            .write(&event(number.to_string()))
            .await
            .unwrap();
    }
    let (first, second) = (
        finish(&sinks[0], &script).await,
        finish(&sinks[1], &script).await,
    );

    assert!(fs::metadata(&path).unwrap().len() <= 5_000);
    let kept = first.dead_lettered + second.dead_lettered;
    assert_eq!(kept, lines(&path).len() as u64);
}

#[tokio::test(start_paused = true)]
async fn file_that_was_taken_away_is_made_again() {
    let path = folder("taken_away").join("dead.ndjson");
    let script = Script::always(|_| rejected());
    let sink = start(&script, limits(), to_file(&path));
    write_numbers(&sink, 2).await;
    sink.flush(Duration::from_secs(5)).await.unwrap();
    fs::remove_file(&path).unwrap();

    write_numbers(&sink, 3).await;
    let report = finish(&sink, &script).await;

    assert_eq!(5, report.dead_lettered);
    assert_eq!(3, lines(&path).len());
}

#[tokio::test(start_paused = true)]
async fn line_that_another_sink_broke_off_does_not_spoil_the_next() {
    let path = folder("broken_off_between").join("dead.ndjson");
    let script = Script::always(|_| rejected());
    let sink = start(&script, limits(), to_file(&path));
    write_numbers(&sink, 1).await;
    sink.flush(Duration::from_secs(5)).await.unwrap();
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("{\"rec");
    fs::write(&path, text).unwrap();

    write_numbers(&sink, 1).await;
    finish(&sink, &script).await;

    let text = fs::read_to_string(&path).unwrap();
    let whole = text
        .lines()
        .filter(|line| serde_json::from_str::<Value>(line).is_ok());
    assert_eq!((3, 2), (text.lines().count(), whole.count()));
}

#[tokio::test(start_paused = true)]
async fn file_is_full_from_the_first_record_that_does_not_fit() {
    let path = folder("first_unfit").join("dead.ndjson");
    let script = Script::always(|_| rejected());
    let mut delivery = to_file(&path);
    delivery.dead_letter_max_bytes = 400;
    let sink = start(&script, limits(), delivery);

    for message in ["first", &"x".repeat(300), "third"] {
        sink.write(&event(message)).await.unwrap();
    }
    let report = finish(&sink, &script).await;

    assert_eq!(1, report.dead_lettered);
    assert_eq!(Some(&2), report.dropped.get(&DropReason::DeadLetterFull));
}
