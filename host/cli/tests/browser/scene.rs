//! A person at a browser, the development provider, and a client whose pages are the echo upstream's.

use crate::browser::{Browser, ENTER, TAB};
use crate::support::table::Request;
use crate::support::upstream::Upstream;
use crate::support::{wait, wire};
use claimgate_idp::{Config, Handle, serve};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};

/// All of them, until this is dropped.
pub(crate) struct Scene {
    pub(crate) browser: Browser,
    pub(crate) provider: Handle,
    pub(crate) address: SocketAddr,
    pub(crate) client: Upstream,
}

impl Scene {
    /// The built-in realms, where every client has its redirect URI here.
    pub(crate) fn start() -> Self {
        Self::changed(|_| ())
    }

    /// The same with a change of the realms.
    pub(crate) fn changed(change: impl FnOnce(&mut Config)) -> Self {
        let client = Upstream::start();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = Config::built_in().unwrap();
        // To a browser it is another site than the client: cookies of the one do not belong to the other.
        config.base_url = Some(format!("http://localhost:{}", address.port()));
        for known in config.realms.iter_mut().flat_map(|realm| &mut realm.clients) {
            known.redirect_uris = vec![callback(&client)];
            known.post_logout_redirect_uris = vec![home(&client)];
        }
        change(&mut config);
        let provider = serve(config, listener).unwrap_or_else(|error| panic!("{error}"));
        Self { browser: Browser::start(), provider, address, client }
    }

    /// A URL of the provider's.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.provider.base_url())
    }

    /// A URL of the provider's with parameters.
    pub(crate) fn asks(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        self.at(&format!("{path}?{query}"))
    }

    /// Where the client that asks for consent sends the person, with more parameters than it always has.
    pub(crate) fn authorization(&self, more: &[(&str, &str)]) -> String {
        let callback = callback(&self.client);
        let usual = [
            ("client_id", "phone"),
            ("redirect_uri", &*callback),
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("state", STATE),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        self.asks("/shop/authorize", &[&usual, more].concat())
    }

    /// The client's own page.
    pub(crate) fn home(&self) -> String {
        home(&self.client)
    }

    /// A page of another site than the client's.
    pub(crate) fn elsewhere(&self) -> String {
        format!("http://localhost:{}/anything/elsewhere", self.client.address.port())
    }

    /// Where the upstream answers.
    pub(crate) fn upstream(&self) -> String {
        format!("http://{}/anything", self.client.address)
    }

    /// Alice logs in with the keyboard, from the page on.
    pub(crate) fn logs_in(&self) {
        self.browser.sees("Sign in");
        self.browser.press(&format!("{USER}{TAB}{PASSWORD}{ENTER}"));
    }

    /// Alice logs in and consents.
    pub(crate) fn logs_in_and_consents(&self) {
        self.browser.go(&self.authorization(&[]));
        self.logs_in();
        self.browser.sees("Allow access?");
        self.browser.press(ENTER);
        self.answer();
    }

    /// What the browser brings the client in the query.
    pub(crate) fn answer(&self) -> BTreeMap<String, String> {
        let url = self.browser.arrives_at(&callback(&self.client));
        fields(url.split_once('?').map_or("", |(_, query)| query))
    }

    /// The request that reached the client with this method: its target, and its form.
    pub(crate) fn reached(&self, method: &str) -> (String, BTreeMap<String, String>) {
        let record = wait::until(&format!("a {method} reaches the client"), || {
            self.client.all().into_iter().find(|record| record.method == method)
        });
        (record.path, fields(&record.body))
    }

    /// What the client gets for a code.
    pub(crate) fn exchange(&self, code: &str) -> Value {
        let mut request = Request::get("/shop/token", &self.address.to_string());
        "POST".clone_into(&mut request.method);
        request.headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        let callback = callback(&self.client);
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "phone"),
            ("redirect_uri", &*callback),
            ("code", code),
            ("code_verifier", VERIFIER),
        ];
        request.body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let answer = wire::send(self.address, &request, ("x-marker", "none")).unwrap();
        serde_json::from_str(&answer.body).unwrap()
    }
}

fn callback(client: &Upstream) -> String {
    format!("http://{}{CALLBACK}", client.address)
}

fn home(client: &Upstream) -> String {
    format!("http://{}/anything/home", client.address)
}

fn fields(form: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(form.as_bytes()).into_owned().collect()
}

/// The path of the client's redirect URI.
pub(crate) const CALLBACK: &str = "/anything/callback";

/// Somebody of the built-in realms.
pub(crate) const USER: &str = "alice@example.com";
pub(crate) const PASSWORD: &str = "alice";

/// What the client sends along and wants to see again.
pub(crate) const STATE: &str = "where the person was";

/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
