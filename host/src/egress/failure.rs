//! Why there is no connection, in words for whoever has to do something about it. Never a secret: proxies are named
//! without their credentials.

use std::error::Error;
use std::net::SocketAddr;
use std::{fmt, io};

use rustls::CertificateError;
use rustls::pki_types::UnixTime;

/// What went wrong on the way to a server, by step.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// The name has no address.
    Name {
        /// The name.
        host: String,
        /// What the resolver says.
        error: io::Error,
    },
    /// Nothing listens there.
    Refused {
        /// The last address that was tried.
        address: SocketAddr,
    },
    /// No connection for another reason.
    Unreachable {
        /// The last address that was tried.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// The way to the proxy failed.
    Proxy {
        /// The proxy.
        proxy: String,
        /// Why.
        error: Box<Self>,
    },
    /// The proxy answered CONNECT with a refusal.
    ProxyRefused {
        /// The proxy.
        proxy: String,
        /// Its status.
        status: u16,
    },
    /// The proxy answered CONNECT with something that is not HTTP, or hung up.
    ProxyBroken {
        /// The proxy.
        proxy: String,
    },
    /// The server's certificate does not prove that it is the server.
    Certificate(CertificateProblem),
    /// There is no TLS connection for another reason.
    Tls(String),
    /// HTTP could not begin.
    Http(String),
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// Its time is over.
    Expired {
        /// Whole days since then, if it says when.
        days_ago: Option<u64>,
    },
    /// Its time has not come.
    NotYetValid {
        /// Whole days until then, if it says when.
        in_days: Option<u64>,
    },
    /// No root that is trusted stands behind it.
    UnknownIssuer,
    /// It is for other names.
    WrongName {
        /// The name that was connected to.
        expected: String,
        /// The names in it.
        presented: Vec<String>,
    },
    /// Anything else.
    Other(String),
}

impl ConnectError {
    /// A failed connection to an address.
    pub(super) fn of_connection(address: SocketAddr, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused { address },
            _ => Self::Unreachable { address, error },
        }
    }

    /// A failed handshake of TLS.
    pub(super) fn of_handshake(error: &io::Error) -> Self {
        let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
        match cause {
            Some(rustls::Error::InvalidCertificate(error)) => {
                Self::Certificate(CertificateProblem::of(error))
            }
            Some(rustls::Error::InvalidMessage(_)) => Self::Tls(NOT_TLS.to_owned()),
            Some(other) => Self::Tls(other.to_string()),
            None if error.kind() == io::ErrorKind::UnexpectedEof => Self::Tls(HUNG_UP.to_owned()),
            None => Self::Tls(error.to_string()),
        }
    }
}

impl CertificateProblem {
    fn of(error: &CertificateError) -> Self {
        match error {
            CertificateError::Expired => Self::Expired { days_ago: None },
            CertificateError::ExpiredContext { time, not_after } => {
                Self::Expired { days_ago: Some(days(*not_after, *time)) }
            }
            CertificateError::NotValidYet => Self::NotYetValid { in_days: None },
            CertificateError::NotValidYetContext { time, not_before } => {
                Self::NotYetValid { in_days: Some(days(*time, *not_before)) }
            }
            // A root of its issuer's name is trusted, but has another key.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownIssuer,
            CertificateError::NotValidForNameContext { expected, presented } => Self::WrongName {
                expected: expected.to_str().into_owned(),
                presented: presented.iter().map(|name| plain(name)).collect(),
            },
            other => Self::Other(other.to_string()),
        }
    }
}

/// `idp.test` of `DnsName("idp.test")`.
fn plain(name: &str) -> String {
    let inner = name.split_once('(').and_then(|(_, inner)| inner.strip_suffix(')'));
    inner.unwrap_or(name).trim_matches('"').to_owned()
}

fn days(from: UnixTime, to: UnixTime) -> u64 {
    to.as_secs().saturating_sub(from.as_secs()) / 86_400
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { host, error } => {
                write!(
                    f,
                    "expected an address for the name {host}, found none: {error}; check the name and DNS"
                )
            }
            Self::Refused { address } => {
                write!(
                    f,
                    "{address} refused the connection; check the port, and that something listens there"
                )
            }
            Self::Unreachable { address, error } => {
                write!(f, "{address} cannot be reached: {error}; check routes and firewalls")
            }
            Self::Proxy { proxy, error } => write!(f, "on the way to the proxy {proxy}: {error}"),
            Self::ProxyRefused { proxy, status: 407 } => {
                write!(f, "the proxy {proxy} wants other credentials (status 407); they stand in its URL")
            }
            Self::ProxyRefused { proxy, status } => {
                write!(
                    f,
                    "the proxy {proxy} refused to connect (status {status}); it has to allow this server"
                )
            }
            Self::ProxyBroken { proxy } => {
                write!(
                    f,
                    "expected an answer to CONNECT from {proxy}, found none; check that it is an HTTP proxy"
                )
            }
            Self::Certificate(problem) => problem.fmt(f),
            Self::Tls(reason) => write!(f, "no TLS connection: {reason}"),
            Self::Http(reason) => write!(f, "no HTTP connection: {reason}"),
        }
    }
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired { days_ago: Some(days) } => {
                write!(f, "the certificate expired {days} days ago; the server has to renew it")
            }
            Self::Expired { days_ago: None } => {
                f.write_str("the certificate has expired; the server has to renew it")
            }
            Self::NotYetValid { in_days } => {
                f.write_str("the certificate is not valid yet")?;
                in_days.iter().try_for_each(|days| write!(f, ", but in {days} days"))?;
                f.write_str("; check this machine's clock")
            }
            Self::UnknownIssuer => f.write_str(
                "the certificate's issuer is unknown; if it is a private one, add its certificate to ca_certificates",
            ),
            Self::WrongName { expected, presented } => {
                let presented = if presented.is_empty() { "no name".to_owned() } else { presented.join(", ") };
                write!(f, "expected a certificate for {expected}, found one for {presented}")
            }
            Self::Other(reason) => write!(f, "the certificate is refused: {reason}"),
        }
    }
}

impl Error for ConnectError {}

impl Error for CertificateProblem {}

const NOT_TLS: &str = "the server answered with something else; check the port and the scheme";
const HUNG_UP: &str = "the server hung up; check the port and the scheme";
