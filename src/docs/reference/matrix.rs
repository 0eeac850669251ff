//! What each provider takes and says, side by side.

use super::mark;
use crate::docs::guide::{cell, checked, duration, grouped as number, page_name};
use crate::sink::{Encoding, ItemsBy, Outcome, Piece, Scheme, Sink, Text, TimePolicy, Transport};

/// The page.
#[must_use]
pub fn page(sinks: &[Sink]) -> String {
    let mut out = mark("providers/*.yaml");
    out.push_str(
        "# Providers side by side\n\nWhat each provider takes and says, from the specs. Each guide has the sources of \
         these facts.\n\n\
         ## What is sent\n\n| Provider | Transport | Authentication | Compression |\n|---|---|---|---|\n",
    );
    for sink in sinks {
        row(
            &mut out,
            sink,
            &[
                transport(sink).to_owned(),
                authentication(sink),
                compression(sink),
            ],
        );
    }
    out.push_str(
        "\n## Limits\n\n| Provider | Events in a request | Bytes of a request | Bytes of an event | Oldest event |\n\
         |---|---|---|---|---|\n",
    );
    for sink in sinks {
        let limits = &sink.limits;
        let events = limits
            .max_batch_events
            .map_or("no limit known".to_owned(), |limit| number(limit.value));
        let age = limits.max_age.map_or("no limit known".to_owned(), |limit| {
            let silent = if limit.policy == TimePolicy::DeadLetter {
                ", discarded silently beyond"
            } else {
                ""
            };
            format!("{}{silent}", duration(limit.seconds.value))
        });
        let figures = [
            events,
            number(limits.max_batch_bytes.value),
            number(limits.max_event_bytes.value),
            age,
        ];
        row(&mut out, sink, &figures);
    }
    out.push_str(
        "\n## Answers\n\n| Provider | Which events were refused | Events it may lose unnamed |\n|---|---|---|\n",
    );
    for sink in sinks {
        let unnamed = sink
            .answers
            .rules
            .iter()
            .any(|rule| rule.outcome == Outcome::Uncertain)
            || sink
                .answers
                .items
                .as_ref()
                .is_some_and(|items| matches!(items.by, ItemsBy::Count { .. }));
        let unnamed = if unnamed {
            "yes, counted as `uncertain`"
        } else {
            "no"
        };
        row(
            &mut out,
            sink,
            &[refusals(sink).to_owned(), unnamed.to_owned()],
        );
    }
    out.push_str("\n## Checked with\n\n| Provider | What nobody here wrote |\n|---|---|\n");
    for sink in sinks {
        row(&mut out, sink, &[checked(sink).replace('|', "\\|")]);
    }
    out
}

fn row(out: &mut String, sink: &Sink, cells: &[String]) {
    let guide = format!(
        "[{}](../examples/cloud-sinks/{}.md)",
        cell(&sink.title),
        page_name(sink)
    );
    out.push_str(&format!("| {guide} | {} |\n", cells.join(" | ")));
}

fn transport(sink: &Sink) -> &'static str {
    match &sink.transport {
        Transport::Http(_) => "HTTP",
        Transport::AwsCloudwatchLogs(_) => "AWS SDK",
    }
}

fn authentication(sink: &Sink) -> String {
    let mut names: Vec<_> = sink
        .credentials
        .iter()
        .map(|way| scheme(&way.scheme))
        .collect();
    names.dedup();
    names.join(", ")
}

fn scheme(scheme: &Scheme) -> &'static str {
    match scheme {
        Scheme::None => "none",
        Scheme::Header { value, .. } if begins_with(value, "Bearer ") => "bearer token",
        Scheme::Header { .. } => "key in a header",
        Scheme::Basic { .. } => "basic",
        Scheme::Query { .. } => "key in the query",
        Scheme::OAuth2(_) => "OAuth 2.0",
        Scheme::Google { .. } => "Google identity",
        Scheme::Azure(_) => "Azure identity",
        Scheme::Sas { .. } => "shared access signature",
        Scheme::SigV4 { .. } | Scheme::AwsDefaultChain { .. } => "AWS credential chain",
    }
}

fn begins_with(text: &Text, start: &str) -> bool {
    matches!(text.pieces.first(), Some(Piece::Literal(literal)) if literal.starts_with(start))
}

fn compression(sink: &Sink) -> String {
    let names = sink.compression.iter().map(|encoding| match encoding {
        Encoding::Gzip => "gzip",
        Encoding::Zstd => "zstd",
        Encoding::None => "none",
    });
    names.collect::<Vec<_>>().join(", ")
}

/// How a provider says which events of a request it refused.
fn refusals(sink: &Sink) -> &'static str {
    let has = |outcome| {
        sink.answers
            .rules
            .iter()
            .any(|rule| rule.outcome == outcome)
    };
    match sink.answers.items.as_ref().map(|items| &items.by) {
        Some(ItemsBy::Position { .. } | ItemsBy::Id { .. } | ItemsBy::Map { .. }) => {
            "named one by one"
        }
        Some(ItemsBy::Count { .. }) => "counted, not named",
        None if has(Outcome::FirstBad) => "the first is named",
        None if has(Outcome::Bisect) => "not named: found by halves",
        None => "all or none",
    }
}
