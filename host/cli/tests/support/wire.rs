//! One request over a connection of its own, with nothing between the case and the bytes.

use crate::support::table::{Request, latin1};
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer, and the address that the client had.
pub(crate) struct Answer {
    pub(crate) client: SocketAddr,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The first value of a header; `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// Sends a request with one more header, and reads the answer. Not to the connection's end: Envoy keeps it open
/// for a second, for the client to close.
pub(crate) fn send(gateway: SocketAddr, request: &Request, more: (&str, &str)) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(gateway)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.write_all(&latin1(&written(request, more)))?;
    let (client, mut bytes, mut chunk) = (stream.local_addr()?, Vec::new(), [0; 16_384]);
    loop {
        match stream.read(&mut chunk)? {
            0 => {
                return Err(io::Error::other(format!(
                    "expected an HTTP/1.1 answer, found {}",
                    bytes.escape_ascii()
                )));
            }
            read => bytes.extend_from_slice(&chunk[..read]),
        }
        if let Some(answer) = parsed(client, &bytes) {
            return Ok(answer);
        }
    }
}

fn written(request: &Request, more: (&str, &str)) -> String {
    let Request { method, target, host, headers, body } = request;
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    let more =
        [(more.0.to_owned(), more.1.to_owned()), ("content-length".to_owned(), body.len().to_string())];
    for (name, value) in headers.iter().chain(&more) {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text + "\r\n" + body
}

/// The answer, once it is whole.
fn parsed(client: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    let text = str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = |line: &str| {
        line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers: Vec<(String, String)> = lines.filter_map(header).collect();
    let header =
        |name: &str| headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let body = match header("content-length") {
        Some(length) => body.get(..length.parse().ok()?)?.to_owned(),
        None => unchunked(body)?,
    };
    Some(Answer { client, status, headers, body })
}

/// The content of a chunked body (RFC 9112 7.1) without extensions.
fn unchunked(mut body: &str) -> Option<String> {
    let mut content = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n")?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(content);
        }
        content.push_str(rest.get(..size)?);
        body = rest.get(size..)?.strip_prefix("\r\n")?;
    }
}

/// How long an answer may take before the test gives up.
const DEADLINE: Duration = Duration::from_secs(20);
