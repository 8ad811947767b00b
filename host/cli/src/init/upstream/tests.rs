use super::{Upstream, UpstreamError};

fn parsed(url: &str) -> Option<(bool, String, u16, String)> {
    let Upstream { https, host, port, path } = url.parse().ok()?;
    Some((https, host, port, path))
}

#[test]
fn a_url_has_host_port_and_path() {
    let plain = parsed("http://127.0.0.1:9000");
    assert_eq!(plain, Some((false, "127.0.0.1".to_owned(), 9000, String::new())));
    let https = parsed("https://api.example/v1/");
    assert_eq!(https, Some((true, "api.example".to_owned(), 443, "/v1".to_owned())));
    assert_eq!(parsed("http://[::1]/"), Some((false, "[::1]".to_owned(), 80, String::new())));
}

#[test]
fn what_would_be_lost_is_refused() {
    for url in [
        "api.example",
        "ftp://api.example",
        "http://user@api.example",
        "http://a/?b=1",
        "http://a/#b",
        "http://a:0",
        "http://a:",
    ] {
        assert_eq!(url.parse::<Upstream>(), Err(UpstreamError), "{url}");
    }
}
