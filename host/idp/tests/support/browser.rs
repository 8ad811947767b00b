//! A browser: cookies, and forms of pages.

use super::{Reply, Scene, posted};
use bytes::Bytes;
use http::Request;
use std::collections::BTreeMap;

/// Cookies by name.
#[derive(Default)]
pub(crate) struct Browser(BTreeMap<String, String>);

impl Browser {
    pub(crate) fn get(&mut self, scene: &mut Scene, path: &str) -> Reply {
        self.ask(scene, Request::get(path).body(Bytes::new()).unwrap())
    }

    /// Fills in the form of a page and sends it.
    pub(crate) fn submit(&mut self, scene: &mut Scene, page: &Reply, fields: &[(&str, &str)]) -> Reply {
        let text = String::from_utf8(page.body.to_vec()).unwrap();
        let action = attribute(&text, "action");
        let interaction = attribute(text.split("name=\"interaction\"").nth(1).unwrap(), "value");
        let form = [&[("interaction", &*interaction)], fields].concat();
        self.ask(scene, posted(&action, &form))
    }

    /// From the authorization request to the answer for the client, as Alice.
    pub(crate) fn log_in(&mut self, scene: &mut Scene, path: &str) -> Reply {
        let page = self.get(scene, path);
        assert_eq!(page.status, 200, "{:?} {:?}", page.headers, page.body);
        self.submit(scene, &page, &[("username", "alice@example.com"), ("password", "alice")])
    }

    fn ask(&mut self, scene: &mut Scene, mut request: Request<Bytes>) -> Reply {
        let cookies: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert("cookie", cookies.join("; ").parse().unwrap());
        }
        let reply = scene.ask(&request);
        for cookie in reply.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
        reply
    }
}

/// The value of the first attribute of a name; nothing in these values is escaped.
fn attribute(text: &str, name: &str) -> String {
    let (_, rest) = text.split_once(&format!("{name}=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The parameters behind `?` or `#` of a redirect.
pub(crate) fn parameters(reply: &Reply, separator: char) -> BTreeMap<String, String> {
    assert_eq!(reply.status, 303, "{:?}", reply.body);
    let (_, encoded) = reply.header("location").split_once(separator).unwrap_or_default();
    form_urlencoded::parse(encoded.as_bytes()).into_owned().collect()
}
