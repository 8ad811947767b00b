//! A port that must be known before anybody listens there, or has to stay somebody's while they are away.

use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpSocket;

/// A free port of the loopback interface; nobody who asks the system for any port gets it until this is dropped. Nobody
/// listens there, so connections are refused, until a program does to which it was given by number: those that set
/// `SO_REUSEADDR` or `SO_REUSEPORT`, as servers do, are not kept from it (socket(7)).
pub(crate) struct Held {
    _socket: TcpSocket,
    pub(crate) address: SocketAddr,
}

impl Held {
    pub(crate) fn port() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.set_reuseport(true).unwrap();
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = socket.local_addr().unwrap();
        Self { _socket: socket, address }
    }
}
