//! How a sink reaches its backend: TLS, a proxy, and when credentials may travel in clear.
//!
//! The environment's own variables for proxies (`HTTP_PROXY`, `ALL_PROXY`, …) are not read: a proxy
//! sees what is sent, so it is a setting. Crates: `reqwest`.

use std::error::Error;
use std::fmt;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use reqwest::{Certificate, Client, ClientBuilder, Identity, NoProxy, Proxy, Url};

use super::super::cloud_sink_base::{ConfigErrors, Fields, Secret, ToText};

/// What is reached without a proxy: this machine.
const NEAR: &str = "localhost,127.0.0.0/8,::1";

/// How a sink connects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConnectionConfig {
    /// PEM file with the certificates to trust instead of the system's. Default: not set.
    pub ca_file: Option<PathBuf>,
    /// PEM file with the certificate the sink shows, and its chain. Default: not set.
    pub client_cert_file: Option<PathBuf>,
    /// PEM file with the key of that certificate, not encrypted. Default: not set.
    pub client_key_file: Option<PathBuf>,
    /// URL of an HTTP proxy; one with user and password is fine, as the whole is a secret. This
    /// machine is reached without it, and the environment's proxies are not used. Default: not set.
    pub proxy: Option<Secret>,
    /// Send credentials over `http://` to other machines, where whoever is in between can read
    /// them; the counters show it. Default: false.
    pub dangerously_allow_plain_http: bool,
}

impl ConnectionConfig {
    /// Settings from `fields`; `prefix` is what variables of this sink begin with.
    #[must_use]
    pub fn read(fields: &mut Fields, prefix: &str) -> Self {
        let variable = |name: &str| format!("{prefix}_{}", name.to_ascii_uppercase());
        let mut file = |name: &str| {
            let path = fields.string(name, &[&variable(name)]);
            path.map(PathBuf::from)
        };
        let [ca_file, client_cert_file, client_key_file] =
            ["ca_file", "client_cert_file", "client_key_file"].map(&mut file);
        let allow = "dangerously_allow_plain_http";
        Self {
            ca_file,
            client_cert_file,
            client_key_file,
            proxy: fields.proxy_url("proxy", &[&variable("proxy")]),
            dangerously_allow_plain_http: fields.bool(allow, &[&variable(allow)]).unwrap_or(false),
        }
    }

    /// Checks that files and proxy can be used.
    pub fn check(&self, errors: &mut ConfigErrors) {
        // No certificates of the system: they are many, and nothing is sent.
        let builder = Client::builder().tls_certs_only([]);
        let built = self.apply(builder).and_then(|builder| self.build(builder));
        if let Err(error) = built {
            errors.push(error.setting, error.message);
        }
    }

    /// Refuses credentials that would travel in clear to another machine, unless that is allowed.
    ///
    /// `urls` are addresses by the settings they stand in; one that is a secret is a credential
    /// itself.
    pub fn check_plain_http(
        &self,
        errors: &mut ConfigErrors,
        urls: &[(&str, &dyn ToText)],
        has_credentials: bool,
    ) {
        if self.dangerously_allow_plain_http {
            return;
        }
        for (name, url) in urls {
            let is_plain = url.to_text().is_some_and(|url| is_plain_text(&url));
            if is_plain && (has_credentials || url.is_secret()) {
                let message = "is `http://` and not on this machine, so anyone in between could read \
                               the credentials: use `https://` (or set `dangerously_allow_plain_http`)";
                errors.push(*name, message);
            }
        }
    }

    /// Puts the settings into a client that is being made.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`] with the setting that cannot be used.
    pub fn apply(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, ConnectionError> {
        builder = builder.no_proxy();
        if let Some(proxy) = &self.proxy {
            let proxy = Proxy::all(proxy.expose())
                .map_err(|_| ConnectionError::new("proxy", "is no URL of a proxy"))?;
            builder = builder.proxy(proxy.no_proxy(NoProxy::from_string(NEAR)));
        }
        if let Some(path) = &self.ca_file {
            let certificates = Certificate::from_pem_bundle(&read("ca_file", path)?);
            let certificates = certificates.ok().filter(|found| !found.is_empty());
            let certificates = certificates.ok_or_else(|| {
                let found = format!("`{}` holds no certificates in PEM", path.display());
                ConnectionError::new("ca_file", found)
            })?;
            builder = builder.tls_certs_only(certificates);
        }
        match (&self.client_cert_file, &self.client_key_file) {
            (None, None) => Ok(builder),
            (Some(cert), Some(key)) => Ok(builder.identity(identity(cert, key)?)),
            (None, Some(_)) => Err(lonely("client_key_file", "client_cert_file")),
            (Some(_), None) => Err(lonely("client_cert_file", "client_key_file")),
        }
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`] when the key is not the certificate's, or TLS cannot be set up.
    pub fn build(&self, builder: ClientBuilder) -> Result<Client, ConnectionError> {
        builder.build().map_err(
            |error| match (&self.client_cert_file, &self.client_key_file) {
                (Some(cert), Some(key)) => {
                    let (cert, key) = (cert.display(), key.display());
                    let found = format!("`{key}` is not the key of the certificate in `{cert}`");
                    ConnectionError::new("client_key_file", found)
                }
                _ => ConnectionError::new("ca_file", format!("TLS cannot be set up: {error}")),
            },
        )
    }
}

/// A setting of the connection cannot be used. Names setting and file, shows nothing of either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionError {
    /// The setting.
    pub setting: &'static str,
    /// What is wrong with it.
    pub message: String,
}

impl ConnectionError {
    fn new(setting: &'static str, message: impl Into<String>) -> Self {
        Self {
            setting,
            message: message.into(),
        }
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.setting, self.message)
    }
}

impl Error for ConnectionError {}

/// The first address that is set, of several in the order in which they count.
#[must_use]
pub fn first_set<'s>(urls: &'s [(&'s str, &'s dyn ToText)]) -> &'s [(&'s str, &'s dyn ToText)] {
    let found = urls.iter().position(|(_, url)| url.to_text().is_some());
    found.map_or(&[], |at| &urls[at..=at])
}

/// Whether one of several settings is set.
#[must_use]
pub fn any_set(settings: &[&dyn ToText]) -> bool {
    settings.iter().any(|setting| setting.to_text().is_some())
}

/// Whether what is sent there can be read in between: without TLS, to another machine.
#[must_use]
pub fn is_plain(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_near = match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    };
    url.scheme() == "http" && !is_near
}

fn is_plain_text(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_plain(&url))
}

fn identity(cert: &Path, key: &Path) -> Result<Identity, ConnectionError> {
    let mut pem = read("client_cert_file", cert)?;
    pem.push(b'\n');
    pem.extend(read("client_key_file", key)?);
    Identity::from_pem(&pem).map_err(|_| {
        let found = format!(
            "`{}` and `{}` are no certificate and key in PEM, the key without a password",
            cert.display(),
            key.display()
        );
        ConnectionError::new("client_cert_file", found)
    })
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, ConnectionError> {
    fs::read(path).map_err(|error| {
        let found = format!("cannot read `{}`: {error}", path.display());
        ConnectionError::new(setting, found)
    })
}

fn lonely(setting: &'static str, other: &str) -> ConnectionError {
    let message = format!("needs `{other}`, which is not set: set both or neither");
    ConnectionError::new(setting, message)
}
