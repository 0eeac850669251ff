//! Certificates, good and bad, of an authority that the sinks are told to trust.

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::faults::Certificate;
use crate::root;

/// Certificates of a peer, and the file of their authority.
pub struct Certificates {
    /// What `ca_file` is set to.
    pub authority: PathBuf,
    servers: Vec<(Certificate, Arc<ServerConfig>)>,
}

impl Certificates {
    /// Makes them.
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // Another name than that of what it signs, which would look signed by itself.

        params
            .distinguished_name
            .push(DnType::CommonName, "authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key"));
        let issuer = issuer.expect("an authority");
        let folder = root().join("target");
        std::fs::create_dir_all(&folder).expect("a folder");
        let authority = folder.join("oracle-authority.pem");
        std::fs::write(&authority, issuer.pem()).expect("a file");
        let all = [
            Certificate::Good,
            Certificate::Expired,
            Certificate::Early,
            Certificate::OtherName,
            Certificate::SelfSigned,
        ];
        let servers = all.map(|kind| {
            let name = match kind {
                Certificate::OtherName => "elsewhere.example",
                _ => "127.0.0.1",
            };
            let key = KeyPair::generate().expect("a key");
            let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
            match kind {
                Certificate::Expired => {
                    params.not_before = date_time_ymd(2020, 1, 1);
                    params.not_after = date_time_ymd(2021, 1, 1);
                }
                Certificate::Early => params.not_before = date_time_ymd(2090, 1, 1),
                _ => {}
            }
            let certificate = match kind {
                Certificate::SelfSigned => params.self_signed(&key),
                _ => params.signed_by(&key, &issuer),
            };
            let certificate = certificate.expect("a certificate");
            let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
            (kind, Arc::new(server(certificate.der().clone(), key)))
        });
        Self {
            authority,
            servers: servers.into(),
        }
    }

    /// A server that shows one of them.
    pub fn server(&self, shown: Certificate) -> Arc<ServerConfig> {
        let found = self.servers.iter().find(|(kind, _)| *kind == shown);
        Arc::clone(&found.expect("all are made").1)
    }
}

fn server(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a certificate and its key")
}
