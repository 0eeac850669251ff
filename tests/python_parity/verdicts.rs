//! What answers mean: the interpreter's table, asked of both languages.

use std::fs;
use std::path::Path;
use std::process::Command;

use fapilog_gen::sink::interpret::{Reply, WhatNow, interpret};
use fapilog_gen::sink::{ItemsBy, Sink};
use serde_json::Value;

/// An answer for a request of so many events.
struct Asked {
    reply: Reply,
    events: usize,
}

impl Asked {
    fn is_hex(&self) -> bool {
        let mut headers = self.reply.headers.iter();
        headers.any(|(name, value)| {
            name.eq_ignore_ascii_case("content-type") && value == "application/x-protobuf"
        })
    }

    fn line(&self) -> String {
        let headers: serde_json::Map<String, Value> = self
            .reply
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        serde_json::json!({
            "status": self.reply.status, "headers": headers, "body": self.reply.body,
            "hex": self.is_hex(), "events": self.events,
        })
        .to_string()
    }

    /// What the interpreter makes of it, in the words of the programs.
    fn verdict(&self, sink: &Sink) -> String {
        match interpret(sink, &self.reply, self.events, 0.0).outcome {
            WhatNow::Delivered => "delivered".to_owned(),
            WhatNow::Partial {
                rejected,
                uncertain,
                retry,
            } => format!("partial {rejected:?} {uncertain:?} {retry:?}"),
            WhatNow::Split => "split".to_owned(),
            WhatNow::Bisect => "bisect".to_owned(),
            WhatNow::Throttled => "throttled".to_owned(),
            WhatNow::Transient => "transient".to_owned(),
            WhatNow::Paused => "paused".to_owned(),
            WhatNow::Uncertain { failed } => {
                let failed = failed.map_or("all".to_owned(), |count| count.to_string());
                format!("uncertain {failed}")
            }
            WhatNow::Rejected => "rejected".to_owned(),
        }
    }
}

/// Every status from 100 to 699 with an empty body, an object, a page, and each body of the spec's
/// examples.
fn every_status(sink: &Sink) -> Vec<Asked> {
    let plain = ["", "{}", "<html>hello</html>"];
    let mut bodies = Vec::from(plain.map(|body| (body.to_owned(), Vec::new(), 3)));
    bodies.extend(sink.vectors.responses.iter().map(|vector| {
        let headers = vector.headers.clone().into_iter().collect();
        (vector.body.clone(), headers, vector.events.unwrap_or(1))
    }));
    let asked = |status, (body, headers, events): &(String, Vec<(String, String)>, usize)| Asked {
        reply: Reply {
            status,
            headers: headers.clone(),
            body: body.clone(),
        },
        events: *events,
    };
    if !sink.is_http() {
        // An SDK hands no page over and no status beyond HTTP's own, and the codes of a service come
        // with the statuses that they have there. What is asked here is after the look for a sign of AWS.
        for (_, headers, _) in &mut bodies {
            headers.push(("x-amzn-requestid".to_owned(), "example".to_owned()));
        }
        let plain =
            (100..=599).flat_map(|status| [asked(status, &bodies[0]), asked(status, &bodies[1])]);
        let vectors = sink.vectors.responses.iter().zip(&bodies[3..]);
        return plain
            .chain(vectors.map(|(vector, body)| asked(vector.status, body)))
            .collect();
    }
    let statuses = 100..=699;
    statuses
        .flat_map(|status| bodies.iter().map(move |body| asked(status, body)))
        .collect()
}

/// All 6,561 answers for eight events that are each stored, to be sent again, or refused: of a
/// bulk API that tells of each by its position.
fn every_combination(sink: &Sink) -> Vec<Asked> {
    let by_position = |sink: &Sink| {
        let items = sink.answers.items.as_ref();
        items.is_some_and(|items| {
            matches!(&items.by, ItemsBy::Position { list } if list == "/items")
                && items.code == "/create/status"
        })
    };
    if !by_position(sink) {
        return Vec::new();
    }
    let mut asked = Vec::new();
    for combination in 0..3_usize.pow(8) {
        let items = (0..8).map(|place| match combination / 3_usize.pow(place) % 3 {
            0 => r#"{"create":{"status":201}}"#,
            1 => r#"{"create":{"status":429,"error":{"reason":"later"}}}"#,
            _ => r#"{"create":{"status":400,"error":{"reason":"bad"}}}"#,
        });
        let items: Vec<&str> = items.collect();
        let body = format!(r#"{{"errors":true,"items":[{}]}}"#, items.join(","));
        asked.push(Asked {
            reply: Reply {
                status: 200,
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body,
            },
            events: 8,
        });
    }
    asked
}

/// The table of what each answer means is the interpreter's, in both languages.
pub fn compare(sink: &Sink, rust: &Path, interpreter: &Path, python: &Path) -> usize {
    let mut asked = every_status(sink);
    let combinations = every_combination(sink);
    let count = combinations.len();
    asked.extend(combinations);
    let path = super::root().join(format!("target/scratch-parity/{}.answers", sink.id));
    let lines: Vec<String> = asked.iter().map(Asked::line).collect();
    fs::write(&path, lines.join("\n")).expect("answers");
    let settings = sink
        .vectors
        .requests
        .first()
        .map(|vector| vector.config.clone());
    let settings = Value::Object(settings.unwrap_or_default().into_iter().collect()).to_string();
    let run = |program: &mut Command| {
        let output = program.args([&sink.id, &settings]).arg(&path).output();
        let output = output.expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {said}", sink.id);
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let found = [
        ("rust", run(&mut Command::new(rust))),
        ("python", run(Command::new(interpreter).arg(python))),
    ];
    let mut wrong = Vec::new();
    for (language, verdicts) in &found {
        let verdicts: Vec<&str> = verdicts.lines().collect();
        assert_eq!(asked.len(), verdicts.len(), "{} in {language}", sink.id);
        for (asked, verdict) in asked.iter().zip(verdicts) {
            let expected = asked.verdict(sink);
            if expected != verdict {
                let line = asked.line();
                wrong.push(format!("{language}: `{verdict}`, not `{expected}`: {line}"));
            }
        }
    }
    let (id, all) = (&sink.id, wrong.len());
    wrong.truncate(20);
    assert!(
        wrong.is_empty(),
        "{id}: {all} of {} differ\n{}",
        asked.len(),
        wrong.join("\n")
    );
    count
}
