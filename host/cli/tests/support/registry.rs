//! The issuer of the examples for Envoy, and pages of a registry for the document of `examples/envoy/pushed.yaml`.

use crate::support::table::{Request, real_time};
use crate::support::traces;
use claimgate::mint::{Signer, SigningAlgorithm, base64url};
use serde_json::{Value, json};

/// The issuer with its key.
pub(crate) struct Issuer {
    signer: Signer,
}

impl Issuer {
    /// With a new key of this `kid`.
    pub(crate) fn new(kid: &str) -> Self {
        Self { signer: Signer::generate(SigningAlgorithm::Es256, kid).unwrap() }
    }

    /// One that signs with a secret, by HS256.
    #[allow(dead_code, reason = "Envoy alone follows references where the filter runs")]
    pub(crate) fn with_secret(secret: &str) -> Self {
        let jwk = json!({ "kty": "oct", "k": base64url(secret.as_bytes()) });
        Self { signer: Signer::from_jwk(jwk.to_string().as_bytes()).unwrap() }
    }

    /// A token of this application, with something in it that nobody may show.
    pub(crate) fn token(&self, application: &str) -> String {
        let mut claims = claims(application);
        claims["canary"] = json!(traces::canary("claim"));
        self.sign(&claims)
    }

    /// A token with these claims.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let token = self.signer.sign(&self.signer.header(), claims.as_object().unwrap()).unwrap();
        token.split('.').skip(1).for_each(traces::hide);
        token
    }

    /// A request for an order with such a token.
    pub(crate) fn request(&self, application: &str) -> Request {
        let mut request = Request::get("/orders", "gateway.example");
        request.headers.push(("authorization".to_owned(), format!("Bearer {}", self.token(application))));
        request
    }

    /// Its key.
    pub(crate) fn jwk(&self) -> Value {
        json!(self.signer.public_jwk().unwrap())
    }

    /// `keys` of a page.
    pub(crate) fn keys(&self) -> Value {
        json!([{ "source": "demo-issuer", "jwks": { "keys": [self.jwk()] } }])
    }
}

/// What the issuer says of an application.
pub(crate) fn claims(application: &str) -> Value {
    json!({
        "iss": "https://issuer.example/demo",
        "aud": "https://api.example",
        "azp": application,
        "exp": real_time() + 3600,
    })
}

/// An application with this `custom_id` and standing.
pub(crate) fn application(name: &str, status: &str) -> Value {
    json!({ "id": format!("id-{name}"), "name": name, "custom_id": name,
            "registrations": [{ "service": "orders", "status": status }] })
}

/// A page; `more` are members of it.
pub(crate) fn page(next: &str, applications: &[Value], more: &Value) -> String {
    let mut page = json!({ "version": 1, "applications": applications, "next": next });
    page.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    page.to_string()
}

/// A load of so many applications, a thousand in a page; the first page is `first`, and `named` are in it.
pub(crate) fn load(first: &str, count: usize, named: &[Value], issuer: &Issuer) -> Vec<(String, String)> {
    let pages = count.div_ceil(PAGE);
    let name = |number: usize| if number == 0 { first.to_owned() } else { format!("{first}-{number}") };
    let numbered = |number: usize| {
        let numbers = number * PAGE..count.min((number + 1) * PAGE);
        let many = numbers.map(|number| application(&format!("application-{number}"), "approved"));
        let mut applications: Vec<Value> = many.collect();
        let mut more = json!({ "complete": number + 1 == pages });
        if number == 0 {
            applications.truncate(PAGE - named.len());
            applications.extend_from_slice(named);
            more["keys"] = issuer.keys();
        }
        let next = if number + 1 == pages { "changes".to_owned() } else { name(number + 1) };
        (name(number), page(&next, &applications, &more))
    };
    (0..pages).map(numbered).collect()
}

const PAGE: usize = 1000;
