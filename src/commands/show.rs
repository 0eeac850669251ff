//! `show`: a spec with everything resolved, for reading before using.

mod rows;

use serde_json::json;

use self::rows::{Row, Setting};
use super::console::{FAINT, STRONG};
use super::list::{auth, shown, transport};
use super::source::Source;
use super::{Context, Exit, Format, Result};
use crate::sink::Sink;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen show datadog
  fapilog-gen show cloudwatch --format json
  fapilog-gen show datadog --yaml
  fapilog-gen show --spec my.yaml";

/// Show a provider: settings with defaults and variables, limits with sources, responses.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A built-in provider, or with `--spec FOLDER` one of that folder.
    #[arg(value_name = "ID", required_unless_present_any = ["provider", "spec"], conflicts_with = "provider")]
    id: Option<String>,
    #[command(flatten)]
    source: OptionalSource,
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// Print the spec itself, as it is written.
    #[arg(long, conflicts_with = "format")]
    yaml: bool,
}

/// As [`Source`], for a command whose provider may be a bare word.
#[derive(Debug, clap::Args)]
struct OptionalSource {
    /// The same as ID.
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
    /// A spec file of your own, or a folder of specs.
    #[arg(long, value_name = "FILE")]
    spec: Option<std::path::PathBuf>,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let OptionalSource { provider, spec } = &arguments.source;
    let source = Source {
        provider: arguments.id.clone().or(provider.clone()),
        spec: spec.clone(),
    };
    let loaded = source.load(&context.assets)?;
    if arguments.yaml {
        context.console.line(loaded.text.trim_end())?;
        return Ok(Exit::Done);
    }
    match arguments.format {
        Format::Json => context
            .console
            .line(format_args!("{:#}", as_json(&loaded.sink)))?,
        Format::Table => print_all(context, &loaded.sink)?,
    }
    Ok(Exit::Done)
}

fn as_json(sink: &Sink) -> serde_json::Value {
    json!({
        "id": sink.id,
        "title": sink.title,
        "summary": sink.summary,
        "docs_url": sink.docs_url,
        "transport": transport(sink),
        "auth": auth(sink),
        "endpoint": endpoint(sink),
        "settings": rows::settings(sink),
        "delivery": rows::delivery(sink),
        "limits": rows::limits(sink),
        "responses": rows::responses(sink),
    })
}

fn endpoint(sink: &Sink) -> Option<String> {
    let endpoint = sink.endpoint()?;
    let base = shown(sink, &endpoint.base.text);
    Some(format!("{base}{}", shown(sink, &endpoint.path)))
}

fn print_all(context: &mut Context, sink: &Sink) -> Result<()> {
    let console = &mut context.console;
    let title = console.paint(STRONG, &sink.title);
    console.line(format_args!("{title} ({})", sink.id))?;
    console.line(format_args!("  {}", sink.summary))?;
    console.line(format_args!("  {}", sink.docs_url))?;
    console.line(format_args!(
        "  transport: {}; auth: {}",
        transport(sink),
        auth(sink).join(" or ")
    ))?;
    if let Some(endpoint) = endpoint(sink) {
        console.line(format_args!("  endpoint: {endpoint}"))?;
    }
    print_settings(context, "settings", &rows::settings(sink))?;
    print_settings(context, "delivery", &rows::delivery(sink))?;
    print_rows(context, "limits", &rows::limits(sink))?;
    print_rows(
        context,
        "responses, first match wins",
        &rows::responses(sink),
    )
}

fn print_settings(context: &mut Context, heading: &str, settings: &[Setting]) -> Result<()> {
    let console = &mut context.console;
    let heading = console.paint(STRONG, heading);
    console.line(format_args!("\n{heading}"))?;
    for setting in settings {
        let default = match (&setting.default, setting.required) {
            (Some(value), _) => format!("default {value}"),
            (None, true) => "required".to_owned(),
            (None, false) => "optional".to_owned(),
        };
        let env = if setting.env.is_empty() {
            String::new()
        } else {
            format!("  {}", setting.env.join(", "))
        };
        console.line(format_args!(
            "  {:25} {:8} {default}{env}",
            setting.name, setting.kind
        ))?;
        for line in std::iter::once(&setting.description).chain(&setting.values) {
            let faint = console.paint(FAINT, line);
            console.line(format_args!("      {faint}"))?;
        }
    }
    Ok(())
}

fn print_rows(context: &mut Context, heading: &str, rows: &[Row]) -> Result<()> {
    let console = &mut context.console;
    let heading = console.paint(STRONG, heading);
    console.line(format_args!("\n{heading}"))?;
    for row in rows {
        console.line(format_args!("  {:25} {}", row.name, row.value))?;
        if let Some(note) = &row.note {
            let faint = console.paint(FAINT, note);
            console.line(format_args!("      {faint}"))?;
        }
    }
    Ok(())
}
