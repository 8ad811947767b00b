//! Headers that hand on a token, its key and its claims.

use super::Beside;
use crate::config::{AccessTokenHeader, HeaderName, TokenHeaders};
use crate::headers::{HeaderEdit, header_value};
use crate::json::Value;
use crate::keys::KeySet;
use crate::verified::{Evidence, Verified};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The token itself.
pub(super) fn of_token(header: &AccessTokenHeader, token: &[u8]) -> Option<HeaderEdit> {
    match header {
        AccessTokenHeader::Bearer => {
            let value = [b"Bearer ", token].concat().into_boxed_slice();
            Some(HeaderEdit::Set(Cow::Borrowed("authorization"), value))
        }
        AccessTokenHeader::Raw(name) => Some(HeaderEdit::Set(Cow::Owned(name.as_str().into()), token.into())),
        AccessTokenHeader::Off => None,
    }
}

/// Those that came with it. What is absent, or can stand in no header, is left out.
pub(super) fn of_tokens_beside(
    headers: &TokenHeaders,
    beside: Beside<'_>,
) -> impl Iterator<Item = HeaderEdit> {
    let id_token = whole(headers.id_token.as_ref(), beside.id_token);
    let refresh_token = whole(headers.refresh_token.as_ref(), beside.refresh_token);
    id_token.into_iter().chain(refresh_token)
}

fn whole(name: Option<&HeaderName>, token: Option<&str>) -> Option<HeaderEdit> {
    let (name, token) = (name?, token?);
    let fits = token.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| HeaderEdit::Set(Cow::Owned(name.as_str().into()), token.as_bytes().into()))
}

/// The key and the claims. What is absent, or does not fit into a header, is left out.
pub(super) fn of_key_and_claims<'a>(
    headers: &'a TokenHeaders,
    verified: &'a Verified,
    keys: &'a KeySet,
) -> impl Iterator<Item = HeaderEdit> + 'a {
    let jwk = headers.access_token_jwk.iter().filter_map(|name| Some(set_long(name, jwk(verified, keys)?)));
    let claims = headers.claims.iter();
    let claims =
        claims.filter_map(|claim| set(&claim.header, &text(verified.claims().at(claim.claim.members())?)?));
    jwk.chain(claims)
}

/// The key that the token was verified with; a shared secret is told to nobody. A key with certificates may be longer
/// than other values.
fn jwk(verified: &Verified, keys: &KeySet) -> Option<String> {
    match verified.evidence() {
        Evidence::Signature { fingerprint, .. } => {
            let key = keys.iter().find(|key| key.fingerprint() == *fingerprint)?;
            Some(STANDARD.encode(key.jwk())).filter(|encoded| encoded.len() <= LONGEST_JWK)
        }
        Evidence::SharedSecret { .. } | Evidence::Introspection | Evidence::UserInfo => None,
    }
}

fn text(claim: &Value) -> Option<Cow<'_, str>> {
    match claim {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(_) | Value::Number(_) => Some(Cow::Owned(claim.to_string())),
        Value::Array(_) | Value::Object(_) => Some(Cow::Owned(STANDARD.encode(claim.to_string()))),
    }
}

fn set(name: &HeaderName, value: &str) -> Option<HeaderEdit> {
    let value: Box<[u8]> = header_value(value)?;
    Some(HeaderEdit::Set(Cow::Owned(name.as_str().into()), value))
}

/// Base64 holds nothing that a header could not.
fn set_long(name: &HeaderName, value: String) -> HeaderEdit {
    HeaderEdit::Set(Cow::Owned(name.as_str().into()), value.into_bytes().into_boxed_slice())
}

/// Bytes of a key in a header, base64 and all, at most.
const LONGEST_JWK: usize = 8 * 1024;
