//! AWS Signature Version 4 with keys from the environment, and the request of `PutLogEvents`.

use std::fmt;
use std::time::SystemTime;

use aws_credential_types::Credentials as Keys;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use super::cloud_sink_base::BoxFuture;
use super::cloud_sink_parts::credentials::{
    Clock, Credentials, CredentialsContext, CredentialsError, OutgoingRequest,
};
use super::cloud_sink_parts::http::secret_header;
use crate::sink::Sink;
use crate::sink::interpret::{Encoded, Interpreter, address};

const NANOS_PER_MILLI: i64 = 1_000_000;

/// Signs requests with keys that the environment held at the start.
pub struct AwsCredentials {
    keys: Keys,
    service: String,
    region: String,
    clock: Clock,
}

impl AwsCredentials {
    /// Keys of the usual variables. Profiles and instances are not asked: a person is at the keyboard.
    pub fn new(
        service: String,
        region: Option<String>,
        context: &CredentialsContext,
    ) -> Result<Self, CredentialsError> {
        let variable = |name: &str| {
            let found = context.variable(name);
            found.ok_or_else(|| CredentialsError::refused(format!("`{name}` is not set")))
        };
        let usual = || {
            let names = ["AWS_REGION", "AWS_DEFAULT_REGION"];
            names.iter().find_map(|name| context.variable(name))
        };
        let region = region.or_else(usual);
        Ok(Self {
            keys: Keys::new(
                variable("AWS_ACCESS_KEY_ID")?,
                variable("AWS_SECRET_ACCESS_KEY")?,
                context.variable("AWS_SESSION_TOKEN"),
                None,
                "environment",
            ),
            service,
            region: region.ok_or_else(|| CredentialsError::refused("`AWS_REGION` is not set"))?,
            clock: context.clock.clone(),
        })
    }

    fn sign(&self, request: &mut OutgoingRequest, now: SystemTime) -> Option<()> {
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let identity = self.keys.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(now)
            .settings(settings)
            .build()
            .ok()?
            .into();
        let headers = request.headers.iter();
        let headers: Option<Vec<_>> = headers
            .map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let signable = SignableRequest::new(
            request.method.as_str(),
            request.url.as_str(),
            headers?.into_iter(),
            SignableBody::Bytes(&request.body),
        );
        let signed = sign(signable.ok()?, &params).ok()?;
        for (name, value) in signed.output().headers() {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            request.headers.insert(name, secret_header(value)?);
        }
        Some(())
    }
}

impl Credentials for AwsCredentials {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest,
    ) -> BoxFuture<'a, Result<u64, CredentialsError>> {
        Box::pin(async {
            let signed = self.sign(request, (self.clock)());
            let signed = signed.ok_or_else(|| CredentialsError::refused("cannot sign the request"));
            signed.map(|()| 0)
        })
    }

    fn accepted(&self, _issue: u64) {}

    /// There are no others.
    fn refused(&self, _issue: u64) -> bool {
        false
    }
}

impl fmt::Debug for AwsCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsCredentials").finish_non_exhaustive()
    }
}

/// The request that the SDK would make of these records; `None` without the settings for it.
pub fn put_log_events(
    interpreter: &Interpreter<'_>,
    records: &[&Encoded],
    now: i64,
) -> Option<OutgoingRequest> {
    let text = |name: &str| {
        let id = setting(interpreter.sink(), name)?;
        interpreter.settings().text(id)
    };
    let events = records.iter().map(|record| {
        let timestamp = record.timestamp.div_euclid(NANOS_PER_MILLI);
        json!({"timestamp": timestamp, "message": record.bytes})
    });
    let body = json!({
        "logGroupName": text("log_group")?,
        "logStreamName": text("log_stream")?,
        "logEvents": events.collect::<Vec<_>>(),
    });
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_static("application/x-amz-json-1.1");
    headers.insert(CONTENT_TYPE, kind);
    let target = HeaderValue::from_static("Logs_20140328.PutLogEvents");
    headers.insert(HeaderName::from_static("x-amz-target"), target);
    Some(OutgoingRequest {
        method: Method::POST,
        url: address(interpreter, now)?.parse().ok()?,
        headers,
        body: body.to_string().into(),
    })
}

fn setting(sink: &Sink, name: &str) -> Option<crate::sink::SettingId> {
    let place = sink.settings.iter().position(|it| it.name == name);
    place.map(crate::sink::SettingId)
}
