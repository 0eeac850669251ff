//! The credentials of a scheme that fetches or computes them, made of a sink's settings.

use super::aws::AwsCredentials;
use super::cloud_sink_base::Secret;
use super::cloud_sink_parts::azure::{self, AzureIdentity, AzureOptions};
use super::cloud_sink_parts::credentials::{Credentials, CredentialsContext, CredentialsError};
use super::cloud_sink_parts::google::{self, GoogleKey, GoogleOptions};
use super::cloud_sink_parts::oauth2::{self, ClientAuthentication, OAuth2Options};
use super::cloud_sink_parts::sas::{self, SasOptions};
use crate::sink::interpret::{Interpreter, filled};
use crate::sink::{AzureScheme, OAuth2, Scheme, SettingId, Text};

/// Credentials of whatever scheme.
pub type AnyCredentials = Box<dyn Credentials>;

/// Makes credentials of settings; the moment is that of the replay.
pub struct Maker<'a> {
    pub interpreter: &'a Interpreter<'a>,
    pub context: CredentialsContext,
    pub now: i64,
}

impl Maker<'_> {
    /// Those of a scheme; `None` where they stand in the request already.
    pub fn credentials(&self, scheme: &Scheme) -> Result<Option<AnyCredentials>, CredentialsError> {
        let context = &self.context;
        Ok(Some(match scheme {
            Scheme::OAuth2(it) => Box::new(oauth2::credentials(self.oauth2(it), context)?),
            Scheme::Google { key_file, scope } => {
                Box::new(google::credentials(self.google(*key_file, scope), context)?)
            }
            Scheme::Azure(it) => Box::new(azure::credentials(self.azure(it), context)?),
            Scheme::Sas {
                resource,
                key_name,
                key,
            } => {
                let options = SasOptions {
                    resource: self.text(resource),
                    key_name: self.one(*key_name),
                    key: Secret::new(self.one(*key)),
                };
                Box::new(sas::credentials(options, context))
            }
            Scheme::SigV4 { service, region } => {
                let service = self.text(service);
                Box::new(AwsCredentials::new(
                    service,
                    self.optional(*region),
                    context,
                )?)
            }
            Scheme::AwsDefaultChain { region } => {
                let region = self.optional(*region);
                Box::new(AwsCredentials::new("logs".to_owned(), region, context)?)
            }
            Scheme::None | Scheme::Header { .. } | Scheme::Basic { .. } | Scheme::Query { .. } => {
                return Ok(None);
            }
        }))
    }

    fn oauth2(&self, oauth2: &OAuth2) -> OAuth2Options {
        let extra = oauth2.parameters.iter();
        OAuth2Options {
            setting: self.name(oauth2.client_secret),
            token_url: self.text(&oauth2.token_url),
            client_id: self.one(oauth2.client_id),
            client_secret: Secret::new(self.one(oauth2.client_secret)),
            authentication: if oauth2.basic {
                ClientAuthentication::Basic
            } else {
                ClientAuthentication::Body
            },
            scope: oauth2.scope.as_ref().map(|scope| self.text(scope)),
            audience: None,
            extra: extra
                .map(|(name, value)| (name.clone(), self.text(value)))
                .collect(),
        }
    }

    fn google(&self, key_file: Option<SettingId>, scope: &str) -> GoogleOptions {
        let path = key_file.and_then(|id| self.optional(id));
        GoogleOptions {
            setting: key_file.map_or("key_file", |id| self.name(id)),
            key: path.map(|path| GoogleKey::File(path.into())),
            scope: scope.to_owned(),
        }
    }

    fn azure(&self, azure: &AzureScheme) -> AzureOptions {
        let optional = |id: Option<SettingId>| id.and_then(|id| self.optional(id));
        let secret = optional(azure.secret).map(Secret::new);
        AzureOptions {
            setting: azure.secret.map_or("client_secret", |id| self.name(id)),
            identity: AzureIdentity::of(optional(azure.tenant), optional(azure.client), secret),
            scope: self.text(&azure.scope),
            authority: optional(azure.authority),
        }
    }

    /// The name of a setting, for errors; there are a few, once for each run of the program.
    fn name(&self, id: SettingId) -> &'static str {
        self.interpreter.sink().setting(id).name.clone().leak()
    }

    fn text(&self, text: &Text) -> String {
        filled(self.interpreter, text, self.now).unwrap_or_default()
    }

    fn one(&self, id: SettingId) -> String {
        self.optional(id).unwrap_or_default()
    }

    fn optional(&self, id: SettingId) -> Option<String> {
        self.interpreter.settings().text(id)
    }
}
