//! What the case files write in short.
//!
//! | written | meaning |
//! |---|---|
//! | `"now"`, `"now+600"`, `"now-0.5"` | a NumericDate; a fraction makes it a float |
//! | `{"$text": "k", "$times": 257}` | the text, so many times |
//! | `{"$item": "g", "$times": 1001}` | a list of so many equal items |
//! | `{"$member": 1, "$times": 241}` | an object of so many members `m0`, `m1`, ... |
//! | `{"$nest": 16}` | lists in one another, so many |
//! | `{"$jwk": "entra", "alg": null}` | the signer's public JWK with these members changed, null removes |
//! | `{"$private_jwk": "entra"}` | the same of the private JWK; of an HMAC's signer it is the secret |
//! | `{"$secret": "hs256"}` | the secret of an HMAC's signer, as a config has it |
//! | `{"$null": true}` | null, where a plain null would remove |

use crate::support::keyring::Keyring;
use serde_json::{Map, Number, Value};

/// What the short forms refer to.
pub(crate) struct Scope<'a> {
    /// Seconds since 1970.
    pub(crate) now: i64,
    pub(crate) keyring: &'a Keyring,
}

impl Scope<'_> {
    /// The value with every short form written out.
    pub(crate) fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.time(text).unwrap_or_else(|| value.clone()),
            Value::Array(items) => items.iter().map(|item| self.resolve(item)).collect(),
            Value::Object(members) => self.generated(members).unwrap_or_else(|| self.members(members)),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn members(&self, members: &Map<String, Value>) -> Value {
        members.iter().map(|(name, value)| (name.clone(), self.resolve(value))).collect()
    }

    fn time(&self, text: &str) -> Option<Value> {
        let offset = text.strip_prefix("now")?;
        if offset.is_empty() {
            return Some(self.now.into());
        }
        if let Ok(whole) = offset.parse::<i64>() {
            return Some((self.now + whole).into());
        }
        Number::from_f64(self.now as f64 + offset.parse::<f64>().ok()?).map(Value::Number)
    }

    fn generated(&self, members: &Map<String, Value>) -> Option<Value> {
        let times = usize::try_from(members.get("$times").map_or(Some(0), Value::as_u64)?).ok()?;
        let (form, argument) = members.iter().find(|(name, _)| name.starts_with('$') && *name != "$times")?;
        Some(match form.as_str() {
            "$text" => argument.as_str()?.repeat(times).into(),
            "$item" => Value::Array(vec![argument.clone(); times]),
            "$member" => (0..times).map(|index| (format!("m{index}"), argument.clone())).collect(),
            "$nest" => {
                (1..argument.as_u64()?).fold(Value::Array(Vec::new()), |inner, _| Value::Array(vec![inner]))
            }
            "$jwk" => self.jwk(self.keyring.public_jwk(argument.as_str()?), members),
            "$private_jwk" => self.jwk(self.keyring.private_jwk(argument.as_str()?), members),
            "$secret" => self.keyring.secret(argument.as_str()?).into(),
            "$null" => Value::Null,
            _ => panic!("expected a short form that is known, found {form}"),
        })
    }

    fn jwk(&self, mut jwk: Value, members: &Map<String, Value>) -> Value {
        let changes = members.iter().filter(|(name, _)| !name.starts_with('$'));
        merge(&mut jwk, &changes.map(|(name, value)| (name.clone(), self.resolve(value))).collect());
        jwk
    }
}

/// Applies a JSON Merge Patch (RFC 7396).
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), change);
        }
    }
}
