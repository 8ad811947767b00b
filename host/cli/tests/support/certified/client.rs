//! What clients do at the provider themselves: get tokens, log a user in, revoke.

use super::browser::{Browser, arguments};
use super::process::Certified;
use crate::support::form::Arguments;
use crate::support::table::Request;
use crate::support::traces;
use crate::support::wire::{self, Answer};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use form_urlencoded::Serializer;
use serde_json::Value;

impl Certified {
    /// A token of the client `basic` itself, for a resource.
    pub(crate) fn machine_token(&self, resource: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("resource", resource), ("scope", "read")];
        text(&self.form("/token", &form), "access_token")
    }

    /// What the user's browser brings back to a client, by the names of OAuth: `code`, or `access_token` and `id_token`. It
    /// is sent with `scope=openid profile` and these arguments.
    pub(crate) fn log_in(&self, client: &str, response_type: &str, more: &[(&str, &str)]) -> Arguments {
        let usual =
            [("client_id", client), ("response_type", response_type), ("nonce", "any"), ("state", "any")];
        let query = Serializer::new(String::new())
            .extend_pairs(usual)
            .extend_pairs([("scope", "openid profile"), ("redirect_uri", REDIRECT_URI)])
            .extend_pairs(more)
            .finish();
        let address = format!("{}/auth?{query}", self.issuer());
        arguments(&Browser::default().go(self, &address).elsewhere())
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
