//! Runs every scheme with secrets that can be told apart, logs everything at the lowest level, and
//! looks for them in all that can be seen.

use std::fmt::Debug;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use credentials_part_tests::cloud_sink_base::{HealthError, Outcome};
use credentials_part_tests::cloud_sink_parts::azure::{self, AzureOptions};
use credentials_part_tests::cloud_sink_parts::credentials::{Credentials, CredentialsContext};
use credentials_part_tests::cloud_sink_parts::google::{self, GoogleKey, GoogleOptions};
use credentials_part_tests::cloud_sink_parts::oauth2::{self, ClientAuthentication, OAuth2Options};
use credentials_part_tests::cloud_sink_parts::sas::{self, SasOptions};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::support::{ManualClock, PATIENCE, Server, reply, send_to, text, token};

const SECRET: &str = "canary-of-the-setting";
const TOKEN: &str = "canary-of-the-token";

/// Keeps all that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn schemes(endpoint: &Server, context: &CredentialsContext) -> Vec<Box<dyn Credentials>> {
    let oauth2 = |authentication| {
        let options = OAuth2Options {
            authentication,
            client_secret: SECRET.into(),
            ..super::oauth2::options(endpoint)
        };
        assert_clean(&format!("{options:?} {options:#?}"));
        Box::new(oauth2::credentials(options, context).unwrap())
    };
    let mut key = super::google::key_file(endpoint);
    key["private_key_id"] = SECRET.into();
    let google = GoogleOptions {
        setting: "credentials",
        key: Some(GoogleKey::Json(key.to_string().into())),
        scope: "scope".to_owned(),
    };
    assert_clean(&format!("{google:?}"));
    let azure = AzureOptions {
        setting: "client_secret",
        identity: super::azure::app(SECRET),
        scope: "scope".to_owned(),
        authority: Some(endpoint.url.clone()),
    };
    assert_clean(&format!("{azure:?}"));
    let sas = SasOptions {
        resource: "resource".to_owned(),
        key_name: "name".to_owned(),
        key: SECRET.into(),
    };
    assert_clean(&format!("{sas:?}"));
    let keys = || {
        Ok(aws_credential_types::Credentials::new(
            "AKID",
            SECRET,
            Some(TOKEN.to_owned()),
            None,
            "test",
        ))
    };
    vec![
        oauth2(ClientAuthentication::Body),
        oauth2(ClientAuthentication::Basic),
        Box::new(google::credentials(google, context).unwrap()),
        Box::new(azure::credentials(azure, context).unwrap()),
        Box::new(sas::credentials(sas, context)),
        Box::new(super::sigv4::signer("es", context, keys)),
    ]
}

fn assert_clean(text: &str) {
    for secret in [SECRET, TOKEN, "BEGIN PRIVATE KEY"] {
        let base64 = STANDARD.encode(secret);
        assert!(!text.contains(secret), "{secret} in {text}");
        assert!(
            !text.contains(&base64[..base64.len() - 4]),
            "{secret} in {text}"
        );
    }
}

fn shown(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

#[tokio::test]
async fn no_secret_and_no_token_is_ever_shown() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    tracing::trace!("the log is kept");
    let clock = ManualClock::new();
    let context = clock.context(PATIENCE);
    // An endpoint and a backend that quote all they were sent.
    let good = Server::always(token(TOKEN)).await;
    let refusing = Server::start(|asked, _| {
        let sent = String::from_utf8_lossy(&asked.body).into_owned();
        let description = format!("{sent} {:?}", asked.headers);
        reply(
            401,
            &json!({ "error": sent, "error_description": description }),
        )
    })
    .await;
    let garbled = Server::always(text(200, TOKEN)).await;
    let backend = Server::start(|asked, _| text(401, &format!("{:?}", asked.headers))).await;

    for endpoint in [&good, &refusing, &garbled] {
        for scheme in schemes(endpoint, &context) {
            assert_clean(&shown(&scheme));
            for _ in 0..2 {
                match send_to(&backend, &*scheme).await {
                    Ok(response) => {
                        assert_clean(&shown(&response));
                        assert_clean(&String::from_utf8_lossy(&response.body));
                    }
                    Err(error) => {
                        assert_clean(&shown(&error));
                        assert_clean(&error.to_string());
                        assert_clean(&shown(&HealthError::from(error.clone())));
                        assert_clean(&shown(&Outcome::from(error)));
                    }
                }
                clock.advance(61);
            }
            assert_clean(&shown(&scheme));
        }
    }

    assert!(good.count() > 0 && refusing.count() > 0 && backend.count() > 0);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("the log is kept"));
    assert_clean(&logged);
}
