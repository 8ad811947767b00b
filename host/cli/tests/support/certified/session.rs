//! Sessions of people who have logged in, until they log out.

use super::browser::{Browser, location, path_here};
use super::grants::with;
use super::login::for_people;
use super::process::Keys;
use super::{CROWD, Place, Site, in_short};
use crate::support::form::Arguments;
use serde_json::json;

/// The provider takes everything back where a refresh token comes twice.
pub(crate) fn a_session_gets_new_access_tokens_each_with_the_refresh_token_before(here: (&Place, &str)) {
    let mut site =
        Site::open(here, &Keys::new("one"), |provider| json!({ "web": for_people(provider, "short") }));
    let mut person = Browser::default();
    person.log_in(&mut site.gateway, &site.provider, PAGE);
    let before = person.clone();
    for asked in 3..6 {
        assert_eq!(person.outcome(&mut site.gateway, PAGE), "permitted");
        assert_eq!(site.provider.asked("POST /token"), asked, "its access token lasts for seconds");
    }
    let asked = site.provider.asked("POST /token");
    assert_eq!(before.clone().outcome(&mut site.gateway, PAGE), "permitted");
    assert_eq!(
        site.provider.asked("POST /token"),
        asked,
        "a request that was on its way gets the same token"
    );
}

/// Where they cannot wait for one another, the others go on with the token that is there, or come again.
pub(crate) fn requests_at_once_use_a_refresh_token_once(here: (&Place, &str)) {
    let (asked, statuses) = crowd(here, 1);
    assert_eq!(asked, 1);
    let is_expected = |status: &u16| *status == 200 || (*status == 503 && !here.0.wakes);
    assert!(statuses.iter().all(is_expected), "{statuses:?}");
}

/// Their requests cannot wait for each other, but for what one of them leaves in the engine's shared data.
pub(crate) fn workers_use_a_refresh_token_once_where_they_can_meet(here: (&Place, &str)) {
    let (asked, statuses) = crowd(here, 3);
    if here.0.meets {
        assert_eq!(asked, 1);
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    } else {
        assert!(asked > 1, "Kong's engine drops what is left for others: README says so");
    }
}

/// How often the provider is asked for other tokens by many requests of one session at once, at so many workers, and what
/// they are answered.
fn crowd(here: (&Place, &str), workers: usize) -> (u64, Vec<u16>) {
    let mut site = Site::with_workers(
        workers,
        here,
        &Keys::new("one"),
        |provider| json!({ "web": for_people(provider, "short") }),
    );
    let mut person = Browser::default();
    person.log_in(&mut site.gateway, &site.provider, PAGE);
    let before = site.provider.asked("POST /token");
    let (name, value) = person.cookie();
    let statuses = site.crowd("web", (&name, &value), || ());
    let asked = site.provider.asked("POST /token") - before;
    println!("{}, {workers} workers: {CROWD} requests at once, {asked} questions", here.0.name);
    (asked, statuses)
}

pub(crate) fn gateways_with_one_secret_share_sessions(here: (&Place, &str)) {
    let mut site =
        Site::open(here, &Keys::new("one"), |provider| json!({ "web": for_people(provider, "web") }));
    let own = json!({ "web": for_people(&site.provider, "web") });
    let mut beside = Site::beside((here.0, "beside"), &site.provider, &own);
    let other = json!({ "session_secret": "another secret of sessions, for tests" });
    let other = json!({ "web": with(for_people(&site.provider, "web"), &other) });
    let mut stranger = Site::beside((here.0, "stranger"), &site.provider, &other);

    let mut person = Browser::default();
    let back = person.come_back(&mut beside, &site.provider, PAGE);
    assert_eq!(person.clone().outcome(&mut stranger, path_here(&back)), "LoginUnknown 401");
    assert_eq!(person.outcome(&mut site.gateway, path_here(&back)), "logged_in 302", "begun at another");
    assert_eq!(person.outcome(&mut site.gateway, PAGE), "permitted");
    assert_eq!(person.outcome(&mut beside, PAGE), "permitted");
    assert_eq!(person.clone().outcome(&mut stranger, PAGE), "login_begun 302");
}

pub(crate) fn a_logout_ends_the_session_at_the_provider_as_well(here: (&Place, &str)) {
    let mut site =
        Site::open(here, &Keys::new("one"), |provider| json!({ "web": for_people(provider, "web") }));
    let mut person = Browser::default();
    person.log_in(&mut site.gateway, &site.provider, PAGE);
    let left = person.post(&mut site.gateway, LOGOUT, &Arguments::new());
    assert_eq!(in_short(&left), "logged_out 302");
    let (action, form) = person.go(&site.provider, location(&left)).form();
    let afterwards = person.answer(&site.provider, &action, &form).elsewhere();
    assert_eq!(afterwards, "http://gateway.example/bye");

    let away = person.sent_away(&mut site.gateway, PAGE);
    let silent = person.go(&site.provider, &format!("{away}&prompt=none")).elsewhere();
    assert_eq!(super::browser::arguments(&silent)["error"], "login_required");
}

/// A copy of the session, as a thief may have one, is good for as long as its tokens are.
pub(crate) fn a_logout_takes_the_refresh_token_back(here: (&Place, &str)) {
    for (revokes, expected) in [(true, "login_begun 302"), (false, "permitted")] {
        let mut site = Site::open(
            here,
            &Keys::new("one"),
            |provider| json!({ "web": with(for_people(provider, "short"), &json!({ "logout_revoke": revokes })) }),
        );
        let mut person = Browser::default();
        person.log_in(&mut site.gateway, &site.provider, PAGE);
        let mut copy = person.clone();
        let left = person.post(&mut site.gateway, LOGOUT, &Arguments::new());
        assert_eq!(in_short(&left), "logged_out 302");
        assert_eq!(site.provider.asked("POST /token/revocation"), if revokes { 2 } else { 0 });
        assert_eq!(copy.outcome(&mut site.gateway, PAGE), expected, "revokes: {revokes}");
    }
}

const PAGE: &str = "/anything/web";
const LOGOUT: &str = "/anything/web/logout";
