//! `list`: the providers there are.

use serde_json::json;

use super::console::STRONG;
use super::{Context, Exit, Format, Result};
use crate::sink::{Checked, Piece, Scheme, Sink, Text, Transport, load_all};
use crate::text;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen list
  fapilog-gen list --format json";

/// List the built-in providers.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let sinks = load_all(&context.assets)?;
    match arguments.format {
        Format::Json => {
            let rows: Vec<_> = sinks.iter().map(as_json).collect();
            context.console.line(format_args!("{:#}", json!(rows)))?;
        }
        Format::Table => print_table(context, &sinks)?,
    }
    Ok(Exit::Done)
}

fn as_json(sink: &Sink) -> serde_json::Value {
    json!({
        "id": sink.id,
        "title": sink.title,
        "summary": sink.summary,
        "transport": transport(sink),
        "auth": auth(sink),
        "languages": LANGUAGES,
        "docs_url": sink.docs_url,
        "checked": checked_json(sink),
    })
}

/// How a provider was checked; the stand-in alone when nothing else is said.
fn checked_json(sink: &Sink) -> Vec<serde_json::Value> {
    if sink.docs.checked.is_empty() {
        return vec![json!({ "by": FAKE })];
    }
    let each = sink.docs.checked.iter();
    each.map(|it| json!({ "by": it.kind(), "with": it.with(), "date": it.date }))
        .collect()
}

/// The same in words, each once.
fn checked(sink: &Sink) -> String {
    let mut words: Vec<_> = sink.docs.checked.iter().map(Checked::kind).collect();
    words.sort_unstable();
    words.dedup();
    if words.is_empty() {
        words.push(FAKE);
    }
    words.join(", ")
}

/// Checked with the local stand-in alone.
const FAKE: &str = "fake";

/// Every provider has a sink in each.
const LANGUAGES: [&str; 2] = ["rust", "python"];

fn print_table(context: &mut Context, sinks: &[Sink]) -> Result<()> {
    let header = ["ID", "TITLE", "TRANSPORT", "AUTH", "LANGUAGES", "CHECKED"].map(str::to_owned);
    let rows = sinks.iter().map(|sink| {
        let languages = LANGUAGES.join(", ");
        [
            sink.id.clone(),
            sink.title.clone(),
            transport(sink).to_owned(),
            auth(sink).join(", "),
            languages,
            checked(sink),
        ]
    });
    let rows: Vec<_> = std::iter::once(header).chain(rows).collect();
    let widths: [usize; 6] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| text::width(&row[column]))
            .max()
            .unwrap_or(0)
    });
    for (index, row) in rows.iter().enumerate() {
        let cells: Vec<_> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        let line = cells.join("  ");
        let line = line.trim_end();
        let line = if index == 0 {
            context.console.paint(STRONG, line)
        } else {
            line.to_owned()
        };
        context.console.line(line)?;
    }
    Ok(())
}

/// Who performs a request, in a word.
#[must_use]
pub fn transport(sink: &Sink) -> &'static str {
    match sink.transport {
        Transport::Http(_) => "http",
        Transport::AwsCloudwatchLogs(_) => "aws sdk",
    }
}

/// The ways to authenticate, each in a word or two.
#[must_use]
pub fn auth(sink: &Sink) -> Vec<String> {
    let each = sink.credentials.iter();
    each.map(|credentials| word(sink, &credentials.scheme))
        .collect()
}

fn word(sink: &Sink, scheme: &Scheme) -> String {
    match scheme {
        Scheme::None => "none".to_owned(),
        Scheme::Header { name, value } => match value.pieces.as_slice() {
            [Piece::Literal(word), ..] if name.literal() == Some("Authorization") => {
                word.trim_end().to_lowercase()
            }
            _ => format!("header {}", shown(sink, name)),
        },
        Scheme::Basic { .. } => "basic".to_owned(),
        Scheme::Query { name, .. } => format!("query {name}"),
        Scheme::OAuth2(_) => "oauth2".to_owned(),
        Scheme::Google { .. } => "google".to_owned(),
        Scheme::Azure(_) => "azure".to_owned(),
        Scheme::Sas { .. } => "shared access signature".to_owned(),
        Scheme::SigV4 { .. } => "aws sigv4".to_owned(),
        Scheme::AwsDefaultChain { .. } => "aws default chain".to_owned(),
    }
}

/// A text with its holes as a spec writes them.
#[must_use]
pub fn shown(sink: &Sink, text: &Text) -> String {
    let pieces = text.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Setting(id) => format!("{{{}}}", sink.setting(*id).name),
        Piece::Now(_) => "{now}".to_owned(),
        Piece::Event(_) | Piece::Shared(_) => "{event}".to_owned(),
    });
    pieces.collect()
}
