//! How a client says who it is (RFC 6749 2.3, OIDC Core 9).

use super::{Client, Draft, Request, escaped};
use crate::signature::{NativeSigner, SigningError};
use crate::time::UnixTime;
use crate::world::Entropy;
use alloc::string::String;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::fmt;

mod assertion;

/// How a client authenticates, by the names of OIDC Core 9.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// `client_secret_basic`: id and secret in `Authorization`.
    Basic,
    /// `client_secret_post`: id and secret in the form.
    Post,
    /// `client_secret_jwt`: an assertion that the secret signs.
    SecretJwt,
    /// `private_key_jwt`: an assertion that a private key signs.
    PrivateKeyJwt,
    /// `none`: the id alone, in the form.
    None,
}

/// What assertions are made of, beside the client.
pub struct Signing<'a> {
    /// When.
    pub now: UnixTime,
    /// Where their names come from.
    pub entropy: &'a mut dyn Entropy,
    /// What signs with RSA keys.
    pub native: Option<&'a dyn NativeSigner>,
}

/// Why a client cannot say who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthError {
    /// It has no secret.
    NoSecret,
    /// It has no key.
    NoKey,
    /// Its key did not sign.
    Signing(SigningError),
}

impl Draft {
    /// The request, with the client's word for who it is. The audience of an assertion is the URL that it goes to, which
    /// is what providers agree on (RFC 7523 3; Entra and Okta take no other).
    ///
    /// # Errors
    /// [`ClientAuthError`], where the client has not what `auth` needs.
    pub fn authenticated(
        mut self,
        client: &Client,
        auth: ClientAuth,
        signing: Signing<'_>,
    ) -> Result<Request, ClientAuthError> {
        let secret = || client.secret.as_ref().ok_or(ClientAuthError::NoSecret);
        let mut authorization = None;
        match auth {
            ClientAuth::Basic => authorization = Some(basic(&client.id, secret()?.reveal())),
            ClientAuth::Post => {
                self.form.set("client_id", client.id.as_bytes());
                self.form.set("client_secret", secret()?.reveal());
            }
            ClientAuth::SecretJwt => {
                let assertion = assertion::by_secret(client, secret()?, &self.url, signing);
                self.assert(client, &assertion);
            }
            ClientAuth::PrivateKeyJwt => {
                let key = client.key.as_ref().ok_or(ClientAuthError::NoKey)?;
                let assertion = assertion::by_key(client, key, &self.url, signing);
                self.assert(client, &assertion.map_err(ClientAuthError::Signing)?);
            }
            ClientAuth::None => self.form.set("client_id", client.id.as_bytes()),
        }
        Ok(self.into_request(authorization))
    }

    /// RFC 7523 2.2. The id is optional beside it (RFC 7521 4.2), and Entra asks for it.
    fn assert(&mut self, client: &Client, assertion: &str) {
        self.form.set("client_id", client.id.as_bytes());
        self.form.set("client_assertion_type", ASSERTION_TYPE);
        self.form.set("client_assertion", assertion.as_bytes());
    }

    fn into_request(self, authorization: Option<String>) -> Request {
        let mut request = Request::post(self.url, self.accept, self.form.encoded().into_bytes());
        let authorization = authorization.map(|value| ("authorization".into(), value.into_bytes().into()));
        request.headers.extend(authorization);
        request.headers.extend(self.headers);
        request
    }
}

/// Id and secret, each escaped as in a form, so that neither has a colon (RFC 6749 2.3.1).
fn basic(id: &str, secret: &[u8]) -> String {
    let pair = [escaped(id.as_bytes()), escaped(secret)].join(":");
    ["Basic ", &STANDARD.encode(pair)].concat()
}

impl ClientAuth {
    /// Each with its name in configs. Those with certificates are not among them: TLS is the engine's.
    pub const NAMES: [(&'static str, Self); 5] = [
        (Self::Basic.name(), Self::Basic),
        (Self::Post.name(), Self::Post),
        (Self::SecretJwt.name(), Self::SecretJwt),
        (Self::PrivateKeyJwt.name(), Self::PrivateKeyJwt),
        (Self::None.name(), Self::None),
    ];

    /// As it is written in configs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::SecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }

    /// Whether it takes a secret.
    #[must_use]
    pub const fn takes_secret(self) -> bool {
        matches!(self, Self::Basic | Self::Post | Self::SecretJwt)
    }
}

impl fmt::Display for ClientAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSecret => f.write_str("expected a client with a secret, found one without"),
            Self::NoKey => f.write_str("expected a client with a private key, found one without"),
            Self::Signing(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl core::error::Error for ClientAuthError {}

const ASSERTION_TYPE: &[u8] = b"urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

#[cfg(test)]
mod tests;
