//! AWS Signature Version 4 over plain HTTP, for services that are spoken to without an SDK.
//!
//! Keys come from the SDK's default chain: environment, profile, web identity, container, instance
//! metadata. The signature covers every header, the final URL and the body as it is sent, so each
//! attempt is signed anew. Source: "AWS Signature Version 4 for API requests", IAM User Guide.
//!
//! Needs `token.rs` with what those need; crates: `aws-config` (as for CloudWatch: without default
//! features, with `credentials-process`, `default-https-client`, `rt-tokio`, `sso`),
//! `aws-credential-types`, `aws-sigv4` (both 1; the latter without default features, with
//! `http1` and `sign-http`), `tracing` (`std`).

use std::error::Error;
use std::fmt;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::error::CredentialsError as AwsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningInstructions,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;
use tracing::subscriber::{NoSubscriber, with_default};

use super::super::cloud_sink_base::BoxFuture;
use super::credentials::{
    Clock, Credentials, CredentialsContext, CredentialsError, OutgoingRequest,
};
use super::http::{HttpResponse, secret_header};
use super::token::{Cache, Issued, Issuer};

/// Codes by which services refuse keys that newer ones may replace. Source: "Common errors" in the
/// services' API references.
const KEY_REFUSALS: [&str; 5] = [
    "ExpiredToken",
    "InvalidClientTokenId",
    "RequestExpired",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
];

/// Codes by which the services that issue keys refuse; the SDK tells them only in its text.
const TOKEN_REFUSALS: [&str; 5] = [
    "AccessDenied",
    "ExpiredToken",
    "InvalidIdentityToken",
    "Unauthorized",
    "ValidationError",
];

/// What is signed for.
#[derive(Debug, Clone)]
pub struct SigV4Options {
    /// Service in the signature's scope: `es`, `aoss`, `firehose`, `logs`, `s3`.
    pub service: String,
    /// Region; absent: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile, then instance metadata.
    pub region: Option<String>,
    /// Send the body's hash as `x-amz-content-sha256` too: S3 and `OpenSearch` Serverless want
    /// it, the others do not mind.
    pub sends_body_hash: bool,
    /// Where keys come from; absent: the default chain.
    pub provider: Option<SharedCredentialsProvider>,
}

/// Signs requests.
pub struct SigV4Credentials {
    options: SigV4Options,
    clock: Clock,
    cache: Cache<Keys, KeyChain>,
}

/// Keys, and the region found with them.
#[derive(Clone)]
struct Keys {
    credentials: aws_credential_types::Credentials,
    region: String,
}

impl SigV4Credentials {
    /// A signer; nothing is looked up before the first request.
    #[must_use]
    pub fn new(options: SigV4Options, context: &CredentialsContext) -> Self {
        let chain = KeyChain {
            region: options.region.clone(),
            provider: options.provider.clone(),
        };
        Self {
            options,
            clock: context.clock.clone(),
            cache: Cache::new(chain, context),
        }
    }

    fn sign(&self, request: &mut OutgoingRequest, keys: &Keys) -> Result<(), CredentialsError> {
        let failed =
            |what: &str| CredentialsError::refused(format!("cannot sign the request: {what}"));
        let identity = keys.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&keys.region)
            .name(&self.options.service)
            .time((self.clock)())
            .settings(self.settings())
            .build()
            .map_err(|_| failed("a parameter is missing"))?
            .into();
        let headers: Option<Vec<_>> = request
            .headers
            .iter()
            .map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let headers = headers.ok_or_else(|| failed("a header holds other than ASCII"))?;
        let signable = SignableRequest::new(
            request.method.as_str(),
            request.url.as_str(),
            headers.into_iter(),
            SignableBody::Bytes(&request.body),
        )
        .map_err(|_| failed("its URL is not valid"))?;
        // What the signer traces holds the session token.
        let signed = with_default(NoSubscriber::default(), || sign(signable, &params))
            .map_err(|_| failed("the signer refused it"))?;
        put(signed.output(), request).ok_or_else(|| failed("its signature fits no header"))
    }

    fn settings(&self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        if self.options.sends_body_hash {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        if self.options.service == "s3" {
            // Its keys may hold `//` and `..`.
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        settings
    }
}

impl Credentials for SigV4Credentials {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest,
    ) -> BoxFuture<'a, Result<u64, CredentialsError>> {
        Box::pin(async {
            let (issue, keys) = self.cache.get().await?;
            self.sign(request, &keys)?;
            Ok(issue)
        })
    }

    /// Services say so with 403 and 400 too, and a code.
    fn is_refusal(&self, response: &HttpResponse) -> bool {
        match response.status {
            401 => true,
            400 | 403 => says_keys_are_old(response),
            _ => false,
        }
    }

    fn accepted(&self, issue: u64) {
        self.cache.accepted(issue);
    }

    fn refused(&self, issue: u64) -> bool {
        self.cache.refused(issue)
    }
}

/// Looks where services put the code, in a header, JSON or XML, and nowhere else: a refusal may
/// quote events.
fn says_keys_are_old(response: &HttpResponse) -> bool {
    let header = response.headers.get("x-amzn-errortype");
    let header = header.and_then(|value| Some(value.to_str().ok()?.to_owned()));
    let root: Option<Value> = serde_json::from_slice(&response.body).ok();
    let at = |pointer| Some(root.as_ref()?.pointer(pointer)?.as_str()?.to_owned());
    let body = String::from_utf8_lossy(&response.body);
    let element = body.split_once("<Code>").map(|(_, rest)| rest);
    let element = element.and_then(|rest| Some(rest.split_once("</Code>")?.0.to_owned()));
    let codes = [header, at("/__type"), at("/code"), element];
    let is_code = |text: &String| KEY_REFUSALS.iter().any(|code| text.contains(code));
    // OpenSearch tells it in words.
    let is_said = |text: String| text.starts_with("The security token included in the request is");
    codes.iter().flatten().any(is_code) || at("/message").is_some_and(is_said)
}

/// Puts what the signer made into a request; `None` when it does not fit.
fn put(instructions: &SigningInstructions, request: &mut OutgoingRequest) -> Option<()> {
    for (name, value) in instructions.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = match name.as_str() {
            "authorization" | "x-amz-security-token" => secret_header(value)?,
            _ => HeaderValue::from_str(value).ok()?,
        };
        request.headers.insert(name, value);
    }
    Some(())
}

/// The SDK's default chain, built anew each time so that changed files are read.
#[derive(Debug)]
struct KeyChain {
    region: Option<String>,
    provider: Option<SharedCredentialsProvider>,
}

impl KeyChain {
    async fn load(&self) -> Result<Issued<Keys>, CredentialsError> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(provider) = &self.provider {
            loader = loader.credentials_provider(provider.clone());
        }
        let shared = loader.load().await;
        let region = shared
            .region()
            .ok_or_else(|| CredentialsError::refused("no region: set `region` or AWS_REGION"))?;
        let provider = shared
            .credentials_provider()
            .ok_or_else(|| CredentialsError::refused("no source of AWS credentials"))?;
        let answer = provider.provide_credentials().await;
        let credentials = answer.map_err(|error| not_provided(&error))?;
        Ok(Issued {
            expires_at: credentials.expiry(),
            value: Keys {
                credentials,
                region: region.to_string(),
            },
        })
    }
}

impl Issuer<Keys> for KeyChain {
    fn name(&self) -> &'static str {
        "AWS credentials"
    }

    fn issue(&self) -> BoxFuture<'_, Result<Issued<Keys>, CredentialsError>> {
        Box::pin(self.load())
    }
}

fn not_provided(error: &AwsError) -> CredentialsError {
    let reason = format!("AWS credentials: {}", chain(error));
    let is_refusal = match error {
        AwsError::CredentialsNotLoaded(_) | AwsError::InvalidConfiguration(_) => true,
        AwsError::ProviderError(_) => TOKEN_REFUSALS.iter().any(|code| reason.contains(code)),
        _ => false,
    };
    if is_refusal {
        CredentialsError::refused(reason)
    } else {
        CredentialsError::outage(reason)
    }
}

/// An error and its causes on one line, at most 300 characters.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.chars().take(300).collect()
}

impl fmt::Debug for SigV4Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigV4Credentials")
            .field("service", &self.options.service)
            .field("region", &self.options.region)
            .finish_non_exhaustive()
    }
}
