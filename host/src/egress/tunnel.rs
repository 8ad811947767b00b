//! CONNECT: a connection through a proxy (RFC 9110 9.3.6).

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{ConnectError, Proxy};

/// Asks the proxy at the other end of `stream` for a connection to `authority`. What the stream carries from then on is
/// between us and the server.
pub(super) async fn open(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    proxy: &Proxy,
    authority: &str,
) -> Result<(), ConnectError> {
    let broken = || ConnectError::ProxyBroken { proxy: proxy.to_string() };
    let mut request = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n").into_bytes();
    if let Some(credentials) = proxy.credentials() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(credentials.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await.map_err(|_| broken())?;
    let status = read_status(stream).await.ok_or_else(broken)?;
    match status {
        200..=299 => Ok(()),
        _ => Err(ConnectError::ProxyRefused { proxy: proxy.to_string(), status }),
    }
}

/// The status of the answer, whose head is read to its end and not a byte further.
async fn read_status(stream: &mut (impl AsyncRead + Unpin)) -> Option<u16> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MOST_HEAD {
            return None;
        }
        head.push(stream.read_u8().await.ok()?);
    }
    let line = head.strip_prefix(b"HTTP/1.1 ").or_else(|| head.strip_prefix(b"HTTP/1.0 "))?;
    let status = std::str::from_utf8(line.get(..3)?).ok()?;
    line.get(3).filter(|byte| matches!(byte, b' ' | b'\r'))?;
    status.parse().ok().filter(|status| (100..600).contains(status))
}

const MOST_HEAD: usize = 16 << 10;

#[cfg(test)]
mod tests;
