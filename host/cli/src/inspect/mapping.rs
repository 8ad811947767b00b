//! Claims that can name the caller, and whom each would name.
//!
//! Issuers disagree about the claim: Entra has `azp` (v2) or `appid` (v1), Okta `cid`, Ping `client_id`; `sub`
//! is the user or, for some, the client; `aud` is the API, and the caller only where a client asks for itself.

use super::seen::Seen;
use super::{Against, detail};
use claimgate_policy::config::OpenIdConnect;
use claimgate_policy::denial::shown;
use claimgate_policy::json::Value;
use claimgate_policy::registry::{Directory, LookupKind};
use claimgate_policy::shared::SharedData;
use serde_json::json;

/// A claim, its value, and whom it would name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The claim.
    pub claim: String,
    /// Its value, shortened; the words of an array joined by spaces.
    pub value: String,
    /// Whether the service maps this claim.
    pub used: bool,
    /// Whom the value names in the config, under which of the consumer's fields.
    pub names: Option<String>,
}

/// The usual claims, and the one by which the service maps this token, as far as the token has them.
pub(super) fn mapped(claims: Option<&Value>, seen: &Seen, against: &Against<'_>) -> Vec<Mapped> {
    let Some(claims) = claims else { return Vec::new() };
    let directory = match against {
        Against::Service { policy, elsewhere, .. } | Against::Config { policy, elsewhere } => {
            Some(policy.directory(elsewhere.pushed.map(|place| place as &dyn SharedData)))
        }
        Against::Nothing | Against::Keys { .. } => None,
    };
    let config = directory.as_ref().zip(seen.strategy.as_deref());
    let rule = config.and_then(|(_, rules)| rules.consumer.mapping.as_ref());
    let own = rule.and_then(|rule| rule.first_present(claims)).map(|(claim, _)| claim.members());
    let usual = USUAL.map(|claim| vec![claim.into()]);
    let unusual = own.filter(|own| !usual.iter().any(|claim| claim == own)).map(<[_]>::to_vec);
    let paths = usual.into_iter().chain(unusual);
    let entry = |path: Vec<Box<str>>| {
        let text = text(claims.at(&path)?)?;
        let names = config.and_then(|(directory, rules)| names(directory, rules, &text));
        Some(Mapped { claim: path.join("."), value: shown(&text).into(), used: own == Some(&path), names })
    };
    paths.filter_map(entry).collect()
}

/// Whom `value` names among the callers of the service's source.
fn names(directory: &Directory<'_>, rules: &OpenIdConnect, value: &str) -> Option<String> {
    KINDS.into_iter().find_map(|kind| {
        let record = directory.find(&rules.source.id, kind, value).ok()??;
        Some(format!("{} ({})", detail::who(&record), kind.name()))
    })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            Some(words.join(" "))
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}

impl Mapped {
    pub(super) fn to_json(&self) -> serde_json::Value {
        json!({ "claim": self.claim, "value": self.value, "used": self.used, "names": self.names })
    }
}

const KINDS: [LookupKind; 4] =
    [LookupKind::CustomId, LookupKind::ClientId, LookupKind::Username, LookupKind::Id];

const USUAL: [&str; 6] = ["aud", "azp", "appid", "cid", "client_id", "sub"];
