//! Reading a fault from its text, and saying what is wrong with one that is none.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::fault::{Fault, FaultAnswer, QuestionFault};

/// Longest stall: beyond it every client has given up.
const LONGEST_STALL: Duration = Duration::from_secs(3600);

/// Every fault: its name, what stands after the colon, and what it does.
pub const FAULTS: [(&str, &str, &str); 19] = [
    (
        "throttle",
        "[:COUNT]",
        "answer the next COUNT requests with the vendor's \"slow down\"",
    ),
    (
        "fail",
        "[:COUNT]",
        "answer the next COUNT requests with the vendor's \"server trouble\"",
    ),
    (
        "unauthorized",
        "[:COUNT]",
        "answer the next COUNT requests as if the credentials were wrong",
    ),
    (
        "too-large",
        "[:COUNT]",
        "answer the next COUNT requests as if they were too large",
    ),
    (
        "malformed",
        "[:COUNT]",
        "answer the next COUNT requests as if they were not as documented",
    ),
    (
        "redirect",
        "[:COUNT]",
        "answer the next COUNT requests with 307 to another address",
    ),
    (
        "garbage",
        "[:COUNT]",
        "answer the next COUNT requests with 200 and an HTML page",
    ),
    (
        "reset",
        "[:COUNT]",
        "reset the connection of the next COUNT requests, nothing stored",
    ),
    (
        "lost-answer",
        "[:COUNT]",
        "store the next COUNT requests, then close without an answer",
    ),
    (
        "half-answer",
        "[:COUNT]",
        "store the next COUNT requests, then break off within the answer",
    ),
    (
        "stall",
        "[:SECONDS]",
        "hold the next request for SECONDS (default 3600), then close",
    ),
    (
        "slow",
        ":MILLISECONDS",
        "answer every request MILLISECONDS late",
    ),
    (
        "reject-every",
        ":N",
        "refuse every Nth record the vendor's way, however often it is sent",
    ),
    (
        "reject-matching",
        ":TEXT",
        "refuse records that contain TEXT the vendor's way",
    ),
    (
        "throttle-every",
        ":N",
        "throttle every Nth record once, where the vendor answers by item",
    ),
    (
        "ack-pending",
        "[:COUNT]",
        "acknowledge nothing at the next COUNT questions, where the vendor is asked",
    ),
    (
        "ack-fail",
        "[:COUNT]",
        "answer the next COUNT such questions with the vendor's \"server trouble\"",
    ),
    (
        "ack-reset",
        "[:COUNT]",
        "reset the connection of the next COUNT such questions",
    ),
    (
        "ack-garbage",
        "[:COUNT]",
        "answer the next COUNT such questions with half an answer",
    ),
];

/// Why a text is not a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultError {
    /// No fault has this name.
    UnknownName {
        /// The name as written.
        name: String,
        /// The fault meant, as far as one can tell.
        nearest: Option<&'static str>,
    },
    /// What stands after the colon does not fit.
    BadArgument {
        /// The fault's name.
        name: &'static str,
        /// What it takes.
        expected: &'static str,
        /// What was found.
        found: String,
    },
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName { name, nearest } => {
                write!(f, "unknown fault `{}`", name.escape_debug())?;
                if let Some(nearest) = nearest {
                    write!(f, ", did you mean `{nearest}`?")
                } else {
                    let names: Vec<_> = FAULTS.iter().map(|(name, ..)| *name).collect();
                    write!(f, ", known faults are {}", names.join(", "))
                }
            }
            Self::BadArgument {
                name,
                expected,
                found,
            } => {
                let found = found.escape_debug();
                write!(
                    f,
                    "fault `{name}` is written `{name}{expected}`, found `{found}`"
                )
            }
        }
    }
}

impl std::error::Error for FaultError {}

impl FromStr for Fault {
    type Err = FaultError;

    /// Reads `name` or `name:argument`; the names stand in [`FAULTS`].
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let text = text.trim();
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let Some(&(name, expected, _)) = FAULTS.iter().find(|(known, ..)| *known == name) else {
            return Err(FaultError::UnknownName {
                name: name.to_owned(),
                nearest: nearest(name),
            });
        };
        build(name, argument).ok_or_else(|| FaultError::BadArgument {
            name,
            expected,
            found: text.to_owned(),
        })
    }
}

fn nearest(name: &str) -> Option<&'static str> {
    FAULTS
        .iter()
        .map(|(known, ..)| (strsim::damerau_levenshtein(known, name), *known))
        .filter(|(distance, known)| *distance <= known.len() / 3)
        .min()
        .map(|(_, known)| known)
}

fn build(name: &str, argument: Option<&str>) -> Option<Fault> {
    let count = || match argument {
        None => Some(1),
        Some(text) => text.parse::<u32>().ok().filter(|count| *count > 0),
    };
    let nth = || argument?.parse::<u64>().ok().filter(|n| *n > 0);
    let answer = |answer| count().map(|count| Fault::Answer(answer, count));
    let question = |what| count().map(|count| Fault::Question(what, count));
    match name {
        "throttle" => answer(FaultAnswer::Throttled),
        "fail" => answer(FaultAnswer::Unavailable),
        "unauthorized" => answer(FaultAnswer::Unauthorized),
        "too-large" => answer(FaultAnswer::TooLarge),
        "malformed" => answer(FaultAnswer::Malformed),
        "redirect" => answer(FaultAnswer::Redirect),
        "garbage" => answer(FaultAnswer::Garbage),
        "reset" => count().map(Fault::Reset),
        "lost-answer" => count().map(Fault::LostAnswer),
        "half-answer" => count().map(Fault::HalfAnswer),
        "stall" => stall(argument).map(Fault::Stall),
        "slow" => argument?
            .parse()
            .ok()
            .map(Duration::from_millis)
            .map(Fault::Slow),
        "reject-every" => nth().map(Fault::RejectEvery),
        "reject-matching" => argument
            .filter(|text| !text.is_empty())
            .map(|text| Fault::RejectMatching(text.to_owned())),
        "throttle-every" => nth().map(Fault::ThrottleEvery),
        "ack-pending" => question(QuestionFault::Pending),
        "ack-fail" => question(QuestionFault::Fail),
        "ack-reset" => question(QuestionFault::Reset),
        "ack-garbage" => question(QuestionFault::Garbage),
        _ => None,
    }
}

fn stall(argument: Option<&str>) -> Option<Duration> {
    let Some(text) = argument else {
        return Some(LONGEST_STALL);
    };
    let stall = Duration::try_from_secs_f64(text.parse().ok()?).ok()?;
    (stall <= LONGEST_STALL).then_some(stall)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Fault, String> {
        text.parse().map_err(|error: FaultError| error.to_string())
    }

    #[test]
    fn every_listed_fault_parses_and_prints_back() {
        for (name, argument, _) in FAULTS {
            let text = format!("{name}:7");
            assert_eq!(text, parse(&text).unwrap().to_string());
            assert_eq!(argument.starts_with('['), parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn errors_say_what_to_type_instead() {
        assert_eq!(
            "unknown fault `throtle`, did you mean `throttle`?",
            parse("throtle:2").unwrap_err()
        );
        assert!(
            parse("xyz")
                .unwrap_err()
                .contains("known faults are throttle, fail")
        );
        assert_eq!(
            "fault `slow` is written `slow:MILLISECONDS`, found `slow:soon`",
            parse("slow:soon").unwrap_err()
        );
        for text in [
            "throttle:0",
            "throttle:-1",
            "reject-every:0",
            "reject-matching:",
            "stall:-1",
            "stall:NaN",
            "stall:1e9",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_count_defaults_to_one() {
        assert_eq!(
            Ok(Fault::Answer(FaultAnswer::Throttled, 1)),
            parse("throttle")
        );
        assert_eq!(
            Ok(Fault::Stall(Duration::from_millis(1500))),
            parse("stall:1.5")
        );
        assert_eq!(
            Ok(Fault::RejectMatching("a:b".into())),
            parse("reject-matching:a:b")
        );
    }
}
