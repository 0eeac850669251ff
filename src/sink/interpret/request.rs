//! Records to the request that carries them.

use serde_json::Value as Json;

use super::super::model::{
    Acknowledgement, Base, Credentials, Encoding, Endpoint, Form, Health, Method, Parameter, Piece,
    Scheme, Sink, Text,
};
use super::super::otlp_protobuf;
use super::encode::{Scope, quoted};
use super::settings::Settings;
use super::{Encoded, Interpreter, url};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Marks the place of the records; JSON has no such byte.
const PLACE: &str = "\0";

/// One request, its body before compression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Full URL, secrets included.
    pub url: String,
    /// The URL with `***` for each secret.
    pub shown_url: String,
    /// Headers in order.
    pub headers: Vec<Header>,
    /// Body; of protobuf, its bytes in hexadecimal.
    pub body: String,
    /// Whether the body is protobuf.
    pub is_protobuf: bool,
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Name as written.
    pub name: String,
    /// Value.
    pub value: String,
    /// The value with `***` for each secret.
    pub shown: String,
}

impl Header {
    fn plain(name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        Self {
            name: name.to_owned(),
            shown: value.clone(),
            value,
        }
    }

    fn secret(name: &str, value: String, shown: String) -> Self {
        Self {
            name: name.to_owned(),
            value,
            shown,
        }
    }
}

/// The request that carries `records` at the moment `now`; `None` where an SDK makes it.
#[must_use]
pub fn request(interpreter: &Interpreter<'_>, records: &[&Encoded], now: i64) -> Option<Request> {
    let sink = interpreter.sink();
    let shared = shared(sink, records);
    let body = body(interpreter, records, &shared, now);
    let endpoint = sink.endpoint().filter(|_| sink.is_http())?;
    let maker = Maker {
        sink,
        settings: interpreter.settings(),
        shared: &shared,
        now,
    };
    Some(maker.request(endpoint, body))
}

/// The health check; `None` where the provider has none.
#[must_use]
pub fn health(interpreter: &Interpreter<'_>, now: i64) -> Option<Request> {
    let sink = interpreter.sink();
    let health = sink.endpoint()?.health.as_ref()?;
    let maker = Maker {
        sink,
        settings: interpreter.settings(),
        shared: &[],
        now,
    };
    Some(maker.health(health))
}

/// The question about `id`, which is JSON; `None` where nothing is acknowledged.
#[must_use]
pub fn acknowledgement(interpreter: &Interpreter<'_>, id: &str, now: i64) -> Option<Request> {
    let sink = interpreter.sink();
    let endpoint = sink.endpoint()?;
    let acknowledgement = endpoint.acknowledgement.as_ref()?;
    let maker = Maker {
        sink,
        settings: interpreter.settings(),
        shared: &[],
        now,
    };
    Some(maker.question(endpoint, acknowledgement, id))
}

/// Where requests go that carry no events of one kind only, an SDK's too; `None` where there is no address.
#[must_use]
pub fn address(interpreter: &Interpreter<'_>, now: i64) -> Option<String> {
    let sink = interpreter.sink();
    let maker = Maker {
        sink,
        settings: interpreter.settings(),
        shared: &[],
        now,
    };
    Some(maker.url(sink.endpoint()?, None, false))
}

/// A text of the spec with its holes filled; `None` when one is absent.
#[must_use]
pub fn filled(interpreter: &Interpreter<'_>, text: &Text, now: i64) -> Option<String> {
    let maker = Maker {
        sink: interpreter.sink(),
        settings: interpreter.settings(),
        shared: &[],
        now,
    };
    maker.text(text, false, |text| text)
}

/// The body that carries `records`; for an SDK the records, one a line.
fn body(
    interpreter: &Interpreter<'_>,
    records: &[&Encoded],
    shared: &[Option<String>],
    now: i64,
) -> String {
    let (sink, settings) = (interpreter.sink(), interpreter.settings());
    match &sink.payload.form {
        Form::Envelope { envelope, position } => {
            let records: Vec<String> = records
                .iter()
                .enumerate()
                .map(|(index, record)| numbered(record, index, position.as_deref()))
                .collect();
            let records = records.join(",");
            let scope = Scope::of_request(sink, settings, shared, &records, now);
            let mut out = String::new();
            scope.json(envelope, &mut out);
            out
        }
        Form::OtlpProtobuf { envelope } => {
            let scope = Scope::of_request(sink, settings, shared, PLACE, now);
            let mut around = String::new();
            scope.json(envelope, &mut around);
            let records: Vec<Vec<u8>> = records
                .iter()
                .map(|record| protobuf_record(&record.bytes))
                .collect();
            let mut out = Vec::new();
            let records = records.iter().map(Vec::as_slice);
            otlp_protobuf::within(around.as_bytes(), records, &mut out)
                .expect("writing to memory never fails");
            crate::text::hex(&out)
        }
        Form::Single => records.iter().map(|record| &*record.bytes).collect(),
        Form::Lines { before, newline } => {
            let mut action = String::new();
            if let Some(before) = before {
                let scope = Scope::of_request(sink, settings, shared, "", now);
                scope.json(before, &mut action);
                action.push('\n');
            }
            let end = if *newline { "\n" } else { "" };
            let lines = records
                .iter()
                .map(|record| format!("{action}{}{end}", record.bytes));
            lines.collect()
        }
        Form::Streams(_) => streams(records),
        Form::Sdk => records
            .iter()
            .flat_map(|record| [&*record.bytes, "\n"])
            .collect(),
    }
}

/// One record of a protobuf body, its tag and length included.
pub fn protobuf_record(json: &str) -> Vec<u8> {
    let mut out = Vec::new();
    otlp_protobuf::record(&mut out, |text| text.extend_from_slice(json.as_bytes()));
    out
}

/// The JSON form of a protobuf body, with the mark of the records in their place.
pub fn marked(interpreter: &Interpreter<'_>, now: i64) -> Vec<u8> {
    let (sink, settings) = (interpreter.sink(), interpreter.settings());
    let mut out = String::new();
    if let Form::OtlpProtobuf { envelope } = &sink.payload.form {
        Scope::of_request(sink, settings, &[], PLACE, now).json(envelope, &mut out);
    }
    out.into_bytes()
}

/// What a body holds around its records, or the text before each of them, without its line break.
pub fn around(interpreter: &Interpreter<'_>, now: i64) -> String {
    let (sink, settings) = (interpreter.sink(), interpreter.settings());
    let value = match &sink.payload.form {
        Form::Envelope { envelope, .. } => Some(envelope),
        Form::Lines { before, .. } => before.as_ref(),
        _ => None,
    };
    let mut out = String::new();
    if let Some(value) = value {
        Scope::of_request(sink, settings, &[], "", now).json(value, &mut out);
    }
    out
}

/// What fills a hole of an address; where secrets are masked the mask stays readable.
fn encoded(value: &str, masked: bool) -> String {
    let encoded = url::value(value);
    if masked {
        encoded.replace("%2A%2A%2A", "***")
    } else {
        encoded
    }
}

/// A record whose first key is its position in the request.
fn numbered(record: &Encoded, index: usize, position: Option<&str>) -> String {
    let Some(key) = position else {
        return record.bytes.clone();
    };
    let rest = record.bytes.strip_prefix('{').unwrap_or(&record.bytes);
    let separator = if rest == "}" { "" } else { "," };
    format!("{{{}:\"{index}\"{separator}{rest}", quoted(key))
}

/// Groups in the order of their first record.
fn streams(records: &[&Encoded]) -> String {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for record in records {
        let labels = record.group.as_deref().unwrap_or("{}");
        match groups.iter_mut().find(|(known, _)| *known == labels) {
            Some((_, entries)) => entries.push(&record.bytes),
            None => groups.push((labels, vec![&record.bytes])),
        }
    }
    let groups: Vec<String> = groups
        .iter()
        .map(|(labels, entries)| {
            format!("{{\"stream\":{labels},\"values\":[{}]}}", entries.join(","))
        })
        .collect();
    format!("{{\"streams\":[{}]}}", groups.join(","))
}

/// The values that the events of a request share.
fn shared(sink: &Sink, records: &[&Encoded]) -> Vec<Option<String>> {
    if !sink.is_partitioned() {
        return Vec::new();
    }
    let group = records.first().and_then(|record| record.group.as_deref());
    let values = group.and_then(|group| serde_json::from_str(group).ok());
    values.unwrap_or_default()
}

struct Maker<'a> {
    sink: &'a Sink,
    settings: &'a Settings,
    shared: &'a [Option<String>],
    now: i64,
}

impl Maker<'_> {
    fn request(&self, endpoint: &Endpoint, body: String) -> Request {
        let mut headers = self.headers(endpoint);
        let credentials = self.settings.credentials(self.sink);
        headers.extend(credentials.and_then(|credentials| self.authorization(credentials)));
        let content_type = self.sink.payload.content_type.as_deref();
        headers.extend(content_type.map(|kind| Header::plain("Content-Type", kind)));
        if let Some(encoding) = self
            .sink
            .compression
            .first()
            .filter(|first| **first != Encoding::None)
        {
            headers.push(Header::plain("Content-Encoding", encoding.word()));
        }
        Request {
            method: endpoint.method,
            url: self.url(endpoint, credentials, false),
            shown_url: self.url(endpoint, credentials, true),
            headers,
            body,
            is_protobuf: matches!(self.sink.payload.form, Form::OtlpProtobuf { .. }),
        }
    }

    fn health(&self, health: &Health) -> Request {
        let whole = self
            .sink
            .endpoint()
            .and_then(|endpoint| self.whole(endpoint));
        let url = |masked| {
            whole.clone().unwrap_or_else(|| {
                let base = self.base(&health.base, masked);
                format!("{base}{}", self.path(&health.path, masked))
            })
        };
        let mut headers = Vec::new();
        if health.authenticated {
            if let Some(endpoint) = self.sink.endpoint() {
                headers.extend(self.headers(endpoint));
            }
            let credentials = self.settings.credentials(self.sink);
            headers.extend(credentials.and_then(|credentials| self.authorization(credentials)));
        }
        Request {
            method: health.method,
            url: url(false),
            shown_url: url(true),
            headers,
            body: health.body.clone().unwrap_or_default(),
            is_protobuf: false,
        }
    }

    fn question(&self, endpoint: &Endpoint, given: &Acknowledgement, id: &str) -> Request {
        let credentials = self.settings.credentials(self.sink);
        let mut headers = self.headers(endpoint);
        headers.extend(credentials.and_then(|credentials| self.authorization(credentials)));
        headers.push(Header::plain("Content-Type", "application/json"));
        let query: Vec<Parameter> = given
            .query
            .iter()
            .map(|(name, value)| Parameter::Named {
                name: name.clone(),
                value: value.clone(),
            })
            .collect();
        let url = |masked| {
            let base = self.base(&endpoint.base, masked) + &self.path(&given.path, masked);
            self.with_query(base, &query, credentials, masked)
        };
        let [before, after] = &given.body;
        Request {
            method: Method::Post,
            url: url(false),
            shown_url: url(true),
            headers,
            body: format!("{before}{id}{after}"),
            is_protobuf: false,
        }
    }

    fn headers(&self, endpoint: &Endpoint) -> Vec<Header> {
        let mut headers = Vec::new();
        for parameter in &endpoint.headers {
            for (name, value, shown) in self.parameter(parameter) {
                headers.push(Header::secret(&name, value, shown));
            }
        }
        headers
    }

    /// Names and values, those with `***` for secrets beside them.
    fn parameter(&self, parameter: &Parameter) -> Vec<(String, String, String)> {
        match parameter {
            Parameter::Named { name, value } => {
                let plain = self.text(value, false, |text| text);
                let shown = self.text(value, true, |text| text);
                plain
                    .zip(shown)
                    .map(|(value, shown)| (name.clone(), value, shown))
                    .into_iter()
                    .collect()
            }
            Parameter::Each(id) => {
                let is_secret = self.sink.setting(*id).is_secret();
                let pairs = self.settings.present(*id).and_then(Json::as_object);
                let pairs = pairs.into_iter().flatten().map(|(name, value)| {
                    let value = super::encode::hole_text(value);
                    let shown = if is_secret { "***" } else { &value };
                    (name.clone(), value.clone(), shown.to_owned())
                });
                pairs.collect()
            }
        }
    }

    fn authorization(&self, credentials: &Credentials) -> Option<Header> {
        let header = |value: String, shown: &str| {
            Some(Header::secret("Authorization", value, shown.to_owned()))
        };
        match &credentials.scheme {
            Scheme::Header { name, value } => {
                let name = self.text(name, false, |text| text)?;
                let plain = self.text(value, false, |text| text)?;
                let shown = self.text(value, true, |text| text)?;
                Some(Header::secret(&name, plain, shown))
            }
            Scheme::Basic { username, password } => {
                let user = self.settings.text(*username)?;
                let password = password
                    .and_then(|id| self.settings.text(id))
                    .unwrap_or_default();
                let pair = BASE64.encode(format!("{user}:{password}"));
                header(format!("Basic {pair}"), "Basic ***")
            }
            Scheme::OAuth2(_) | Scheme::Google { .. } | Scheme::Azure(_) => {
                header("Bearer ***".to_owned(), "Bearer ***")
            }
            Scheme::Sas { .. } => header(
                "SharedAccessSignature ***".to_owned(),
                "SharedAccessSignature ***",
            ),
            Scheme::SigV4 { .. } => {
                header("AWS4-HMAC-SHA256 ***".to_owned(), "AWS4-HMAC-SHA256 ***")
            }
            Scheme::None | Scheme::Query { .. } | Scheme::AwsDefaultChain { .. } => None,
        }
    }

    fn url(&self, endpoint: &Endpoint, credentials: Option<&Credentials>, masked: bool) -> String {
        if let Some(whole) = self.whole(endpoint) {
            return whole;
        }
        let url = self.base(&endpoint.base, masked) + &self.path(&endpoint.path, masked);
        self.with_query(url, &endpoint.query, credentials, masked)
    }

    /// The whole address of a setting, where that counts.
    fn whole(&self, endpoint: &Endpoint) -> Option<String> {
        let is_replaced = |id| self.settings.present(id).is_some();
        if endpoint.base.replaced_by.is_some_and(is_replaced) {
            return None;
        }
        self.settings.text(endpoint.whole?)
    }

    fn with_query(
        &self,
        mut url: String,
        parameters: &[Parameter],
        credentials: Option<&Credentials>,
        masked: bool,
    ) -> String {
        let mut query: Vec<String> = Vec::new();
        for parameter in parameters {
            for (name, value, shown) in self.parameter(parameter) {
                let value = if masked { shown } else { value };
                query.push(format!("{}={}", url::value(&name), encoded(&value, masked)));
            }
        }
        if let Some(Scheme::Query { name, secret }) = credentials.map(|found| &found.scheme)
            && let Some(secret) = self.settings.text(*secret)
        {
            let value = if masked {
                "***".to_owned()
            } else {
                url::value(&secret)
            };
            query.push(format!("{}={value}", url::value(name)));
        }
        if !query.is_empty() {
            url.push('?');
            url.push_str(&query.join("&"));
        }
        url
    }

    fn base(&self, base: &Base, masked: bool) -> String {
        let replaced = base.replaced_by.and_then(|id| {
            let text = self.settings.text(id)?;
            let is_hidden = masked && self.sink.setting(id).is_secret();
            Some(if is_hidden { "***".to_owned() } else { text })
        });
        let built = || self.text(&base.text, masked, |text| text);
        let text = replaced.or_else(built).unwrap_or_default();
        let text = text.trim_end_matches('/');
        let path = self.sink.path_beside(base).unwrap_or_default();
        let text = text.strip_suffix(&path).unwrap_or(text);
        text.trim_end_matches('/').to_owned()
    }

    fn path(&self, path: &Text, masked: bool) -> String {
        let literal = |text: &str| url::path(text);
        let pieces = path.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => literal(text),
            hole => encoded(&self.piece(hole, masked).unwrap_or_default(), masked),
        });
        pieces.collect()
    }

    /// A text with its holes filled; `None` when one is absent.
    fn text(&self, text: &Text, masked: bool, fill: impl Fn(String) -> String) -> Option<String> {
        let pieces = text.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => Some(text.clone()),
            hole => self.piece(hole, masked).map(&fill),
        });
        pieces.collect()
    }

    fn piece(&self, piece: &Piece, masked: bool) -> Option<String> {
        let scope = Scope::of_request(self.sink, self.settings, self.shared, "", self.now);
        let text = scope.piece(piece)?.into_owned();
        let is_secret = matches!(piece, Piece::Setting(id) if self.sink.setting(*id).is_secret());
        Some(if masked && is_secret {
            "***".to_owned()
        } else {
            text
        })
    }
}
