//! People who log in, by a code and PKCE.

use super::browser::{Browser, arguments, location, path_here};
use super::grants::with;
use super::process::{Certified, Keys};
use super::{Place, RS256, Site, in_short};
use crate::support::observed::Effect;
use serde_json::{Value, json};

pub(crate) fn a_person_logs_in_at_the_provider_and_comes_back(here: (&Place, &str)) {
    let mut site =
        Site::open(here, &Keys::new("one"), |provider| json!({ "web": for_people(provider, "web") }));
    let (mut person, mut thief) = (Browser::default(), Browser::default());
    let back = person.come_back(&mut site.gateway, &site.provider, "/anything/web/1");
    assert_eq!(thief.outcome(&mut site.gateway, path_here(&back)), "LoginUnknown 401");

    let arrived = person.open(&mut site.gateway, path_here(&back));
    assert_eq!(in_short(&arrived), "logged_in 302");
    assert_eq!(location(&arrived), "http://gateway.example/anything/web/1");
    assert_eq!(person.outcome(&mut site.gateway, path_here(&back)), "LoginUnknown 401", "it is over");

    let asked = site.provider.asked("POST /token");
    for path in ["/anything/web/1", "/anything/web/2"] {
        let observed = person.open(&mut site.gateway, path);
        assert_eq!(in_short(&observed), "permitted");
        let Effect::Forwarded(headers) = observed.effect else { unreachable!() };
        let [authorization] = &headers["authorization"][..] else { panic!("{headers:?}") };
        assert!(authorization.starts_with("Bearer "), "the upstream gets the token");
        // Some engines cannot take a header away, and leave it empty.
        let cookies = headers.get("cookie").into_iter().flatten();
        assert_eq!(cookies.map(String::as_str).collect::<String>(), "", "and not the session");
    }
    assert_eq!(site.provider.asked("POST /token"), asked, "the cookie is enough");
}

/// As when a browser restores its tabs after the session ended, and the provider knows the person still.
pub(crate) fn tabs_that_log_in_at_the_same_moment_are_all_let_in(here: (&Place, &str)) {
    let mut site =
        Site::open(here, &Keys::new("one"), |provider| json!({ "web": for_people(provider, "web") }));
    let mut person = Browser::default();
    let pages: Vec<String> = (1..=10).map(|tab| format!("/anything/web/{tab}")).collect();
    let sent = person.open_at_once(&mut site.gateway, &pages);
    let mut comes_back = |away| person.go(&site.provider, location(away)).elsewhere();
    let back: Vec<String> = sent.iter().map(|away| path_here(&comes_back(away)).to_owned()).collect();
    let arrived = person.open_at_once(&mut site.gateway, &back);
    for (arrived, page) in arrived.iter().zip(&pages) {
        assert_eq!(in_short(arrived), "logged_in 302", "{page}");
        assert_eq!(location(arrived), format!("http://gateway.example{page}"));
    }
    assert_eq!(logins_under_way(&person), 0);
    assert_eq!(person.outcome(&mut site.gateway, "/anything/web/1"), "permitted");
}

pub(crate) fn logins_that_nobody_ends_do_not_pile_up(here: (&Place, &str)) {
    let mut site =
        Site::open(here, &Keys::new("one"), |provider| json!({ "web": for_people(provider, "web") }));
    let mut person = Browser::default();
    let under_way: Vec<usize> = (0..14)
        .map(|_| {
            person.sent_away(&mut site.gateway, "/anything/web");
            logins_under_way(&person)
        })
        .collect();
    assert_eq!(under_way, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10, 10]);
    person.log_in(&mut site.gateway, &site.provider, "/anything/web");
}

/// How many cookies of logins a browser keeps.
fn logins_under_way(person: &Browser) -> usize {
    let (_, cookies) = person.cookie();
    cookies.split("; ").filter(|pair| pair.starts_with("authorization-")).count()
}

/// Elsewhere no login would end, and none begins.
pub(crate) fn a_code_comes_in_a_form_where_bodies_can_be_read(here: (&Place, &str)) {
    let mut site = Site::open(
        here,
        &Keys::new("one"),
        |provider| json!({ "web": with(for_people(provider, "web"), &json!({ "response_mode": "form_post" })) }),
    );
    let mut person = Browser::default();
    if !here.0.holds {
        assert_eq!(person.outcome(&mut site.gateway, "/anything/web"), "ProviderMisconfigured 500");
        return;
    }
    let away = person.sent_away(&mut site.gateway, "/anything/web");
    let (action, form) = person.go(&site.provider, &away).form();
    let arrived = person.post(&mut site.gateway, path_here(&action), &form);
    assert_eq!(in_short(&arrived), "logged_in 302");
    assert_eq!(location(&arrived), "http://gateway.example/anything/web");
    assert_eq!(person.outcome(&mut site.gateway, "/anything/web"), "permitted");
}

pub(crate) fn who_refuses_at_the_provider_is_not_let_in(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |provider| {
        let nobody = json!({ "authorization_query_args_names": ["resource", "login_hint"],
                             "authorization_query_args_values": [RS256, "nobody"] });
        json!({ "web": with(for_people(provider, "web"), &nobody) })
    });
    let mut person = Browser::default();
    let back = person.come_back(&mut site.gateway, &site.provider, "/anything/web");
    assert_eq!(person.outcome(&mut site.gateway, path_here(&back)), "LoginRefused 401");
    assert_eq!(person.outcome(&mut site.gateway, "/anything/web"), "login_begun 302");
}

/// Somebody leads a person to the end of a login that is not the person's own; the provider sees that the code was not
/// asked for with this verifier (RFC 9700 4.5).
pub(crate) fn a_code_of_another_login_lets_nobody_in(here: (&Place, &str)) {
    let mut site =
        Site::open(here, &Keys::new("one"), |provider| json!({ "web": for_people(provider, "web") }));
    let (mut person, mut other) = (Browser::default(), Browser::default());
    let theirs = other.come_back(&mut site.gateway, &site.provider, "/anything/web");
    let back = person.come_back(&mut site.gateway, &site.provider, "/anything/web");
    let mixed = back.replace(&arguments(&back)["code"], &arguments(&theirs)["code"]);
    assert_ne!(mixed, back);
    assert_eq!(person.outcome(&mut site.gateway, path_here(&mixed)), "CredentialRejected 401");
    assert_eq!(person.outcome(&mut site.gateway, "/anything/web"), "login_begun 302");
}

/// A provider that is good gives none; this one lies to two of its clients.
pub(crate) fn tokens_of_another_login_let_nobody_in(here: (&Place, &str)) {
    let lied_to = [("other-nonce", "NonceMismatch 401"), ("other-token", "AccessTokenHash 401")];
    let mut site = Site::open(here, &Keys::new("one"), |provider| {
        lied_to.map(|(client, _)| (client.to_owned(), for_people(provider, client))).into_iter().collect()
    });
    for (client, expected) in lied_to {
        let mut person = Browser::default();
        let path = format!("/anything/{client}");
        let back = person.come_back(&mut site.gateway, &site.provider, &path);
        assert_eq!(person.outcome(&mut site.gateway, path_here(&back)), expected);
        assert_eq!(person.outcome(&mut site.gateway, &path), "login_begun 302");
    }
}

/// Has people log in for a client of the gateway's, which gets JWTs for a resource.
pub(super) fn for_people(provider: &Certified, client: &str) -> Value {
    json!({
        "client_id": [client],
        "client_secret": [provider.secret],
        "auth_methods": ["session", "authorization_code"],
        "session_secret": "a secret of sessions, for tests alone",
        "redirect_uri": ["http://gateway.example/callback"],
        "scopes": ["openid", "read"],
        "audience_required": [RS256],
        "authorization_query_args_names": ["resource"],
        "authorization_query_args_values": [RS256],
        "token_post_args_names": ["resource"],
        "token_post_args_values": [RS256],
        "logout_uri_suffix": "/logout",
        "logout_redirect_uri": ["http://gateway.example/bye"],
    })
}
