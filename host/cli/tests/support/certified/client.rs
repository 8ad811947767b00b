//! What clients do at the provider themselves: get tokens, log a user in, revoke.

use super::process::Certified;
use crate::support::jar::Jar;
use crate::support::table::Request;
use crate::support::traces;
use crate::support::wire::{self, Answer};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use form_urlencoded::{Serializer, parse};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a login ends with, by the names of OAuth: `code`, or `access_token` and `id_token`.
pub(crate) type Login = BTreeMap<String, String>;

impl Certified {
    /// A token of the client `basic` itself, for a resource.
    pub(crate) fn machine_token(&self, resource: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("resource", resource), ("scope", "read")];
        text(&self.form("/token", &form), "access_token")
    }

    /// What the user's browser brings back to a client, with `scope=openid profile` and these arguments.
    pub(crate) fn log_in(&self, client: &str, response_type: &str, more: &[(&str, &str)]) -> Login {
        let usual =
            [("client_id", client), ("response_type", response_type), ("nonce", "any"), ("state", "any")];
        let query = Serializer::new(String::new())
            .extend_pairs(usual)
            .extend_pairs([("scope", "openid profile"), ("redirect_uri", REDIRECT_URI)])
            .extend_pairs(more)
            .finish();
        let brought = self.browse(format!("/auth?{query}"));
        for secret in brought.values() {
            secret.split('.').for_each(traces::hide);
        }
        brought
    }

    /// A refresh token of a user of the client `basic`.
    pub(crate) fn refresh_token(&self, more: &[(&str, &str)]) -> String {
        let login = self.log_in("basic", "code", more);
        let form =
            [("grant_type", "authorization_code"), ("code", &login["code"]), ("redirect_uri", REDIRECT_URI)];
        text(&self.form("/token", &form), "refresh_token")
    }

    /// Has the provider forget a token.
    pub(crate) fn revoke(&self, token: &str) {
        let answer = self.form("/token/revocation", &[("token", token)]);
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// What the client `basic` is answered.
    fn form(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path, &self.address().to_string());
        request.method = "POST".to_owned();
        request.body = Serializer::new(String::new()).extend_pairs(form).finish();
        let secret: String = form_urlencoded::byte_serialize(self.secret.as_bytes()).collect();
        request.headers = vec![
            ("authorization".to_owned(), basic("basic", &secret)),
            ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
        ];
        wire::send(self.address(), &request, ("x-marker", "client")).unwrap()
    }

    /// Follows redirects, with cookies, until one leads to the client.
    fn browse(&self, mut target: String) -> Login {
        let mut cookies = Jar::default();
        for _ in 0..MOST_REDIRECTS {
            let mut request = Request::get(&target, &self.address().to_string());
            request.headers.push(cookies.header());
            let answer = wire::send(self.address(), &request, ("x-marker", "browser")).unwrap();
            cookies.keep(&answer);
            let Some(location) = answer.header("location") else {
                panic!("expected a redirect, found {} {}", answer.status, answer.body)
            };
            if let Some(brought) = location.strip_prefix(REDIRECT_URI) {
                return parse(&brought.as_bytes()[1..]).into_owned().collect();
            }
            target = location.strip_prefix(&self.issuer()).unwrap_or(location).to_owned();
        }
        panic!("expected at most {MOST_REDIRECTS} redirects, found more")
    }
}

/// An `Authorization` of this pair.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")))
}

fn text(answer: &Answer, member: &str) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let text = body[member].as_str().unwrap_or_else(|| panic!("{member}: {} {}", answer.status, answer.body));
    text.split('.').for_each(traces::hide);
    text.to_owned()
}

/// Of the clients that users log in to.
const REDIRECT_URI: &str = "https://client.example/back";

const MOST_REDIRECTS: usize = 8;
