//! Requests that nobody sends by mistake. No gate may let one through, fall over, or say that the fault is its own.

use crate::support::upstream::Upstream;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

mod bodies;
mod forger;
mod heads;
mod json;
mod random;
mod tokens;

pub(crate) use forger::Forger;

/// A request byte by byte, and what is to become of it.
pub(crate) struct RawRequest {
    pub(crate) name: String,
    pub(crate) method: Vec<u8>,
    pub(crate) target: Vec<u8>,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    /// The statuses with which the filter may answer.
    pub(crate) expected: &'static [u16],
    /// Whether an engine may be the one that refuses: the request breaks HTTP, or is longer than engines take.
    pub(crate) beyond_http: bool,
}

/// How a gate that is sent such a request by socket ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Answered(u16),
    /// The connection was closed without an answer.
    Closed,
}

impl RawRequest {
    fn get(name: impl Into<String>, headers: Vec<(Vec<u8>, Vec<u8>)>, expected: &'static [u16]) -> Self {
        let (method, target) = (b"GET".to_vec(), b"/orders".to_vec());
        Self { name: name.into(), method, target, headers, body: Vec::new(), expected, beyond_http: false }
    }

    fn beyond_http(self) -> Self {
        Self { beyond_http: true, ..self }
    }

    /// Fails unless this is an end that the request may have behind a socket.
    pub(crate) fn judge(&self, end: End) {
        let may = match end {
            End::Answered(status) if self.expected.contains(&status) => true,
            End::Answered(status) => self.beyond_http && OF_ENGINES.contains(&status),
            End::Closed => self.beyond_http,
        };
        assert!(may, "{}: expected {:?}, found {end:?}", self.name, self.expected);
    }

    /// Sends the request over a connection of its own. `marker` is the value of `X-Marker`.
    pub(crate) fn send(&self, gateway: SocketAddr, marker: &str) -> End {
        let mut stream = TcpStream::connect(gateway).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        // A gate may answer and close before it was sent everything, and the answer may be lost by that.
        drop(stream.write_all(&self.written(marker)));
        let (mut answer, mut chunk) = (Vec::new(), [0; 4096]);
        while !answer.contains(&b'\n') {
            match stream.read(&mut chunk) {
                Ok(read) if read > 0 => answer.extend_from_slice(&chunk[..read]),
                Ok(_) => break,
                Err(error) => {
                    let waited = [std::io::ErrorKind::WouldBlock, std::io::ErrorKind::TimedOut];
                    assert!(!waited.contains(&error.kind()), "{}: no end within {DEADLINE:?}", self.name);
                    break;
                }
            }
        }
        let status =
            String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|status| status.parse().ok());
        status.map_or(End::Closed, End::Answered)
    }

    fn written(&self, marker: &str) -> Vec<u8> {
        let length = self.body.len().to_string();
        let fixed = [
            (&b"host"[..], &b"gateway.example"[..]),
            (b"connection", b"close"),
            (b"x-marker", marker.as_bytes()),
            (b"content-length", length.as_bytes()),
        ];
        let given = self.headers.iter().map(|(name, value)| (&**name, &**value));
        let mut bytes = [&self.method, &b" "[..], &self.target, b" HTTP/1.1\r\n"].concat();
        for (name, value) in fixed.into_iter().chain(given) {
            bytes.extend([name, b": ", value, b"\r\n"].concat());
        }
        [&*bytes, b"\r\n", &self.body].concat()
    }
}

/// Sends all of it to a gateway: nothing may reach the upstream, and after each request a good one must.
pub(crate) fn besiege(gateway: SocketAddr, upstream: &Upstream, forger: &Forger, seed: u64) {
    let requests = forger.requests(seed);
    for request in &requests {
        let marker = upstream.marker();
        request.judge(request.send(gateway, &marker));
        assert!(upstream.seen(&marker).is_empty(), "{} is at the upstream", request.name);
        let marker = upstream.marker();
        forger.good_one(request).send(gateway, &marker);
        assert_eq!(upstream.seen(&marker).len(), 1, "a good token after {}", request.name);
    }
    assert_eq!(upstream.all().len(), requests.len(), "what came without its marker");
}

fn bearer(name: impl Into<String>, token: &[u8]) -> RawRequest {
    let value = [b"Bearer ", token].concat();
    let beyond_http = value.len() > LONGEST_VALUE;
    let request = RawRequest::get(name, vec![(b"authorization".to_vec(), value)], &[401]);
    RawRequest { beyond_http, ..request }
}

fn pair(name: &str, value: impl AsRef<[u8]>) -> (Vec<u8>, Vec<u8>) {
    (name.as_bytes().to_vec(), value.as_ref().to_vec())
}

/// Bytes; engines take heads of 60 KiB and more.
const LONGEST_VALUE: usize = 50_000;

/// Statuses with which engines refuse what breaks HTTP or is too long.
const OF_ENGINES: [u16; 4] = [400, 404, 413, 431];

/// How long a gate may take.
const DEADLINE: Duration = Duration::from_secs(20);
