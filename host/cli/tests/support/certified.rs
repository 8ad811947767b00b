//! A certified provider, `oidc-provider`, behind any gate: every way in which the filter asks one.
//!
//! What it cannot show, and why:
//! - the password grant: `oidc-provider` leaves it out by design;
//! - `introspect_jwt_tokens` with a token that passes: it keeps no JWT, and calls all of them inactive;
//! - userinfo with a JWT: it answers there to opaque tokens without an audience alone;
//! - TLS, with which all of this happens in earnest: that is the engine's.

use crate::support::observed::{Effect, Observed};
use crate::support::run::Gate;
use crate::support::table::Request;
use process::{Certified, Keys};
use serde_json::{Value, json};

pub(crate) mod client;
pub(crate) mod grants;
pub(crate) mod introspection;
pub(crate) mod keys;
pub(crate) mod outage;
pub(crate) mod process;
pub(crate) mod users;

/// An engine.
pub(crate) struct Place {
    pub(crate) name: &'static str,
    /// Whether it signs with RSA keys for the filter.
    pub(crate) signs: bool,
    /// A gate of a config document, which asks this provider. The text names its files.
    pub(crate) open: fn(&str, &Certified, &Value) -> Box<dyn Gate>,
}

/// A provider, and a gate that asks it.
pub(crate) struct Site {
    pub(crate) provider: Certified,
    gate: Box<dyn Gate>,
}

impl Site {
    /// One whose services, each under the path of its name, have these configs of openid-connect.
    pub(crate) fn open(
        (place, test): (&Place, &str),
        keys: &Keys,
        services: impl FnOnce(&Certified) -> Value,
    ) -> Self {
        let test = format!("{}-{test}", place.name);
        let provider = Certified::start(&test, keys);
        let document = document(&provider, &services(&provider));
        let gate = (place.open)(&test, &provider, &document);
        Self { provider, gate }
    }

    /// What becomes of a request for a service with this header.
    pub(crate) fn send(&mut self, service: &str, (name, value): (&str, &str)) -> Observed {
        let mut request = Request::get(&format!("/{service}"), "gateway.example");
        request.headers.push((name.to_owned(), value.to_owned()));
        self.gate.answer(&request)
    }

    /// The same in short: `permitted`, or the refusal's name and status.
    pub(crate) fn outcome(&mut self, service: &str, header: (&str, &str)) -> String {
        in_short(&self.send(service, header))
    }

    /// The same with a bearer token.
    pub(crate) fn bearer(&mut self, service: &str, token: &str) -> String {
        self.outcome(service, ("authorization", &format!("Bearer {token}")))
    }
}

pub(crate) fn in_short(observed: &Observed) -> String {
    let outcome = observed.outcome.as_deref().unwrap_or("unsaid");
    match &observed.effect {
        Effect::Forwarded(_) => outcome.to_owned(),
        Effect::Refused(refusal) => format!("{outcome} {}", refusal.status),
        Effect::Unclear(why) => format!("{outcome}: {why}"),
    }
}

/// Nothing is said of the provider but its issuer.
fn document(provider: &Certified, services: &Value) -> Value {
    let service = |(name, config): (&String, &Value)| {
        let mut config = config.clone();
        config["issuer"] = json!(provider.issuer());
        config["display_errors"] = json!(true);
        json!({ "id": name, "name": name, "routes": [{ "id": name, "paths": [format!("/{name}")] }],
                "plugins": [{ "name": "openid-connect", "config": config }] })
    };
    let services: Vec<Value> = services.as_object().unwrap().iter().map(service).collect();
    json!({ "version": 1, "realm": "certified", "audit": "all", "services": services })
}

/// A test of each scenario in a place.
macro_rules! scenarios {
    ($place:expr) => {
        $crate::support::certified::scenarios! { $place;
            grants::callers_ids_and_secrets_get_tokens,
            grants::a_refresh_token_gets_a_token,
            introspection::the_gateway_says_who_it_is_in_each_way,
            introspection::an_rsa_key_signs_where_the_engine_does,
            introspection::a_revoked_token_is_refused_at_once_or_when_the_answer_is_no_longer_kept,
            introspection::a_jwt_must_be_known_to_the_provider_too_with_introspect_jwt_tokens,
            keys::the_issuer_alone_leads_to_the_keys_of_both_algorithms,
            keys::an_id_token_is_no_access_token_where_an_audience_is_required,
            keys::the_provider_changes_its_keys_with_and_without_an_overlap,
            outage::a_provider_that_is_gone_is_missed_where_it_must_be_asked_until_it_is_back,
            outage::a_provider_that_hangs_is_given_up_in_time,
            outage::a_provider_that_dies_while_it_is_asked_leaves_a_refusal,
            users::userinfo_proves_an_opaque_token,
            users::claims_are_looked_for_at_userinfo,
        }
    };
    ($place:expr; $($module:ident::$scenario:ident),+ $(,)?) => {$(
        #[test]
        #[ignore = "needs oidc-provider, see scripts/test.sh"]
        fn $scenario() {
            $crate::support::certified::$module::$scenario((&$place, stringify!($scenario)));
        }
    )+};
}
pub(crate) use scenarios;

/// Tokens for it are JWTs by RS256.
pub(crate) const RS256: &str = "https://rs256.example";
/// Tokens for it are JWTs by ES256.
pub(crate) const ES256: &str = "https://es256.example";
/// Tokens for it are opaque.
pub(crate) const OPAQUE: &str = "https://opaque.example";
