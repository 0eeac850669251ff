//! What a sink counts, and the reasons it gives.

use super::{cell, mark};

/// What a word of a sink's accounts is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A counter.
    Counter,
    /// A reason for not taking an event.
    Refused,
    /// A reason for giving one up.
    Dropped,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Counter, Self::Refused, Self::Dropped];

    /// What it is, in a sentence.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Counter => "a counter of `stats()` and of the report",
            Self::Refused => "a reason in `refused`",
            Self::Dropped => "a reason in `dropped` and in the dead-letter file",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Counter => "Counters",
            Self::Refused => "Reasons for refusing an event",
            Self::Dropped => "Reasons for giving an event up",
        }
    }
}

/// A counter or a reason.
#[derive(Debug)]
pub struct Word {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// The languages whose sinks know it.
    pub languages: Vec<&'static str>,
}

/// The page; `languages` is how many there are.
#[must_use]
pub fn page(words: &[Word], languages: usize) -> String {
    let mut out = mark("templates/*/cloud_sink_base");
    out.push_str(
        "# Counters and reasons\n\n`stats()` of a sink and the report of its end count what became of every event, and \
         `accepted = delivered + dead_lettered + dropped + pending` holds at every moment. `fapilog-gen explain WORD` \
         prints the same on a terminal.\n",
    );
    for kind in Kind::ALL {
        out.push_str(&format!(
            "\n## {}\n\n| Word | Meaning |\n|---|---|\n",
            kind.heading()
        ));
        for word in words.iter().filter(|word| word.kind == kind) {
            let only = if word.languages.len() < languages {
                format!(" ({} only)", word.languages.join(", "))
            } else {
                String::new()
            };
            out.push_str(&format!(
                "| `{}` | {}{only} |\n",
                word.name,
                cell(&word.meaning)
            ));
        }
    }
    out
}
