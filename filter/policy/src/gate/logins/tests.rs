use crate::fixtures::NOW;
use crate::gate::browser::{Browser, LOGIN, Page, consent, edits, equip, query, scene};
use crate::gate::scene::Scene;
use alloc::format;
use alloc::string::String;
use std::vec::Vec;

const SESSION: &str = "__Host-session";
const LOGINS: &str = "__Host-authorization-";

/// The names of cookies of logins that are under way.
fn under_way(browser: &Browser) -> Vec<&str> {
    browser.cookies.keys().map(String::as_str).filter(|name| name.starts_with(LOGINS)).collect()
}

/// The name of the cookie of the login that a browser was sent on with.
fn cookie_of(sent: &Page) -> String {
    format!("{LOGINS}{}", query(&sent.location)["state"].split_at(8).0)
}

/// A browser's tabs, each asked for before any answer is there.
fn at_once(browser: &mut Browser, scene: &mut Scene, targets: &[String]) -> Vec<Page> {
    let before = browser.clone();
    let answers = targets.iter().map(|target| before.clone().get(scene, target));
    let pages: Vec<Page> = answers.collect();
    pages.iter().for_each(|page| browser.keep_all(page));
    pages
}

fn tabs(count: usize) -> Vec<String> {
    (1..=count).map(|tab| format!("/orders/{tab}")).collect()
}

/// As when a browser restores its tabs after the session ended, and the provider knows the person still.
#[test]
fn ten_tabs_that_log_in_at_the_same_moment_are_all_let_in() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    let sent = at_once(&mut browser, &mut scene, &tabs(10));
    assert_eq!(under_way(&browser).len(), 10);
    let consents: Vec<String> = sent.iter().map(|page| consent(&page.location)).collect();
    let back = at_once(&mut browser, &mut scene, &consents);
    for (page, target) in back.iter().zip(tabs(10)) {
        assert_eq!((page.status, page.reason), (Some(302), None), "{target}");
        assert_eq!(page.location, format!("https://gw.example{target}"));
    }
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), [SESSION], "and each login is over");
    assert_eq!(browser.get(&mut scene, "/orders").status, None);
}

/// As when it asks for six at once, and for the others as answers come.
#[test]
fn ten_tabs_that_log_in_one_after_the_other_are_all_let_in() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    let sent: Vec<Page> = tabs(10)
        .iter()
        .map(|target| {
            scene.now += 1;
            browser.get(&mut scene, target)
        })
        .collect();
    for page in &sent {
        assert_eq!(browser.get(&mut scene, &consent(&page.location)).status, Some(302));
    }
}

#[test]
fn logins_that_nobody_ends_do_not_pile_up() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    let mut last = Vec::new();
    for _ in 0..20 {
        scene.now += 1;
        last.push(browser.get(&mut scene, "/orders"));
        assert!(under_way(&browser).len() <= 10, "{browser:?}");
    }
    let newest = last.split_off(10);
    let kept: Vec<String> = newest.iter().map(cookie_of).collect();
    assert!(kept.iter().all(|name| browser.cookies.contains_key(name)), "the oldest go");
    // Those that are over go as well, however few they are.
    scene.now += 600;
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(under_way(&browser), [&cookie_of(&page)]);
}

/// Servers before the gateway refuse heads that are too long.
#[test]
fn few_are_under_way_where_each_is_long() {
    let mut scene = scene(r#","preserve_query_args":true"#);
    let mut browser = Browser::default();
    let long = format!("/{}?{}", "p".repeat(900), "q".repeat(900));
    for tab in 0..20 {
        scene.now += 1;
        browser.get(&mut scene, &format!("{long}{tab}"));
        assert!(browser.cookie().len() < 8_000, "{tab}: {}", browser.cookie().len());
    }
    assert_eq!(browser.log_in(&mut scene, "/orders").location, "https://gw.example/orders");
}

#[test]
fn the_cookie_of_a_usual_login_is_short() {
    let id = "4e2b9b8e-5f0c-4ce1-9a4f-0a6a3b0f6a57";
    let login = LOGIN.replace("\"web\"", &format!("\"{id}\""));
    let document = format!(
        r#"{{"version":1,"services":[{{"id":"{id}","name":"orders","routes":[{{"id":"{id}","paths":["/"]}}],
            "plugins":[{{"name":"openid-connect","config":{{
            "issuer":"https://login.microsoftonline.com/{id}/v2.0",
            "authorization_endpoint":"https://login.microsoftonline.com/{id}/oauth2/v2.0/authorize",
            "token_endpoint":"https://login.microsoftonline.com/{id}/oauth2/v2.0/token"{login}}}}}]}}]}}"#
    );
    let mut browser = Browser::default();
    let sent = browser.get(&mut equip(Scene::of(&document)), "/orders/archive/2025");
    assert_eq!(sent.status, Some(302), "{sent:?}");
    assert!(browser.cookie().len() < 350, "{}: {}", browser.cookie().len(), browser.cookie());
}

/// Everything in a cookie is bound to its name.
#[test]
fn a_cookie_under_the_name_of_another_login_is_worth_nothing() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    let sent = at_once(&mut browser, &mut scene, &tabs(2));
    let [one, two] = &sent[..] else { panic!("{sent:?}") };
    let mut renamed = browser.clone();
    renamed.cookies.insert(cookie_of(one), browser.cookies[&cookie_of(two)].clone());
    let refused = renamed.get(&mut scene, &consent(&one.location));
    assert_eq!((refused.status, refused.reason), (Some(401), Some("LoginUnknown")));
    renamed.get(&mut scene, "/orders/3");
    assert!(!renamed.cookies.contains_key(&cookie_of(one)), "nor does it open where its age is looked at");
    assert!(renamed.cookies.contains_key(&cookie_of(two)));
    // And to the whole of its state, of which the name has the beginning alone.
    let state = &query(&one.location)["state"];
    for place in 8..state.len() {
        let mut changed = state.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("utf-8");
        let target = consent(&one.location).replace(state, &changed);
        let refused = browser.clone().get(&mut scene, &target);
        assert_eq!((refused.status, refused.reason), (Some(401), Some("LoginUnknown")), "{place}");
    }
    assert_eq!(browser.get(&mut scene, &consent(&one.location)).status, Some(302));
}

/// Another host of the domain, or somebody on the way, sets a cookie of the same name: RFC 6265 8.6.
#[test]
fn two_cookies_of_one_login_are_no_login_whosever_they_are() {
    let mut scene = scene("");
    let (mut ann, mut eve) = (Browser::default(), Browser::default());
    let (of_ann, of_eve) = (ann.get(&mut scene, "/orders/1"), eve.get(&mut scene, "/orders/2"));
    let name = cookie_of(&of_ann);
    let (good, other) = (&ann.cookies[&name], &eve.cookies[&cookie_of(&of_eve)]);
    for both in [[good, other], [other, good], [good, good]] {
        let cookie = format!("{name}={}; {name}={}", both[0], both[1]);
        let target = consent(&of_ann.location);
        let page = Browser::default().send(&mut scene, "GET", &target, &[("cookie", &cookie)]);
        assert_eq!((page.status, page.reason), (Some(401), Some("LoginUnknown")), "{page:?}");
    }
    // Without the prefix, anybody could have set it.
    let plain = format!("{}={good}", name.trim_start_matches("__Host-"));
    let page = Browser::default().send(&mut scene, "GET", &consent(&of_ann.location), &[("cookie", &plain)]);
    assert_eq!((page.status, page.reason), (Some(401), Some("LoginUnknown")), "{page:?}");
}

/// Every byte of a cookie, with every bit of it turned.
#[test]
fn a_cookie_that_is_edited_in_any_byte_is_no_login() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders");
    let (name, back) = (cookie_of(&sent), consent(&sent.location));
    let value = browser.cookies[&name].clone();
    for edited in edits(&value) {
        let mut other = Browser::default();
        other.cookies.insert(name.clone(), edited.clone());
        assert_eq!(other.get(&mut scene, &back).reason, Some("LoginUnknown"), "{edited}");
    }
    assert_eq!(browser.get(&mut scene, &back).status, Some(302));
}

/// What is there under such names, whoever set it: not much of it is opened, and no answer is long.
#[test]
fn who_brings_heaps_of_such_cookies_gets_a_short_answer_and_can_log_in() {
    let mut scene = scene("");
    let mut earlier = Browser::default();
    let good = earlier.get(&mut scene, "/orders/1");
    let heap = |from: usize, to: usize| {
        let pairs: Vec<String> =
            (from..to).map(|n| format!("{LOGINS}{n:08}=2.x; {LOGINS}{n:08}2=y")).collect();
        pairs.join("; ")
    };
    let begun = |cookie: &str, scene: &mut Scene| {
        let page = Browser::default().send(scene, "GET", "/orders/2", &[("cookie", cookie)]);
        assert_eq!((page.status, page.set_cookies.len()), (Some(302), 17), "{page:?}");
        let forgotten = page.set_cookies.iter().filter(|line| line.contains("=; "));
        assert_eq!(forgotten.count(), 16, "{page:?}");
        let mut browser = Browser::default();
        browser.keep_all(&page);
        assert_eq!(browser.get(scene, &consent(&page.location)).status, Some(302));
        page.set_cookies
    };
    // Browsers send the oldest first: the newest are looked at.
    for cookie in [
        format!("{}; {}", heap(0, 500), earlier.cookie()),
        format!("{}; {}; {}", heap(0, 500), earlier.cookie(), heap(500, 515)),
    ] {
        let lines = begun(&cookie, &mut scene);
        assert!(lines.iter().all(|line| !line.starts_with(&format!("{}=", cookie_of(&good)))), "{lines:?}");
    }
    let passed_over = format!("{}; {}", earlier.cookie(), heap(0, 16));
    let lines = begun(&passed_over, &mut scene);
    assert!(lines[1].starts_with(&format!("{}=; ", cookie_of(&good))), "{lines:?}");
}

#[test]
fn another_services_logins_stay_and_end_there_alone() {
    let plugin =
        format!(r#"{{"name":"openid-connect","config":{{"issuer":"{}"{LOGIN}}}}}"#, crate::fixtures::ISSUER);
    let document = format!(
        r#"{{"version":1,"services":[
            {{"name":"orders","routes":[{{"id":"o","paths":["/orders"]}}],"plugins":[{plugin}]}},
            {{"name":"bills","routes":[{{"id":"b","paths":["/bills"]}},{{"id":"c","paths":["/cash"]}}],
              "plugins":[{plugin}]}}]}}"#
    )
    .replace(r#","redirect_uri":["https://gw.example/callback"]"#, "");
    let mut scene = equip(Scene::of(&document));
    let mut browser = Browser::default();
    let sent: Vec<Page> = ["/orders", "/bills", "/cash"].map(|path| browser.get(&mut scene, path)).into();
    assert_eq!(under_way(&browser).len(), 3);
    for (page, own) in sent.iter().zip(["/orders", "/bills", "/cash"]) {
        for path in ["/orders", "/bills", "/cash"] {
            let back = consent(&page.location).replace(own, path);
            let page = browser.clone().get(&mut scene, &back);
            let ends = page.location == format!("https://gw.example{own}");
            assert_eq!(ends, path == own, "{path}: {page:?}");
        }
    }
}

/// And a name that is not quite one of them is the upstream's.
#[test]
fn the_upstream_gets_none_of_them_and_keeps_its_own() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    let sent = Browser::default().get(&mut scene, "/orders");
    let login = sent.set_cookies[0].split(';').next().expect("a pair");
    let bare = login.trim_start_matches("__Host-");
    let session = browser.cookie();
    let cookie = format!(
        "{session}; {login}; {bare}; __Host-authorization=1.older; authorization2=older; \
         authorization-x=1; authorizations=2"
    );
    let page = Browser::default().send(&mut scene, "GET", "/orders", &[("cookie", &cookie)]);
    assert_eq!(page.upstream["cookie"], "authorization-x=1; authorizations=2", "{page:?}");
    assert_eq!(scene.now, NOW);
}
