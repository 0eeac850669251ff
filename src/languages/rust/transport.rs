//! The transport of one HTTP provider: where requests go, what they carry, what answers mean.

mod classify;
mod credentials;
mod sender;

use minijinja::context;

use super::Sheet;
use super::config::offers_choice;
use super::names::camel;
use super::pretty::{Expr, arm, chain, line, statement};
use super::settings::Fields;
use super::text::{WIDTH, block, literal, title};
use super::uses::{Depth, Uses};
use super::value::Printer;
use crate::sink::{
    Acknowledgement, Base, BatchBasis, Encoding, Endpoint, Health, Method, Parameter, Piece, Sink,
    Text,
};
use crate::text::{number, width};

pub use classify::statuses;
use credentials::Into;

/// The file.
#[must_use]
pub fn sheet(sink: &Sink, fields: &Fields, endpoint: &Endpoint) -> Sheet {
    let printer = Printer::new(sink, fields, Uses::new(Depth::File));
    let uses = &printer.uses;
    let prefix = &sink.type_prefix;
    uses.of("std::error", "Error");
    uses.of("std::sync", "Arc");
    uses.of("super::config", &format!("{prefix}SinkConfig"));
    uses.of("super::encoder", &format!("{prefix}Encoder"));
    for name in ["HttpParts", "HttpTransport", "Requests"] {
        uses.part("http_transport", name);
    }
    for name in ["HttpRequest", "RequestBuilder", "RequestError"] {
        uses.part("request", name);
    }
    for name in ["Answer", "Places"] {
        uses.part("answer", name);
    }
    uses.of("reqwest", "Method");
    uses.base("Outcome");
    let is_shared = is_of_request(endpoint);
    let mut requests = request(&printer, endpoint, is_shared);
    let health = endpoint.health.as_ref();
    requests += &health.map_or(String::new(), |health| {
        health_request(&printer, endpoint, health)
    });
    requests += &acknowledgement_request(&printer, endpoint);
    let answers = classify::answers(sink, uses);
    let (sender, make_sender) = sender::sender(&printer);
    let requests = make_sender + &requests;
    let parts = parts(&printer, endpoint, is_shared, &sender);
    Sheet {
        name: "transport".to_owned(),
        template: "transport",
        context: context! {
            title_doc => title(sink),
            prefix => sink.type_prefix.as_str(),
            uses => uses.lines().join("\n"),
            parts => block(parts),
            requests,
            answers => block(answers),
            alias => alias(&sink.type_prefix),
        },
        parts: uses.parts(),
        asks_now: printer.asks_now.get(),
    }
}

/// The transport's name, which is one of a base type's.
fn alias(prefix: &str) -> String {
    let base = Expr::from(format!("HttpTransport<{prefix}Encoder>"));
    block(statement(
        0,
        &format!("pub type {prefix}Transport = "),
        &base,
        ";",
    ))
}

/// Whether requests differ: the moment or a shared value is in them.
fn is_of_request(endpoint: &Endpoint) -> bool {
    let mut parameters = endpoint.query.iter().chain(&endpoint.headers);
    endpoint.path.is_of_request() || endpoint.base.text.is_of_request() || parameters.any(is_made)
}

/// The fields of `HttpParts` and what stands before them.
fn parts(printer: &Printer, endpoint: &Endpoint, is_shared: bool, sender: &str) -> String {
    let (sink, uses) = (printer.sink, &printer.uses);
    let content_type = sink.payload.content_type.as_deref().unwrap_or_default();
    let codec = codec(sink, uses);
    let requests = if is_shared {
        "        requests: Requests::Each(Box::new(move |shared| request(&settings, shared))),\n"
    } else {
        "        requests: Requests::Same(Box::new(request(config)?)),\n"
    };
    let health = endpoint.health.as_ref().map_or_else(
        || {
            format!(
                "        // {} has no check that costs nothing; the first batch tells.\n        health: None,\n",
                crate::text::plain(&sink.title)
            )
        },
        |health| self::health(health, uses),
    );
    let wire = match sink.limits.batch_basis {
        BatchBasis::Wire => format!("Some({})", number(sink.limits.max_batch_bytes.value)),
        _ => "None".to_owned(),
    };
    let list = |names: Vec<&str>| Expr::slice(names.into_iter().map(literal));
    let about = Expr::Struct(
        uses.part("named_settings", "NamedSettings").to_owned(),
        vec![
            ("credentials", list(sink.credential_names())),
            ("place", list(sink.place_names())),
        ],
        "",
    );
    let about = statement(8, "settings: ", &about, ",");
    let settings = if is_shared {
        "    let settings = config.clone();\n"
    } else {
        ""
    };
    let acknowledgement = endpoint.acknowledgement.as_ref();
    let (start, end) = match acknowledgement {
        None => ("", ")\n".to_owned()),
        Some(given) => ("let transport = ", acknowledged(printer, given)),
    };
    format!(
        "{settings}    {start}HttpTransport::new(HttpParts {{\n        encoder,\n{}{codec}{requests}{health}        {sender}\n        places: PLACES,\n        classify,\n        max_wire_bytes: {wire},\n        attempt_timeout: config.delivery.attempt_timeout,\n        connection: config.connection.clone(),\n{about}    }}{end}",
        statement(8, "content_type: ", &Expr::from(literal(content_type)), ","),
    )
}

/// The statements after the transport is made that have it wait for acknowledgements.
fn acknowledged(printer: &Printer, given: &Acknowledgement) -> String {
    let of = |id| Expr::from(format!("config.{}", printer.fields.get(id).name));
    let text = |around: &[String; 2]| Expr::from(literal(&around.join("{id}")));
    let fields = vec![
        ("request", Expr::from("acknowledgement_request(config)?")),
        ("body", text(&given.body)),
        ("id", Expr::from(literal(&given.id))),
        ("acknowledged", text(&given.acknowledged)),
        ("every", of(given.every)),
        ("within", of(given.within)),
    ];
    let kind = printer.uses.part("acknowledgement", "Acknowledgement");
    let value = Expr::Struct(kind.to_owned(), fields, "");
    let made = statement(4, "let acknowledgement = ", &value, ";");
    let confirm = match given.when {
        Some(when) => chain(
            4,
            "let acknowledgement = ",
            &of(when).flat(),
            "then_some(acknowledgement)",
            ";",
        ),
        None => "    let acknowledgement = Some(acknowledgement);\n".to_owned(),
    };
    format!(")?;\n{made}{confirm}    Ok(transport.confirmed_by(acknowledgement))\n")
}

/// The function that makes the question whether a batch is stored.
fn acknowledgement_request(printer: &Printer, endpoint: &Endpoint) -> String {
    let Some(given) = &endpoint.acknowledgement else {
        return String::new();
    };
    let mut body = opening(printer, Method::Post, &endpoint.base, &given.path);
    for (name, value) in &given.query {
        let pieces = Expr::slice(printer.config_pieces(value));
        let args = [Expr::from(literal(name)), pieces];
        body += &line(4, &Expr::call("request.query", args));
    }
    body += &credentials::statements(printer, Into::Query);
    let doc = "The request that asks whether a batch is stored; it gets the headers of the batch.";
    format!(
        "\n{}",
        function(printer, doc, "acknowledgement_request", None, &body)
    )
}

fn codec(sink: &Sink, uses: &Uses) -> String {
    let codec = |encoding: &Encoding| match encoding {
        Encoding::None => uses.part("http_transport", "UNCOMPRESSED").to_owned(),
        Encoding::Gzip | Encoding::Zstd => format!("{}::CODEC", uses.module(encoding.word())),
    };
    if !offers_choice(sink) {
        let only = sink.compression.first().unwrap_or(&Encoding::None);
        return format!("        codec: {},\n", codec(only));
    }
    uses.of("super::config", "Compression");
    let arms: String = sink
        .compression
        .iter()
        .map(|encoding| {
            let pattern = format!("Compression::{}", camel(encoding.word()));
            arm(12, &[pattern], "", &codec(encoding))
        })
        .collect();
    format!("        codec: match config.compression {{\n{arms}        }},\n")
}

fn health(health: &Health, uses: &Uses) -> String {
    uses.part("http_transport", "HealthCheck");
    let statuses = statuses(&health.healthy);
    let args = ["status".to_owned(), statuses.join(" | ")];
    let test = Expr::call("matches!", args).flat();
    let test = statement(
        12,
        "is_healthy: ",
        &Expr::from(format!("|status| {test}")),
        ",",
    );
    let body = literal(health.body.as_deref().unwrap_or_default());
    let body = statement(12, "body: ", &Expr::from(body), ",");
    format!(
        "        health: Some(HealthCheck {{\n            request: health_request(config)?,\n{body}{test}        }}),\n"
    )
}

/// The function that makes the request of a batch.
fn request(printer: &Printer, endpoint: &Endpoint, is_shared: bool) -> String {
    let mut body = opening(printer, endpoint.method, &endpoint.base, &endpoint.path);
    body += &whole(printer, endpoint);
    for parameter in &endpoint.query {
        body += &self::parameter(printer, "query", parameter);
    }
    body += &credentials::statements(printer, Into::Query);
    body += &if has_common(endpoint) {
        add_headers(printer, endpoint)
    } else {
        headers(printer, endpoint)
    };
    let shared = if is_shared {
        Some(printer.uses.part("request", "Shared"))
    } else {
        None
    };
    function(
        printer,
        "The request that carries a batch, its body excepted.",
        "request",
        shared,
        &body,
    )
}

/// Whether the headers of batches go along with the health check too.
fn has_common(endpoint: &Endpoint) -> bool {
    let health = endpoint.health.as_ref();
    health.is_some_and(|health| health.authenticated) && !endpoint.headers.iter().any(is_made)
}

/// The call of the function with them; none where there are none.
fn add_headers(printer: &Printer, endpoint: &Endpoint) -> String {
    if headers(printer, endpoint).is_empty() {
        return String::new();
    }
    "    add_headers(&mut request, config);\n".to_owned()
}

/// Whether a parameter differs from request to request.
fn is_made(parameter: &Parameter) -> bool {
    matches!(parameter, Parameter::Named { value, .. } if value.is_of_request())
}

/// The statements for all headers, credentials included.
fn headers(printer: &Printer, endpoint: &Endpoint) -> String {
    let own = endpoint.headers.iter();
    let own = own.map(|header| parameter(printer, "header", header));
    own.collect::<String>() + &credentials::statements(printer, Into::Headers)
}

/// The statement for one parameter of the query, or one header.
fn parameter(printer: &Printer, method: &str, parameter: &Parameter) -> String {
    match parameter {
        Parameter::Named { name, value } => {
            let pieces = Expr::slice(printer.config_pieces(value));
            let args = [Expr::from(literal(name)), pieces];
            line(4, &Expr::call(format!("request.{method}"), args))
        }
        Parameter::Each(id) => each(printer, method, *id),
    }
}

/// The function that makes the health check, and the one for the headers it shares.
fn health_request(printer: &Printer, endpoint: &Endpoint, health: &Health) -> String {
    let mut body = opening(printer, health.method, &health.base, &health.path);
    body += &whole(printer, endpoint);
    let mut out = String::from("\n");
    let headers = headers(printer, endpoint);
    if has_common(endpoint) && !headers.is_empty() {
        body += &add_headers(printer, endpoint);
        let parameters = [
            "request: &mut RequestBuilder".to_owned(),
            format!("config: &{}SinkConfig", printer.sink.type_prefix),
        ];
        let config = if headers.contains("config.") {
            "config"
        } else {
            "_config"
        };
        let parameters = parameters.map(|text| text.replacen("config", config, 1));
        let head = super::pretty::signature(0, "fn add_headers", &parameters, "");
        out += &format!(
            "/// Headers of every request, credentials included.\n{head}\n{headers}}}\n\n"
        );
    }
    let doc = "The request that asks whether the provider would answer.";
    out + &function(printer, doc, "health_request", None, &body)
}

fn function(printer: &Printer, doc: &str, name: &str, shared: Option<&str>, body: &str) -> String {
    let uses_config = body.contains("config");
    let config = if uses_config { "config" } else { "_config" };
    let mut parameters = vec![format!("{config}: &{}SinkConfig", printer.sink.type_prefix)];
    parameters.extend(shared.map(|shared| format!("shared: &{shared}")));
    let result = "Result<HttpRequest, RequestError>";
    let signature = super::pretty::signature(0, &format!("fn {name}"), &parameters, result);
    format!("/// {doc}\n{signature}\n{body}    request.finish()\n}}\n")
}

/// Method, scheme, host and path.
fn opening(printer: &Printer, method: Method, base: &Base, path: &Text) -> String {
    let method = match method {
        Method::Post => "Method::POST",
        Method::Put => "Method::PUT",
        Method::Get => "Method::GET",
        Method::Head => "Method::HEAD",
        Method::Options => "Method::OPTIONS",
    };
    let args = [
        Expr::from(method),
        Expr::slice(printer.config_pieces(&base.text)),
    ];
    let builder = Expr::call("RequestBuilder::new", args);
    let mut out = statement(4, "let mut request = ", &builder, ";");
    let is_base = |id| base.text.pieces == [Piece::Setting(id)];
    if let Some(id) = base.replaced_by.filter(|id| !is_base(*id)) {
        let shown = format!("&{}", printer.fields.shown(id));
        out += &line(4, &Expr::call("request.replace_base", [shown]));
    }
    if let Some(own) = printer.sink.path_beside(base) {
        out += &with_text("without_path", &own);
    }
    for (piece, value) in path.pieces.iter().zip(printer.config_pieces(path)) {
        out += &match piece {
            Piece::Literal(text) => with_text("path", text),
            _ => line(4, &Expr::call("request.hole", [value])),
        };
    }
    out
}

/// The whole address of a setting instead, where that counts.
fn whole(printer: &Printer, endpoint: &Endpoint) -> String {
    let shown = |id| format!("&{}", printer.fields.shown(id));
    let (Some(whole), Some(base)) = (endpoint.whole, endpoint.base.replaced_by) else {
        return String::new();
    };
    let args = [shown(whole), shown(base)];
    line(4, &Expr::call("request.replace_whole", args))
}

/// A call of the request with a text, which goes below whole if it fits there.
fn with_text(method: &str, text: &str) -> String {
    let call = format!("{method}({})", literal(text));
    if width(&call) + 10 <= WIDTH {
        return chain(4, "", "request", &call, ";");
    }
    line(4, &Expr::call(format!("request.{method}"), [literal(text)]))
}

/// A parameter or header for each pair of a setting.
fn each(printer: &Printer, method: &str, id: crate::sink::SettingId) -> String {
    let field = printer.fields.get(id);
    if field.setting.is_optional() {
        return format!(
            "    for pairs in &config.{} {{\n        request.each_{method}(pairs);\n    }}\n",
            field.name
        );
    }
    let method = if field.setting.is_secret() {
        format!("secret_{method}")
    } else {
        method.to_owned()
    };
    let pairs = format!("&config.{}", field.name);
    line(4, &Expr::call(format!("request.each_{method}"), [pairs]))
}
