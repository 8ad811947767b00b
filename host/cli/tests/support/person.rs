//! A person with a browser, at a gate and at the development identity provider.

use crate::support::cloud::Idp;
use crate::support::form;
use crate::support::jar::Jar;
use crate::support::observed::{Effect, Observed};
use crate::support::proxied::Proxied;
use crate::support::run::Gate as _;
use crate::support::table::Request;
use crate::support::wire::{self, Answer};

pub(crate) struct Person<'a> {
    idp: &'a Idp,
    gate: &'a mut Proxied,
    at_gate: Jar,
    at_provider: Jar,
}

impl<'a> Person<'a> {
    /// Nobody knows them yet.
    pub(crate) fn new(idp: &'a Idp, gate: &'a mut Proxied) -> Self {
        Self { idp, gate, at_gate: Jar::default(), at_provider: Jar::default() }
    }

    /// Goes to a page, signs in, sees the page, logs out, and is nobody. `client` is whom they log in to.
    pub(crate) fn logs_in_and_out(mut self, client: &str) {
        let login = self.is_sent_on("GET", "/orders", "login_begun");
        let back = self.signs_in(&login);
        assert_eq!(self.is_sent_on("GET", &back, "logged_in"), format!("{SITE}/orders"));
        self.sees("/orders", client);
        let farewell = self.is_sent_on("POST", "/orders/logout", "logged_out");
        let left = self.at_provider(Request::get(&self.path_of(&farewell), ""));
        assert_eq!(left.header("location"), Some(&*format!("{SITE}/")), "{} {}", left.status, left.body);
        let login = self.is_sent_on("GET", "/orders", "login_begun");
        let page = self.at_provider(Request::get(&self.path_of(&login), ""));
        assert!(page.body.contains(r#"name="password""#), "is asked to sign in again: {}", page.body);
    }

    /// Where the gate sends the browser. The answer is not kept: it may hold an ID token, for the browser alone.
    fn is_sent_on(&mut self, method: &str, target: &str, grounds: &str) -> String {
        let request = self.request(method, target);
        let answer = wire::send(self.gate.address, &request, ("x-marker", "person")).unwrap();
        kept(&mut self.at_gate, &answer);
        let about = self.gate.filter.clone().unwrap_or_else(|| answer.client.to_string());
        let line = self.gate.audit.line(&about).unwrap_or_else(|| panic!("{method} {target}: no audit line"));
        assert!(!line.text.contains("c4n4ry"), "{}", line.text);
        assert_eq!((answer.status, &*line.outcome), (302, grounds), "{method} {target}: {}", answer.body);
        answer.header("location").unwrap().to_owned()
    }

    /// The upstream gets the request, with who it is and an access token.
    fn sees(&mut self, target: &str, client: &str) {
        let observed = self.gate.answer(&self.request("GET", target));
        let Observed { effect: Effect::Forwarded(headers), .. } = &observed else { panic!("{observed:?}") };
        assert_eq!(headers["x-consumer-custom-id"], [client]);
        assert!(headers["authorization"][0].starts_with("Bearer ey"));
    }

    /// Answers the provider's pages; where it then sends the browser at the gate.
    fn signs_in(&mut self, login: &str) -> String {
        let page = self.at_provider(Request::get(&self.path_of(login), ""));
        let known = [("username", "alice@example.com"), ("password", "c4n4ry-alices")];
        let mut end = self.answers(&page.body, &known);
        // Asked for once, and remembered.
        if end.body.contains("Allow access?") {
            end = self.answers(&end.body, &[("decision", "allow")]);
        }
        let back = end.header("location").and_then(|location| location.strip_prefix(SITE));
        back.unwrap_or_else(|| panic!("expected a way back, found {} {}", end.status, end.body)).to_owned()
    }

    fn answers(&mut self, page: &str, more: &[(&str, &str)]) -> Answer {
        let (action, mut fields) = form::of(page).unwrap_or_else(|| panic!("expected a form, found {page}"));
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.at_provider(form::posted(&action, "", &fields))
    }

    fn at_provider(&mut self, mut request: Request) -> Answer {
        request.host = self.idp.address.to_string();
        request.headers.extend(self.at_provider.header());
        let answer = wire::send(self.idp.address, &request, ("x-marker", "person")).unwrap();
        kept(&mut self.at_provider, &answer);
        answer
    }

    /// A request as browsers send it that go to a page of the gate's, or send a form from one.
    fn request(&self, method: &str, target: &str) -> Request {
        let mut request = Request::get(target, SITE.trim_start_matches("http://"));
        method.clone_into(&mut request.method);
        let said =
            [("accept", "text/html"), ("sec-fetch-mode", "navigate"), ("sec-fetch-site", "same-origin")];
        request.headers.extend(said.map(|(name, value)| (name.to_owned(), value.to_owned())));
        request.headers.extend(self.at_gate.header());
        request
    }

    fn path_of(&self, url: &str) -> String {
        let path = url.strip_prefix(self.idp.origin());
        path.unwrap_or_else(|| panic!("expected a page of the provider's, found {url}")).to_owned()
    }
}

fn kept(jar: &mut Jar, answer: &Answer) {
    let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    set.for_each(|(_, line)| jar.keep(line));
}

/// How browsers know the gate, and the provider knows it.
const SITE: &str = "http://127.0.0.1:8000";
