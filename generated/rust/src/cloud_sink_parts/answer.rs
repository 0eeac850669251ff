//! Reads what an answer says in its status, headers and body, and makes outcomes of it.
//!
//! An answer that is a web page comes from something between the sink and the provider: whatever its
//! status, it is no verdict about events. Outcomes that would end or store events pause instead.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use super::super::cloud_sink_base::{MAX_RETRY_AFTER, Outcome, Timestamp};
use super::codes::Codes;
use super::delay::{delay, milliseconds, reset, until};
use super::http::HttpResponse;

/// Characters of an answer that are quoted in a reason.
const EXCERPT_CHARS: usize = 200;

/// Where a provider's answers say what, as JSON pointers into the body and names of headers.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// The error text; without one the start of the body is quoted.
    pub error_text: Option<&'static str>,
    /// The provider's own code.
    pub code: CodePlace,
    /// The delay asked for.
    pub retry_after: RetryAfter,
    /// Where answers may be something else: their JSON text, if they are.
    pub as_json: Option<AsJson>,
}

/// The JSON text of an answer, of its status, its content type and its body.
pub type AsJson = fn(u16, Option<&str>, &[u8]) -> Option<Vec<u8>>;

impl Places {
    /// What HTTP says of all answers.
    pub const USUAL: Self = Self {
        error_text: None,
        code: CodePlace::Nowhere,
        retry_after: RetryAfter::Seconds("retry-after"),
        as_json: None,
    };
}

/// Where a provider's own code stands.
#[derive(Debug, Clone, Copy)]
pub enum CodePlace {
    /// There is none.
    Nowhere,
    /// At a JSON pointer in the body.
    Body(&'static str),
    /// In a header.
    Header(&'static str),
}

/// The header that asks for a delay, and its unit.
#[derive(Debug, Clone, Copy)]
pub enum RetryAfter {
    /// Seconds, or an HTTP date.
    Seconds(&'static str),
    /// Milliseconds.
    Milliseconds(&'static str),
    /// The moment, in seconds since 1970.
    EpochSeconds(&'static str),
    /// Parameters, `limit=…, reset=SECONDS` among them.
    Reset(&'static str),
}

/// What a rule asks for besides the status.
#[derive(Debug, Clone, Copy)]
pub struct Says {
    /// The provider's own code is one of these; empty: any.
    pub code: Codes,
    /// One of these stands in the body; empty: any.
    pub text: &'static [&'static str],
}

impl Says {
    /// Asks for nothing.
    pub const ANYTHING: Self = Self {
        code: Codes::NONE,
        text: &[],
    };
}

/// An answer to a request, as the provider's rules read it.
#[derive(Debug)]
pub struct Answer<'a> {
    response: &'a HttpResponse,
    text: Cow<'a, [u8]>,
    body: Option<Value>,
    places: Places,
    events: usize,
}

impl<'a> Answer<'a> {
    /// An answer to a request that carried `events` events.
    #[must_use]
    pub fn new(response: &'a HttpResponse, places: Places, events: usize) -> Self {
        let kind = response.headers.get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok());
        let made = places
            .as_json
            .and_then(|read| read(response.status, kind, &response.body));
        let text = made.map_or(Cow::Borrowed(&*response.body), Cow::Owned);
        Self {
            response,
            body: serde_json::from_slice(&text).ok(),
            text,
            places,
            events,
        }
    }

    /// Its status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.response.status
    }

    /// How many events the request carried.
    #[must_use]
    pub const fn events(&self) -> usize {
        self.events
    }

    /// Its body, where that is JSON.
    #[must_use]
    pub const fn json(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// Whether it says what a rule asks for.
    #[must_use]
    pub fn says(&self, what: &Says) -> bool {
        let body = || String::from_utf8_lossy(&self.text);
        (what.code.is_empty() || self.has_code(&what.code))
            && (what.text.is_empty() || what.text.iter().any(|text| body().contains(text)))
    }

    fn has_code(&self, codes: &Codes) -> bool {
        match self.places.code {
            CodePlace::Nowhere => false,
            CodePlace::Body(pointer) => codes.holds(self.at(pointer)),
            CodePlace::Header(name) => {
                let code = self.header(name).map(|text| Value::from(text.trim()));
                codes.holds(code.as_ref())
            }
        }
    }

    fn at(&self, pointer: &str) -> Option<&Value> {
        self.body.as_ref()?.pointer(pointer)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.response.headers.get(name)?.to_str().ok()
    }

    /// Whether it is a web page.
    #[must_use]
    pub fn is_page(&self) -> bool {
        let starts = |text: &[u8], start: &str| {
            text.get(..start.len())
                .is_some_and(|text| text.eq_ignore_ascii_case(start.as_bytes()))
        };
        let kind = self.header("content-type").unwrap_or_default();
        let body = self.response.body.trim_ascii_start();
        starts(kind.trim_start().as_bytes(), "text/html")
            || starts(body, "<!doctype")
            || starts(body, "<html")
    }

    /// Status and the error text, for a log line: `HTTP 400 Bad Request: TEXT`.
    #[must_use]
    pub fn reason(&self) -> String {
        let text = match self.places.error_text.and_then(|place| self.at(place)) {
            Some(Value::String(text)) => excerpt(text.as_bytes()),
            Some(Value::Number(number)) => number.to_string(),
            _ => excerpt(&self.text),
        };
        with_status(self.status(), &text)
    }

    /// The delay asked for, cut to what is reasonable. `None` when the answer asks for none.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let (name, read): (_, fn(&str, SystemTime) -> Option<Duration>) =
            match self.places.retry_after {
                RetryAfter::Seconds(name) => (name, delay),
                RetryAfter::Milliseconds(name) => (name, |text, _| milliseconds(text)),
                RetryAfter::EpochSeconds(name) => (name, until),
                RetryAfter::Reset(name) => (name, |text, _| reset(text)),
            };
        let since_1970 = u64::try_from(Timestamp::now().as_unix_nanos()).unwrap_or(0);
        let now = SystemTime::UNIX_EPOCH + Duration::from_nanos(since_1970);
        let asked = read(self.header(name)?, now)?;
        Some(asked.min(MAX_RETRY_AFTER))
    }
}

/// What an answer means for the events of its request.
impl Answer<'_> {
    /// Every event is stored.
    #[must_use]
    pub fn delivered(&self) -> Outcome {
        self.unless_page(|| Outcome::Delivered)
    }

    /// Some event is bad, and the answer does not say which.
    #[must_use]
    pub fn bisect(&self) -> Outcome {
        self.unless_page(|| Outcome::Bisect {
            reason: self.reason(),
        })
    }

    /// Will never work.
    #[must_use]
    pub fn rejected(&self) -> Outcome {
        self.unless_page(|| Outcome::Rejected {
            reason: self.reason(),
        })
    }

    /// Some are stored and some are lost, and the answer does not say which.
    #[must_use]
    pub fn uncertain(&self) -> Outcome {
        self.unless_page(|| Outcome::Uncertain {
            failed: None,
            reason: self.reason(),
        })
    }

    /// Too large: both halves may fit.
    #[must_use]
    pub fn split(&self) -> Outcome {
        Outcome::Split {
            reason: self.reason(),
        }
    }

    /// The events are fine, the account is not.
    #[must_use]
    pub fn paused(&self) -> Outcome {
        Outcome::Paused {
            reason: self.reason(),
        }
    }

    /// Told to slow down.
    #[must_use]
    pub fn throttled(&self) -> Outcome {
        Outcome::Throttled {
            retry_after: self.retry_after(),
            reason: self.reason(),
        }
    }

    /// May work later.
    #[must_use]
    pub fn transient(&self) -> Outcome {
        Outcome::Transient {
            retry_after: self.retry_after(),
            reason: self.reason(),
        }
    }

    /// What `outcome` makes of an answer that is the provider's; a page pauses.
    pub fn unless_page(&self, outcome: impl FnOnce() -> Outcome) -> Outcome {
        if self.is_page() {
            self.paused()
        } else {
            outcome()
        }
    }
}

/// The delay that a header of any answer asks for, seconds or an HTTP date, cut to what is
/// reasonable.
#[must_use]
pub fn retry_after(response: &HttpResponse, header: &str) -> Option<Duration> {
    let text = response.headers.get(header)?.to_str().ok()?;
    Some(delay(text, SystemTime::now())?.min(MAX_RETRY_AFTER))
}

/// The start of an answer's text on one line, without control characters.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    let start = &text[..text.len().min(EXCERPT_CHARS * 4)];
    let printable: String = String::from_utf8_lossy(start)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(EXCERPT_CHARS)
        .collect();
    printable.trim().to_owned()
}

fn with_status(status: u16, text: &str) -> String {
    let name = StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .unwrap_or_default();
    let separator = if name.is_empty() { "" } else { " " };
    if text.is_empty() {
        return format!("HTTP {status}{separator}{name}");
    }
    format!("HTTP {status}{separator}{name}: {text}")
}
