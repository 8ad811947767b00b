//! A certified provider, `oidc-provider`, behind any gate: every way in which the filter asks one.
//!
//! What it cannot show, and why:
//! - the password grant: `oidc-provider` leaves it out by design;
//! - `introspect_jwt_tokens` with a token that passes: it keeps no JWT, and calls all of them inactive;
//! - userinfo with a JWT: it answers there to opaque tokens without an audience alone;
//! - TLS, with which all of this happens in earnest: that is the engine's.

use crate::support::observed::{Effect, Observed};
use crate::support::proxied::Proxied;
use crate::support::run::Gate as _;
use crate::support::table::Request;
use crate::support::wire;
use process::{Certified, Keys};
use serde_json::{Value, json};
use std::any::Any;
use std::thread;

pub(crate) mod browser;
pub(crate) mod client;
pub(crate) mod grants;
pub(crate) mod introspection;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod outage;
pub(crate) mod process;
pub(crate) mod session;
pub(crate) mod users;

/// An engine.
pub(crate) struct Place {
    pub(crate) name: &'static str,
    /// Whether it signs with RSA keys for the filter.
    pub(crate) signs: bool,
    /// Whether a filter can hold a request until it has its body.
    pub(crate) holds: bool,
    /// Whether one request can wait for the answer to another's question.
    pub(crate) wakes: bool,
    /// Whether workers meet in data that they share.
    pub(crate) meets: bool,
    /// A gateway with a config document and so many workers, which asks this provider. The text names its files.
    pub(crate) open: fn(&str, &Certified, &Value, usize) -> Gateway,
}

/// An engine that runs until this is dropped.
pub(crate) struct Gateway {
    pub(crate) proxied: Proxied,
    pub(crate) _engine: Box<dyn Any>,
}

/// A provider, and a gateway that asks it.
pub(crate) struct Site {
    pub(crate) provider: Certified,
    gateway: Gateway,
}

impl Site {
    /// One whose services, each under a path that ends in its name, have these configs of openid-connect.
    pub(crate) fn open(
        here: (&Place, &str),
        keys: &Keys,
        services: impl FnOnce(&Certified) -> Value,
    ) -> Self {
        Self::with_workers(1, here, keys, services)
    }

    /// The same with a gateway of so many workers.
    pub(crate) fn with_workers(
        workers: usize,
        (place, test): (&Place, &str),
        keys: &Keys,
        services: impl FnOnce(&Certified) -> Value,
    ) -> Self {
        let test = format!("{}-{test}", place.name);
        let provider = Certified::start(&test, keys);
        let document = document(&provider, &services(&provider));
        let gateway = (place.open)(&test, &provider, &document, workers);
        Self { provider, gateway }
    }

    /// Another gateway in front of the same provider, with these configs.
    pub(crate) fn beside((place, test): (&Place, &str), provider: &Certified, services: &Value) -> Gateway {
        (place.open)(&format!("{}-{test}", place.name), provider, &document(provider, services), 1)
    }

    /// What becomes of a request for a service with this header.
    pub(crate) fn send(&mut self, service: &str, header: (&str, &str)) -> Observed {
        self.gateway.proxied.answer(&request(service, header))
    }

    /// The statuses of many requests at once, all with this header; meanwhile something else is done.
    pub(crate) fn crowd(&self, service: &str, header: (&str, &str), meanwhile: impl FnOnce()) -> Vec<u16> {
        let request = request(service, header);
        let gateway = self.gateway.proxied.address;
        thread::scope(|scope| {
            let send = || wire::send(gateway, &request, ("x-marker", "crowd")).unwrap().status;
            let threads: Vec<_> = (0..CROWD).map(|_| scope.spawn(send)).collect();
            meanwhile();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    /// How many requests the upstream got.
    pub(crate) fn reached_upstream(&self) -> usize {
        self.gateway.proxied.upstream.all().len()
    }

    /// The same as [`Self::send`] in short: `permitted`, or the refusal's name and status.
    pub(crate) fn outcome(&mut self, service: &str, header: (&str, &str)) -> String {
        in_short(&self.send(service, header))
    }

    /// The same with a bearer token.
    pub(crate) fn bearer(&mut self, service: &str, token: &str) -> String {
        self.outcome(service, ("authorization", &format!("Bearer {token}")))
    }
}

fn request(service: &str, (name, value): (&str, &str)) -> Request {
    let mut request = Request::get(&format!("/anything/{service}"), "gateway.example");
    request.headers.push((name.to_owned(), value.to_owned()));
    request
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
        json!({ "id": name, "name": name, "routes": [{ "id": name, "paths": [format!("/anything/{name}")] }],
                "plugins": [{ "name": "openid-connect", "config": config }] })
    };
    let services: Vec<Value> = services.as_object().unwrap().iter().map(service).collect();
    let takes_bodies =
        services.iter().any(|service| service["plugins"][0]["config"]["response_mode"] == "form_post");
    json!({ "version": 1, "realm": "certified", "audit": "all", "body_tokens": takes_bodies, "services": services })
}

/// A test of each scenario in a place.
macro_rules! scenarios {
    ($place:expr) => {
        $crate::support::certified::scenarios! { $place;
            grants::callers_ids_and_secrets_get_tokens,
            grants::a_refresh_token_gets_a_token,
            grants::a_token_that_the_provider_has_forgotten_is_got_anew,
            grants::a_resource_that_the_provider_does_not_have_is_no_caller_s_fault,
            introspection::the_gateway_says_who_it_is_in_each_way,
            introspection::a_crowd_with_one_token_asks_once_where_requests_can_wait,
            introspection::an_rsa_key_signs_where_the_engine_does,
            introspection::a_revoked_token_is_refused_at_once_or_when_the_answer_is_no_longer_kept,
            introspection::a_jwt_must_be_known_to_the_provider_too_with_introspect_jwt_tokens,
            keys::the_issuer_alone_leads_to_the_keys_of_both_algorithms,
            keys::an_id_token_is_no_access_token_where_an_audience_is_required,
            keys::the_provider_changes_its_keys_with_and_without_an_overlap,
            login::a_person_logs_in_at_the_provider_and_comes_back,
            login::tabs_that_log_in_at_the_same_moment_are_all_let_in,
            login::logins_that_nobody_ends_do_not_pile_up,
            login::a_code_comes_in_a_form_where_bodies_can_be_read,
            login::who_refuses_at_the_provider_is_not_let_in,
            login::a_code_of_another_login_lets_nobody_in,
            login::tokens_of_another_login_let_nobody_in,
            outage::a_provider_that_is_gone_is_missed_where_it_must_be_asked_until_it_is_back,
            outage::a_provider_that_hangs_is_given_up_in_time,
            outage::a_provider_that_dies_while_it_is_asked_leaves_a_refusal,
            outage::a_crowd_that_waits_for_a_provider_that_dies_is_refused,
            session::a_session_gets_new_access_tokens_each_with_the_refresh_token_before,
            session::requests_at_once_use_a_refresh_token_once,
            session::workers_use_a_refresh_token_once_where_they_can_meet,
            session::gateways_with_one_secret_share_sessions,
            session::a_logout_ends_the_session_at_the_provider_as_well,
            session::a_logout_takes_the_refresh_token_back,
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

/// Requests at once.
pub(crate) const CROWD: usize = 24;

/// Tokens for it are JWTs by RS256.
pub(crate) const RS256: &str = "https://rs256.example";
/// Tokens for it are JWTs by ES256.
pub(crate) const ES256: &str = "https://es256.example";
/// Tokens for it are opaque.
pub(crate) const OPAQUE: &str = "https://opaque.example";
