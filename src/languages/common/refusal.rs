//! The answer that a sink's own tests take for a refusal.

use crate::sink::interpret::{Reply, WhatNow, interpret};
use crate::sink::{Answer, Sink};

/// An answer of the spec that ends the one event of its request, whatever its headers; `None` where
/// there is none that is known to.
#[must_use]
pub fn refusal(sink: &Sink) -> Option<Answer> {
    let canned = &sink.canned;
    let item = canned.item_rejected.clone().unwrap_or_default();
    let answers = [
        canned.partial.as_ref(),
        Some(&canned.malformed),
        Some(&canned.too_large),
    ];
    let mut filled = answers.into_iter().flatten().map(|answer| {
        let body = answer.body.replace("{items}", &item);
        Answer {
            body: body.replace("{failed}", "1").replace("{index}", "0"),
            ..answer.clone()
        }
    });
    filled.find(|answer| {
        let with = answer.headers.clone().into_iter().collect();
        [with, Vec::new()].into_iter().all(|headers| {
            let reply = Reply {
                status: answer.status,
                headers,
                body: answer.body.clone(),
            };
            ends(&interpret(sink, &reply, 1, 0.0).outcome)
        })
    })
}

fn ends(outcome: &WhatNow) -> bool {
    match outcome {
        WhatNow::Split | WhatNow::Bisect | WhatNow::Rejected => true,
        WhatNow::Partial { rejected, .. } => *rejected == [0],
        _ => false,
    }
}
