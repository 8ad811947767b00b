//! The load: as many requests as a few kept connections can carry, one at a time on each.

use crate::envoy::cpu;
use crate::envoy::error::Error;
use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Where a turn goes, and whose CPU time it costs.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) process: u32,
}

/// What a turn came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) requests: u32,
    pub(crate) cpu: Duration,
}

impl Turn {
    /// Microseconds of CPU time for each request.
    pub(crate) fn each(self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / f64::from(self.requests)
    }
}

impl Server {
    /// Sends requests until the time is over or there are no more of them, and measures. The first requests of each
    /// turn are not counted.
    pub(crate) fn turn(
        &self,
        requests: &mut dyn Iterator<Item = &[u8]>,
        time: Duration,
    ) -> Result<Turn, Fault> {
        let mut connections = self.connect()?;
        exchange(&mut connections, &mut (&mut *requests).take(LEAD_IN), time)?;
        let before = cpu::used(self.process)?;
        let count = exchange(&mut connections, requests, time)?;
        let cpu = cpu::used(self.process)?.saturating_sub(before);
        if count == 0 { Err(Fault::Idle) } else { Ok(Turn { requests: count, cpu }) }
    }

    /// Sends requests likewise, and measures nothing.
    pub(crate) fn warm_up(
        &self,
        requests: &mut dyn Iterator<Item = &[u8]>,
        time: Duration,
    ) -> Result<(), Fault> {
        exchange(&mut self.connect()?, requests, time)?;
        Ok(())
    }

    fn connect(&self) -> io::Result<Vec<Connection>> {
        (0..CONNECTIONS).map(|_| Connection::open(self.address)).collect()
    }
}

/// Why a turn failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The connection.
    Io(io::Error),
    /// Another answer than 200.
    Status(String),
    /// Not one request was answered.
    Idle,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Fault {
    /// With the name of what was measured.
    pub(crate) fn of(self, row: &str) -> Error {
        match self {
            Self::Io(error) => Error::System { what: row.to_owned(), error },
            Self::Status(found) => Error::Answer { row: row.to_owned(), found },
            Self::Idle => Error::Answer { row: row.to_owned(), found: "none at all".to_owned() },
        }
    }
}

/// Reads the answers in the order of the requests, and sends the next on the connection that has become free: the
/// server always has all but one to work on.
fn exchange(
    connections: &mut [Connection],
    requests: &mut dyn Iterator<Item = &[u8]>,
    time: Duration,
) -> Result<u32, Fault> {
    let began = Instant::now();
    let mut waiting = VecDeque::with_capacity(connections.len());
    for (connection, request) in connections.iter_mut().zip(&mut *requests) {
        connection.send(request)?;
        waiting.push_back(connection);
    }
    let mut answered = 0_u32;
    while let Some(connection) = waiting.pop_front() {
        connection.receive()?;
        answered = answered.saturating_add(1);
        if began.elapsed() < time
            && let Some(request) = requests.next()
        {
            connection.send(request)?;
            waiting.push_back(connection);
        }
    }
    Ok(answered)
}

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    chunk: Box<[u8; 4_096]>,
}

impl Connection {
    fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, received: Vec::new(), chunk: Box::new([0; 4_096]) })
    }

    fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request)
    }

    fn receive(&mut self) -> Result<(), Fault> {
        self.received.clear();
        loop {
            let read = self.stream.read(&mut *self.chunk)?;
            self.received.extend(self.chunk.iter().take(read));
            if is_whole(&self.received) {
                break;
            }
            if read == 0 {
                return Err(Fault::Io(io::ErrorKind::UnexpectedEof.into()));
            }
        }
        if self.received.starts_with(b"HTTP/1.1 200 ") {
            return Ok(());
        }
        Err(Fault::Status(String::from_utf8_lossy(&self.received).into_owned()))
    }
}

/// Whether these bytes are an answer with all of its body, whose length its head tells.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(head) = bytes.windows(END.len()).position(|window| window == END) else { return false };
    let mut lines = bytes.get(..head).unwrap_or_default().split(|byte| *byte == b'\n');
    let length = lines.find_map(|line| {
        let (name, value) = line.split_at_checked(LENGTH.len())?;
        name.eq_ignore_ascii_case(LENGTH).then(|| str::from_utf8(value).ok()?.trim().parse::<usize>().ok())?
    });
    length.is_some_and(|length| bytes.len() >= head.saturating_add(END.len()).saturating_add(length))
}

const END: &[u8] = b"\r\n\r\n";
const LENGTH: &[u8] = b"content-length:";
const CONNECTIONS: usize = 8;

/// Requests of each turn that are not counted: new connections, and code and data that other turns have pushed out of
/// the caches of the CPU.
const LEAD_IN: usize = 64;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nserver: envoy\r\n\r\nhello";
        assert!(is_whole(answer));
        for end in 0..answer.len() {
            assert!(!is_whole(&answer[..end]), "{}", answer[..end].escape_ascii());
        }
    }

    #[test]
    fn an_answer_without_a_length_is_never_whole() {
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\n\r\nhello"));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\nhello"));
    }
}
