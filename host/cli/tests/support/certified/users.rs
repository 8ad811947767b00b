//! What the provider knows of users.

use super::grants::with;
use super::introspection::of_secret;
use super::process::Keys;
use super::{Place, RS256, Site, in_short};
use crate::support::observed::Effect;
use serde_json::json;

pub(crate) fn userinfo_proves_an_opaque_token(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |_| {
        json!({ "api": { "auth_methods": ["userinfo"], "upstream_headers_claims": ["name"],
                         "upstream_headers_names": ["x-name"] } })
    });
    let login = site.provider.log_in("page", "id_token token", &[]);
    let bearer = format!("Bearer {}", login["access_token"]);
    let observed = site.send("api", ("authorization", &bearer));
    assert_eq!(in_short(&observed), "permitted");
    assert_eq!(name(&observed.effect), ["Alice Example"]);
    assert_eq!(site.bearer("api", "of-nobody"), "TokenInactive 401");
    let machine = site.provider.machine_token(super::OPAQUE);
    assert_eq!(site.bearer("api", &machine), "TokenInactive 401", "it is no user's");
}

/// Beside an opaque token that was introspected. With a JWT the provider refuses to say anything, and the request is
/// judged without.
pub(crate) fn claims_are_looked_for_at_userinfo(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |provider| {
        let own = of_secret(provider, "basic", "client_secret_basic");
        let searching = json!({ "auth_methods": ["bearer", "introspection"], "search_user_info": true,
                                "upstream_headers_claims": ["name"], "upstream_headers_names": ["x-name"] });
        json!({ "api": with(searching, &own) })
    });
    let login = site.provider.log_in("page", "id_token token", &[]);
    let observed = site.send("api", ("authorization", &format!("Bearer {}", login["access_token"])));
    assert_eq!(in_short(&observed), "permitted");
    assert_eq!(name(&observed.effect), ["Alice Example"]);
    let signed = site.provider.log_in("page", "id_token token", &[("resource", RS256)]);
    let observed = site.send("api", ("authorization", &format!("Bearer {}", signed["access_token"])));
    assert_eq!(in_short(&observed), "permitted");
    assert!(name(&observed.effect).is_empty());
}

fn name(effect: &Effect) -> Vec<String> {
    let Effect::Forwarded(headers) = effect else { panic!("{effect:?}") };
    headers.get("x-name").cloned().unwrap_or_default()
}
