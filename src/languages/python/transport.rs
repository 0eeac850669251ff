//! The HTTP transport of one provider: addresses, headers, credentials, health check, answers.

use std::fmt::Write as _;

use minijinja::{Value, context};

use super::config::compression_type;
use super::layout::{Expr, statement};
use super::module::Module;
use super::names::upper;
use super::settings::field;
use super::text::{bytes_literal, docstring, f_string_text, literal};
use super::values::{conditions, f_string, may_be_absent};
use super::{answers, credentials};
use crate::sink::{
    Acknowledgement, Base, BatchBasis, Credentials, Encoding, Endpoint, Form, Health, Method,
    Parameter, Piece, Scheme, SettingId, Sink, Text, TimeEncoding,
};
use crate::text::{number, plain};

/// Bytes of a literal path that stand as they are, letters and digits aside.
const PATH: &str = "-._~/:@!$&'()*+,;=";
/// Bytes of anything else that stand as they are.
const UNRESERVED: &str = "-._~";

/// What the transport template needs.
#[must_use]
pub fn context(sink: &Sink, endpoint: &Endpoint) -> (Value, Module) {
    let prefix = sink.type_prefix.as_str();
    let mut module = Module::default();
    module.from(
        &format!("._{}_config", sink.id),
        &format!("{prefix}SinkConfig"),
    );
    module.base("Encoder");
    module.base("Outcome");
    for name in ["HttpRequest", "HttpResponse", "never_from_a_page"] {
        module.part("_http", name);
    }
    let is_protobuf = matches!(sink.payload.form, Form::OtlpProtobuf { .. });
    if is_protobuf {
        module.part("_otlp_answer", "reads_protobuf");
    }
    let mut printer = Printer { sink, module };
    let ingest = printer.ingest_url(endpoint);
    let health = endpoint
        .health
        .as_ref()
        .map(|health| printer.health_url(endpoint, health));
    let question = endpoint
        .acknowledgement
        .as_ref()
        .map(|given| printer.acknowledgement(endpoint, given));
    let headers = printer.headers(endpoint);
    let (mut constants, classify) = answers::classify(&sink.answers, &mut printer.module);
    let codec = printer.codec(&mut constants);
    let issued = credentials::function(sink, &mut printer.module);
    let base = if issued.is_some() {
        "AuthorizedTransport"
    } else {
        "HttpTransport"
    };
    if issued.is_none() {
        printer.module.part("_http", base);
    }
    let is_open = endpoint
        .health
        .as_ref()
        .is_some_and(|health| !health.authenticated);
    let shared = printer.shared(endpoint);
    let arguments = printer.arguments(endpoint, &codec, &shared);
    let mut module = printer.module;
    if shared.is_per_request {
        module.from("collections.abc", "Mapping");
        module.base("Records");
    }
    if shared.count > 0 {
        module.from("collections.abc", "Sequence");
        module.part("_body", "shared_values");
    }
    let functions = [
        Some(ingest),
        health,
        question,
        Some(headers),
        issued.clone(),
    ];
    let functions: Vec<String> = functions.into_iter().flatten().map(named).collect();
    let context = context! {
        title => docstring(0, &[format!("One attempt at {}, and what its answers mean.", plain(&sink.title))]),
        prefix,
        uses => module.lines(),
        constants,
        arguments,
        base,
        credential_settings => names("credential_settings", &sink.credential_names()),
        place_settings => names("place_settings", &sink.place_names()),
        is_issued => issued.is_some(),
        checks_openly => is_open && issued.is_some(),
        per_request => shared.is_per_request,
        count => shared.count,
        url => format!("_ingest_url(self._config{})", Shared::of(shared.url)),
        headers => format!("_headers(self._config{})", Shared::of(shared.headers)),
        content_type => sink.payload.content_type.as_deref().map(literal),
        functions,
        classify,
        protobuf => is_protobuf,
    };
    (context, module)
}

/// An attribute with names of settings; none where there are none.
fn names(attribute: &str, names: &[&str]) -> Option<String> {
    let names = names.iter().map(|name| Expr::text(literal(name)));
    let head = format!("{attribute} = ");
    (names.len() > 0).then(|| statement(4, &head, &Expr::tuple(names), ""))
}

/// What of a request depends on its events or its moment.
struct Shared {
    count: usize,
    url: bool,
    headers: bool,
    is_per_request: bool,
}

impl Shared {
    fn of(takes: bool) -> &'static str {
        if takes { ", shared" } else { "" }
    }
}

struct Printer<'a> {
    sink: &'a Sink,
    module: Module,
}

impl Printer<'_> {
    fn shared(&self, endpoint: &Endpoint) -> Shared {
        let uses = |found: &dyn Fn(&Piece) -> bool, texts: &[&Text]| {
            texts.iter().any(|text| text.pieces.iter().any(found))
        };
        let is_shared = |piece: &Piece| matches!(piece, Piece::Shared(_));
        let is_now = |piece: &Piece| matches!(piece, Piece::Now(_));
        let of = |parameters: &'_ [Parameter]| -> Vec<Text> {
            let texts = parameters.iter().filter_map(|parameter| match parameter {
                Parameter::Named { value, .. } => Some(value.clone()),
                Parameter::Each(_) => None,
            });
            texts.collect()
        };
        let (query, headers) = (of(&endpoint.query), of(&endpoint.headers));
        let url: Vec<&Text> = [&endpoint.path].into_iter().chain(&query).collect();
        let headers: Vec<&Text> = headers.iter().collect();
        let in_url = uses(&is_shared, &url);
        let in_headers = uses(&is_shared, &headers);
        Shared {
            count: if in_url || in_headers {
                self.sink.payload.partition.len()
            } else {
                0
            },
            url: in_url,
            headers: in_headers,
            is_per_request: in_url || in_headers || uses(&is_now, &url) || uses(&is_now, &headers),
        }
    }

    /// The arguments of the transport that everything is made of.
    fn arguments(&mut self, endpoint: &Endpoint, codec: &str, shared: &Shared) -> String {
        let url = format!("_ingest_url(config{})", Shared::of(shared.url));
        let kind = self.sink.payload.content_type.as_deref();
        let headers = match kind {
            Some(kind) => format!("headers | {{\"content-type\": {}}}", literal(kind)),
            None => "headers".to_owned(),
        };
        let request = [literal(method(endpoint.method)), url, headers];
        let mut arguments = vec![
            Expr::text("config"),
            Expr::text("encoder"),
            Expr::text(codec),
            Expr::call("HttpRequest", request.map(Expr::Text)),
            Expr::text("classify"),
        ];
        if let Some(health) = &endpoint.health {
            let headers = if health.authenticated {
                "headers"
            } else {
                "{}"
            };
            let url = "_health_url(config)".to_owned();
            let body = health.body.as_deref().map(bytes_literal);
            let request = [literal(method(health.method)), url, headers.to_owned()];
            let request = request.into_iter().chain(body).map(Expr::Text);
            arguments.push(Expr::call("HttpRequest", request));
            arguments.push(Expr::text(answers::container(&health.healthy)));
        }
        if self.sink.limits.batch_basis == BatchBasis::Wire {
            let most = number(self.sink.limits.max_batch_bytes.value);
            arguments.push(Expr::keyword("max_wire_bytes", Expr::text(most)));
        }
        if let Some(given) = &endpoint.acknowledgement {
            let made = Expr::text("_acknowledgement(config)");
            let made = match given.when {
                Some(when) => format!(
                    "{} if config.{} else None",
                    made.flat(),
                    field(self.sink, when).attribute
                ),
                None => made.flat(),
            };
            arguments.push(Expr::keyword("confirmation", Expr::text(made)));
        }
        let lines: Vec<String> = arguments
            .iter()
            .map(|argument| statement(12, "", argument, ","))
            .collect();
        lines.join("\n")
    }

    /// What bodies are compressed by.
    fn codec(&mut self, constants: &mut Vec<String>) -> String {
        let mut name = |encoding| match encoding {
            Encoding::None => self.module.part("_codecs", "NONE"),
            Encoding::Gzip => self.module.part("_codecs", "GZIP"),
            Encoding::Zstd => self.module.part("_zstd", "ZSTD"),
        };
        let Some(kind) = compression_type(self.sink) else {
            let only = self
                .sink
                .compression
                .first()
                .copied()
                .unwrap_or(Encoding::None);
            return name(only).to_owned();
        };
        let items: Vec<(String, Expr)> = self
            .sink
            .compression
            .iter()
            .map(|encoding| {
                let member = format!("{kind}.{}", upper(encoding.word()));
                (member, Expr::text(name(*encoding)))
            })
            .collect();
        self.module
            .from(&format!("._{}_config", self.sink.id), &kind);
        constants.insert(0, statement(0, "_CODECS = ", &Expr::dict(items), ""));
        "_CODECS[config.compression]".to_owned()
    }

    fn function(&self, name: &str, is_shared: bool, result: &str, docs: &str) -> String {
        let shared = if is_shared {
            ", shared: Sequence[str | None]"
        } else {
            ""
        };
        let prefix = &self.sink.type_prefix;
        format!(
            "def {name}(config: {prefix}SinkConfig{shared}) -> {result}:\n{}\n",
            docstring(4, &[docs.to_owned()])
        )
    }

    /// The statement that finds scheme and host.
    fn base(&mut self, base: &Base) -> String {
        let built = match base.text.pieces.as_slice() {
            [Piece::Setting(id)] => field(self.sink, *id).text(&mut self.module),
            _ => f_string(self.sink, &base.text, &mut self.module),
        };
        let value = match base.replaced_by {
            None => Expr::text(built),
            Some(id) => {
                let replaced = field(self.sink, id);
                let text = replaced.text_set(&mut self.module);
                let is_it = base.text.pieces == [Piece::Setting(id)];
                if !replaced.may_be_none() {
                    Expr::text(text)
                } else if replaced.setting.is_required() || is_it {
                    Expr::text(replaced.text(&mut self.module))
                } else {
                    Expr::Or(vec![Expr::text(text), Expr::text(built)])
                }
            }
        };
        let value = match self.sink.path_beside(base) {
            Some(path) => {
                let function = self.module.part("_http", "without_path");
                Expr::call(function, [value, Expr::text(literal(&path))])
            }
            None => value,
        };
        statement(4, "base = ", &value, "")
    }

    fn ingest_url(&mut self, endpoint: &Endpoint) -> String {
        let shared = self.shared(endpoint);
        let mut out = self.function("_ingest_url", shared.url, "str", "Return where batches go.");
        out += &self.whole(endpoint);
        out += &self.base(&endpoint.base);
        let path = self.path(&endpoint.path);
        let query = self.query(&endpoint.query);
        let certain: Vec<&str> = query
            .iter()
            .take_while(|parameter| parameter.condition.is_none() && !parameter.is_many)
            .map(|parameter| parameter.text.as_str())
            .collect();
        let count = certain.len();
        if query.is_empty() {
            return out + "\n" + &returned(&format!("f\"{{base}}{path}\""));
        }
        if query.iter().all(|parameter| parameter.is_literal) {
            return out + "\n" + &returned(&format!("f\"{{base}}{path}?{}\"", certain.join("&")));
        }
        let items = query[..count]
            .iter()
            .map(|parameter| Expr::text(parameter.quoted()));
        let head = if count == 0 {
            "query: list[str] = "
        } else {
            "query = "
        };
        out += &format!("\n{}\n", statement(4, head, &Expr::list(items), ""));
        for parameter in &query[count..] {
            out += &parameter.append();
        }
        out + &if count == 0 {
            format!(
                "    url = f\"{{base}}{path}\"\n    return f\"{{url}}?{{'&'.join(query)}}\" if query else url"
            )
        } else {
            returned(&format!("f\"{{base}}{path}?{{'&'.join(query)}}\""))
        }
    }

    /// The statement that returns the whole address of a setting, where that counts.
    fn whole(&self, endpoint: &Endpoint) -> String {
        let (Some(whole), Some(base)) = (endpoint.whole, endpoint.base.replaced_by) else {
            return String::new();
        };
        let [whole, base] = [whole, base].map(|id| field(self.sink, id).value());
        format!("    if {whole} and not {base}:\n        return {whole}\n")
    }

    /// The function that makes the question whether a batch is stored.
    fn acknowledgement(&mut self, endpoint: &Endpoint, given: &Acknowledgement) -> String {
        let result = self.module.part("_acknowledgement", "Acknowledgement");
        let docs = "Return the question whether a batch is stored.";
        let mut out = self.function("_acknowledgement", false, result, docs);
        out += &self.base(&endpoint.base);
        let path = self.path(&given.path);
        let query = given.query.iter().map(|(name, value)| Parameter::Named {
            name: name.clone(),
            value: value.clone(),
        });
        let query = self.query(&query.collect::<Vec<_>>());
        let (statements, url) = with_query(&path, &query);
        out += &statements;
        let body = bytes_literal(&given.body.join("{id}"));
        let request = [literal("POST"), url, "{}".to_owned(), body];
        let of = |id| Expr::text(format!("config.{}", field(self.sink, id).attribute));
        let arguments = [
            Expr::call("HttpRequest", request.map(Expr::Text)),
            Expr::text(literal(&given.id)),
            Expr::text(literal(&given.acknowledged.join("{id}"))),
            Expr::keyword("every", of(given.every)),
            Expr::keyword("within", of(given.within)),
        ];
        out + "\n" + &statement(4, "return ", &Expr::call(result, arguments), "")
    }

    fn health_url(&mut self, endpoint: &Endpoint, health: &Health) -> String {
        let docs = "Return where the health check goes.";
        let mut out = self.function("_health_url", false, "str", docs);
        out += &self.whole(endpoint);
        out += &self.base(&health.base);
        let path = self.path(&health.path);
        out + "\n" + &returned(&format!("f\"{{base}}{path}\""))
    }

    /// The inside of an f-string for a path.
    fn path(&mut self, path: &Text) -> String {
        let pieces = path.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => f_string_text(&encoded(text, PATH)),
            hole => self.encoded_hole(hole, false),
        });
        pieces.collect()
    }

    /// The inside of an f-string for a hole, percent-encoded; where it is `set` for certain.
    fn encoded_hole(&mut self, hole: &Piece, is_set: bool) -> String {
        let hole = match hole {
            Piece::Setting(id) if is_set => field(self.sink, *id).text_set(&mut self.module),
            Piece::Shared(index) if is_set => format!("shared[{index}]"),
            hole => self.hole(hole),
        };
        self.module.from("urllib.parse", "quote");
        format!("{{quote({hole}, safe='')}}")
    }

    /// The expression of a hole, a text; for the inside of an f-string.
    fn hole(&mut self, hole: &Piece) -> String {
        match hole {
            Piece::Setting(id) => {
                let text = field(self.sink, *id).text(&mut self.module);
                text.replace("\"\"", "''")
            }
            Piece::Now(encoding) => self.now(*encoding),
            Piece::Shared(index) => format!("shared[{index}] or ''"),
            Piece::Literal(_) | Piece::Event(_) => "''".to_owned(),
        }
    }

    fn now(&mut self, encoding: TimeEncoding) -> String {
        self.module.standard("time");
        let now = "time.time_ns()";
        let function = match encoding {
            TimeEncoding::UnixS => return format!("str({now} // 1_000_000_000)"),
            TimeEncoding::UnixUs => return format!("str({now} // 1_000)"),
            TimeEncoding::UnixNs | TimeEncoding::UnixNsText => return format!("str({now})"),
            TimeEncoding::UnixMs => {
                return format!("str({}({now}))", self.module.base("unix_millis"));
            }
            TimeEncoding::UnixSeconds => {
                let seconds = self.module.base("unix_seconds");
                return format!(
                    "{}({seconds}({now}))",
                    self.module.part("_text", "json_text")
                );
            }
            TimeEncoding::UnixMsFloat => {
                let millis = self.module.part("_text", "unix_micros_as_millis");
                return format!(
                    "{}({millis}({now}))",
                    self.module.part("_text", "json_text")
                );
            }
            TimeEncoding::Rfc3339Ms => self.module.base("rfc3339_millis"),
            TimeEncoding::Rfc3339Ns => self.module.base("rfc3339_nanos"),
            TimeEncoding::Rfc3339Us => self.module.part("_text", "rfc3339_micros"),
            TimeEncoding::SpacedMs => self.module.part("_text", "spaced_millis"),
            TimeEncoding::SpacedNs => self.module.part("_text", "spaced_nanos"),
        };
        format!("{function}({now})")
    }

    /// The conditions under which every hole of a text is filled.
    fn condition(&self, text: &Text) -> Option<String> {
        let mut tests = conditions(self.sink, text);
        for piece in &text.pieces {
            if let Piece::Shared(index) = piece {
                tests.push(format!("shared[{index}] is not None"));
            }
        }
        (!tests.is_empty()).then(|| tests.join(" and "))
    }

    fn query(&mut self, parameters: &[Parameter]) -> Vec<Query> {
        let mut query = Vec::new();
        for parameter in parameters {
            match parameter {
                Parameter::Named { name, value } => {
                    let condition = self.condition(value);
                    let pieces = value.pieces.iter().map(|piece| match piece {
                        Piece::Literal(text) => encoded(text, UNRESERVED),
                        hole @ Piece::Setting(id) => {
                            let is_set = field(self.sink, *id).may_be_none()
                                && may_be_absent(self.sink, *id);
                            self.encoded_hole(hole, is_set)
                        }
                        hole => self.encoded_hole(hole, true),
                    });
                    let value: String = pieces.collect();
                    query.push(Query::new(name, &value, condition));
                }
                Parameter::Each(id) => {
                    self.module.from("urllib.parse", "quote");
                    let pairs = field(self.sink, *id).value();
                    query.push(Query {
                        text: pairs,
                        condition: None,
                        is_many: true,
                        is_literal: false,
                    });
                }
            }
        }
        let mut earlier: Vec<String> = Vec::new();
        for credentials in &self.sink.credentials {
            let test = self.usable(credentials);
            if let Scheme::Query { name, secret } = &credentials.scheme {
                let value = self.encoded_hole(&Piece::Setting(*secret), false);
                let mut tests: Vec<String> =
                    earlier.iter().map(|test| format!("not ({test})")).collect();
                tests.extend(test.clone());
                let condition = (!tests.is_empty()).then(|| tests.join(" and "));
                query.push(Query::new(name, &value, condition));
            }
            match test {
                Some(test) => earlier.push(test),
                None => break,
            }
        }
        query
    }

    /// The condition under which credentials can be used.
    fn usable(&self, credentials: &Credentials) -> Option<String> {
        let tests = credentials
            .when
            .iter()
            .map(|id| field(self.sink, *id).is_set());
        let tests: Vec<String> = tests.collect();
        (!tests.is_empty()).then(|| tests.join(" and "))
    }

    fn headers(&mut self, endpoint: &Endpoint) -> String {
        let shared = self.shared(endpoint);
        let mut certain = Vec::new();
        let mut body = String::new();
        for parameter in &endpoint.headers {
            match parameter {
                Parameter::Named { name, value } => {
                    let name = literal(&name.to_ascii_lowercase());
                    let text = Expr::text(self.header_text(value));
                    match self.condition(value) {
                        None if body.is_empty() => certain.push((name, text)),
                        condition => body += &assigned(&name, &text, condition.as_deref()),
                    }
                }
                Parameter::Each(id) => {
                    let pairs = field(self.sink, *id).value();
                    let text = if self.sink.setting(*id).is_secret() {
                        format!("{}(text)", self.module.base("expose"))
                    } else {
                        "text".to_owned()
                    };
                    let line = format!(
                        "headers.update({{name.lower(): {text} for name, text in {pairs}.items()}})"
                    );
                    body += &format!("{}\n", statement(4, "", &Expr::text(line), ""));
                }
            }
        }
        let credentials = self.credentials();
        match credentials
            .strip_prefix("    headers[")
            .and_then(|it| it.split_once("] = "))
        {
            Some((name, value)) if body.is_empty() && !value.trim_end().contains('\n') => {
                certain.push((name.to_owned(), Expr::text(value.trim_end())));
            }
            _ => body += &credentials,
        }
        let docs = "Return the headers of every request, credentials included.";
        let out = self.function("_headers", shared.headers, "dict[str, str]", docs);
        if body.is_empty() {
            return out + &statement(4, "return ", &Expr::dict(certain), "");
        }
        let start = statement(4, "headers: dict[str, str] = ", &Expr::dict(certain), "");
        format!("{out}{start}\n{body}    return headers")
    }

    /// The expression of a text where all its holes are filled.
    fn header_text(&mut self, text: &Text) -> String {
        match text.pieces.as_slice() {
            [Piece::Setting(id)] => field(self.sink, *id).text_set(&mut self.module),
            [Piece::Shared(index)] => format!("shared[{index}]"),
            [Piece::Now(encoding)] => self.now(*encoding),
            _ if text.is_of_request() => {
                let pieces = text.pieces.iter().map(|piece| match piece {
                    Piece::Literal(text) => f_string_text(text),
                    hole => format!("{{{}}}", self.hole(hole)),
                });
                format!("f\"{}\"", pieces.collect::<String>())
            }
            _ => f_string(self.sink, text, &mut self.module),
        }
    }

    /// The first set of credentials that is complete.
    fn credentials(&mut self) -> String {
        // Conditions, and the header that is added then.
        let mut branches: Vec<(Option<String>, Option<Header>)> = Vec::new();
        for credentials in &self.sink.credentials {
            let test = self.usable(credentials);
            let header = self.authorization(credentials);
            let is_last = test.is_none();
            let shown = |header: &Option<(String, Expr)>| {
                header
                    .as_ref()
                    .map(|(name, value)| (name.clone(), value.flat()))
            };
            match branches.last_mut() {
                Some((Some(before), known)) if shown(known) == shown(&header) => {
                    if let Some(test) = test {
                        *before = format!("{} or {}", both(before), both(&test));
                    }
                }
                _ => branches.push((test, header)),
            }
            if is_last {
                break;
            }
        }
        while branches.last().is_some_and(|(_, header)| header.is_none()) {
            branches.pop();
        }
        let mut out = String::new();
        for (test, header) in branches {
            let word = match (&test, out.is_empty()) {
                (Some(test), true) => format!("    if {test}:\n"),
                (Some(test), false) => format!("    elif {test}:\n"),
                (None, true) => String::new(),
                (None, false) => "    else:\n".to_owned(),
            };
            let indent = if word.is_empty() { 4 } else { 8 };
            let line = header.map_or_else(
                || format!("{:indent$}pass", ""),
                |(name, value)| statement(indent, &format!("headers[{name}] = "), &value, ""),
            );
            out += &format!("{word}{line}\n");
        }
        out
    }

    /// Name and value of the header that a scheme adds.
    fn authorization(&mut self, credentials: &Credentials) -> Option<(String, Expr)> {
        match &credentials.scheme {
            Scheme::Header { name, value } => {
                let name = match name.literal() {
                    Some(name) => literal(&name.to_ascii_lowercase()),
                    None => format!("{}.lower()", bracketed(&self.header_text(name))),
                };
                let value = Expr::text(self.header_text(value));
                Some((name, value))
            }
            Scheme::Basic { username, password } => {
                let mut text = |id: SettingId| {
                    let field = field(self.sink, id);
                    if credentials.when.contains(&id) {
                        field.text_set(&mut self.module)
                    } else {
                        field.text(&mut self.module)
                    }
                };
                let user = text(*username);
                let password = password.map_or_else(|| "\"\"".to_owned(), text);
                let function = self.module.part("_basic_auth", "basic_auth");
                let call = Expr::call(function, [user, password].map(Expr::Text));
                Some((literal("authorization"), call))
            }
            Scheme::None
            | Scheme::Query { .. }
            | Scheme::OAuth2(_)
            | Scheme::Google { .. }
            | Scheme::Azure(_)
            | Scheme::Sas { .. }
            | Scheme::SigV4 { .. }
            | Scheme::AwsDefaultChain { .. } => None,
        }
    }
}

/// A name and a value, both expressions.
type Header = (String, Expr);

/// A parameter of the query.
struct Query {
    /// The inside of an f-string; of a map the map.
    text: String,
    condition: Option<String>,
    is_many: bool,
    is_literal: bool,
}

impl Query {
    fn new(name: &str, value: &str, condition: Option<String>) -> Self {
        let name = f_string_text(&encoded(name, UNRESERVED));
        Self {
            is_literal: !value.contains('{'),
            text: format!("{name}={value}"),
            condition,
            is_many: false,
        }
    }

    fn quoted(&self) -> String {
        let mark = if self.is_literal { "" } else { "f" };
        format!("{mark}\"{}\"", self.text)
    }

    fn append(&self) -> String {
        if self.is_many {
            return format!(
                "    for name, text in {}.items():\n        query.append(f\"{{quote(name, safe='')}}={{quote(text, safe='')}}\")\n",
                self.text
            );
        }
        let call = Expr::call("query.append", [Expr::text(self.quoted())]);
        match &self.condition {
            Some(test) => format!("    if {test}:\n{}\n", statement(8, "", &call, "")),
            None => format!("{}\n", statement(4, "", &call, "")),
        }
    }
}

/// The statements that build a query of which any part may be missing, and the expression of the
/// address with it.
fn with_query(path: &str, query: &[Query]) -> (String, String) {
    let is_certain = |parameter: &Query| parameter.condition.is_none();
    if query.iter().all(is_certain) {
        let parameters: Vec<&str> = query.iter().map(|it| it.text.as_str()).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        return (
            String::new(),
            format!("f\"{{base}}{path}{mark}{}\"", parameters.join("&")),
        );
    }
    let statements: String = query.iter().map(Query::append).collect();
    let head = "    query: list[str] = []\n";
    (
        format!("\n{head}{statements}"),
        format!("f\"{{base}}{path}?{{'&'.join(query)}}\""),
    )
}

/// A statement that adds a header.
fn assigned(name: &str, value: &Expr, condition: Option<&str>) -> String {
    let head = format!("headers[{name}] = ");
    match condition {
        Some(condition) => format!("    if {condition}:\n{}\n", statement(8, &head, value, "")),
        None => format!("{}\n", statement(4, &head, value, "")),
    }
}

/// A function whose parameter says when it is not used.
fn named(function: String) -> String {
    if function.contains("config.") {
        function
    } else {
        function.replacen("(config:", "(_config:", 1)
    }
}

/// A condition that stands beside `or`.
fn both(test: &str) -> String {
    if test.contains(" and ") {
        format!("({test})")
    } else {
        test.to_owned()
    }
}

fn bracketed(text: &str) -> String {
    if text.contains(' ') {
        format!("({text})")
    } else {
        text.to_owned()
    }
}

fn returned(text: &str) -> String {
    statement(4, "return ", &Expr::text(text), "")
}

/// Text as it stands in a URL: letters, digits and the bytes `kept` as they are, others as `%XX`.
fn encoded(text: &str, kept: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a String never fails");
        }
    }
    out
}

/// The word for a method.
#[must_use]
pub fn method(method: Method) -> &'static str {
    match method {
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Options => "OPTIONS",
    }
}
