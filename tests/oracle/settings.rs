//! The settings of the sinks under test.

use std::path::{Path, PathBuf};

use fapilog_gen::sink::{Scheme, SettingId, Sink};
use serde_json::{Map, Value, json};

use crate::cell::{Cell, LONGEST_BACKOFF, within};
use crate::faults::{Fault, What};
use crate::programs::Language;

/// Settings for a peer at `url`: address, credentials of the first way, what is required.
pub fn provider_settings(sink: &Sink, url: &str) -> Map<String, Value> {
    let first = sink.credentials.first();
    let credentials = first.map(Sink::settings_of).unwrap_or_default();
    let address = sink.address_setting();
    let mut settings = Map::new();
    for (index, setting) in sink.settings.iter().enumerate() {
        let id = Some(SettingId(index));
        let placeholder = || format!("example-{}", setting.name.replace('_', "-"));
        let given = setting.example.clone().or_else(|| setting.default_text());
        let value = match id {
            _ if id == address => url.to_owned(),
            _ if !(setting.is_required() || credentials.contains(&SettingId(index))) => continue,
            _ if setting.is_secret() => placeholder(),
            _ => given.unwrap_or_else(placeholder),
        };
        settings.insert(setting.name.clone(), value.into());
    }
    settings
}

/// Settings that have tokens come from the peer too, where any are needed.
pub fn issuer(sink: &Sink, url: &str, key: &Path) -> Option<(String, Value)> {
    let (id, value) = match &sink.credentials.first()?.scheme {
        Scheme::Azure(azure) => (azure.authority?, url.to_owned()),
        Scheme::Google { key_file, .. } => {
            let account = json!({
                "type": "authorized_user", "client_id": "example-client-id",
                "client_secret": "example-client-secret", "refresh_token": "example-refresh-token",
                "token_uri": format!("{url}/token"),
            });
            std::fs::write(key, account.to_string()).expect("a key file");
            (
                (*key_file)?,
                key.to_str().expect("a path in UTF-8").to_owned(),
            )
        }
        _ => return None,
    };
    Some((sink.setting(id).name.clone(), value.into()))
}

fn fetches_tokens(sink: &Sink) -> bool {
    let first = sink.credentials.first();
    first.is_some_and(|first| matches!(first.scheme, Scheme::Google { .. } | Scheme::Azure(_)))
}

/// Whether the runtime's own HTTP client, with its settings for TLS, sends the requests.
pub fn is_possible(sink: &Sink, fault: &Fault) -> bool {
    (fetches_tokens(sink) || !fault.what.is_of_tokens())
        && (sink.is_http() || !(fault.what.is_tls() || fault.what == What::NoSuchHost))
}

/// Settings of the delivery: little time is lost.
pub fn delivery(
    cell: &Cell,
    timeout: f64,
    authority: Option<&PathBuf>,
    file: &Path,
) -> Map<String, Value> {
    let mut settings = json!({
        "provider": cell.sink.id,
        "batch_size": 5, "batch_timeout_seconds": 0.02,
        "max_retries": 1_000, "retry_base_delay": 0.02, "retry_max_delay": LONGEST_BACKOFF,
        "timeout_seconds": timeout, "max_in_flight": 2,
    });
    if cell.language == Language::Python {
        settings["exit_timeout_seconds"] = within(cell).into();
    }
    if cell.keeps {
        settings["dead_letter_path"] = file.to_str().expect("a path in UTF-8").into();
    }
    if let Some(authority) = authority {
        settings["ca_file"] = authority.to_str().expect("a path in UTF-8").into();
    }
    let state = cell.state.and_then(|state| state.settings.as_object());
    let given = settings.as_object().into_iter().chain(state).flatten();
    given
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
