//! Tokens that are proven with the provider's keys.

use super::grants::with;
use super::introspection::bearer;
use super::process::Keys;
use super::{ES256, OPAQUE, Place, RS256, Site};
use crate::support::wait;
use serde_json::json;

pub(crate) fn the_issuer_alone_leads_to_the_keys_of_both_algorithms(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |_| {
        json!({
            "rs256": { "auth_methods": ["bearer"], "audience_required": [RS256], "scopes_required": ["read"] },
            "es256": { "auth_methods": ["bearer"], "audience_required": [ES256], "scopes_required": ["read"] },
        })
    });
    let [by_rsa, by_ec, opaque] =
        [RS256, ES256, OPAQUE].map(|resource| site.provider.machine_token(resource));
    assert_eq!(site.bearer("rs256", &by_rsa), "permitted");
    assert_eq!(site.bearer("es256", &by_ec), "permitted");
    assert_eq!(site.bearer("es256", &by_rsa), "AudienceMismatch 403");
    assert_eq!(site.bearer("rs256", &by_ec), "AudienceMismatch 403");
    let another = site.provider.machine_token(RS256);
    let [(claims, _), (_, signature)] = [&by_rsa, &another].map(|token| token.rsplit_once('.').unwrap());
    assert_eq!(site.bearer("rs256", &format!("{claims}.{signature}")), "SignatureInvalid 401");
    assert_eq!(site.bearer("rs256", &opaque), "MalformedToken 401");
}

/// Its audience is the client that it is for. Nothing else tells the two apart for certain: RFC 9068 has a `typ` for
/// access tokens, which few providers set.
pub(crate) fn an_id_token_is_no_access_token_where_an_audience_is_required(here: (&Place, &str)) {
    let mut site = Site::open(
        here,
        &Keys::new("one"),
        |_| json!({ "api": bearer(), "anybody-s": { "auth_methods": ["bearer"] } }),
    );
    let login = site.provider.log_in("page", "id_token token", &[("resource", RS256)]);
    assert_eq!(site.bearer("api", &login["access_token"]), "permitted");
    assert_eq!(site.bearer("api", &login["id_token"]), "AudienceMismatch 403");
    assert_eq!(site.bearer("anybody-s", &login["id_token"]), "permitted", "no audience is required");
}

pub(crate) fn the_provider_changes_its_keys_with_and_without_an_overlap(here: (&Place, &str)) {
    let [one, two, three] = ["one", "two", "three"].map(Keys::new);
    let mut site =
        Site::open(here, &one, |_| json!({ "api": with(bearer(), &json!({ "rediscovery_lifetime": 1 })) }));
    let by_one = site.provider.machine_token(RS256);
    assert_eq!(site.bearer("api", &by_one), "permitted");

    site.provider.restart(&[&two, &one]);
    let by_two = site.provider.machine_token(RS256);
    wait::until("a key counts that is new", || (site.bearer("api", &by_two) == "permitted").then_some(()));
    assert_eq!(site.bearer("api", &by_one), "permitted", "its key is still there");

    site.provider.restart(&[&three]);
    let by_three = site.provider.machine_token(RS256);
    assert_eq!(site.bearer("api", &by_two), "permitted", "nobody has looked yet");
    wait::until("a key counts that is alone", || {
        (site.bearer("api", &by_three) == "permitted").then_some(())
    });
    for gone in [by_one, by_two] {
        assert_eq!(site.bearer("api", &gone), "KeyUnknown 401");
    }
}
