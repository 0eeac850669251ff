//! `list`: the providers there are.

use serde_json::json;

use super::console::STRONG;
use super::{Context, Exit, Format, Result};
use crate::spec::load_all;
use crate::spec::model::{Auth, Spec, Transport};

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
    let specs = load_all(&context.assets)?;
    match arguments.format {
        Format::Json => {
            let rows: Vec<_> = specs.iter().map(as_json).collect();
            context.console.line(format_args!("{:#}", json!(rows)))?;
        }
        Format::Table => print_table(context, &specs)?,
    }
    Ok(Exit::Done)
}

fn as_json(spec: &Spec) -> serde_json::Value {
    json!({
        "id": spec.id,
        "title": spec.title,
        "summary": spec.summary,
        "transport": transport(spec),
        "auth": auth(spec),
        "languages": LANGUAGES,
        "docs_url": spec.docs_url,
    })
}

/// Every provider has a sink in each.
const LANGUAGES: [&str; 2] = ["rust", "python"];

fn print_table(context: &mut Context, specs: &[Spec]) -> Result<()> {
    let header = ["ID", "TITLE", "TRANSPORT", "AUTH", "LANGUAGES"].map(str::to_owned);
    let rows = specs.iter().map(|spec| {
        let languages = LANGUAGES.join(", ");
        [
            spec.id.clone(),
            spec.title.clone(),
            transport(spec).to_owned(),
            auth(spec).join(", "),
            languages,
        ]
    });
    let rows: Vec<_> = std::iter::once(header).chain(rows).collect();
    let widths: [usize; 5] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| row[column].chars().count())
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
pub fn transport(spec: &Spec) -> &'static str {
    match spec.transport {
        Transport::Http => "http",
        Transport::AwsCloudwatchLogs => "aws sdk",
    }
}

/// The ways to authenticate, each in a word or two.
#[must_use]
pub fn auth(spec: &Spec) -> Vec<String> {
    spec.auth.iter().map(auth_word).collect()
}

fn auth_word(auth: &Auth) -> String {
    match auth {
        Auth::None {} => "none".to_owned(),
        Auth::Header { name, .. } => format!("header {name}"),
        Auth::Authorization { word, .. } => word.to_lowercase(),
        Auth::Basic { .. } => "basic".to_owned(),
        Auth::Query { name, .. } => format!("query {name}"),
        Auth::AwsDefaultChain { .. } => "aws default chain".to_owned(),
    }
}
