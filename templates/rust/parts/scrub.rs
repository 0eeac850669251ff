//! Takes secrets out of text that others wrote: a server may quote what it was sent.
//!
//! A secret is found as it is, with any of its characters escaped as URLs (`%2B`) or JSON (`\u002b`,
//! `\/`) escape them, in hexadecimal, and in base64, within something longer too.
//!
//! Crates: `base64`, `reqwest`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use reqwest::header::HeaderMap;

const STARS: &[u8] = b"***";

/// Shorter ones are no secrets, and replacing them would garble what is said.
const SHORTEST_SECRET_BYTES: usize = 4;

/// Fewer characters of base64 would be found where there is no secret.
const SHORTEST_BASE64: usize = 8;

/// Replaces some secrets by `***`; prints none of them.
pub struct Scrubber {
    /// The longest first: one may hold another.
    secrets: Vec<Vec<u8>>,
    encoded: Vec<Vec<u8>>,
    /// Which bytes one of them can begin with.
    starts: [bool; 256],
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scrubber").finish_non_exhaustive()
    }
}

impl Scrubber {
    /// One for these secrets.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secrets = secrets.into_iter().map(|text| text.as_bytes().to_vec());
        let secrets = longest_first(secrets.filter(|raw| raw.len() >= SHORTEST_SECRET_BYTES));
        let encoded = longest_first(secrets.iter().flat_map(|raw| encoded(raw)));
        let mut starts = [false; 256];
        for form in secrets.iter().chain(&encoded) {
            starts[usize::from(form[0])] = true;
        }
        for escape in b"%\\" {
            starts[usize::from(*escape)] = !secrets.is_empty();
        }
        Self {
            secrets,
            encoded,
            starts,
        }
    }

    /// A body without the secrets.
    pub fn clean(&self, body: &mut Vec<u8>) {
        let mut clean = Vec::new();
        let (mut kept, mut at) = (0, 0);
        while let Some(byte) = body.get(at) {
            let found = if self.starts[usize::from(*byte)] {
                self.found(&body[at..])
            } else {
                None
            };
            let Some(length) = found else {
                at += 1;
                continue;
            };
            clean.extend_from_slice(&body[kept..at]);
            clean.extend_from_slice(STARS);
            at += length;
            kept = at;
        }
        if kept > 0 {
            clean.extend_from_slice(&body[kept..]);
            *body = clean;
        }
    }

    /// How many bytes at the start of a text are a secret.
    fn found(&self, text: &[u8]) -> Option<usize> {
        let escaped = self.secrets.iter().find_map(|raw| escaped(raw, text));
        escaped.or_else(|| {
            let form = self.encoded.iter().find(|form| text.starts_with(form))?;
            Some(form.len())
        })
    }
}

/// A text without these secrets.
#[must_use]
pub fn scrub<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let mut clean = text.as_bytes().to_vec();
    Scrubber::new(secrets).clean(&mut clean);
    String::from_utf8_lossy(&clean).into_owned()
}

/// Takes the values of sensitive headers out of a body, with and without the scheme before them.
pub fn hide_headers(body: &mut Vec<u8>, headers: &HeaderMap) {
    let values = headers.values().filter(|value| value.is_sensitive());
    let secrets: Vec<String> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(parts)
        .collect();
    if !body.is_empty() {
        Scrubber::new(secrets.iter().map(String::as_str)).clean(body);
    }
}

/// A secret, and what of it stands elsewhere on its own: a header's value without its scheme, the
/// password of basic authentication, the path of a URL.
#[must_use]
pub fn parts(secret: &str) -> Vec<String> {
    let mut parts = vec![secret.to_owned()];
    if let Some((scheme, rest)) = secret.split_once(' ') {
        parts.push(rest.to_owned());
        let pair = STANDARD.decode(rest).ok().filter(|_| scheme == "Basic");
        let pair = pair.and_then(|pair| String::from_utf8(pair).ok());
        parts.extend(pair.and_then(|pair| Some(pair.split_once(':')?.1.to_owned())));
    }
    if let Some((_, rest)) = secret.split_once("://") {
        parts.extend(rest.find('/').map(|start| rest[start..].to_owned()));
    }
    parts
}

fn longest_first(forms: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut forms: Vec<Vec<u8>> = forms.collect();
    forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    forms.dedup();
    forms
}

/// How many bytes at the start of `text` are this secret, its characters escaped or not.
fn escaped(secret: &[u8], text: &[u8]) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let mut at = 0;
    for byte in secret {
        let rest = text.get(at..)?;
        // An escape begins with what may be a character of the secret itself.
        at += match rest {
            [b'\\', second, ..] if second == byte => 2,
            [b'%', high, low, ..] if is_code(*byte, *high, *low) => 3,
            [b'\\', b'u' | b'U', b'0', b'0', high, low, ..] if is_code(*byte, *high, *low) => 6,
            [first, ..] if first == byte => 1,
            _ => return None,
        };
    }
    Some(at)
}

fn is_code(byte: u8, high: u8, low: u8) -> bool {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let code = digit(high).zip(digit(low));
    code.is_some_and(|(high, low)| high * 16 + low == u32::from(byte))
}

/// A secret in hexadecimal, and in base64 wherever it stands within what is encoded.
fn encoded(raw: &[u8]) -> Vec<Vec<u8>> {
    let halves = raw.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let hexadecimal: String = halves
        .filter_map(|half| char::from_digit(half.into(), 16))
        .collect();
    let mut forms = vec![
        hexadecimal.to_uppercase().into_bytes(),
        hexadecimal.into_bytes(),
    ];
    for shift in 0..3 {
        let mut shifted = vec![0; shift];
        shifted.extend_from_slice(raw);
        // Of the characters at both ends, other bytes decide too.
        let whole = (shift * 8).div_ceil(6)..shifted.len() * 8 / 6;
        if whole.len() >= SHORTEST_BASE64 {
            let texts = [STANDARD.encode(&shifted), URL_SAFE.encode(&shifted)];
            forms.extend(texts.map(|text| text.as_bytes()[whole.clone()].to_vec()));
        }
    }
    forms
}
