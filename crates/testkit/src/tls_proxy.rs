//! HTTPS before a plain server, with a certificate of any quality.

use std::{net::SocketAddr, sync::Arc};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};
use url::Url;

use crate::http;

/// What is wrong with the certificate, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Right for `localhost` and `127.0.0.1`; trusted by who trusts [`TlsProxy::authority_pem`].
    Valid,
    /// From the same authority, ended in 2021.
    Expired,
    /// From the same authority, for `other.example`.
    WrongHost,
    /// Signed by itself instead of the authority.
    SelfSigned,
    /// From an authority that is not [`TlsProxy::authority_pem`].
    UnknownAuthority,
}

/// The proxy ends when the value is dropped.
pub struct TlsProxy {
    address: SocketAddr,
    authority_pem: String,
    accepting: JoinHandle<()>,
}

impl TlsProxy {
    /// HTTPS before the plain server at `server_url`.
    pub async fn before(server_url: &str, certificate: Certificate) -> Self {
        let server = Url::parse(server_url).expect("the server's URL is valid");
        let server = format!(
            "{}:{}",
            server.host_str().expect("the server's URL has a host"),
            server.port_or_known_default().expect("the server's URL has a port")
        );
        let (listener, address) = http::listen().await;
        let authority = authority("Herold Testkit CA");
        let config = server_config(certificate, &authority);
        let accepting = tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), server));
        Self { address, authority_pem: authority.pem(), accepting }
    }

    /// `https://localhost:port`
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// The root certificate that makes [`Certificate::Valid`] valid.
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }
}

impl Drop for TlsProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, server: String) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, server) = (acceptor.clone(), server.clone());
        tokio::spawn(async move {
            // A failed handshake is what most users of this proxy are after.
            let Ok(mut device) = acceptor.accept(stream).await else { return };
            if let Ok(mut server) = TcpStream::connect(server).await {
                let _ = tokio::io::copy_bidirectional(&mut device, &mut server).await;
            }
        });
    }
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    CertifiedIssuer::self_signed(params, new_key()).expect("signing a certificate authority")
}

fn server_config(kind: Certificate, authority: &CertifiedIssuer<'static, KeyPair>) -> ServerConfig {
    let names = match kind {
        Certificate::WrongHost => vec!["other.example".to_owned()],
        _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
    };
    let mut params = CertificateParams::new(names).expect("naming a certificate");
    params.distinguished_name.push(DnType::CommonName, "Herold Testkit");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = match kind {
        Certificate::Expired => date_time_ymd(2021, 1, 1),
        _ => date_time_ymd(2099, 1, 1),
    };
    let key = new_key();
    let certificate = match kind {
        Certificate::SelfSigned => params.self_signed(&key),
        Certificate::UnknownAuthority => params.signed_by(&key, &self::authority("Stranger CA")),
        _ => params.signed_by(&key, authority),
    }
    .expect("signing a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("choosing TLS versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a key that fits its certificate")
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("making a key pair")
}
