use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::{ConnectError, dial};

async fn refusing() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn an_address_that_refuses_or_is_silent_is_passed_over() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let good = listener.local_addr().unwrap();
    // RFC 5737: nobody has it. What is sent there is lost or refused.
    let silent = "192.0.2.1:9".parse().unwrap();
    for first in [refusing().await, silent] {
        let stream = dial("idp.test", &[first, first, good]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good);
    }
}

#[tokio::test]
async fn where_all_fail_the_last_one_says_why() {
    let refusing = refusing().await;
    let error = dial("idp.test", &[refusing]).await.unwrap_err();
    assert!(matches!(error, ConnectError::Refused { address } if address == refusing), "{error}");
    let error = dial("idp.test", &[]).await.unwrap_err();
    assert!(matches!(error, ConnectError::Name { .. }), "{error}");
}
