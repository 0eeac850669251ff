//! Credentials: which are taken, and which parts of a request must never be shown.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::gate::Incoming;
use crate::sink::{Piece, Scheme, SettingId, Sink, Text};

/// Checks the credentials against every scheme of the sink; one that fits is enough.
pub(super) fn authorized(
    sink: &Sink,
    secrets: &BTreeMap<String, String>,
    request: &Incoming,
) -> Result<(), String> {
    let mut problems = Vec::new();
    for credentials in &sink.credentials {
        match fits(&credentials.scheme, sink, secrets, request) {
            Ok(()) => return Ok(()),
            Err(problem) => problems.push(problem),
        }
    }
    problems.dedup();
    Err(problems.join("; "))
}

fn fits(
    scheme: &Scheme,
    sink: &Sink,
    secrets: &BTreeMap<String, String>,
    request: &Incoming,
) -> Result<(), String> {
    let value = |id: &SettingId| expected(secrets, &sink.setting(*id).name);
    match scheme {
        Scheme::None => {
            let carried = secret_headers(sink)
                .iter()
                .any(|name| request.headers.contains_key(name.as_str()));
            if carried {
                Err("credentials that fit no documented scheme".to_owned())
            } else {
                Ok(())
            }
        }
        Scheme::Header { name, value } => header(sink, secrets, (name, value), request),
        Scheme::Basic { username, password } => {
            let found = basic(request).ok_or("no basic authentication")?;
            let password = password.as_ref().map_or_else(String::new, value);
            let user = sink.setting(*username);
            let is_known = user.is_secret() || secrets.contains_key(&user.name);
            let is_user = if is_known {
                found.0 == value(username)
            } else {
                !found.0.is_empty()
            };
            if is_user && found.1 == password {
                Ok(())
            } else {
                Err("wrong user name or password".to_owned())
            }
        }
        Scheme::Query { name, secret } => {
            let mut pairs = request.query_pairs().into_iter();
            match pairs.find(|(found, _)| found == name) {
                None => Err(format!("the query parameter `{name}` is missing")),
                Some((_, found)) if found == value(secret) => Ok(()),
                Some(_) => {
                    let secret = &sink.setting(*secret).name;
                    Err(format!(
                        "the query parameter `{name}` holds a wrong `{secret}`"
                    ))
                }
            }
        }
        // Whoever gave out the token is not this stand-in: it asks for one and cannot judge it.
        Scheme::OAuth2(_) | Scheme::Google { .. } | Scheme::Azure(_) => {
            starts_with("Bearer ", request)
        }
        Scheme::Sas { .. } => starts_with("SharedAccessSignature ", request),
        Scheme::SigV4 { .. } | Scheme::AwsDefaultChain { .. } => {
            starts_with("AWS4-HMAC-SHA256 ", request)
        }
    }
}

fn starts_with(word: &str, request: &Incoming) -> Result<(), String> {
    match request.header("authorization") {
        Some(found) if found.len() > word.len() && found.starts_with(word) => Ok(()),
        Some(_) => Err(format!("`authorization` does not start with `{word}`")),
        None => Err("the header `authorization` is missing".to_owned()),
    }
}

/// A header that holds a secret, after a word or alone.
fn header(
    sink: &Sink,
    secrets: &BTreeMap<String, String>,
    (name, value): (&Text, &Text),
    request: &Incoming,
) -> Result<(), String> {
    // A name that a setting gives is the setting's default here.
    let name = filled(name, |id| {
        sink.setting(id).default_text().unwrap_or_default()
    });
    let shown = name.to_lowercase();
    let Some(found) = request.header(&name) else {
        return Err(format!("the header `{shown}` is missing"));
    };
    if found == filled(value, |id| expected(secrets, &sink.setting(id).name)) {
        return Ok(());
    }
    match value.pieces.as_slice() {
        [Piece::Literal(word), ..] if !found.starts_with(word.as_str()) => {
            Err(format!("`{shown}` does not start with `{word}`"))
        }
        _ => {
            let secret = value
                .settings()
                .next()
                .map(|id| sink.setting(id).name.clone());
            let secret = secret.unwrap_or_default();
            Err(format!("the header `{shown}` holds a wrong `{secret}`"))
        }
    }
}

fn filled(text: &Text, value: impl Fn(SettingId) -> String) -> String {
    let pieces = text.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Setting(id) => value(*id),
        Piece::Now(_) | Piece::Event(_) | Piece::Shared(_) => String::new(),
    });
    pieces.collect()
}

fn basic(request: &Incoming) -> Option<(String, String)> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// The value the mock takes for a secret field: as given, else `example-` and the field's name.
pub(super) fn expected(secrets: &BTreeMap<String, String>, field: &str) -> String {
    secrets
        .get(field)
        .cloned()
        .unwrap_or_else(|| format!("example-{}", field.replace('_', "-")))
}

/// Names of the headers that carry credentials.
pub(super) fn secret_headers(sink: &Sink) -> Vec<String> {
    let mut names: Vec<String> = [
        "authorization",
        "proxy-authorization",
        "cookie",
        "x-amz-security-token",
    ]
    .map(str::to_owned)
    .into();
    for credentials in &sink.credentials {
        if let Scheme::Header { name, .. } = &credentials.scheme {
            let name = filled(name, |id| {
                sink.setting(id).default_text().unwrap_or_default()
            });
            names.push(name.to_lowercase());
        }
    }
    names
}
