//! The way to a server, step by step: name, connection, the proxy's tunnel, TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::PROXY_AUTHORIZATION;
use http::{Request, Uri};
use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{Address, ConnectError, Proxy, tunnel};

/// How a server is reached.
#[derive(Debug, Clone)]
pub struct Way {
    address: Address,
    tls: Option<Tls>,
    proxy: Option<Arc<Proxy>>,
}

#[derive(Debug, Clone)]
struct Tls {
    /// The name in the certificate.
    name: ServerName<'static>,
    client: Arc<ClientConfig>,
}

/// A connection.
#[derive(Debug)]
pub enum Stream {
    /// Without TLS.
    Plain(TcpStream),
    /// With TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// The certificates by which the server has proven who it is, its own first, in DER.
    pub fn certificates(&self) -> &[CertificateDer<'static>] {
        match self {
            Self::Plain(_) => &[],
            Self::Tls(stream) => stream.get_ref().1.peer_certificates().unwrap_or_default(),
        }
    }
}

impl Way {
    /// Straight to the address, without TLS.
    pub fn plain(address: Address) -> Self {
        Self { address, tls: None, proxy: None }
    }

    /// With TLS, where the address is encrypted; `None` if its name is none that a certificate can have.
    pub fn to(address: Address, client: &Arc<ClientConfig>) -> Option<Self> {
        let tls = if address.is_encrypted() {
            let name = ServerName::try_from(address.host().to_owned()).ok()?;
            Some(Tls { name, client: Arc::clone(client) })
        } else {
            None
        };
        Some(Self { address, tls, proxy: None })
    }

    /// Through a proxy.
    #[must_use]
    pub fn through(self, proxy: Option<Arc<Proxy>>) -> Self {
        Self { proxy, ..self }
    }

    /// Where it ends.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The proxy on it.
    pub fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_deref()
    }

    /// All steps.
    pub async fn open(&self) -> Result<Stream, ConnectError> {
        let addresses = self.resolve().await?;
        self.secure(self.dial(&addresses).await?).await
    }

    /// The addresses of the host that is connected to, which is the proxy if there is one.
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, ConnectError> {
        self.blame(resolve(self.first_host()).await)
    }

    /// A connection to the first of these that takes one; through the proxy to the server, if that is the way.
    pub async fn dial(&self, addresses: &[SocketAddr]) -> Result<TcpStream, ConnectError> {
        let mut stream = self.blame(dial(self.first_host().host(), addresses).await)?;
        if let (Some(proxy), Some(_)) = (&self.proxy, &self.tls) {
            tunnel::open(&mut stream, proxy, &self.address.authority_with_port()).await?;
        }
        Ok(stream)
    }

    /// The connection with TLS, if that is the way: the server has proven who it is.
    pub async fn secure(&self, stream: TcpStream) -> Result<Stream, ConnectError> {
        let Some(tls) = &self.tls else { return Ok(Stream::Plain(stream)) };
        let connector = TlsConnector::from(Arc::clone(&tls.client));
        let secured = connector.connect(tls.name.clone(), stream).await;
        secured.map(Box::new).map(Stream::Tls).map_err(|error| ConnectError::of_handshake(&error))
    }

    /// Puts a request, which has a path alone, into the form that the other end of the connection expects: for a proxy
    /// that opens no tunnel, the absolute one (RFC 9112 3.2.2) with credentials.
    pub(crate) fn prepare<B>(&self, request: &mut Request<B>) {
        let (Some(proxy), None) = (&self.proxy, &self.tls) else { return };
        let absolute = format!("{}{}", self.address, request.uri()).parse::<Uri>();
        if let Ok(absolute) = absolute {
            *request.uri_mut() = absolute;
        }
        if let Some(credentials) = proxy.credentials() {
            request.headers_mut().insert(PROXY_AUTHORIZATION, credentials.clone());
        }
    }

    fn first_host(&self) -> &Address {
        self.proxy.as_ref().map_or(&self.address, |proxy| proxy.address())
    }

    /// A failure before the server is the proxy's, if there is one.
    fn blame<T>(&self, outcome: Result<T, ConnectError>) -> Result<T, ConnectError> {
        outcome.map_err(|error| match &self.proxy {
            Some(proxy) => ConnectError::Proxy { proxy: proxy.to_string(), error: Box::new(error) },
            None => error,
        })
    }
}

async fn resolve(address: &Address) -> Result<Vec<SocketAddr>, ConnectError> {
    let host = address.host();
    let found = lookup_host((host, address.port())).await;
    found.map(Iterator::collect).map_err(|error| ConnectError::Name { host: host.to_owned(), error })
}

/// The first connection that comes about. An address that is silent does not keep the next one waiting for long
/// (RFC 8305 5): some networks swallow what goes to IPv6.
async fn dial(host: &str, addresses: &[SocketAddr]) -> Result<TcpStream, ConnectError> {
    let none = io::Error::from(io::ErrorKind::NotFound);
    let mut last = ConnectError::Name { host: host.to_owned(), error: none };
    let (mut attempts, mut waiting) = (JoinSet::new(), addresses.iter().copied());
    loop {
        let next = waiting.next();
        if let Some(address) = next {
            attempts.spawn(async move { (address, connect(address).await) });
        }
        let patience = if waiting.len() == 0 { FOR_EVER } else { STAGGER };
        match timeout(patience, attempts.join_next()).await {
            Ok(Some(Ok((_, Ok(stream))))) => return Ok(stream),
            Ok(Some(Ok((address, Err(error))))) => last = ConnectError::of_connection(address, error),
            Ok(None) if next.is_none() => return Err(last),
            // An attempt that was lost says nothing; one that takes long goes on beside the next.
            Ok(Some(Err(_)) | None) | Err(_) => {}
        }
    }
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// How long an address may be silent before the next one is tried as well.
const STAGGER: Duration = Duration::from_millis(250);
/// The bound is that of the whole way.
const FOR_EVER: Duration = Duration::MAX;

#[cfg(test)]
mod tests;
