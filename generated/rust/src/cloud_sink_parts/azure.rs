//! Microsoft Entra's access tokens: for an app with a secret, for a workload whose cluster vouches
//! for it, for the managed identity of a machine or of App Service.
//!
//! Needs `token.rs` and `token_endpoint.rs` with what those need; no crates beyond theirs.

use std::fmt;
use std::path::{Path, PathBuf};

use reqwest::header::{HeaderMap, HeaderName};

use super::super::cloud_sink_base::{BoxFuture, Secret};
use super::credentials::{CredentialsContext, CredentialsError};
use super::http::secret_header;
use super::percent;
use super::token::{Issued, Issuer, TokenCredentials};
use super::token_endpoint::{TokenClient, TokenEndpoint, TokenRequest, read_text};

const AUTHORITY: &str = "https://login.microsoftonline.com";
const MACHINE_IDENTITY: &str = "http://169.254.169.254";
const METADATA_HEADER: HeaderName = HeaderName::from_static("metadata");
const APP_SERVICE_HEADER: HeaderName = HeaderName::from_static("x-identity-header");
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Who asks. What a variant leaves out is read from the variables that Azure's own libraries read,
/// whenever a token is asked for.
#[derive(Debug, Clone)]
pub enum AzureIdentity {
    /// An app with a secret; absent: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`.
    ClientSecret {
        /// Tenant.
        tenant_id: Option<String>,
        /// The app's id.
        client_id: Option<String>,
        /// The app's secret.
        client_secret: Option<Secret>,
    },
    /// An app that trusts a token in a file; absent: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`,
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    Workload {
        /// Tenant.
        tenant_id: Option<String>,
        /// The app's id.
        client_id: Option<String>,
        /// File with the token, read each time: it is replaced every hour or so.
        token_file: Option<PathBuf>,
    },
    /// The identity of the machine or of the App Service the program runs on.
    Managed {
        /// The user-assigned one with this id; absent: the system-assigned one.
        client_id: Option<String>,
    },
    /// Whatever the environment has: a secret, then a workload, then a managed identity.
    Environment,
}

impl AzureIdentity {
    /// An app with its secret where that is given, else whatever the environment has.
    #[must_use]
    pub fn of(
        tenant_id: Option<String>,
        client_id: Option<String>,
        client_secret: Option<Secret>,
    ) -> Self {
        if client_secret.is_none() {
            return Self::Environment;
        }
        Self::ClientSecret {
            tenant_id,
            client_id,
            client_secret,
        }
    }
}

/// Who asks, and for what.
#[derive(Debug, Clone)]
pub struct AzureOptions {
    /// Setting that errors name: the one that holds the secret or the client id.
    pub setting: &'static str,
    /// Who asks.
    pub identity: AzureIdentity,
    /// Scope, `AUDIENCE/.default`.
    pub scope: String,
    /// Where apps ask; absent: `AZURE_AUTHORITY_HOST`, then the public cloud's.
    pub authority: Option<String>,
}

/// Bearer tokens for Azure's services.
///
/// # Errors
///
/// [`CredentialsError::Refused`] when TLS cannot be set up.
pub fn credentials(
    options: AzureOptions,
    context: &CredentialsContext,
) -> Result<TokenCredentials<AzureIssuer>, CredentialsError> {
    let issuer = AzureIssuer {
        client: TokenClient::new(options.setting, context)?,
        options,
        context: context.clone(),
    };
    Ok(TokenCredentials::from_issuer(issuer, context))
}

/// Asks for tokens in the name of an identity.
pub struct AzureIssuer {
    options: AzureOptions,
    client: TokenClient,
    context: CredentialsContext,
}

impl AzureIssuer {
    async fn ask(&self) -> Result<Issued<Secret>, CredentialsError> {
        match &self.options.identity {
            AzureIdentity::ClientSecret {
                tenant_id,
                client_id,
                client_secret,
            } => {
                let app = self.app(tenant_id.as_deref(), client_id.as_deref())?;
                self.ask_with_secret(&app, client_secret.as_ref()).await
            }
            AzureIdentity::Workload {
                tenant_id,
                client_id,
                token_file,
            } => {
                let app = self.app(tenant_id.as_deref(), client_id.as_deref())?;
                self.ask_with_file(&app, token_file.as_deref()).await
            }
            AzureIdentity::Managed { client_id } => self.ask_as_managed(client_id.as_deref()).await,
            AzureIdentity::Environment => self.ask_as_the_environment_says().await,
        }
    }

    async fn ask_as_the_environment_says(&self) -> Result<Issued<Secret>, CredentialsError> {
        let has = |name| self.context.variable(name).is_some();
        if has("AZURE_CLIENT_SECRET") {
            return self.ask_with_secret(&self.app(None, None)?, None).await;
        }
        if has("AZURE_FEDERATED_TOKEN_FILE") {
            return self.ask_with_file(&self.app(None, None)?, None).await;
        }
        let client_id = self.context.variable("AZURE_CLIENT_ID");
        self.ask_as_managed(client_id.as_deref()).await
    }

    async fn ask_with_secret(
        &self,
        app: &App,
        secret: Option<&Secret>,
    ) -> Result<Issued<Secret>, CredentialsError> {
        let secret = self.given(secret.map(Secret::expose), "AZURE_CLIENT_SECRET")?;
        self.ask_for_app(app, &[("client_secret", &secret)]).await
    }

    async fn ask_with_file(
        &self,
        app: &App,
        file: Option<&Path>,
    ) -> Result<Issued<Secret>, CredentialsError> {
        let file = match file {
            Some(file) => file.to_owned(),
            None => self.given(None, "AZURE_FEDERATED_TOKEN_FILE")?.into(),
        };
        let assertion = read_text(&file).map_err(|error| {
            let what = format!("cannot read the token file {}: {error}", file.display());
            self.client.refused(&what)
        })?;
        let proof = [
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion.expose()),
        ];
        self.ask_for_app(app, &proof).await
    }

    async fn ask_for_app(
        &self,
        app: &App,
        proof: &[(&str, &str)],
    ) -> Result<Issued<Secret>, CredentialsError> {
        let endpoint = TokenEndpoint::new(&app.token_url)?;
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", &*app.client_id),
            ("scope", &*self.options.scope),
        ];
        form.extend(proof);
        let request = TokenRequest {
            form,
            secrets: proof.iter().map(|(_, value)| *value).collect(),
            ..TokenRequest::default()
        };
        self.client.ask(&endpoint, &request).await
    }

    fn app(
        &self,
        tenant_id: Option<&str>,
        client_id: Option<&str>,
    ) -> Result<App, CredentialsError> {
        let tenant_id = percent::encode(&self.given(tenant_id, "AZURE_TENANT_ID")?);
        let authority = self.options.authority.clone();
        let authority = authority.or_else(|| self.context.variable("AZURE_AUTHORITY_HOST"));
        let authority = match authority.as_deref() {
            None => AUTHORITY.to_owned(),
            Some(host) if !host.contains("://") => format!("https://{host}"),
            Some(url) => url.to_owned(),
        };
        Ok(App {
            client_id: self.given(client_id, "AZURE_CLIENT_ID")?,
            token_url: format!(
                "{}/{tenant_id}/oauth2/v2.0/token",
                authority.trim_end_matches('/')
            ),
        })
    }

    async fn ask_as_managed(
        &self,
        client_id: Option<&str>,
    ) -> Result<Issued<Secret>, CredentialsError> {
        let scope = &*self.options.scope;
        let audience = scope.strip_suffix("/.default").unwrap_or(scope);
        let mut query = format!("resource={}", percent::encode(audience));
        if let Some(id) = client_id {
            query.push_str("&client_id=");
            query.push_str(&percent::encode(id));
        }
        let (url, (name, value)) = if let Some(url) = self.context.variable("IDENTITY_ENDPOINT") {
            let url = format!("{url}?api-version=2019-08-01&{query}");
            (url, (APP_SERVICE_HEADER, self.app_service_key()?))
        } else {
            let base = self.context.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST");
            let base = base.as_deref().unwrap_or(MACHINE_IDENTITY);
            let base = base.trim_end_matches('/');
            let url =
                format!("{base}/metadata/identity/oauth2/token?api-version=2018-02-01&{query}");
            (url, (METADATA_HEADER, "true".to_owned()))
        };
        let endpoint = TokenEndpoint::metadata(&url)?;
        let sent = secret_header(&value).ok_or_else(|| {
            self.client
                .refused("IDENTITY_HEADER does not fit into a header")
        })?;
        let request = TokenRequest {
            headers: HeaderMap::from_iter([(name, sent)]),
            secrets: vec![&value],
            ..TokenRequest::default()
        };
        self.client.ask(&endpoint, &request).await
    }

    fn app_service_key(&self) -> Result<String, CredentialsError> {
        let key = self.context.variable("IDENTITY_HEADER");
        let is_pinned = self
            .context
            .variable("IDENTITY_SERVER_THUMBPRINT")
            .is_some();
        // Their endpoints want a file's content, or a certificate that is pinned.
        let what = "the managed identities of Azure Arc and Service Fabric are not supported";
        key.filter(|_| !is_pinned)
            .ok_or_else(|| self.client.refused(what))
    }

    /// What the settings say, or else the environment.
    fn given(&self, setting: Option<&str>, variable: &str) -> Result<String, CredentialsError> {
        let given = setting.filter(|value| !value.is_empty()).map(str::to_owned);
        given
            .or_else(|| self.context.variable(variable))
            .ok_or_else(|| self.client.refused(&format!("set it, or {variable}")))
    }
}

/// An app and where it asks.
struct App {
    client_id: String,
    token_url: String,
}

impl Issuer<Secret> for AzureIssuer {
    fn name(&self) -> &'static str {
        "Azure's token endpoint"
    }

    fn issue(&self) -> BoxFuture<'_, Result<Issued<Secret>, CredentialsError>> {
        Box::pin(self.ask())
    }
}

impl fmt::Debug for AzureIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AzureIssuer")
            .field("scope", &self.options.scope)
            .finish_non_exhaustive()
    }
}
