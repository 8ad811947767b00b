//! TLS in front of a server that has none. It ends with the test.

use crate::authority::Authority;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Serves what `behind` serves, with a certificate for `name`.
pub(crate) fn start(authority: &Authority, name: &str, behind: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, tls) = (listener.local_addr().unwrap(), authority.server(name));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let tls = Arc::clone(&tls);
            // Who does not believe the certificate sends nothing.
            thread::spawn(move || drop(exchange(tls, stream, behind)));
        }
    });
    address
}

/// One request and its answer.
fn exchange(tls: Arc<ServerConfig>, client: TcpStream, behind: SocketAddr) -> io::Result<()> {
    let connection = ServerConnection::new(tls).map_err(io::Error::other)?;
    let mut client = StreamOwned::new(connection, client);
    let mut server = TcpStream::connect(behind)?;
    server.write_all(&request(&mut client)?)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    client.write_all(&answer)?;
    client.conn.send_close_notify();
    client.flush()?;
    client.sock.shutdown(Shutdown::Write)
}

/// A request with the length of its body in it, as one that is the last of its connection.
fn request(client: &mut impl Read) -> io::Result<Vec<u8>> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let head = String::from_utf8(head).map_err(io::Error::other)?;
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let length = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map(|(_, value)| value.trim().parse::<usize>().unwrap()).sum();
    let mut body = vec![0; length];
    client.read_exact(&mut body)?;
    Ok([head.replacen("\r\n", "\r\nconnection: close\r\n", 1).into_bytes(), body].concat())
}
