//! Upstreams over https.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use super::support::client::get;
use super::support::gateway::Gateway;
use super::support::origin;

/// An origin with a certificate for `name`, and the certificate as PEM.
async fn secure(name: &str) -> (SocketAddr, String) {
    let issued = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![issued.cert.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let address = origin::accept(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let response = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecret";
            stream.write_all(response).await.unwrap();
            let _closed = stream.shutdown().await;
        }
    })
    .await;
    (address, issued.cert.pem())
}

#[tokio::test]
async fn certificates_are_verified_unless_told_otherwise() {
    let (right, pem) = secure("localhost").await;
    let (wrong, other) = secure("other.test").await;
    let file = |name: &str, pem: &str| {
        let file = format!("tls-{}-{name}.pem", std::process::id());
        std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(&file), pem).unwrap();
        file
    };
    let (own, others) = (file("own", &pem), file("others", &other));
    let table = [
        (right, format!("ca_certificates: {own}"), 200),
        (right, format!("ca_certificates: {others}"), 502),
        (wrong, format!("ca_certificates: {others}"), 502),
        (wrong, "tls_verify: false".to_owned(), 200),
    ];
    for (origin, keys, status) in table {
        let url = format!("https://localhost:{}", origin.port());
        let yaml =
            format!("services: [{{name: s, url: '{url}', {keys}, routes: [{{name: r, paths: [/]}}]}}]");
        let gateway = Gateway::start(&yaml).await;
        assert_eq!(get(gateway.address(), "/", &[]).await.status, status, "{yaml}");
    }
}
