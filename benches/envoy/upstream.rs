//! An upstream that answers every request with the same few bytes, as cheaply as it can.

use crate::envoy::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Starts one, with a thread for each connection.
pub(crate) fn start() -> Result<SocketAddr, Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::system("the upstream"))?;
    let address = listener.local_addr().map_err(Error::system("the upstream"))?;
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // A connection that fails is one that the other side has closed; it would notice a missing answer.
            thread::spawn(move || drop(answer_all(stream)));
        }
    });
    Ok(address)
}

/// None of the requests has a body, and none is sent before the last was answered.
fn answer_all(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut chunk = [0; 16_384];
    let mut head = Vec::new();
    loop {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Ok(());
        }
        head.extend(chunk.iter().take(read));
        if head.ends_with(b"\r\n\r\n") {
            stream.write_all(ANSWER)?;
            head.clear();
        }
    }
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello";
