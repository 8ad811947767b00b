use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::{ConnectError, Proxy, open};

/// What comes of an answer, and what the proxy was asked.
async fn ask(proxy: &str, answer: &[u8]) -> (Result<(), ConnectError>, String, Vec<u8>) {
    let (mut ours, mut theirs) = duplex(64 << 10);
    theirs.write_all(answer).await.unwrap();
    let opened = open(&mut ours, &Proxy::parse(proxy).unwrap(), "idp.test:443").await;
    theirs.shutdown().await.unwrap();
    let mut rest = Vec::new();
    ours.read_to_end(&mut rest).await.unwrap();
    drop(ours);
    let mut asked = String::new();
    theirs.read_to_string(&mut asked).await.unwrap();
    (opened, asked, rest)
}

#[tokio::test]
async fn a_proxy_is_asked_for_the_server_with_its_credentials() {
    let (opened, asked, rest) = ask("user:word@proxy.test", b"HTTP/1.1 200 OK\r\nx: y\r\n\r\nTLS").await;
    opened.unwrap();
    let expected = "CONNECT idp.test:443 HTTP/1.1\r\nHost: idp.test:443\r\n\
                    Proxy-Authorization: Basic dXNlcjp3b3Jk\r\n\r\n";
    assert_eq!((asked.as_str(), rest.as_slice()), (expected, &b"TLS"[..]));
}

#[tokio::test]
async fn a_refusal_says_its_status_and_no_credentials() {
    for (answer, status) in [(&b"HTTP/1.1 407 no\r\n\r\n"[..], 407), (b"HTTP/1.0 403\r\nx: y\r\n\r\n", 403)] {
        let error = ask("user:word@proxy.test", answer).await.0.unwrap_err();
        let ConnectError::ProxyRefused { proxy, status: found } = &error else { panic!("{error}") };
        assert_eq!((proxy.as_str(), *found), ("http://proxy.test", status));
        assert!(!error.to_string().contains("word"), "{error}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_no_answer() {
    let endless = [b"HTTP/1.1 200 OK\r\n".to_vec(), vec![b'x'; 20 << 10]].concat();
    for answer in [
        &b"SSH-2.0-x\r\n\r\n"[..],
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2000\r\n\r\n",
        b"HTTP/1.1 +20\r\n\r\n",
        &endless,
    ] {
        let opened = ask("proxy.test", answer).await.0;
        assert!(matches!(opened, Err(ConnectError::ProxyBroken { .. })), "{opened:?}");
    }
}
