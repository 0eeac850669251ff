//! Credentials: what each scheme needs, in settings.

use super::Lowering;
use super::text::Place;
use crate::sink::model::{AzureScheme, Credentials, OAuth2, Piece, Scheme, SettingId, Text};
use crate::spec::model::Auth;

impl Lowering<'_> {
    pub(super) fn credentials(&mut self) -> Vec<Credentials> {
        let mut credentials = Vec::new();
        for auth in &self.spec.auth {
            let is_optional = |name: &&str| self.spec.config[*name].is_optional();
            let when = auth.needs().into_iter().filter(is_optional);
            let when: Vec<SettingId> = when.map(|name| self.setting(name)).collect();
            credentials.push(Credentials {
                when,
                scheme: self.scheme(auth),
            });
        }
        credentials
    }

    fn scheme(&mut self, auth: &Auth) -> Scheme {
        match auth {
            Auth::None {} => Scheme::None,
            Auth::Header {
                name,
                secret,
                prefix,
            } => Scheme::Header {
                name: self.text(name, Place::Request),
                value: self.after(prefix, secret),
            },
            Auth::Authorization { word, secret } => Scheme::Header {
                name: self.text("Authorization", Place::Request),
                value: self.after(&format!("{word} "), secret),
            },
            Auth::Basic { username, password } => Scheme::Basic {
                username: self.setting(username),
                password: self.optional(password.as_deref()),
            },
            Auth::Query { name, secret } => Scheme::Query {
                name: name.clone(),
                secret: self.setting(secret),
            },
            Auth::OAuth2 { .. } => Scheme::OAuth2(self.oauth2(auth)),
            Auth::Google { key_file, scope } => Scheme::Google {
                key_file: self.optional(key_file.as_deref()),
                scope: scope.clone(),
            },
            Auth::Azure {
                scope,
                tenant,
                client,
                secret,
                authority,
            } => Scheme::Azure(AzureScheme {
                scope: self.text(scope, Place::Request),
                tenant: self.optional(tenant.as_deref()),
                client: self.optional(client.as_deref()),
                secret: self.optional(secret.as_deref()),
                authority: self.optional(authority.as_deref()),
            }),
            Auth::Sas {
                resource,
                key_name,
                key,
            } => Scheme::Sas {
                resource: self.text(resource, Place::Request),
                key_name: self.setting(key_name),
                key: self.setting(key),
            },
            Auth::AwsSigv4 { service, region } => Scheme::SigV4 {
                service: self.text(service, Place::Request),
                region: self.setting(region),
            },
            Auth::AwsDefaultChain { region } => Scheme::AwsDefaultChain {
                region: self.setting(region),
            },
        }
    }

    fn oauth2(&mut self, auth: &Auth) -> OAuth2 {
        let Auth::OAuth2 {
            token_url,
            client_id,
            client_secret,
            scope,
            parameters,
            basic,
        } = auth
        else {
            super::broken("client credentials of another scheme");
        };
        let mut form = Vec::new();
        for (name, value) in parameters {
            form.push((name.clone(), self.text(value, Place::Request)));
        }
        OAuth2 {
            token_url: self.text(token_url, Place::Request),
            client_id: self.setting(client_id),
            client_secret: self.setting(client_secret),
            scope: scope.as_ref().map(|scope| self.text(scope, Place::Request)),
            parameters: form,
            basic: *basic,
        }
    }

    fn optional(&self, name: Option<&str>) -> Option<SettingId> {
        name.map(|name| self.setting(name))
    }

    /// A secret after some text.
    fn after(&self, prefix: &str, secret: &str) -> Text {
        let secret = Piece::Setting(self.setting(secret));
        let prefix = (!prefix.is_empty()).then(|| Piece::Literal(prefix.to_owned()));
        Text {
            pieces: prefix.into_iter().chain([secret]).collect(),
        }
    }
}
