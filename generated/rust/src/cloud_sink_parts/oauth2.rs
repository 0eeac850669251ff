//! OAuth 2.0 client credentials (RFC 6749, section 4.4).
//!
//! Needs `token.rs` and `token_endpoint.rs` with what those need, and `basic_auth.rs`; no crates
//! beyond theirs.

use std::fmt;

use reqwest::header::AUTHORIZATION;

use super::super::cloud_sink_base::{BoxFuture, Secret};
use super::credentials::{CredentialsContext, CredentialsError};
use super::http::secret_header;
use super::token::{Issued, Issuer, TokenCredentials};
use super::token_endpoint::{TokenClient, TokenEndpoint, TokenRequest};
use super::{basic_auth, percent};

/// Where the client's id and secret stand in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// Fields `client_id` and `client_secret` of the form.
    Body,
    /// The `Authorization` header.
    Basic,
}

/// Who asks whom, and for what.
#[derive(Debug, Clone)]
pub struct OAuth2Options {
    /// Setting that errors name: the one that holds the secret.
    pub setting: &'static str,
    /// Token endpoint; https, except on this machine.
    pub token_url: String,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: Secret,
    /// Where the two stand.
    pub authentication: ClientAuthentication,
    /// Scopes, separated by spaces; absent: the endpoint's default.
    pub scope: Option<String>,
    /// Audience, where the endpoint wants one.
    pub audience: Option<String>,
    /// Further fields of the form.
    pub extra: Vec<(String, String)>,
}

/// Bearer tokens for a client with a secret.
///
/// # Errors
///
/// [`CredentialsError::Refused`] when the token URL is not valid or TLS cannot be set up.
pub fn credentials(
    options: OAuth2Options,
    context: &CredentialsContext,
) -> Result<TokenCredentials<OAuth2Issuer>, CredentialsError> {
    let issuer = OAuth2Issuer::new(options, context)?;
    Ok(TokenCredentials::from_issuer(issuer, context))
}

/// Asks for tokens in the name of a client.
pub struct OAuth2Issuer {
    options: OAuth2Options,
    client: TokenClient,
    endpoint: TokenEndpoint,
    name: String,
}

impl OAuth2Issuer {
    fn new(options: OAuth2Options, context: &CredentialsContext) -> Result<Self, CredentialsError> {
        let client = TokenClient::new(options.setting, context)?;
        let endpoint = TokenEndpoint::new(&options.token_url)?;
        Ok(Self {
            options,
            client,
            name: endpoint.name(),
            endpoint,
        })
    }

    fn request(&self) -> Result<TokenRequest<'_>, CredentialsError> {
        let options = &self.options;
        let (id, secret) = (&*options.client_id, options.client_secret.expose());
        let mut request = TokenRequest {
            form: vec![("grant_type", "client_credentials")],
            secrets: vec![secret],
            ..TokenRequest::default()
        };
        match options.authentication {
            ClientAuthentication::Body => {
                request
                    .form
                    .extend([("client_id", id), ("client_secret", secret)]);
            }
            ClientAuthentication::Basic => {
                let value = basic_auth::value(&percent::encode(id), &percent::encode(secret));
                let value = secret_header(&value)
                    .ok_or_else(|| self.client.refused("it does not fit into a header"))?;
                request.headers.insert(AUTHORIZATION, value);
            }
        }
        let named = [("scope", &options.scope), ("audience", &options.audience)];
        let given = named
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)));
        request.form.extend(given);
        let extra = options.extra.iter();
        request
            .form
            .extend(extra.map(|(name, value)| (&**name, &**value)));
        Ok(request)
    }
}

impl Issuer<Secret> for OAuth2Issuer {
    fn name(&self) -> &str {
        &self.name
    }

    fn issue(&self) -> BoxFuture<'_, Result<Issued<Secret>, CredentialsError>> {
        Box::pin(async {
            let request = self.request()?;
            self.client.ask(&self.endpoint, &request).await
        })
    }
}

impl fmt::Debug for OAuth2Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2Issuer")
            .field("endpoint", &self.name)
            .finish_non_exhaustive()
    }
}
