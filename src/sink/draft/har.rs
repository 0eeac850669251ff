//! What a browser or a proxy recorded: HTTP Archive, version 1.2.

use serde_json::Value as Json;

use super::{Example, curl};
use crate::diagnostics::Code;
use crate::problem::Problem;

/// The first request of an archive that carries a body, and how many there are.
///
/// # Errors
///
/// It is no archive, or there is none.
pub fn from_har(text: &str) -> Result<(Example, usize), Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let archive: Json = serde_json::from_str(text)
        .map_err(|error| Problem::new(Code::Input, "the archive is not JSON").because(error))?;
    let Some(entries) = archive.pointer("/log/entries").and_then(Json::as_array) else {
        return Err(Problem::new(
            Code::Input,
            "the file is no HTTP archive: it has no `log.entries`",
        )
        .hint("save it with *Save all as HAR* in the browser's network view"));
    };
    let mut found = entries.iter().filter_map(read);
    let Some(first) = found.next() else {
        return Err(
            Problem::new(Code::Input, "no request of the archive has a body")
                .hint("record one that sends logs: a POST or a PUT"),
        );
    };
    Ok((first, 1 + found.count()))
}

fn read(entry: &Json) -> Option<Example> {
    let request = entry.get("request")?;
    let text = |value: &Json, pointer: &str| {
        value
            .pointer(pointer)
            .and_then(Json::as_str)
            .map(str::to_owned)
    };
    let method = text(request, "/method")?.to_uppercase();
    let body = text(request, "/postData/text").filter(|body| !body.trim().is_empty())?;
    if !["POST", "PUT"].contains(&method.as_str()) {
        return None;
    }
    let headers = request.get("headers").and_then(Json::as_array);
    let headers = headers
        .into_iter()
        .flatten()
        .filter_map(|header| Some((text(header, "/name")?, text(header, "/value")?)));
    let status = entry.pointer("/response/status").and_then(Json::as_u64);
    let status = status.and_then(|status| u16::try_from(status).ok());
    let answer = status.filter(|status| *status > 0).map(|status| {
        let body = text(entry, "/response/content/text").unwrap_or_default();
        (status, body)
    });
    let mut example = Example {
        method,
        url: text(request, "/url")?,
        headers: headers.collect(),
        body,
        user: None,
        answer,
    };
    curl::basic(&mut example);
    Some(example)
}
