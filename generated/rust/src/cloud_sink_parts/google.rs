//! Google's access tokens: for a service account's key, or for whatever the program runs as.
//!
//! Without a key in the settings the sources are Google's application default credentials, in
//! their order: `GOOGLE_APPLICATION_CREDENTIALS`, the file of `gcloud auth application-default
//! login`, the metadata server. Key files hold a service account or a user; federated and
//! impersonated accounts are refused by name.
//!
//! Needs `token.rs` and `token_endpoint.rs` with what those need; crates: `base64`, `serde`,
//! `serde_json`, `rustls-pki-types` and `aws-lc-rs` (both are what `reqwest`'s `rustls` brings; the
//! latter without default features, with `aws-lc-sys`).

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde::Deserialize;
use serde_json::json;

use super::super::cloud_sink_base::{BoxFuture, Secret};
use super::credentials::{CredentialsContext, CredentialsError};
use super::token::{Issued, Issuer, TokenCredentials};
use super::token_endpoint::{TokenClient, TokenEndpoint, TokenRequest, read_text};

const TOKEN_URL: &str = "https://oauth2.googleapis.com/token";
const METADATA_HOST: &str = "metadata.google.internal";
const METADATA_FLAVOR: HeaderName = HeaderName::from_static("metadata-flavor");
const KEY_FILE_VARIABLE: &str = "GOOGLE_APPLICATION_CREDENTIALS";
const ASSERTION_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// A service account's key as it is downloaded.
#[derive(Debug, Clone)]
pub enum GoogleKey {
    /// Its JSON.
    Json(Secret),
    /// The file that holds it.
    File(PathBuf),
}

/// Who asks, and for what.
#[derive(Debug, Clone)]
pub struct GoogleOptions {
    /// Setting that errors name: the one that holds the key.
    pub setting: &'static str,
    /// The key; absent: application default credentials.
    pub key: Option<GoogleKey>,
    /// Scopes, separated by spaces.
    pub scope: String,
}

/// Bearer tokens for Google's services.
///
/// # Errors
///
/// [`CredentialsError::Refused`] when TLS cannot be set up.
pub fn credentials(
    options: GoogleOptions,
    context: &CredentialsContext,
) -> Result<TokenCredentials<GoogleIssuer>, CredentialsError> {
    let issuer = GoogleIssuer {
        client: TokenClient::new(options.setting, context)?,
        options,
        context: context.clone(),
    };
    Ok(TokenCredentials::from_issuer(issuer, context))
}

/// Asks for tokens in the name of an account.
pub struct GoogleIssuer {
    options: GoogleOptions,
    client: TokenClient,
    context: CredentialsContext,
}

/// The fields of a key file that matter.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum KeyFile {
    ServiceAccount {
        client_email: String,
        private_key: String,
        private_key_id: Option<String>,
        token_uri: Option<String>,
    },
    AuthorizedUser {
        client_id: String,
        client_secret: String,
        refresh_token: String,
        token_uri: Option<String>,
    },
    #[serde(other)]
    Other,
}

impl GoogleIssuer {
    async fn ask(&self) -> Result<Issued<Secret>, CredentialsError> {
        let text = match &self.options.key {
            Some(GoogleKey::Json(text)) => text.clone(),
            Some(GoogleKey::File(path)) => self.read(path)?,
            None => match self.default_key_file() {
                Some(path) => self.read(&path)?,
                None => return self.ask_metadata_server().await,
            },
        };
        // Neither serde's error nor the JSON's own text: both may hold a piece of the key.
        let file = serde_json::from_str(text.expose()).map_err(|_| {
            self.client
                .refused("the key is not the JSON that Google hands out")
        })?;
        match file {
            KeyFile::ServiceAccount {
                client_email,
                private_key,
                private_key_id,
                token_uri,
            } => {
                let url = token_uri.as_deref().unwrap_or(TOKEN_URL);
                let assertion =
                    self.assertion(&client_email, &private_key, private_key_id.as_deref(), url)?;
                let form = vec![
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    ("assertion", &*assertion),
                ];
                self.post(url, form, vec![&assertion]).await
            }
            KeyFile::AuthorizedUser {
                client_id,
                client_secret,
                refresh_token,
                token_uri,
            } => {
                let url = token_uri.as_deref().unwrap_or(TOKEN_URL);
                let form = vec![
                    ("grant_type", "refresh_token"),
                    ("client_id", &*client_id),
                    ("client_secret", &*client_secret),
                    ("refresh_token", &*refresh_token),
                ];
                self.post(url, form, vec![&client_secret, &refresh_token])
                    .await
            }
            KeyFile::Other => Err(self
                .client
                .refused("the key is neither a `service_account` nor an `authorized_user`")),
        }
    }

    async fn post(
        &self,
        url: &str,
        form: Vec<(&str, &str)>,
        secrets: Vec<&str>,
    ) -> Result<Issued<Secret>, CredentialsError> {
        let endpoint = TokenEndpoint::new(url)?;
        let request = TokenRequest {
            form,
            secrets,
            ..TokenRequest::default()
        };
        self.client.ask(&endpoint, &request).await
    }

    async fn ask_metadata_server(&self) -> Result<Issued<Secret>, CredentialsError> {
        let host = self.context.variable("GCE_METADATA_HOST");
        let host = host.as_deref().unwrap_or(METADATA_HOST);
        let scopes = self.options.scope.replace(' ', ",");
        let endpoint = TokenEndpoint::metadata(&format!(
            "http://{host}/computeMetadata/v1/instance/service-accounts/default/token?scopes={scopes}"
        ))?;
        let flavor = HeaderValue::from_static("Google");
        let request = TokenRequest {
            headers: HeaderMap::from_iter([(METADATA_FLAVOR, flavor)]),
            ..TokenRequest::default()
        };
        self.client.ask(&endpoint, &request).await
    }

    fn default_key_file(&self) -> Option<PathBuf> {
        if let Some(path) = self.context.variable(KEY_FILE_VARIABLE) {
            return Some(path.into());
        }
        let variable = |name| self.context.variable(name).map(PathBuf::from);
        let folder = variable("CLOUDSDK_CONFIG")
            .or_else(|| {
                Some(
                    variable("APPDATA")
                        .filter(|_| cfg!(windows))?
                        .join("gcloud"),
                )
            })
            .or_else(|| Some(variable("HOME")?.join(".config/gcloud")))?;
        Some(folder.join("application_default_credentials.json")).filter(|path| path.is_file())
    }

    fn read(&self, path: &Path) -> Result<Secret, CredentialsError> {
        read_text(path).map_err(|error| {
            let what = format!("cannot read the key file {}: {error}", path.display());
            self.client.refused(&what)
        })
    }

    /// What the account says of itself, signed with its key (RFC 7523).
    fn assertion(
        &self,
        account: &str,
        private_key: &str,
        key_id: Option<&str>,
        audience: &str,
    ) -> Result<String, CredentialsError> {
        let now = (self.context.clock)().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.unwrap_or_default();
        let mut header = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(id) = key_id {
            header["kid"] = id.into();
        }
        let claims = json!({
            "iss": account,
            "scope": self.options.scope,
            "aud": audience,
            "iat": now.as_secs(),
            "exp": (now + ASSERTION_LIFETIME).as_secs(),
        });
        let encode = |text: String| URL_SAFE_NO_PAD.encode(text);
        let signed = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature = sign(private_key, signed.as_bytes()).ok_or_else(|| {
            self.client
                .refused("its `private_key` is no RSA key in PEM")
        })?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// RS256; `None` when the key is none. Why is not told, because it could quote the key.
fn sign(private_key: &str, text: &[u8]) -> Option<Vec<u8>> {
    let der = PrivateKeyDer::from_pem_slice(private_key.as_bytes()).ok()?;
    let key = match &der {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => return None,
    };
    let key = key.ok()?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text,
        &mut signature,
    )
    .ok()?;
    Some(signature)
}

impl Issuer<Secret> for GoogleIssuer {
    fn name(&self) -> &'static str {
        "Google's token endpoint"
    }

    fn issue(&self) -> BoxFuture<'_, Result<Issued<Secret>, CredentialsError>> {
        Box::pin(self.ask())
    }
}

impl fmt::Debug for GoogleIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoogleIssuer")
            .field("scope", &self.options.scope)
            .finish_non_exhaustive()
    }
}
