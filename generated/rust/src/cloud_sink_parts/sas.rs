//! Shared access signatures of Azure Event Hubs and Service Bus: made here, asked of nobody.
//!
//! Source: "Generate a Shared Access Signature token", Azure Event Hubs.
//!
//! Needs `token.rs` with what that needs, and `percent.rs`; crates: `base64`, `aws-lc-rs` (the
//! cryptography that `reqwest`'s `rustls` brings, without default features, with `aws-lc-sys`).

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::cloud_sink_base::{BoxFuture, Secret};
use super::credentials::{Clock, CredentialsContext, CredentialsError};
use super::percent;
use super::token::{Issued, Issuer, TokenCredentials};

const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What is signed, and with which key.
#[derive(Debug, Clone)]
pub struct SasOptions {
    /// What access is asked for: the URI of the namespace or the hub,
    /// `https://NAMESPACE.servicebus.windows.net/HUB`.
    pub resource: String,
    /// Name of the key, that of the shared access policy.
    pub key_name: String,
    /// The key, as the portal shows it.
    pub key: Secret,
}

/// Signatures that hold for an hour.
#[must_use]
pub fn credentials(
    options: SasOptions,
    context: &CredentialsContext,
) -> TokenCredentials<SasIssuer> {
    let issuer = SasIssuer {
        options,
        clock: context.clock.clone(),
    };
    TokenCredentials::from_issuer(issuer, context)
}

/// Signs for a resource.
pub struct SasIssuer {
    options: SasOptions,
    clock: Clock,
}

impl SasIssuer {
    fn sign(&self) -> Issued<Secret> {
        let options = &self.options;
        let now = (self.clock)();
        let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH);
        let end = (since_1970.unwrap_or_default() + LIFETIME).as_secs();
        let resource = percent::encode(&options.resource);
        let key = hmac::Key::new(hmac::HMAC_SHA256, options.key.expose().as_bytes());
        let signature = hmac::sign(&key, format!("{resource}\n{end}").as_bytes());
        let signature = percent::encode(&STANDARD.encode(signature));
        let key_name = percent::encode(&options.key_name);
        Issued {
            value: Secret::new(format!(
                "SharedAccessSignature sr={resource}&sig={signature}&se={end}&skn={key_name}"
            )),
            expires_at: Some(now + LIFETIME),
        }
    }
}

impl Issuer<Secret> for SasIssuer {
    fn name(&self) -> &'static str {
        "shared access signature"
    }

    fn issue(&self) -> BoxFuture<'_, Result<Issued<Secret>, CredentialsError>> {
        Box::pin(async { Ok(self.sign()) })
    }
}

impl fmt::Debug for SasIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SasIssuer")
            .field("key_name", &self.options.key_name)
            .finish_non_exhaustive()
    }
}
