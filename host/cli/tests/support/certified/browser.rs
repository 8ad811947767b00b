//! A person's browser: it keeps the cookies of each site, and goes where it is sent.

use super::process::Certified;
use super::{Gateway, in_short};
use crate::support::form::{self, Arguments, posted};
use crate::support::jar::Jar;
use crate::support::observed::Observed;
use crate::support::run::Gate as _;
use crate::support::table::Request;
use crate::support::traces;
use crate::support::wire;
use form_urlencoded::parse;

/// It knows two sites: the gateway's and the provider's.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    gateway: Jar,
    provider: Jar,
}

/// Where a way through the provider's site ends.
pub(crate) enum End {
    /// At the address of another site.
    Elsewhere(String),
    /// At a page with a form: where that goes, and what it holds.
    Form(String, Arguments),
}

impl Browser {
    /// Logs in on the way to the page at this path; each step must be as it should.
    pub(crate) fn log_in(&mut self, gateway: &mut Gateway, provider: &Certified, path: &str) {
        let back = self.come_back(gateway, provider, path);
        assert_eq!(self.outcome(gateway, path_here(&back)), "logged_in 302");
    }

    /// Goes to the page at this path, and from there to the provider: the address with which that sends it back.
    pub(crate) fn come_back(&mut self, gateway: &mut Gateway, provider: &Certified, path: &str) -> String {
        let address = self.sent_away(gateway, path);
        self.go(provider, &address).elsewhere()
    }

    /// The address of the provider's to which the page at this path sends.
    pub(crate) fn sent_away(&mut self, gateway: &mut Gateway, path: &str) -> String {
        let sent = self.open(gateway, path);
        assert_eq!(in_short(&sent), "login_begun 302");
        location(&sent).to_owned()
    }

    /// The header in which it brings the gateway's cookies.
    pub(crate) fn cookie(&self) -> (String, String) {
        self.gateway.header().unwrap_or_else(|| panic!("expected cookies of the gateway's, found none"))
    }

    /// What becomes of a request to the gateway.
    pub(crate) fn send(&mut self, gateway: &mut Gateway, mut request: Request) -> Observed {
        request.headers.extend(self.gateway.header());
        let observed = gateway.proxied.answer(&request);
        self.keep(&observed);
        observed
    }

    fn keep(&mut self, answer: &Observed) {
        let lines = answer.client.get("set-cookie").into_iter().flatten();
        lines.for_each(|line| self.gateway.keep(line));
    }

    /// The same for the page at this path.
    pub(crate) fn open(&mut self, gateway: &mut Gateway, path: &str) -> Observed {
        self.send(gateway, Request::get(path, HOST))
    }

    /// The same for pages in tabs of their own, each asked for before any answer is there.
    pub(crate) fn open_at_once(&mut self, gateway: &mut Gateway, paths: &[String]) -> Vec<Observed> {
        let before = self.clone();
        let answers: Vec<Observed> = paths.iter().map(|path| before.clone().open(gateway, path)).collect();
        answers.iter().for_each(|answer| self.keep(answer));
        answers
    }

    /// What becomes of a request for the page at this path in short: `permitted`, or the name of what happened instead, and
    /// the status.
    pub(crate) fn outcome(&mut self, gateway: &mut Gateway, path: &str) -> String {
        in_short(&self.open(gateway, path))
    }

    /// The same for a form that is sent to this path.
    pub(crate) fn post(&mut self, gateway: &mut Gateway, path: &str, form: &Arguments) -> Observed {
        self.send(gateway, posted(path, HOST, form))
    }

    /// Goes to an address of the provider's, and on from there.
    pub(crate) fn go(&mut self, provider: &Certified, address: &str) -> End {
        self.follow(provider, Request::get(path_at(provider, address), &provider.address().to_string()))
    }

    /// Sends a form to the provider, and goes on from there.
    pub(crate) fn answer(&mut self, provider: &Certified, action: &str, form: &Arguments) -> End {
        self.follow(provider, posted(path_at(provider, action), &provider.address().to_string(), form))
    }

    fn follow(&mut self, provider: &Certified, mut request: Request) -> End {
        for _ in 0..MOST_REDIRECTS {
            request.headers.extend(self.provider.header());
            let answer = wire::send(provider.address(), &request, ("x-marker", "browser")).unwrap();
            let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
            set.for_each(|(_, line)| self.provider.keep(line));
            let Some(location) = answer.header("location") else { return end(answer.status, &answer.body) };
            let target = location.strip_prefix(&provider.issuer()).unwrap_or(location);
            if !target.starts_with('/') {
                hide(&arguments(location));
                return End::Elsewhere(location.to_owned());
            }
            request = Request::get(target, &provider.address().to_string());
        }
        panic!("expected at most {MOST_REDIRECTS} redirects, found more")
    }
}

impl End {
    pub(crate) fn elsewhere(self) -> String {
        match self {
            Self::Elsewhere(address) => address,
            Self::Form(action, _) => panic!("expected a redirect, found a form for {action}"),
        }
    }

    pub(crate) fn form(self) -> (String, Arguments) {
        match self {
            Self::Form(action, fields) => (action, fields),
            Self::Elsewhere(address) => panic!("expected a form, found a redirect to {address}"),
        }
    }
}

/// Where an answer sends a browser.
pub(crate) fn location(observed: &Observed) -> &str {
    let [address] = &observed.client["location"][..] else { panic!("{:?}", observed.client) };
    address
}

/// The path of an address of the gateway's, with its query.
pub(crate) fn path_here(address: &str) -> &str {
    let path = address.strip_prefix(&format!("http://{HOST}"));
    path.unwrap_or_else(|| panic!("expected an address of the gateway's, found {address}"))
}

/// The arguments of an address, in its query or its fragment.
pub(crate) fn arguments(address: &str) -> Arguments {
    let (_, arguments) = address.split_once(['?', '#']).unwrap_or_default();
    parse(arguments.as_bytes()).into_owned().collect()
}

fn path_at<'a>(provider: &Certified, address: &'a str) -> &'a str {
    let path = address.strip_prefix(&provider.issuer());
    path.unwrap_or_else(|| panic!("expected an address at {}, found {address}", provider.issuer()))
}

/// What proves who somebody is: no log may have it. The state stands in the gateway's own answer.
fn hide(brought: &Arguments) {
    for name in ["access_token", "code", "id_token"] {
        brought.get(name).into_iter().flat_map(|secret| secret.split('.')).for_each(traces::hide);
    }
}

/// The end at a page.
fn end(status: u16, page: &str) -> End {
    let Some((action, fields)) = form::of(page) else { panic!("expected a form, found {status} {page}") };
    hide(&fields);
    End::Form(action, fields)
}

/// As whom browsers know the gateway.
pub(crate) const HOST: &str = "gateway.example";

const MOST_REDIRECTS: usize = 8;
