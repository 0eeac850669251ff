//! The HTTP transport of one provider: addresses, headers, credentials, health check, answers.

use minijinja::{Value, context};

use super::config::{compression_type, used};
use super::framing::{filled, template};
use super::layout::{Expr, import, statement};
use super::names::upper;
use super::responses;
use super::settings;
use super::text::{docstring, literal};
use crate::languages::common::holes::settings as holes;
use crate::spec::model::{Auth, Encoding, Endpoint, Health, Method, Spec};
use crate::text::plain;

/// What the transport template needs.
#[must_use]
pub fn context(spec: &Spec, endpoint: &Endpoint) -> Value {
    let prefix = spec.type_prefix();
    let classify = responses::lower(&spec.responses);
    let health = endpoint.health.as_ref();
    let authenticated = health.is_some_and(|health| health.authenticated != Some(false));
    let functions = [
        Some(ingest_url(spec, endpoint)),
        health.map(|health| health_url(spec, endpoint, health)),
        Some(headers(spec, endpoint)),
        Some(classify.source.clone()),
    ];
    let functions: Vec<String> = functions.into_iter().flatten().collect();
    let source = functions.join("\n\n\n");
    let check = health.map(|health| check(health, authenticated));
    context! {
        title => docstring(0, &[format!("One attempt at {}, and what its answers mean.", plain(&spec.title))]),
        name => plain(&spec.title),
        prefix => prefix.as_str(),
        uses => uses(spec, &format!("{source}{}", classify.items.clone().unwrap_or_default())),
        constants => constants(spec, &classify),
        init => init(spec, health.is_some(), authenticated),
        method => method(endpoint.method),
        classify => if classify.counts { "classify(answer, len(batch))" } else { "classify(answer)" },
        check,
        functions => source,
    }
}

fn uses(spec: &Spec, source: &str) -> Vec<String> {
    let prefix = spec.type_prefix();
    let mut lines = Vec::new();
    if source.contains("quote(") {
        lines.extend(["from urllib.parse import quote".to_owned(), String::new()]);
    }
    let config = format!("{prefix}SinkConfig");
    let compression = compression_type(spec);
    let mut names = vec![config.as_str()];
    names.extend(compression.as_deref());
    lines.push(import(&format!("._{}_config", spec.id), &names));
    let mut names = vec!["Batch", "Encoder", "Outcome", "Transient"];
    names.extend(used(
        source,
        &[
            "Bisect",
            "Delivered",
            "Paused",
            "Rejected",
            "Split",
            "Throttled",
            "expose",
            "value_text",
        ],
    ));
    lines.push(import(".cloud_sink_base", &names));
    let mut modules = codecs(spec);
    modules.sort_unstable();
    lines.push(import(".cloud_sink_parts", &modules));
    if source.contains("basic_auth(") {
        lines.push(import(".cloud_sink_parts._basic_auth", &["basic_auth"]));
    }
    let mut names = vec!["HttpClient", "HttpRequest", "HttpResponse"];
    names.extend(used(source, &["describe", "retry_after"]));
    lines.push(import(".cloud_sink_parts._http", &names));
    let names = used(
        source,
        &["ItemRules", "first_bad", "parse", "pointed", "read_items"],
    );
    if !names.is_empty() {
        lines.push(import(".cloud_sink_parts._items", &names));
    }
    lines
}

/// Modules that make bodies.
#[must_use]
pub fn codecs(spec: &Spec) -> Vec<&'static str> {
    if spec.compression.offered.is_empty() {
        return vec!["_uncompressed"];
    }
    spec.compression
        .offered
        .iter()
        .map(|encoding| codec(*encoding))
        .collect()
}

fn codec(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::None => "_uncompressed",
        Encoding::Gzip => "_gzip",
        Encoding::Zstd => "_zstd",
    }
}

fn constants(spec: &Spec, classify: &responses::Classify) -> Vec<String> {
    let mut constants = Vec::new();
    if let Some(name) = compression_type(spec) {
        let items = spec.compression.offered.iter().map(|encoding| {
            (
                format!("{name}.{}", upper(encoding.word())),
                Expr::text(format!("{}.compress", codec(*encoding))),
            )
        });
        constants.push(statement(0, "_COMPRESS = ", &Expr::dict(items), ""));
    }
    constants.extend(classify.items.clone());
    constants
}

/// The statements of `__init__` that differ between providers.
fn init(spec: &Spec, has_health: bool, authenticated: bool) -> String {
    let mut out = String::new();
    out += &match compression_type(spec) {
        Some(_) => "        self._compress = _COMPRESS[config.compression]\n".to_owned(),
        None => format!("        self._compress = {}.compress\n", codecs(spec)[0]),
    };
    out += "        self.url = _ingest_url(config)\n";
    out += "        self.headers = _headers(config)\n";
    let mut args = vec!["config.timeout_seconds", "config.max_in_flight", "self.url"];
    if has_health {
        out += "        self.health_url = _health_url(config)\n";
        args.push("self.health_url");
    }
    let client = Expr::call("HttpClient", args.into_iter().map(Expr::text));
    out += &statement(8, "self._client = ", &client, "");
    out += "\n";
    if authenticated {
        out += "        self._health_headers = dict(self.headers)\n";
    }
    if let Some(kind) = &spec.payload.content_type {
        out += &format!(
            "        self.headers[\"content-type\"] = {}\n",
            literal(kind)
        );
    }
    out += &encoding(spec);
    out.trim_end_matches('\n').to_owned()
}

/// The statements for the header that names the compression.
fn encoding(spec: &Spec) -> String {
    let target = "self.headers[\"content-encoding\"]";
    match (compression_type(spec), spec.compression.offered.as_slice()) {
        (None, [] | [Encoding::None]) => String::new(),
        (None, [only, ..]) => format!("        {target} = {}\n", literal(only.word())),
        (Some(name), offered) if offered.contains(&Encoding::None) => format!(
            "        if config.compression is not {name}.NONE:\n            {target} = config.compression.value\n"
        ),
        (Some(_), _) => format!("        {target} = config.compression.value\n"),
    }
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

/// The statements of `health_check`.
fn check(health: &Health, authenticated: bool) -> String {
    let headers = if authenticated {
        "self._health_headers"
    } else {
        "{}"
    };
    let mut arguments = vec![
        Expr::text(literal(method(health.method.unwrap_or(Method::Get)))),
        Expr::text("self.health_url"),
        Expr::text(headers),
    ];
    arguments.extend(
        health
            .body
            .as_ref()
            .map(|body| Expr::text(super::text::bytes_literal(body))),
    );
    let request = statement(8, "request = ", &Expr::call("HttpRequest", arguments), "");
    format!(
        "{request}\n        self._client.check(request, {})",
        responses::statuses(&health.healthy)
    )
}

/// `base` with the user's own address in its place.
fn base(spec: &Spec, endpoint: &Endpoint, base: &str) -> String {
    let built = filled(spec, base);
    let overridden = endpoint
        .override_field
        .as_deref()
        .and_then(|name| settings::find(spec, name));
    let value = match overridden {
        Some(setting) if setting.spec.required => format!("config.{} or \"\"", setting.key),
        Some(setting) if setting.is_optional() => format!("config.{} or {built}", setting.key),
        Some(setting) => format!("config.{}", setting.key),
        None => built,
    };
    format!("{}\n", statement(4, "base = ", &Expr::text(value), ""))
}

/// A path with its holes percent-encoded, after `base`.
fn join(spec: &Spec, path: &str) -> String {
    let path = template(spec, path, |shown| format!("quote({shown}, safe=\"\")"));
    match path.strip_prefix("f\"").or_else(|| path.strip_prefix('"')) {
        Some(inside) => format!("f\"{{base}}{inside}"),
        None => format!("base + {path}"),
    }
}

fn ingest_url(spec: &Spec, endpoint: &Endpoint) -> String {
    let mut out = function(spec, "_ingest_url", "str", "Return where batches go.");
    out += &base(spec, endpoint, &endpoint.base);
    let url = join(spec, &endpoint.path);
    let mut query: Vec<(String, String)> = endpoint
        .query
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for auth in &spec.auth {
        if let Auth::Query { name, secret } = auth {
            query.push((name.clone(), format!("{{{secret}}}")));
        }
    }
    if query.is_empty() {
        return out + &statement(4, "return ", &Expr::text(url), "");
    }
    let is_fixed = |(_, value): &&(String, String)| holes(spec, value).is_empty();
    let fixed = query.iter().take_while(is_fixed).count();
    let texts = query[..fixed]
        .iter()
        .map(|(name, value)| Expr::text(literal(&format!("{name}={value}"))));
    out += &format!("{}\n", statement(4, "query = ", &Expr::list(texts), ""));
    for (name, value) in &query[fixed..] {
        out += &parameter(spec, name, value);
    }
    out + &match fixed {
        0 => format!(
            "    url = {url}\n    return f\"{{url}}?{{'&'.join(query)}}\" if query else url"
        ),
        _ => format!("    return {url} + \"?\" + \"&\".join(query)"),
    }
}

/// A query parameter, left out while a setting it names is not set.
fn parameter(spec: &Spec, name: &str, value: &str) -> String {
    let text = template(spec, value, |shown| format!("quote({shown}, safe=\"\")"));
    let whole = match text.strip_prefix("f\"").or_else(|| text.strip_prefix('"')) {
        Some(inside) => format!("f\"{name}={inside}"),
        None => format!("{} + {text}", literal(&format!("{name}="))),
    };
    conditional(
        spec,
        value,
        &Expr::call("query.append", [Expr::text(whole)]),
        "",
    )
}

/// A statement that is left out while an optional setting named by `text` is not set.
fn conditional(spec: &Spec, text: &str, call: &Expr, head: &str) -> String {
    let names = holes(spec, text);
    let conditions: Vec<String> = names
        .iter()
        .filter_map(|name| settings::find(spec, name))
        .filter(|setting| setting.is_optional() && !setting.spec.required)
        .map(|setting| setting.is_set())
        .collect();
    if conditions.is_empty() {
        return format!("{}\n", statement(4, head, call, ""));
    }
    format!(
        "    if {}:\n{}\n",
        conditions.join(" and "),
        statement(8, head, call, "")
    )
}

fn health_url(spec: &Spec, endpoint: &Endpoint, health: &Health) -> String {
    let mut out = function(
        spec,
        "_health_url",
        "str",
        "Return where the health check goes.",
    );
    out += &base(
        spec,
        endpoint,
        health.base.as_ref().unwrap_or(&endpoint.base),
    );
    out + &statement(4, "return ", &Expr::text(join(spec, &health.path)), "")
}

fn function(spec: &Spec, name: &str, result: &str, docs: &str) -> String {
    format!(
        "def {name}(config: {}SinkConfig) -> {result}:\n{}\n",
        spec.type_prefix(),
        docstring(4, &[docs.to_owned()])
    )
}

fn headers(spec: &Spec, endpoint: &Endpoint) -> String {
    let mut body = String::new();
    for (name, value) in &endpoint.headers {
        let head = format!("headers[{}] = ", header_name(name));
        let names = holes(spec, value);
        let text = match names.as_slice() {
            // Known to be set where the statement runs.
            [only] if *value == format!("{{{only}}}") => {
                settings::find(spec, only).map(|setting| {
                    if setting.is_text() {
                        setting.plain_set()
                    } else {
                        setting.shown()
                    }
                })
            }
            _ => None,
        };
        let text = text.unwrap_or_else(|| filled(spec, value));
        body += &conditional(spec, value, &Expr::text(text), &head);
    }
    body += &credentials(spec);
    let mut out = function(
        spec,
        "_headers",
        "dict[str, str]",
        "Return the headers of every request, credentials included.",
    );
    if body.is_empty() {
        return out.replace("(config:", "(_config:") + "    return {}";
    }
    if let Some((name, value)) = only_header(&body) {
        return out + &statement(4, "return ", &Expr::dict([(name, Expr::text(value))]), "");
    }
    out += "    headers: dict[str, str] = {}\n";
    out + &body + "    return headers"
}

/// Name and value where one header is all there is, and always set.
fn only_header(body: &str) -> Option<(String, String)> {
    let assignment = body.trim_end_matches('\n').strip_prefix("    headers[")?;
    let (name, value) = assignment.split_once("] = ")?;
    let is_one_line = !assignment.contains('\n');
    is_one_line.then(|| (name.to_owned(), value.to_owned()))
}

fn header_name(name: &str) -> String {
    literal(&name.to_ascii_lowercase())
}

/// The first set of credentials that is complete.
fn credentials(spec: &Spec) -> String {
    let mut out = String::new();
    for auth in &spec.auth {
        let (key, name, value) = match auth {
            Auth::Header { name, secret } => (
                secret,
                header_name(name),
                format!("expose(config.{secret})"),
            ),
            Auth::Authorization { word, secret } => {
                let word = literal(&format!("{word} "));
                (
                    secret,
                    "\"authorization\"".to_owned(),
                    format!("{word} + expose(config.{secret})"),
                )
            }
            Auth::Basic { username, password } => {
                let user = settings::find(spec, username)
                    .map(|setting| setting.plain_set())
                    .unwrap_or_default();
                let password = password.as_ref().map_or_else(
                    || "\"\"".to_owned(),
                    |name| format!("expose(config.{name})"),
                );
                (
                    username,
                    "\"authorization\"".to_owned(),
                    format!("basic_auth({user}, {password})"),
                )
            }
            Auth::None {} | Auth::Query { .. } | Auth::AwsDefaultChain { .. } => continue,
        };
        let Some(setting) = settings::find(spec, key) else {
            continue;
        };
        let is_certain = setting.spec.required;
        let statement = |indent| {
            statement(
                indent,
                &format!("headers[{name}] = "),
                &Expr::text(&value),
                "",
            )
        };
        if is_certain && out.is_empty() {
            return format!("{}\n", statement(4));
        }
        if is_certain {
            return out + &format!("    else:\n{}\n", statement(8));
        }
        let word = if out.is_empty() { "if" } else { "elif" };
        out += &format!("    {word} config.{key}:\n{}\n", statement(8));
    }
    out
}
