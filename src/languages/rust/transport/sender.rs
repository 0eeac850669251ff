//! Who sends requests: nobody in particular, or credentials that are fetched or computed then.

use super::super::pretty::{Expr, condition, line, signature, statement};
use super::super::text::literal;
use super::super::value::Printer;
use crate::sink::{AzureScheme, OAuth2, Scheme, SettingId, Text};

/// The field that says who sends requests, and the function that makes it where credentials are
/// fetched or computed.
pub fn sender(printer: &Printer) -> (String, String) {
    let plain = || {
        format!(
            "Arc::new({})",
            printer.uses.part("http_transport", "AsTheyAre")
        )
    };
    let all = &printer.sink.credentials;
    let Some(last) = all.iter().rposition(|one| one.scheme.is_fetched()) else {
        return (format!("sender: {},", plain()), String::new());
    };
    printer.uses.part("credentials", "CredentialsContext");
    printer.uses.part("http_transport", "Sender");
    let may_fail = all[..=last].iter().any(|one| may_fail(&one.scheme));
    let result = |value: String| {
        if may_fail {
            format!("Ok({value})")
        } else {
            value
        }
    };
    let mut body = String::new();
    let mut is_always = false;
    for one in &all[..=last] {
        is_always = one.when.is_empty();
        let indent = if is_always { 4 } else { 8 };
        let (statements, sender) = match Made::of(printer, &one.scheme) {
            Some(made) => made.statements(printer, indent),
            None => (String::new(), plain()),
        };
        let sender = result(sender);
        if is_always {
            body += &format!("{statements}    {sender}\n");
            break;
        }
        let set = one.when.iter();
        let set: Vec<String> = set
            .map(|id| format!("&{}", printer.fields.shown(*id)))
            .collect();
        let test = format!("{}(&[{}])", printer.uses.base("all_set"), set.join(", "));
        let test = condition(4, "", &test);
        body += &format!("    {test}\n{statements}        return {sender};\n    }}\n");
    }
    if !is_always {
        body += &format!("    {}\n", result(plain()));
    }
    let parameters = [format!("config: &{}SinkConfig", printer.sink.type_prefix)];
    let (returned, field) = if may_fail {
        printer.uses.part("credentials", "CredentialsError");
        (
            "Result<Arc<dyn Sender>, CredentialsError>",
            "sender: sender(config)?,",
        )
    } else {
        ("Arc<dyn Sender>", "sender: sender(config),")
    };
    let head = signature(0, "fn sender", &parameters, returned);
    let context = "    let context = CredentialsContext::new(config.delivery.attempt_timeout).over(&config.connection);\n";
    let function = format!(
        "/// Sends requests with credentials that are fetched or computed then.\n{head}\n{context}{body}}}\n\n"
    );
    (field.to_owned(), function)
}

/// Whether settings can be such that no credentials of this scheme are made of them.
fn may_fail(scheme: &Scheme) -> bool {
    match scheme {
        Scheme::OAuth2(_) | Scheme::Google { .. } | Scheme::Azure(_) => true,
        Scheme::Sas { .. }
        | Scheme::SigV4 { .. }
        | Scheme::None
        | Scheme::Header { .. }
        | Scheme::Basic { .. }
        | Scheme::Query { .. }
        | Scheme::AwsDefaultChain { .. } => false,
    }
}

/// Credentials as a part of the runtime makes them: its module, the options, and the call.
struct Made {
    part: &'static str,
    options: &'static str,
    fields: Vec<(&'static str, Expr)>,
    call: &'static str,
}

impl Made {
    /// None for those that are in the request already.
    fn of(printer: &Printer, scheme: &Scheme) -> Option<Self> {
        let made = Maker(printer);
        Some(match scheme {
            Scheme::OAuth2(oauth2) => Self {
                part: "oauth2",
                options: "OAuth2Options",
                fields: made.oauth2(oauth2),
                call: "credentials(options, &context)?",
            },
            Scheme::Google { key_file, scope } => Self {
                part: "google",
                options: "GoogleOptions",
                fields: made.google(*key_file, scope),
                call: "credentials(options, &context)?",
            },
            Scheme::Azure(azure) => Self {
                part: "azure",
                options: "AzureOptions",
                fields: made.azure(azure),
                call: "credentials(options, &context)?",
            },
            Scheme::Sas {
                resource,
                key_name,
                key,
            } => Self {
                part: "sas",
                options: "SasOptions",
                fields: vec![
                    ("resource", made.text(resource)),
                    ("key_name", made.one(*key_name)),
                    ("key", made.secret(*key)),
                ],
                call: "credentials(options, &context)",
            },
            Scheme::SigV4 { service, region } => Self {
                part: "sigv4",
                options: "SigV4Options",
                fields: vec![
                    ("service", made.text(service)),
                    ("region", made.optional(Some(*region))),
                    ("sends_body_hash", Expr::from("true")),
                    ("provider", Expr::from("None")),
                ],
                call: "SigV4Credentials::new(options, &context)",
            },
            Scheme::None
            | Scheme::Header { .. }
            | Scheme::Basic { .. }
            | Scheme::Query { .. }
            | Scheme::AwsDefaultChain { .. } => return None,
        })
    }

    /// The statements that make it, and the sender that carries it.
    fn statements(self, printer: &Printer, indent: usize) -> (String, String) {
        let Self {
            part,
            options,
            fields,
            call,
        } = self;
        printer.uses.part(part, options);
        printer.uses.module(part);
        printer.uses.part("authorized", "Authorized");
        let options = Expr::Struct(options.to_owned(), fields, "");
        let statements = statement(indent, "let options = ", &options, ";")
            + &line(
                indent,
                &Expr::from(format!("let credentials = {part}::{call}")),
            );
        (statements, "Arc::new(Authorized(credentials))".to_owned())
    }
}

/// Makes the values of options.
struct Maker<'a>(&'a Printer<'a>);

impl Maker<'_> {
    fn oauth2(&self, oauth2: &OAuth2) -> Vec<(&'static str, Expr)> {
        let uses = &self.0.uses;
        let place = uses.part("oauth2", "ClientAuthentication");
        let authentication = if oauth2.basic { "Basic" } else { "Body" };
        let scope = oauth2.scope.as_ref().map_or(Expr::from("None"), |scope| {
            let pieces = Expr::slice(self.0.config_pieces(scope));
            Expr::call(uses.base("filled"), [pieces])
        });
        let extra = oauth2.parameters.iter();
        let extra: Vec<Expr> = extra
            .map(|(name, value)| Expr::call("", [owned(name), self.text(value)]))
            .collect();
        let extra = if extra.is_empty() {
            Expr::from("Vec::new()")
        } else {
            Expr::array("vec!", extra)
        };
        vec![
            ("setting", self.name(oauth2.client_secret)),
            ("token_url", self.text(&oauth2.token_url)),
            ("client_id", self.one(oauth2.client_id)),
            ("client_secret", self.secret(oauth2.client_secret)),
            (
                "authentication",
                Expr::from(format!("{place}::{authentication}")),
            ),
            ("scope", scope),
            ("audience", Expr::from("None")),
            ("extra", extra),
        ]
    }

    fn google(&self, key_file: Option<SettingId>, scope: &str) -> Vec<(&'static str, Expr)> {
        let key = key_file.map_or(Expr::from("None"), |id| {
            let file = format!("{}::File", self.0.uses.part("google", "GoogleKey"));
            let path = self.optional(Some(id)).flat();
            Expr::from(format!("{path}.map(|path| {file}(path.into()))"))
        });
        let setting = key_file.map_or(Expr::from("\"key_file\""), |id| self.name(id));
        vec![("setting", setting), ("key", key), ("scope", owned(scope))]
    }

    fn azure(&self, azure: &AzureScheme) -> Vec<(&'static str, Expr)> {
        let uses = &self.0.uses;
        let secret = azure.secret.map_or(Expr::from("None"), |id| {
            let function = format!("{}::optional_secret", uses.module("authorized"));
            Expr::call(function, [self.shown(id)])
        });
        let identity = Expr::call(
            format!("{}::of", uses.part("azure", "AzureIdentity")),
            [
                self.optional(azure.tenant),
                self.optional(azure.client),
                secret,
            ],
        );
        let setting = azure
            .secret
            .map_or(Expr::from("\"client_secret\""), |id| self.name(id));
        vec![
            ("setting", setting),
            ("identity", identity),
            ("scope", self.scope(&azure.scope)),
            ("authority", self.optional(azure.authority)),
        ]
    }

    fn scope(&self, scope: &Text) -> Expr {
        scope.literal().map_or_else(|| self.text(scope), owned)
    }

    fn shown(&self, id: SettingId) -> String {
        format!("&{}", self.0.fields.shown(id))
    }

    /// The name of a setting, for errors.
    fn name(&self, id: SettingId) -> Expr {
        Expr::from(literal(&self.0.sink.setting(id).name))
    }

    fn text(&self, text: &Text) -> Expr {
        let function = format!("{}::text", self.0.uses.module("authorized"));
        Expr::call(function, [Expr::slice(self.0.config_pieces(text))])
    }

    /// The text of one setting.
    fn one(&self, id: SettingId) -> Expr {
        let function = format!("{}::text", self.0.uses.module("authorized"));
        Expr::call(function, [Expr::slice([self.shown(id)])])
    }

    fn secret(&self, id: SettingId) -> Expr {
        let function = format!("{}::secret", self.0.uses.module("authorized"));
        Expr::call(function, [self.shown(id)])
    }

    fn optional(&self, id: Option<SettingId>) -> Expr {
        id.map_or(Expr::from("None"), |id| {
            Expr::call(self.0.uses.base("filled"), [Expr::slice([self.shown(id)])])
        })
    }
}

fn owned(text: &str) -> Expr {
    Expr::from(format!("{}.to_owned()", literal(text)))
}
