//! The file that keeps what cannot be delivered.

use std::fs;
use std::path::Path;
use std::time::Duration;

use runtime_tests::cloud_sink_base::{
    DeliveryConfig, DropReason, Event, Outcome, RejectedItem, Timestamp,
};
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
    let mut kept = lines(&path);
    for key in ["first_attempt", "last_attempt"] {
        let time = kept[0][key].take();
        assert!(Timestamp::parse(time.as_str().unwrap()).is_ok(), "{time}");
    }
    let expected = serde_json::json!({
        "provider": "scripted", "reason": "rejected", "status": null, "detail": "bad",
        "attempts": 1, "first_attempt": null, "last_attempt": null,
        "entry": {
            "timestamp": "2026-09-21T14:13:20.000000000Z", "level": "info",
            "message": "line \"one\"\n", "logger": "", "context": {}, "diagnostics": {}, "data": {},
        },
    });
    assert_eq!(vec![expected], kept);
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
        let detail = match line["entry"]["message"].as_str().unwrap() {
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
    delivery.dead_letter_max_bytes = 500;
    let sink = start(&script, limits(), delivery);

    for message in ["first", &"x".repeat(400), "third"] {
        sink.write(&event(message)).await.unwrap();
    }
    let report = finish(&sink, &script).await;

    assert_eq!(1, report.dead_lettered);
    assert_eq!(Some(&2), report.dropped.get(&DropReason::DeadLetterFull));
}

/// What the lines of every language hold, and what the command reads.
const GOLDEN: &str = include_str!("../../../dead_letter/golden.ndjson");

#[tokio::test(start_paused = true)]
async fn lines_are_those_of_every_language() {
    let path = folder("golden").join("dead.ndjson");
    let expected: Vec<Value> = GOLDEN
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let answers = expected.iter().map(|line| {
        Step::Answer(Outcome::Rejected {
            reason: line["detail"].as_str().unwrap().to_owned(),
        })
    });
    let script = Script::new(answers.collect::<Vec<_>>());
    let mut delivery = to_file(&path);
    delivery.batch_size = 1;
    delivery.max_in_flight = 1;
    let sink = start(&script, limits(), delivery);

    for line in &expected {
        let event = Event::from_json(line["entry"].clone());
        sink.write(&event).await.unwrap();
        sink.flush(Duration::from_secs(5)).await.unwrap();
    }
    finish(&sink, &script).await;

    // As texts: the order of keys counts.
    let masked = lines(&path).into_iter().map(|mut line| {
        line["first_attempt"] = "masked".into();
        line["last_attempt"] = "masked".into();
        line.to_string()
    });
    assert_eq!(
        GOLDEN.lines().collect::<Vec<_>>(),
        masked.collect::<Vec<_>>()
    );
}

#[tokio::test(start_paused = true)]
async fn times_of_the_first_and_the_last_attempt_are_kept() {
    let path = folder("times").join("dead.ndjson");
    let script = Script::new([transient(), transient(), rejected()]);
    let mut delivery = to_file(&path);
    delivery.retry_base_delay = Duration::from_secs(60);
    delivery.retry_max_delay = Duration::from_secs(60);
    let sink = start(&script, limits(), delivery);

    write_numbers(&sink, 1).await;
    sink.flush(Duration::from_secs(600)).await.unwrap();
    finish(&sink, &script).await;

    let line = &lines(&path)[0];
    let time = |key: &str| Timestamp::parse(line[key].as_str().unwrap()).unwrap();
    let attempts = script.attempts();
    let between = attempts[2].at - attempts[0].at;
    assert_eq!(3, line["attempts"]);
    assert_eq!(
        between.as_nanos(),
        (time("last_attempt").as_unix_nanos() - time("first_attempt").as_unix_nanos())
            .try_into()
            .unwrap()
    );
}

#[tokio::test(start_paused = true)]
async fn detail_is_bounded() {
    let path = folder("bounded").join("dead.ndjson");
    let script = Script::new([Step::Answer(Outcome::Rejected {
        reason: format!("HTTP 4000 {}", "é".repeat(10_000)),
    })]);
    let sink = start(&script, limits(), to_file(&path));

    write_numbers(&sink, 1).await;
    finish(&sink, &script).await;

    let line = &lines(&path)[0];
    assert_eq!(500, line["detail"].as_str().unwrap().chars().count());
    assert_eq!(Value::Null, line["status"]);
}

#[cfg(unix)]
mod private {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// How many of two refused events are in the file.
    async fn kept(path: &Path) -> u64 {
        let script = Script::always(|_| rejected());
        let sink = start(&script, limits(), to_file(path));
        write_numbers(&sink, 2).await;
        let report = finish(&sink, &script).await;
        let failed = report.dropped.get(&DropReason::DeadLetterFailed);
        assert_eq!(2, report.dead_lettered + failed.unwrap_or(&0));
        report.dead_lettered
    }

    #[tokio::test(start_paused = true)]
    async fn folder_that_is_not_there_is_made_for_its_owner_alone() {
        let path = folder("makes_folder").join("below/dead.ndjson");

        assert_eq!(2, kept(&path).await);

        assert_eq!((0o700, 0o600), (mode(path.parent().unwrap()), mode(&path)));
    }

    #[tokio::test(start_paused = true)]
    async fn file_that_others_could_read_is_made_private() {
        let path = folder("loose_file").join("dead.ndjson");
        fs::write(&path, "").unwrap();
        set_mode(&path, 0o666);

        assert_eq!(2, kept(&path).await);

        assert_eq!(0o600, mode(&path));
    }

    #[tokio::test(start_paused = true)]
    async fn folder_that_everybody_may_write_to_is_refused() {
        let folder = folder("open_folder");
        set_mode(&folder, 0o1777);

        assert_eq!(0, kept(&folder.join("dead.ndjson")).await);

        assert!(!folder.join("dead.ndjson").exists());
    }

    #[tokio::test(start_paused = true)]
    async fn hard_link_is_refused() {
        let folder = folder("hard_link");
        fs::write(folder.join("precious"), "as it was").unwrap();
        fs::hard_link(folder.join("precious"), folder.join("dead.ndjson")).unwrap();

        assert_eq!(0, kept(&folder.join("dead.ndjson")).await);

        assert_eq!(
            "as it was",
            fs::read_to_string(folder.join("precious")).unwrap()
        );
    }

    /// The last append waits for its sync meanwhile; it must not hold the next one up.
    #[tokio::test(start_paused = true)]
    async fn file_is_locked_for_no_longer_than_an_append() {
        use rustix::fs::{FlockOperation, flock};

        let path = folder("unlocked").join("dead.ndjson");
        let script = Script::always(|_| rejected());
        let sink = start(&script, limits(), to_file(&path));
        write_numbers(&sink, 10).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(10, sink.stats().dead_lettered);

        let locked = flock(
            fs::File::open(&path).unwrap(),
            FlockOperation::NonBlockingLockExclusive,
        );

        assert_eq!(Ok(()), locked);
        finish(&sink, &script).await;
    }

    #[tokio::test(start_paused = true)]
    async fn folder_may_be_reached_through_a_link() {
        let folder = folder("linked_folder");
        fs::create_dir(folder.join("real")).unwrap();
        symlink("real", folder.join("link")).unwrap();

        assert_eq!(2, kept(&folder.join("link/dead.ndjson")).await);
    }

    /// The limit of a file's size stands for the size of a disk: it too takes a part of a write.
    #[test]
    fn full_disk_takes_whole_records() {
        let folder = folder("full_disk");
        let own = std::env::current_exe().unwrap();
        let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\"";

        let done = std::process::Command::new("bash")
            .args(["-c", script])
            .arg(own)
            .args(["--ignored", "--exact", "dead_letter::private::fills_a_disk"])
            .env("RUNTIME_TESTS_FOLDER", &folder)
            .output()
            .unwrap();

        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
        let text = fs::read_to_string(folder.join("dead.ndjson")).unwrap();
        assert!(text.ends_with('\n'));
        assert!(!lines(&folder.join("dead.ndjson")).is_empty());
    }

    #[tokio::test(start_paused = true)]
    #[ignore = "run by `full_disk_takes_whole_records`, where files cannot grow"]
    async fn fills_a_disk() {
        let Some(folder) = std::env::var_os("RUNTIME_TESTS_FOLDER") else {
            return;
        };
        let path = Path::new(&folder).join("dead.ndjson");
        let script = Script::always(|_| rejected());
        let sink = start(&script, limits(), to_file(&path));

        write_numbers(&sink, 100).await;
        let report = finish(&sink, &script).await;

        let kept = lines(&path).len() as u64;
        assert!((1..100).contains(&kept), "{kept}");
        assert_eq!(kept, report.dead_lettered);
        assert_eq!(
            Some(&(100 - kept)),
            report.dropped.get(&DropReason::DeadLetterFailed)
        );
    }
}
