//! Assertions: JWTs with which a client says who it is (RFC 7523 2.2, 3).

use super::Signing;
use crate::keys::SigningKey;
use crate::provider::{Client, Secret, Url};
use crate::signature::{SigningError, mac};
use alloc::string::{String, ToString};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x5t: Option<&'a str>,
    #[serde(rename = "x5t#S256", skip_serializing_if = "Option::is_none")]
    x5t_s256: Option<&'a str>,
}

/// RFC 7523 3: issuer and subject are the client, and a name of its own keeps it from being used again.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: &'a str,
    iat: i64,
    exp: i64,
}

/// Signed with the secret that client and provider share.
pub(super) fn by_secret(client: &Client, secret: &Secret, to: &Url, signing: Signing<'_>) -> String {
    let alg = client.secret_algorithm();
    let header = Header { alg: alg.name(), typ: TYPE, kid: None, x5t: None, x5t_s256: None };
    let text = signing_input(&header, client, to, signing);
    let signature = mac(client.hash, secret.reveal(), text.as_bytes());
    signed(&text, &signature)
}

/// Signed with the client's private key.
pub(super) fn by_key(
    client: &Client,
    key: &SigningKey,
    to: &Url,
    signing: Signing<'_>,
) -> Result<String, SigningError> {
    let native = signing.native;
    let header = Header {
        alg: key.algorithm().name(),
        typ: TYPE,
        kid: key.kid(),
        x5t: key.x5t(),
        x5t_s256: key.x5t_s256(),
    };
    let text = signing_input(&header, client, to, signing);
    let signature = key.sign(text.as_bytes(), native)?;
    Ok(signed(&text, &signature))
}

fn signing_input(header: &Header<'_>, client: &Client, to: &Url, signing: Signing<'_>) -> String {
    let mut name = [0; 16];
    signing.entropy.fill(&mut name);
    let claims = Claims {
        iss: &client.id,
        sub: &client.id,
        aud: &to.to_string(),
        jti: &URL_SAFE_NO_PAD.encode(name),
        iat: signing.now.seconds(),
        exp: signing.now.plus(LIFETIME).seconds(),
    };
    [part(header), part(&claims)].join(".")
}

fn signed(text: &str, signature: &[u8]) -> String {
    [text, &URL_SAFE_NO_PAD.encode(signature)].join(".")
}

/// Texts and whole numbers alone, so that there always is one.
fn part(value: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap_or_default())
}

const TYPE: &str = "JWT";

/// Long enough for clocks that differ a little, and for one use.
const LIFETIME: i64 = 60;
