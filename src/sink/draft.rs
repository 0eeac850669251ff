//! A first spec of a provider: from another spec, or from an example request of the vendor's.
//!
//! What comes out validates. What the example does not say stands behind `LOOK UP`, and what it says in
//! confidence is a setting: no value of a secret is copied.

mod body;
mod curl;
mod har;
mod known;
mod request;
mod words;
mod yaml;

pub use curl::from_curl;
pub use har::from_har;

use super::interpret::{Encoded, Event, Interpreter, Settings, request as make};
use super::load::load_text_with;
use super::prove::NOW_SECONDS;
use crate::assets::Assets;
use crate::diagnostics::Code;
use crate::problem::{Problem, Refusal};
use request::Parts;

/// Bytes that an example may have.
pub const MAX_EXAMPLE_BYTES: usize = 4 * 1024 * 1024;

/// Stands where a person has to look something up.
pub const MARK: &str = "# LOOK UP:";

/// An example request, as a vendor's documentation or a browser shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Example {
    /// Method, upper case.
    pub method: String,
    /// Full URL.
    pub url: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
    /// User and password of basic authentication.
    pub user: Option<(String, String)>,
    /// Status and body of the answer, where it is known.
    pub answer: Option<(u16, String)>,
}

impl Example {
    /// A request of no vendor's, for a spec that starts from nothing.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self {
            method: "POST".to_owned(),
            url: "https://logs.example.com/v1/logs".to_owned(),
            headers: vec![("Authorization".to_owned(), "Bearer $API_KEY".to_owned())],
            body: r#"[{"timestamp":1767323045678,"level":"info","message":"order placed","data":{"order_id":42}}]"#.to_owned(),
            user: None,
            answer: None,
        }
    }
}

/// A spec that starts from a built-in one.
///
/// # Errors
///
/// There is no such spec, or the id is none.
pub fn extending(id: &str, base: &str, assets: &Assets) -> Result<String, Refusal> {
    let base = super::load_provider(assets, base)?.sink;
    let title = title(id);
    let text = format!(
        "# yaml-language-server: $schema=provider.schema.json\n\
         #\n\
         # Starts from {base_title}: what stands here replaces what stands there, `null` removes it.\n\
         # `fapilog-gen show {base_id} --yaml` prints it.\n\
         spec_version: 1\n\
         extends: {base_id}\n\
         id: {id}\n\
         title: {title} {MARK} the name as the vendor writes it\n\
         summary: Ships events to {title}.\n\
         docs_url: {docs} {MARK} the vendor's page about its API\n",
        base_title = one_line(&base.title),
        base_id = base.id,
        docs = base.docs_url,
    );
    load_text_with(&format!("{id}.yaml"), text.as_bytes(), assets)?;
    Ok(text)
}

/// A spec of an example request; `today` is the day on which it was read, `YYYY-MM-DD`.
///
/// # Errors
///
/// The example is no request that a sink could send, or the id is none.
pub fn from_example(
    id: &str,
    example: &Example,
    today: &str,
    assets: &Assets,
) -> Result<String, Refusal> {
    let parts = Parts::of(example)?;
    let origin = format!("{id}.yaml");
    let draft = yaml::Draft {
        id,
        title: &title(id),
        today,
        example,
        parts: &parts,
    };
    // What a sink would send is what the worked example says: it is asked of the draft itself.
    let text = draft.text(&yaml::Sent::default());
    let loaded = load_text_with(&origin, text.as_bytes(), assets)?;
    let sent = sent(&loaded.sink, &parts)?;
    let text = draft.text(&sent);
    load_text_with(&origin, text.as_bytes(), assets)?.proved()?;
    match parts.secrets.iter().find(|secret| text.contains(*secret)) {
        Some(_) => Err(Problem::new(
            Code::Input,
            "a secret of the example stands elsewhere in it too",
        )
        .hint("replace it in the example by a word such as `$API_KEY`, and run this again")
        .into()),
        None => Ok(text),
    }
}

fn sent(sink: &super::Sink, parts: &Parts) -> Result<yaml::Sent, Problem> {
    let settings = Settings::read(sink, &parts.config()).map_err(|refused| {
        let all = refused
            .iter()
            .map(|it| format!("`{}` {}", it.setting, it.message));
        let all = all.collect::<Vec<_>>().join("; ");
        Problem::new(
            Code::Input,
            format!("the example's values cannot be settings: {all}"),
        )
        .hint("write a name such as `$DATASET` in their place")
    })?;
    let now = NOW_SECONDS * 1_000_000_000;
    let mut interpreter = Interpreter::new(sink, settings);
    let event: Encoded = interpreter.encode(&Event::read(&parts.body.event, now), now);
    let made = make(&interpreter, &[&event], now).ok_or_else(|| {
        Problem::new(
            Code::Internal,
            "internal error: a draft has no request (please report)",
        )
    })?;
    Ok(yaml::Sent {
        url: made.url,
        headers: made
            .headers
            .into_iter()
            .filter(|header| !header.name.eq_ignore_ascii_case("content-encoding"))
            .map(|header| (header.name, header.value))
            .collect(),
        body: made.body,
    })
}

/// `better_stack` as a title.
fn title(id: &str) -> String {
    let words = id.split('_').filter(|word| !word.is_empty());
    let words = words.map(|word| {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect::<Vec<_>>().join(" ")
}

fn one_line(text: &str) -> String {
    crate::diagnostics::escape(text)
}

#[cfg(test)]
mod tests;
