//! A browser and a provider that people log in at, for tests of the gate: what the browser gets it keeps and sends back,
//! as RFC 6265 says, and the provider gives for a code what the login asked for.

use super::Gate;
use super::scene::{Answered, DISCOVERY, KEYS, Scene, header};
use crate::fixtures::{Counter, ISSUER, NOW, token};
use crate::headers::HeaderEdit;
use crate::request::{RequestHead, arguments, unescaped};
use crate::step::{Event, HttpCall, Step};
use crate::time::UnixTime;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::cell::RefCell;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub(super) const TOKEN: &str = "/token";
pub(super) const REVOKE: &str = "/revoke";
pub(super) const SECRET: &str = "a secret of at least 32 bytes: 1";

/// Members of openid-connect's config, with a leading comma, for people who log in.
pub(super) const LOGIN: &str = r#","client_id":["web"],"client_secret":["s3cr3t of the gateway itself"],
    "auth_methods":["session","authorization_code","bearer"],
    "session_secret":"a secret of at least 32 bytes: 1","redirect_uri":["https://gw.example/callback"]"#;

/// A person's browser.
#[derive(Debug, Clone, Default)]
pub(super) struct Browser {
    pub(super) cookies: BTreeMap<String, String>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// `None`: it went upstream.
    pub(super) status: Option<u16>,
    pub(super) location: String,
    pub(super) reason: Option<&'static str>,
    pub(super) set_cookies: Vec<String>,
    /// What the upstream got under names that were edited; empty where they were removed.
    pub(super) upstream: BTreeMap<String, String>,
    pub(super) body: String,
}

impl Browser {
    /// Goes to an address of this site.
    pub(super) fn get(&mut self, scene: &mut Scene, target: &str) -> Page {
        self.send(scene, "GET", target, &[("accept", "text/html")])
    }

    /// Sends a request; the answer's cookies are kept.
    pub(super) fn send(
        &mut self,
        scene: &mut Scene,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
    ) -> Page {
        self.post(scene, method, target, headers, None)
    }

    /// The same with a body.
    pub(super) fn post(
        &mut self,
        scene: &mut Scene,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Page {
        let cookie = self.cookie();
        let own = (!cookie.is_empty()).then_some(("cookie", cookie.as_str()));
        let headers: Vec<(&[u8], &[u8])> = headers
            .iter()
            .copied()
            .chain(own)
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .collect();
        let head = RequestHead {
            method: method.as_bytes(),
            target: target.as_bytes(),
            authority: b"gw.example",
            headers: &headers,
            has_body: body.is_some(),
            https: true,
        };
        let (mut gate, mut step) = scene.begin_at(&head);
        if let Step::NeedBody { .. } = step {
            let body = body.unwrap_or_default().as_bytes();
            let now = UnixTime::from_seconds(scene.now);
            step = gate.on(Event::Body(body, true), &scene.world(), now, &mut Counter(0));
        }
        let step = scene.follow(&mut gate, step);
        let page = page(&gate, &step);
        self.keep_all(&page);
        page
    }

    /// Begins a request for a page of this site, which may be held.
    pub(super) fn begin(&self, scene: &Scene, target: &str) -> (Gate, Step) {
        let cookie = self.cookie();
        scene.begin_at(&RequestHead {
            method: b"GET",
            target: target.as_bytes(),
            authority: b"gw.example",
            headers: &[(b"cookie", cookie.as_bytes())],
            has_body: false,
            https: true,
        })
    }

    /// Keeps what an answer has it keep.
    pub(super) fn keep_all(&mut self, page: &Page) {
        page.set_cookies.iter().for_each(|line| self.keep(line));
    }

    /// What it sends back.
    pub(super) fn cookie(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep(&mut self, line: &str) {
        let (pair, attributes) = line.split_once(';').expect("attributes");
        let (name, value) = pair.split_once('=').expect("a pair");
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.into(), value.into());
        }
    }

    /// Logs in, from the first page to the one after; the whole way must be as it should.
    pub(super) fn log_in(&mut self, scene: &mut Scene, target: &str) -> Page {
        let sent = self.get(scene, target);
        assert_eq!(sent.status, Some(302), "{sent:?}");
        let back = self.get(scene, &consent(&sent.location));
        assert_eq!(back.status, Some(302), "{back:?}");
        back
    }
}

/// What a cookie's value becomes with any bit of any byte turned, but for what would be another cookie then.
pub(super) fn edits(value: &str) -> impl Iterator<Item = String> {
    let turned = |place: usize, bit: u8| {
        let mut edited = value.as_bytes().to_vec();
        *edited.get_mut(place)? ^= bit;
        String::from_utf8(edited).ok()
    };
    let all = (0..value.len()).flat_map(move |place| (0..7).filter_map(move |bit| turned(place, 1 << bit)));
    all.filter(|edited| !edited.contains([';', '\r', '\n']) && edited.trim() == edited)
}

/// What a person at the provider is sent back with who agrees to everything: the target of the redirect back.
pub(super) fn consent(location: &str) -> String {
    let asked = query(location);
    let redirect_uri = asked.get("redirect_uri").expect("a redirect URI");
    let path = redirect_uri.splitn(4, '/').nth(3).unwrap_or_default();
    format!("/{path}?code={}&state={}", code(location), asked.get("state").expect("a state"))
}

/// The code for an authorization request: all that its token request is held against.
pub(super) fn code(location: &str) -> String {
    let asked = query(location);
    let part = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let text = format!("{} {} {}", part("nonce"), part("code_challenge"), part("redirect_uri"));
    URL_SAFE_NO_PAD.encode(text)
}

/// The arguments of an address.
pub(super) fn query(location: &str) -> BTreeMap<String, String> {
    let text = |bytes: &[u8]| String::from_utf8(unescaped(bytes).into_owned()).expect("utf-8");
    let query = location.split_once('?').map_or("", |(_, query)| query);
    arguments(query.as_bytes()).map(|(name, value)| (text(name), text(value))).collect()
}

/// A scene whose provider lets people log in. `more` are members of openid-connect's config.
pub(super) fn scene(more: &str) -> Scene {
    equip(Scene::with(&format!("{LOGIN}{more}")))
}

/// The same for any document.
pub(super) fn equip(mut scene: Scene) -> Scene {
    scene.answers(DISCOVERY, Ok((200, discovery(""))));
    scene.answers_by(TOKEN, provider(|_| Instead::new()));
    scene.answers(REVOKE, Ok((200, String::new())));
    scene
}

/// The discovery document, with more members.
pub(super) fn discovery(more: &str) -> String {
    let at = "https://idp.example";
    format!(
        r#"{{"issuer":"{ISSUER}","jwks_uri":"{at}{KEYS}","token_endpoint":"{at}{TOKEN}",
            "authorization_endpoint":"{at}/authorize","revocation_endpoint":"{at}{REVOKE}",
            "end_session_endpoint":"{at}/logout"{more}}}"#
    )
}

/// What a token answer has instead of what it would have; `Null` leaves it out.
pub(super) type Instead = Vec<(&'static str, Value)>;

/// A token endpoint that takes each code once, with its verifier, and each refresh token. `instead` is asked for each
/// answer, by the nonce of its login.
pub(super) fn provider(instead: impl Fn(&str) -> Instead + 'static) -> impl Fn(&HttpCall) -> Answered {
    let used = Rc::new(RefCell::new(BTreeSet::new()));
    move |call| {
        let body = String::from_utf8(call.body.to_vec()).expect("utf-8");
        let form = query(&format!("?{body}"));
        let part = |name: &str| form.get(name).cloned().unwrap_or_default();
        let authorized = header(call, "authorization").starts_with("Basic ");
        let nonce = match &*part("grant_type") {
            "authorization_code" => redeemed(&part("code"), &part("code_verifier"), &part("redirect_uri"))
                .filter(|_| used.borrow_mut().insert(part("code"))),
            "refresh_token" => part("refresh_token").starts_with("r-").then(String::new),
            _ => None,
        };
        match nonce.filter(|_| authorized) {
            Some(nonce) => Ok((200, answer(&nonce, instead(&nonce)))),
            None => Ok((400, r#"{"error":"invalid_grant"}"#.into())),
        }
    }
}

/// The nonce of a code, if the verifier fits.
fn redeemed(code: &str, verifier: &str, redirect_uri: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(code).ok()?).ok()?;
    let parts: Vec<&str> = text.split(' ').collect();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    (parts.get(1..) == Some(&[&*challenge, redirect_uri])).then(|| parts[0].to_string())
}

/// A token answer for `ann`.
fn answer(nonce: &str, instead: Instead) -> String {
    let mut members = json!({
        "access_token": access_token(""),
        "token_type": "Bearer",
        "expires_in": 600,
        "id_token": id_token(nonce, ""),
    });
    for (name, value) in instead {
        members[name] = value;
    }
    members.to_string()
}

/// A token endpoint that gives a refresh token with a login, and for it the second access token.
pub(super) fn renewing() -> impl Fn(&HttpCall) -> Answered {
    provider(|nonce| match nonce {
        "" => Vec::from([
            ("access_token", json!(second())),
            ("id_token", json!(null)),
            ("refresh_token", json!("r-2")),
            ("expires_in", json!(9_000)),
        ]),
        _ => Vec::from([("refresh_token", json!("r-1"))]),
    })
}

/// Another access token of `ann`'s, good for longer.
pub(super) fn second() -> String {
    token(&members(r#","sub":"ann","n":2"#).replace(&(NOW + 600).to_string(), &(NOW + 9_999).to_string()))
}

/// An access token of `ann`'s.
pub(super) fn access_token(more: &str) -> String {
    token(&members(&format!(r#","sub":"ann","aud":"api"{more}"#)))
}

/// An ID token of `ann`'s; of no login where the nonce is empty.
pub(super) fn id_token(nonce: &str, more: &str) -> String {
    let nonce = if nonce.is_empty() { String::new() } else { format!(r#","nonce":"{nonce}""#) };
    token(&members(&format!(r#","sub":"ann","aud":"web"{nonce}{more}"#)))
}

/// Members of a token of the issuer that is good for ten minutes.
pub(super) fn members(more: &str) -> String {
    format!(r#""iss":"{ISSUER}","exp":{}{more}"#, NOW + 600)
}

pub(super) fn page(gate: &Gate, step: &Step) -> Page {
    let mut page = Page {
        status: None,
        location: String::new(),
        reason: gate.facts().outcome.reason(),
        set_cookies: Vec::new(),
        upstream: BTreeMap::new(),
        body: String::new(),
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("utf-8");
    let told = match step {
        Step::Forward(permit) => {
            let upstream = permit.request_edits().iter().map(|edit| match edit {
                HeaderEdit::Set(name, value) | HeaderEdit::Append(name, value) => {
                    (name.clone().into_owned(), text(value))
                }
                HeaderEdit::Remove(name) => (text(name), String::new()),
            });
            page.upstream = upstream.collect();
            permit.response_edits()
        }
        Step::Reply(response) => {
            page.status = Some(response.status.code());
            page.body = text(&response.body);
            &response.headers
        }
        step => panic!("expected an end, got {step:?}"),
    };
    for edit in told {
        match edit {
            HeaderEdit::Set(name, value) if name == "location" => page.location = text(value),
            HeaderEdit::Append(name, value) if name == "set-cookie" => page.set_cookies.push(text(value)),
            _ => {}
        }
    }
    page
}
