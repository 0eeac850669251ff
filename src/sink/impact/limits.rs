//! What the provider takes, according to two specs.

use super::super::model::{Cited, Limits, Sink, TimeLimit, TimePolicy};
use super::{Area, Found};

/// Compares the limits.
pub fn compare(old: &Sink, new: &Sink, found: &mut Found) {
    let (was, is) = (&old.limits, &new.limits);
    requests(was, is, found);
    events(was, is, found);
    for (name, was, is) in [
        ("max_age", &was.max_age, &is.max_age),
        ("max_ahead", &was.max_ahead, &is.max_ahead),
    ] {
        time(name, was.as_ref(), is.as_ref(), found);
    }
    if was.ordering != is.ordering {
        let message = format!("{:?} becomes {:?}", was.ordering, is.ordering);
        found.harmless(Area::Limits, "ordering", message);
    }
}

/// Limits of a request: the sink packs by them, so that events travel in other company.
fn requests(was: &Limits, is: &Limits, found: &mut Found) {
    let all = [
        (
            "max_batch_events",
            was.max_batch_events,
            is.max_batch_events,
        ),
        (
            "max_batch_bytes",
            Some(was.max_batch_bytes),
            Some(is.max_batch_bytes),
        ),
        ("max_span", was.max_span, is.max_span),
    ];
    for (name, was, is) in all {
        let (was, is) = (value(was), value(is));
        if was != is {
            found.harmless(
                Area::Limits,
                name,
                format!("{} becomes {}", shown(was), shown(is)),
            );
        }
    }
    if was.batch_basis != is.batch_basis {
        found.harmless(
            Area::Limits,
            "max_batch_bytes",
            "what is counted is another",
        );
    }
}

/// Limits of an event: one that was taken is cut or dead-lettered, or the other way round.
fn events(was: &Limits, is: &Limits, found: &mut Found) {
    let name = "max_event_bytes";
    let (before, after) = (was.max_event_bytes.value, is.max_event_bytes.value);
    if before != after {
        let message = format!("{before} becomes {after}");
        found.push(after < before, Area::Limits, name, message);
    }
    if was.event_basis != is.event_basis {
        found.breaking(Area::Limits, name, "what is counted is another");
    }
    if was.oversize != is.oversize {
        let message = format!("longer ones: {:?} becomes {:?}", was.oversize, is.oversize);
        found.breaking(Area::Limits, name, message.to_lowercase());
    }
}

fn time(name: &str, was: Option<&TimeLimit>, is: Option<&TimeLimit>, found: &mut Found) {
    let same = match (was, is) {
        (Some(was), Some(is)) => was.seconds.value == is.seconds.value && was.policy == is.policy,
        (None, None) => true,
        _ => false,
    };
    if same {
        return;
    }
    let policy = |limit: &TimeLimit| match limit.policy {
        TimePolicy::Send => "sent all the same",
        TimePolicy::DeadLetter => "dead-lettered",
        TimePolicy::Clamp => "given the nearest time",
    };
    let shown = |limit: Option<&TimeLimit>| {
        limit.map_or_else(
            || "no limit".to_owned(),
            |limit| format!("{} s, beyond it {}", limit.seconds.value, policy(limit)),
        )
    };
    // An event that was sent and is dead-lettered or changed now.
    let breaking = is.is_some_and(|is| {
        is.policy != TimePolicy::Send
            && was.is_none_or(|was| was.policy != is.policy || was.seconds.value > is.seconds.value)
    });
    let message = format!("{} becomes {}", shown(was), shown(is));
    found.push(breaking, Area::Limits, name, message);
}

fn value(limit: Option<Cited<u64>>) -> Option<u64> {
    limit.map(|limit| limit.value)
}

fn shown(limit: Option<u64>) -> String {
    limit.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string())
}
