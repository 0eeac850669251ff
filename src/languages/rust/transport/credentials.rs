//! Credentials of a request: the first set that is complete.

use super::super::pretty::{Expr, condition, line, signature, statement};
use super::super::sink_tests::is_fetched;
use super::super::text::literal;
use super::super::value::Printer;
use crate::sink::{Credentials, Scheme, SettingId, Text};

/// Where credentials go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Into {
    /// Headers.
    Headers,
    /// The query.
    Query,
}

/// The statements that put those that go there into `request`.
pub fn statements(printer: &Printer, into: Into) -> String {
    let mut out = String::new();
    let all = &printer.sink.credentials;
    let goes_there = |one: &Credentials| match one.scheme {
        Scheme::Query { .. } => into == Into::Query,
        Scheme::Header { .. } | Scheme::Basic { .. } => into == Into::Headers,
        _ => false,
    };
    let Some(last) = all.iter().rposition(goes_there) else {
        return out;
    };
    // Those before the last count where they are complete, wherever they go.
    for credentials in &all[..=last] {
        let start = if out.is_empty() {
            String::new()
        } else {
            "} else ".to_owned()
        };
        let call = call(printer, &credentials.scheme).filter(|_| goes_there(credentials));
        if credentials.when.is_empty() {
            match (call, out.is_empty()) {
                (None, true) => return String::new(),
                (None, false) => break,
                (Some(call), true) => return line(4, &call),
                (Some(call), false) => {
                    return format!("{out}    }} else {{\n{}    }}\n", line(8, &call));
                }
            }
        }
        let set = credentials.when.iter();
        let set: Vec<String> = set
            .map(|id| format!("&{}", printer.fields.shown(*id)))
            .collect();
        let test = format!("{}(&[{}])", printer.uses.base("all_set"), set.join(", "));
        out += &format!("    {}\n", condition(4, &start, &test));
        let elsewhere = "        // They are put into the request elsewhere.\n";
        out += &call.map_or(elsewhere.to_owned(), |call| line(8, &call));
    }
    if out.is_empty() { out } else { out + "    }\n" }
}

/// The call that puts one into `request`; none for those that are fetched or computed.
fn call(printer: &Printer, scheme: &Scheme) -> Option<Expr> {
    let shown = |id| format!("&{}", printer.fields.shown(id));
    match scheme {
        Scheme::Header { name, value } => {
            let value = Expr::slice(printer.config_pieces(value));
            Some(match name.literal() {
                Some(name) => Expr::call("request.header", [Expr::from(literal(name)), value]),
                None => {
                    let name = Expr::slice(printer.config_pieces(name));
                    Expr::call("request.named_header", [name, value])
                }
            })
        }
        Scheme::Basic { username, password } => {
            let password = password.map_or("&\"\"".to_owned(), shown);
            let function = format!("&{}::credentials", printer.uses.module("basic_auth"));
            let value = Expr::call(function, [shown(*username), password]);
            let args = [Expr::from("\"Authorization\""), Expr::slice([value])];
            Some(Expr::call("request.header", args))
        }
        Scheme::Query { name, secret } => {
            let args = [Expr::from(literal(name)), Expr::slice([shown(*secret)])];
            Some(Expr::call("request.query", args))
        }
        Scheme::None
        | Scheme::OAuth2(_)
        | Scheme::Google { .. }
        | Scheme::Azure { .. }
        | Scheme::Sas { .. }
        | Scheme::SigV4 { .. }
        | Scheme::AwsDefaultChain { .. } => None,
    }
}

/// The field that says who sends requests, and the function that makes it where credentials are
/// fetched or computed.
pub fn sender(printer: &Printer) -> (String, String) {
    let plain = || printer.uses.part("http_transport", "AsTheyAre");
    let all = &printer.sink.credentials;
    let Some(last) = all.iter().rposition(|one| is_fetched(&one.scheme)) else {
        return (format!("sender: Arc::new({}),", plain()), String::new());
    };
    printer.uses.part("credentials", "CredentialsContext");
    printer.uses.part("authorized", "Authorized");
    printer.uses.part("http_transport", "Sender");
    let mut body = String::new();
    let mut is_always = false;
    for one in &all[..=last] {
        is_always = one.when.is_empty();
        let indent = if is_always { 4 } else { 8 };
        let made = made(printer, &one.scheme, indent);
        let set: Vec<String> = one
            .when
            .iter()
            .map(|id| format!("&{}", printer.fields.shown(*id)))
            .collect();
        if is_always {
            body += &made;
            break;
        }
        let test = format!("{}(&[{}])", printer.uses.base("all_set"), set.join(", "));
        let made = made
            .replace("Ok(Arc::new(", "return Ok(Arc::new(")
            .replace("))\n", "));\n");
        body += &format!("    {}\n{made}    }}\n", condition(4, "", &test));
    }
    if !is_always {
        body += &format!("    Ok(Arc::new({}))\n", plain());
    }
    let parameters = [format!("config: &{}SinkConfig", printer.sink.type_prefix)];
    let may_fail = body.contains(")?;\n");
    let (result, field) = if may_fail {
        printer.uses.part("credentials", "CredentialsError");
        (
            "Result<Arc<dyn Sender>, CredentialsError>",
            "sender: sender(config)?,",
        )
    } else {
        body = body.lines().map(unwrapped).collect();
        ("Arc<dyn Sender>", "sender: sender(config),")
    };
    let head = signature(0, "fn sender", &parameters, result);
    let context = "    let context = CredentialsContext::new(config.delivery.attempt_timeout).over(&config.connection);\n";
    let function = format!(
        "/// Sends requests with credentials that are fetched or computed then.\n{head}\n{context}{body}}}\n\n"
    );
    (field.to_owned(), function)
}

/// A line without the `Ok` around what it returns.
fn unwrapped(line: &str) -> String {
    let Some((before, returned)) = line.split_once("Ok(Arc::new(") else {
        return format!("{line}\n");
    };
    format!("{before}Arc::new({}\n", returned.replacen(')', "", 1))
}

/// The statements that make a sender with credentials of one scheme.
fn made(printer: &Printer, scheme: &Scheme, indent: usize) -> String {
    let uses = &printer.uses;
    let shown = |id| format!("&{}", printer.fields.shown(id));
    let name = |id: SettingId| Expr::from(literal(&printer.sink.setting(id).name));
    let text = |text: &Text| {
        let function = format!("{}::text", uses.module("authorized"));
        Expr::call(function, [Expr::slice(printer.config_pieces(text))])
    };
    let one = |id| {
        Expr::call(
            format!("{}::text", uses.module("authorized")),
            [Expr::slice([shown(id)])],
        )
    };
    let secret = |id| {
        Expr::call(
            format!("{}::secret", uses.module("authorized")),
            [shown(id)],
        )
    };
    let optional = |id: &Option<SettingId>| match id {
        Some(id) => Expr::call(uses.base("filled"), [Expr::slice([shown(*id)])]),
        None => Expr::from("None"),
    };
    let (part, kind, fields, call) = match scheme {
        Scheme::OAuth2(oauth2) => {
            let where_ = if oauth2.basic { "Basic" } else { "Body" };
            let place = uses.part("oauth2", "ClientAuthentication");
            let scope = oauth2.scope.as_ref().map_or(Expr::from("None"), |scope| {
                Expr::call(
                    uses.base("filled"),
                    [Expr::slice(printer.config_pieces(scope))],
                )
            });
            let extra = oauth2.parameters.iter().map(|(name, value)| {
                let name = format!("{}.to_owned()", literal(name));
                Expr::call("", [Expr::from(name), text(value)])
            });
            let extra: Vec<Expr> = extra.collect();
            let extra = if extra.is_empty() {
                Expr::from("Vec::new()")
            } else {
                Expr::array("vec!", extra)
            };
            let fields = vec![
                ("setting", name(oauth2.client_secret)),
                ("token_url", text(&oauth2.token_url)),
                ("client_id", one(oauth2.client_id)),
                ("client_secret", secret(oauth2.client_secret)),
                ("authentication", Expr::from(format!("{place}::{where_}"))),
                ("scope", scope),
                ("audience", Expr::from("None")),
                ("extra", extra),
            ];
            (
                "oauth2",
                "OAuth2Options",
                fields,
                "credentials(options, &context)?",
            )
        }
        Scheme::Google { key_file, scope } => {
            let key = key_file.map_or(Expr::from("None"), |id| {
                let file = format!("{}::File", uses.part("google", "GoogleKey"));
                let path = Expr::call(uses.base("filled"), [Expr::slice([shown(id)])]);
                Expr::from(format!("{}.map(|path| {file}(path.into()))", path.flat()))
            });
            let fields = vec![
                ("setting", key_file.map_or(Expr::from("\"key_file\""), name)),
                ("key", key),
                (
                    "scope",
                    Expr::from(format!("{}.to_owned()", literal(scope))),
                ),
            ];
            (
                "google",
                "GoogleOptions",
                fields,
                "credentials(options, &context)?",
            )
        }
        Scheme::Azure {
            scope,
            tenant,
            client,
            secret,
            authority,
        } => {
            let of = format!("{}::of", uses.part("azure", "AzureIdentity"));
            let secret_value = secret.map_or(Expr::from("None"), |id| {
                Expr::call(
                    format!("{}::optional_secret", uses.module("authorized")),
                    [shown(id)],
                )
            });
            let identity = Expr::call(of, [optional(tenant), optional(client), secret_value]);
            let fields = vec![
                (
                    "setting",
                    secret.map_or(Expr::from("\"client_secret\""), name),
                ),
                ("identity", identity),
                (
                    "scope",
                    Expr::from(format!("{}.to_owned()", literal(scope))),
                ),
                ("authority", optional(authority)),
            ];
            (
                "azure",
                "AzureOptions",
                fields,
                "credentials(options, &context)?",
            )
        }
        Scheme::Sas {
            resource,
            key_name,
            key,
        } => {
            let fields = vec![
                ("resource", text(resource)),
                ("key_name", one(*key_name)),
                ("key", secret(*key)),
            ];
            (
                "sas",
                "SasOptions",
                fields,
                "credentials(options, &context)",
            )
        }
        Scheme::SigV4 { service, region } => {
            let fields = vec![
                ("service", text(service)),
                ("region", optional(&Some(*region))),
                ("sends_body_hash", Expr::from("true")),
                ("provider", Expr::from("None")),
            ];
            (
                "sigv4",
                "SigV4Options",
                fields,
                "SigV4Credentials::new(options, &context)",
            )
        }
        Scheme::None
        | Scheme::Header { .. }
        | Scheme::Basic { .. }
        | Scheme::Query { .. }
        | Scheme::AwsDefaultChain { .. } => {
            let plain = uses.part("http_transport", "AsTheyAre");
            return format!("{:indent$}Ok(Arc::new({plain}))\n", "");
        }
    };
    uses.part(part, kind);
    uses.module(part);
    let options = Expr::Struct(kind.to_owned(), fields, "");
    statement(indent, "let options = ", &options, ";")
        + &format!("{:indent$}let credentials = {part}::{call};\n", "")
        + &format!("{:indent$}Ok(Arc::new(Authorized(credentials)))\n", "")
}
