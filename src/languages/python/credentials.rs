//! Credentials that are fetched or computed: the function that makes them from settings.

use super::layout::{Expr, statement};
use super::module::Module;
use super::settings::field;
use super::text::{docstring, literal};
use super::values::f_string;
use crate::sink::{AzureScheme, Credentials, Scheme, SettingId, Sink, Text};

/// The function `_credentials`, where a scheme needs it.
pub fn function(sink: &Sink, module: &mut Module) -> Option<String> {
    if !sink.fetches_credentials() {
        return None;
    }
    for name in ["Credentials", "CredentialsContext"] {
        module.part("_credentials", name);
    }
    module.part("_authorized", "AuthorizedTransport");
    module.part("_connection", "connection_of");
    let docs = "Return what puts credentials into requests; None where settings hold them.";
    let mut out = format!(
        "def _credentials(config: {}SinkConfig) -> Credentials | None:\n{}\n    context = CredentialsContext(config.timeout_seconds, connection=connection_of(config))\n",
        sink.type_prefix,
        docstring(4, &[docs.to_owned()])
    );
    for credentials in &sink.credentials {
        let tests = credentials.when.iter().map(|id| field(sink, *id).is_set());
        let tests: Vec<String> = tests.collect();
        let indent = if tests.is_empty() { 4 } else { 8 };
        if !tests.is_empty() {
            out += &format!("    if {}:\n", tests.join(" and "));
        }
        let value = Printer {
            sink,
            module,
            credentials,
        }
        .issued();
        let value = value.unwrap_or_else(|| Expr::text("None"));
        out += &format!("{}\n", statement(indent, "return ", &value, ""));
        if tests.is_empty() {
            return Some(out.trim_end().to_owned());
        }
    }
    Some(out + "    return None")
}

struct Printer<'a> {
    sink: &'a Sink,
    module: &'a mut Module,
    credentials: &'a Credentials,
}

impl Printer<'_> {
    #[expect(clippy::too_many_lines, reason = "one arm for each scheme")]
    fn issued(&mut self) -> Option<Expr> {
        let credentials = self.credentials;
        let (part, options, arguments) = match &credentials.scheme {
            Scheme::OAuth2(oauth) => {
                let mut arguments = vec![
                    ("setting", self.name(oauth.client_secret)),
                    ("token_url", self.filled(&oauth.token_url)),
                    ("client_id", self.text(oauth.client_id)),
                    ("client_secret", self.secret(oauth.client_secret)),
                ];
                if oauth.basic {
                    let basic = "_oauth2.ClientAuthentication.BASIC";
                    arguments.push(("authentication", Expr::text(basic)));
                }
                let scope = oauth
                    .scope
                    .as_ref()
                    .map(|scope| ("scope", self.filled(scope)));
                arguments.extend(scope);
                if !oauth.parameters.is_empty() {
                    let pairs = oauth.parameters.iter().map(|(name, value)| {
                        Expr::tuple([Expr::text(literal(name)), self.filled(value)])
                    });
                    arguments.push(("extra", Expr::list(pairs.collect::<Vec<_>>())));
                }
                ("_oauth2", "OAuth2Options", arguments)
            }
            Scheme::Google { key_file, scope } => {
                let setting = key_file.map_or_else(
                    || Expr::text("\"GOOGLE_APPLICATION_CREDENTIALS\""),
                    |id| self.name(id),
                );
                let mut arguments =
                    vec![("setting", setting), ("scope", Expr::text(literal(scope)))];
                if let Some(id) = key_file {
                    self.module.from("pathlib", "Path");
                    let value = field(self.sink, *id).text_set(self.module);
                    let key = if credentials.when.contains(id) {
                        format!("Path({value})")
                    } else {
                        format!("Path({value}) if {value} else None")
                    };
                    arguments.push(("key", Expr::text(key)));
                }
                ("_google", "GoogleOptions", arguments)
            }
            Scheme::Azure(AzureScheme {
                scope,
                tenant,
                client,
                secret,
                authority,
            }) => {
                let given = secret.or(*client);
                let setting =
                    given.map_or_else(|| Expr::text("\"AZURE_CLIENT_SECRET\""), |id| self.name(id));
                let identity = self.azure(*tenant, *client, *secret);
                let mut arguments = vec![
                    ("setting", setting),
                    ("identity", identity),
                    ("scope", self.filled(scope)),
                ];
                let authority = authority.map(|id| ("authority", self.optional(id)));
                arguments.extend(authority);
                ("_azure", "AzureOptions", arguments)
            }
            Scheme::Sas {
                resource,
                key_name,
                key,
            } => {
                let arguments = vec![
                    ("resource", self.filled(resource)),
                    ("key_name", self.text(*key_name)),
                    ("key", self.secret(*key)),
                ];
                ("_sas", "SasOptions", arguments)
            }
            Scheme::SigV4 { service, region } => {
                let arguments = vec![
                    ("service", self.filled(service)),
                    ("region", self.optional(*region)),
                ];
                ("_sigv4", "SigV4Options", arguments)
            }
            Scheme::None
            | Scheme::Header { .. }
            | Scheme::Basic { .. }
            | Scheme::Query { .. }
            | Scheme::AwsDefaultChain { .. } => return None,
        };
        self.module.from(".cloud_sink_parts", part);
        let arguments = arguments
            .into_iter()
            .map(|(name, value)| Expr::keyword(name, value));
        let options = Expr::call(format!("{part}.{options}"), arguments);
        let maker = if part == "_sigv4" {
            "SigV4Credentials"
        } else {
            "credentials"
        };
        Some(Expr::call(
            format!("{part}.{maker}"),
            [options, Expr::text("context")],
        ))
    }

    /// An app with a secret where one is set, else what the environment has.
    fn azure(
        &mut self,
        tenant: Option<SettingId>,
        client: Option<SettingId>,
        secret: Option<SettingId>,
    ) -> Expr {
        let Some(secret) = secret else {
            return Expr::text("_azure.Environment()");
        };
        let ids = [("tenant_id", tenant), ("client_id", client)];
        let mut arguments: Vec<Expr> = ids
            .into_iter()
            .filter_map(|(name, id)| Some(Expr::keyword(name, self.optional(id?))))
            .collect();
        arguments.push(Expr::keyword("client_secret", self.secret(secret)));
        let is_set =
            self.credentials.when.contains(&secret) || self.sink.setting(secret).is_required();
        let made = if is_set {
            "_azure.ClientSecret"
        } else {
            "_azure.app"
        };
        Expr::call(made, arguments)
    }

    fn name(&self, id: SettingId) -> Expr {
        Expr::text(literal(&self.sink.setting(id).name))
    }

    fn text(&mut self, id: SettingId) -> Expr {
        let field = field(self.sink, id);
        Expr::text(if self.credentials.when.contains(&id) {
            field.text_set(self.module)
        } else {
            field.text(self.module)
        })
    }

    fn optional(&mut self, id: SettingId) -> Expr {
        let text = field(self.sink, id).text_set(self.module);
        Expr::text(format!("{text} or None"))
    }

    fn secret(&mut self, id: SettingId) -> Expr {
        self.module.from("pydantic", "SecretStr");
        let text = self.text(id).flat();
        Expr::text(format!("SecretStr({text})"))
    }

    fn filled(&mut self, text: &Text) -> Expr {
        Expr::text(f_string(self.sink, text, self.module))
    }
}
