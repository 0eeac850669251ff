//! The HTTP transport of one provider: addresses, headers, credentials, health check.

use minijinja::{Value, context};

use super::config::{encoding_word, title};
use super::fields::find;
use super::framing::{holes, template};
use super::layout::{Expr, statement, use_names};
use super::mentions::mentions;
use super::names::type_prefix;
use super::responses;
use super::text::{block, literal};
use crate::provider::model::{Auth, Encoding, Endpoint, Health, Method, Spec};

/// What the transport template needs.
#[must_use]
pub fn context(spec: &Spec, endpoint: &Endpoint) -> Value {
    let prefix = type_prefix(spec);
    let classify = responses::lower(&spec.responses);
    let health = endpoint.health.as_ref();
    let functions = [
        ingest_url(spec, endpoint),
        health
            .map(|health| health_url(spec, endpoint, health))
            .unwrap_or_default(),
        headers(spec, endpoint),
        classify.source.clone(),
    ];
    let functions: Vec<String> = functions
        .into_iter()
        .filter(|function| !function.is_empty())
        .collect();
    let functions = functions.join("\n");
    context! {
        title_doc => title(spec),
        uses => uses(spec, &functions, &classify, health),
        new => block(new(spec, endpoint)),
        fields => state(spec, health),
        send => block(send(endpoint, &classify)),
        health => block(health.map_or_else(|| unchecked(spec), check_health)),
        compress => block(compress(spec)),
        functions => block(functions),
        prefix => prefix,
    }
}

fn uses(
    spec: &Spec,
    functions: &str,
    classify: &responses::Classify,
    health: Option<&Health>,
) -> Vec<String> {
    let offered = &spec.compression.offered;
    let mut lines = vec!["use std::error::Error;".to_owned()];
    lines.push("use std::io::{self, Write};".to_owned());
    lines.push("use std::sync::Arc;".to_owned());
    lines.push(String::new());
    lines.push("use bytes::Bytes;".to_owned());
    let encoding = if sent_encodings(offered).is_empty() {
        ""
    } else {
        "CONTENT_ENCODING, "
    };
    lines.push(format!(
        "use reqwest::header::{{{encoding}CONTENT_TYPE, HeaderMap, HeaderValue}};"
    ));
    lines.push("use reqwest::{Method, Url};".to_owned());
    lines.push(String::new());
    let names = [
        "Batch",
        "BoxFuture",
        "Encoder",
        "HealthError",
        "Outcome",
        "Transport",
    ];
    let mut names = names.to_vec();
    if mentions(functions, "Secret::expose") {
        names.push("Secret");
    }
    lines.push(use_names("super::super::cloud_sink_base", &names));
    let mut parts = Vec::new();
    if mentions(functions, "answer::") || health.is_some() {
        parts.push("answer");
    }
    for (part, word) in [
        ("basic_auth", "basic_auth::"),
        ("headers", "headers::"),
        ("percent", "percent::"),
    ] {
        if mentions(functions, word) {
            parts.push(part);
        }
    }
    parts.extend(codecs(offered));
    lines.push(use_names(
        "super::super::cloud_sink_parts::http",
        &["HttpClient", "HttpResponse"],
    ));
    if mentions(&classify.source, "read_items(") {
        lines
            .push("use super::super::cloud_sink_parts::items::{ItemRules, read_items};".to_owned());
    } else if mentions(&classify.source, "read_first_bad(") {
        lines.push("use super::super::cloud_sink_parts::items::read_first_bad;".to_owned());
    }
    lines.push(use_names("super::super::cloud_sink_parts", &parts));
    let prefix = type_prefix(spec);
    let config = format!("{prefix}SinkConfig");
    let mut names = vec![config.as_str()];
    if offered.len() > 1 {
        names.push("Compression");
    }
    lines.push(use_names("super::config", &names));
    lines.push(format!("use super::encoder::{prefix}Encoder;"));
    lines
}

/// Parts that make bodies.
#[must_use]
pub fn codecs(offered: &[Encoding]) -> Vec<&'static str> {
    if offered.is_empty() {
        return vec!["uncompressed"];
    }
    offered.iter().map(|encoding| codec(*encoding)).collect()
}

fn codec(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::None => "uncompressed",
        Encoding::Gzip => "gzip",
        Encoding::Zstd => "zstd",
    }
}

fn sent_encodings(offered: &[Encoding]) -> Vec<&'static str> {
    offered
        .iter()
        .filter(|e| **e != Encoding::None)
        .map(|e| encoding_word(*e))
        .collect()
}

/// Fields of the transport besides those every transport has.
fn state(spec: &Spec, health: Option<&Health>) -> Vec<String> {
    let mut state = Vec::new();
    if let Some(health) = health {
        state.push("health_url: Url,".to_owned());
        if health.authenticated != Some(false) {
            state.push("health_headers: HeaderMap,".to_owned());
        }
    }
    if spec.compression.offered.len() > 1 {
        state.push("compression: Compression,".to_owned());
    }
    state
}

/// The statements of `new`.
fn new(spec: &Spec, endpoint: &Endpoint) -> String {
    let offered = &spec.compression.offered;
    let health = endpoint.health.as_ref();
    let with_health_headers = health.is_some_and(|health| health.authenticated != Some(false));
    let mut out = String::new();
    if with_health_headers {
        out += "        let health_headers = headers(config)?;\n";
        out += "        let mut headers = health_headers.clone();\n";
    } else {
        out += "        let mut headers = headers(config)?;\n";
    }
    if let Some(content_type) = &spec.payload.content_type {
        let value = Expr::call(
            "HeaderValue::from_static",
            [Expr::text(literal(content_type))],
        );
        out += &format!(
            "{}\n",
            statement(
                8,
                "",
                &Expr::call("headers.insert", [Expr::text("CONTENT_TYPE"), value]),
                ";"
            )
        );
    }
    out += &match (offered.len(), sent_encodings(offered).as_slice()) {
        (_, []) => String::new(),
        (1, [word]) => format!(
            "        headers.insert(CONTENT_ENCODING, HeaderValue::from_static({}));\n",
            literal(word)
        ),
        (all, sent) => {
            let insert = "let encoding = HeaderValue::from_static(config.compression.as_str());\n";
            let condition = if all > sent.len() {
                "config.compression != Compression::None"
            } else {
                ""
            };
            if condition.is_empty() {
                format!("        {insert}        headers.insert(CONTENT_ENCODING, encoding);\n")
            } else {
                format!(
                    "        if {condition} {{\n            {insert}            headers.insert(CONTENT_ENCODING, encoding);\n        }}\n"
                )
            }
        }
    };
    out += "        Ok(Self {\n";
    out += "            client: HttpClient::new(config.delivery.attempt_timeout)?,\n";
    out += "            encoder,\n            url: Url::parse(&ingest_url(config))?,\n            headers,\n";
    if health.is_some() {
        out += "            health_url: Url::parse(&health_url(config))?,\n";
    }
    if with_health_headers {
        out += "            health_headers,\n";
    }
    if offered.len() > 1 {
        out += "            compression: config.compression,\n";
    }
    out + "        })\n"
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Post => "Method::POST",
        Method::Put => "Method::PUT",
        Method::Get => "Method::GET",
        Method::Head => "Method::HEAD",
        Method::Options => "Method::OPTIONS",
    }
}

fn send(endpoint: &Endpoint, classify: &responses::Classify) -> String {
    let events = if classify.reads_items {
        ", batch.records.len()"
    } else {
        ""
    };
    format!(
        "            let request = self
                .client
                .request({}, &self.url)
                .headers(self.headers.clone())
                .body(body);
            match self.client.send(request).await {{
                Ok(response) => classify(&response{events}),
                Err(error) => error.into(),
            }}\n",
        method(endpoint.method)
    )
}

fn unchecked(spec: &Spec) -> String {
    format!(
        "            // {} has no check that costs nothing; the first batch tells.\n            Ok(())\n",
        super::text::plain(&spec.title)
    )
}

fn check_health(health: &Health) -> String {
    let method = method(health.method.unwrap_or(Method::Get));
    let mut chain = vec![
        ".client".to_owned(),
        format!(".request({method}, &self.health_url)"),
    ];
    if health.authenticated != Some(false) {
        chain.push(".headers(self.health_headers.clone())".to_owned());
    }
    if let Some(body) = &health.body {
        chain.push(format!(".body({})", literal(body)));
    }
    let one_line = format!("            let request = self{};", chain.concat());
    let request = if chain.len() == 2 && one_line.len() <= 100 && one_line.len() - 26 <= 60 {
        one_line
    } else {
        format!(
            "            let request = self\n                {};",
            chain.join("\n                ")
        )
    };
    format!(
        "{request}
            let response = self.client.send(request).await?;
            match response.status {{
                {} => Ok(()),
                _ => Err(HealthError::new(answer::reason(&response))),
            }}\n",
        responses::statuses(&health.healthy)
    )
}

/// The statement that makes a body.
fn compress(spec: &Spec) -> String {
    let offered = &spec.compression.offered;
    if offered.len() <= 1 {
        let codec = codecs(offered)[0];
        return format!("        let body = {codec}::compress(write)?;\n");
    }
    let arms: String = offered
        .iter()
        .map(|encoding| {
            let variant = super::names::camel(encoding_word(*encoding));
            format!(
                "            Compression::{variant} => {}::compress(write)?,\n",
                codec(*encoding)
            )
        })
        .collect();
    format!("        let body = match self.compression {{\n{arms}        }};\n")
}

/// `base` with the user's own address in its place.
fn base(spec: &Spec, endpoint: &Endpoint, base: &str) -> String {
    let overridden = endpoint
        .override_field
        .as_deref()
        .and_then(|name| find(spec, name));
    let (format, arguments) = template(spec, base, |shown| shown);
    let built = if arguments.is_empty() {
        format!("{format}.to_owned()")
    } else {
        let arguments = std::iter::once(format).chain(arguments).map(Expr::Text);
        let call = Expr::call("format!", arguments);
        match overridden.as_ref().map(super::fields::Field::is_optional) {
            Some(true) => statement(8, "None => ", &call, "").split_off(16),
            _ => statement(4, "let base = ", &call, "").split_off(15),
        }
    };
    match overridden {
        Some(field) if field.is_optional() => format!(
            "    let base = match &config.{} {{\n        Some(url) => url.trim_end_matches('/').to_owned(),\n        None => {built},\n    }};\n",
            field.name
        ),
        Some(field) => format!(
            "    let base = config.{}.trim_end_matches('/');\n",
            field.name
        ),
        None => format!("    let base = {built};\n"),
    }
}

fn ingest_url(spec: &Spec, endpoint: &Endpoint) -> String {
    let mut out = format!(
        "/// Where batches go.\nfn ingest_url(config: &{}SinkConfig) -> String {{\n{}",
        type_prefix(spec),
        base(spec, endpoint, &endpoint.base)
    );
    let query = query(spec, endpoint);
    let url = join(spec, &endpoint.path);
    if query.is_empty() {
        return out + &format!("    {url}\n}}\n");
    }
    out += &format!("    let mut url = {url};\n{query}    url\n}}\n");
    out
}

fn health_url(spec: &Spec, endpoint: &Endpoint, health: &Health) -> String {
    let template = health.base.as_ref().unwrap_or(&endpoint.base);
    format!(
        "/// Where the health check goes.\nfn health_url(config: &{}SinkConfig) -> String {{\n{}    {}\n}}\n",
        type_prefix(spec),
        base(spec, endpoint, template),
        join(spec, &health.path)
    )
}

/// `base` and a path, its holes percent-encoded.
fn join(spec: &Spec, path: &str) -> String {
    let (format, arguments) = template(spec, path, |shown| {
        format!("percent::encode({})", reference(&shown))
    });
    let mut all = vec![format!("\"{{base}}{}", &format[1..])];
    all.extend(arguments);
    format!("format!({})", all.join(", "))
}

fn reference(shown: &str) -> String {
    if shown.ends_with(')') {
        shown.to_owned()
    } else {
        format!("&{shown}")
    }
}

/// Query parameters: their own text as it is, what settings put into it percent-encoded.
fn query(spec: &Spec, endpoint: &Endpoint) -> String {
    let secrets = spec.auth.iter().filter_map(|auth| match auth {
        Auth::Query { name, secret } => Some((name.clone(), format!("{{{secret}}}"))),
        _ => None,
    });
    let parameters = endpoint.query.clone().into_iter().chain(secrets);
    parameters
        .map(|(name, value)| parameter(spec, &format!("{name}={value}")))
        .collect()
}

fn parameter(spec: &Spec, text: &str) -> String {
    let names = holes(spec, text);
    let fields = names.iter().filter_map(|name| find(spec, name));
    let optional: Vec<_> = fields.filter(super::fields::Field::is_optional).collect();
    let indent = if optional.is_empty() { 4 } else { 8 };
    let (format, arguments) = template(spec, text, |shown| {
        format!("percent::encode({})", reference(&shown))
    });
    let value = if arguments.is_empty() {
        Expr::text(literal(text))
    } else {
        let mut arguments = arguments;
        for field in &optional {
            let (access, name) = (format!("config.{}", field.name), &field.name);
            for argument in &mut arguments {
                *argument = argument
                    .replace(&format!("&{access}"), name)
                    .replace(&access, name);
            }
        }
        let arguments = std::iter::once(format).chain(arguments).map(Expr::Text);
        Expr::call("&format!", arguments)
    };
    let call = Expr::call("percent::push_query", [Expr::text("&mut url"), value]);
    let body = format!("{}\n", statement(indent, "", &call, ";"));
    if optional.is_empty() {
        return body;
    }
    let conditions: Vec<_> = optional
        .iter()
        .map(|f| format!("let Some({0}) = &config.{0}", f.name))
        .collect();
    format!("    if {} {{\n{body}    }}\n", conditions.join(" && "))
}

/// A statement over a text with holes, left out while an optional setting it names is unset.
fn with_holes(spec: &Spec, text: &str, call: impl Fn(String) -> Expr) -> String {
    let names = holes(spec, text);
    let optional: Vec<_> = names
        .iter()
        .filter_map(|name| find(spec, name))
        .filter(super::fields::Field::is_optional)
        .collect();
    let indent = if optional.is_empty() { 4 } else { 8 };
    let value = match names.as_slice() {
        [] => literal(text),
        [name] if text == format!("{{{name}}}") => {
            let Some(field) = find(spec, name) else {
                return String::new();
            };
            let access = if field.is_optional() {
                field.name.clone()
            } else {
                format!("&config.{}", field.name)
            };
            let shown = field.shown(access.trim_start_matches('&'));
            let is_text = shown.ends_with(')') || field.base_type() == "String";
            match (shown.ends_with(')'), is_text) {
                (true, _) => shown,
                (false, true) if field.is_optional() => shown,
                (false, true) => access,
                (false, false) => format!("&{shown}.to_string()"),
            }
        }
        _ => {
            let (format, arguments) = template(spec, text, |shown| shown);
            let mut value = format!("&format!({format}, {})", arguments.join(", "));
            for field in &optional {
                value = value.replace(&format!("config.{}", field.name), &field.name);
            }
            value
        }
    };
    let body = format!(
        "{}\n",
        statement(
            indent,
            "",
            &call(value),
            if text.is_empty() {
                ";"
            } else {
                call_tail(&call)
            }
        )
    );
    if optional.is_empty() {
        return body;
    }
    let conditions: Vec<_> = optional
        .iter()
        .map(|f| format!("let Some({0}) = &config.{0}", f.name))
        .collect();
    format!("    if {} {{\n{body}    }}\n", conditions.join(" && "))
}

/// `?;` after a call that can fail.
fn call_tail(call: &impl Fn(String) -> Expr) -> &'static str {
    match call(String::new()) {
        Expr::Call(head, _) if head.starts_with("headers::") => "?;",
        _ => ";",
    }
}

/// The function that makes the headers every request has.
fn headers(spec: &Spec, endpoint: &Endpoint) -> String {
    let mut body = String::new();
    for (name, value) in &endpoint.headers {
        let setting = holes(spec, value)
            .first()
            .cloned()
            .unwrap_or_else(|| name.clone());
        body += &with_holes(spec, value, |value| {
            let args = [
                "&mut headers".to_owned(),
                header_name(name),
                literal(&setting),
                value,
            ];
            Expr::call("headers::set", args.map(Expr::Text))
        });
    }
    body += &credentials(spec);
    let prefix = type_prefix(spec);
    let parameter = if mentions(&body, "config.") {
        "config"
    } else {
        "_config"
    };
    let declare = if body.is_empty() {
        ""
    } else {
        "    let mut headers = HeaderMap::new();\n"
    };
    let result = if body.is_empty() {
        "    Ok(HeaderMap::new())\n"
    } else {
        "    Ok(headers)\n"
    };
    let signature = format!(
        "fn headers({parameter}: &{prefix}SinkConfig) -> Result<HeaderMap, Box<dyn Error + Send + Sync>> {{"
    );
    let signature = if signature.len() <= 100 {
        signature
    } else {
        format!(
            "fn headers(\n    {parameter}: &{prefix}SinkConfig,\n) -> Result<HeaderMap, Box<dyn Error + Send + Sync>> {{"
        )
    };
    format!(
        "/// Headers of every request, credentials included.\n{signature}\n{declare}{body}{result}}}\n"
    )
}

fn header_name(name: &str) -> String {
    literal(&name.to_ascii_lowercase())
}

/// The first set of credentials that is complete.
fn credentials(spec: &Spec) -> String {
    let mut out = String::new();
    for auth in &spec.auth {
        let (key, lines) = match auth {
            Auth::Header { name, secret } => (secret, secret_header(name, secret, None)),
            Auth::Authorization { word, secret } => {
                (secret, secret_header("authorization", secret, Some(word)))
            }
            Auth::Basic { username, password } => {
                (username, basic(spec, username, password.as_deref()))
            }
            Auth::None {} | Auth::Query { .. } | Auth::AwsDefaultChain { .. } => continue,
        };
        let Some(field) = find(spec, key) else {
            continue;
        };
        if field.is_optional() {
            let otherwise = if out.is_empty() { "    " } else { " else " };
            let body: String = lines(&field.name)
                .lines()
                .map(|line| format!("        {line}\n"))
                .collect();
            out += &format!(
                "{otherwise}if let Some({0}) = &config.{0} {{\n{body}    }}",
                field.name
            );
        } else {
            let body = lines(&format!("config.{}", field.name));
            if out.is_empty() {
                return body.lines().map(|line| format!("    {line}\n")).collect();
            }
            let body: String = body
                .lines()
                .map(|line| format!("        {line}\n"))
                .collect();
            out += &format!(" else {{\n{body}    }}");
            break;
        }
    }
    if out.is_empty() { out } else { out + "\n" }
}

type Lines = Box<dyn Fn(&str) -> String>;

fn secret_header(name: &str, secret: &str, word: Option<&String>) -> Lines {
    let (name, setting) = (header_name(name), literal(secret));
    let prefix = word.map(|word| {
        literal(&format!(
            "{} {{}}",
            word.replace('{', "{{").replace('}', "}}")
        ))
    });
    Box::new(move |value| {
        let Some(format) = &prefix else {
            let value = format!("{value}.expose()");
            let args = [
                "&mut headers".to_owned(),
                name.clone(),
                setting.clone(),
                value,
            ];
            let call = Expr::call("headers::set_secret", args.map(Expr::Text));
            return statement(0, "", &call, "?;");
        };
        format!(
            "let value = format!({format}, {value}.expose());
headers::set_secret(&mut headers, {name}, {setting}, &value)?;"
        )
    })
}

fn basic(spec: &Spec, username: &str, password: Option<&str>) -> Lines {
    let setting = literal(username);
    let password = password.and_then(|name| find(spec, name)).map_or_else(
        || "\"\"".to_owned(),
        |field| {
            if field.is_optional() {
                format!(
                    "config.{}.as_ref().map_or(\"\", Secret::expose)",
                    field.name
                )
            } else {
                format!("config.{}.expose()", field.name)
            }
        },
    );
    Box::new(move |value| {
        let value = if value.contains('.') {
            format!("&{value}")
        } else {
            value.to_owned()
        };
        format!(
            "let password = {password};\nlet value = basic_auth::value({value}, password);\nheaders::set_secret(&mut headers, \"authorization\", {setting}, &value)?;"
        )
    })
}

/// Whether an address has a part that must be percent-encoded.
#[must_use]
pub fn needs_percent(spec: &Spec, endpoint: &Endpoint) -> bool {
    let health = endpoint
        .health
        .as_ref()
        .map(|health| health_url(spec, endpoint, health));
    mentions(&ingest_url(spec, endpoint), "percent::")
        || health.is_some_and(|url| mentions(&url, "percent::"))
}
