//! The whole way of a person through a gateway: to the provider and back, on with a session, out again, and in anew.

use crate::browser::{Browser, ENTER};
use crate::gateway::{CALLBACK, Site};
use claimgate_idp::Handle;
use serde_json::Value;

mod host {
    #[test]
    #[ignore = "needs Chromium, see scripts/test.sh"]
    fn a_person_signs_in_and_out() {
        super::signs_in_and_out(&crate::gateway::Site::of_host());
    }

    #[test]
    #[ignore = "needs Chromium, see scripts/test.sh"]
    fn a_person_who_refuses_is_not_let_in() {
        super::refuses(&crate::gateway::Site::of_host());
    }

    #[test]
    #[ignore = "needs Chromium, see scripts/test.sh"]
    fn a_page_of_another_site_signs_nobody_out() {
        super::is_led_to_the_logout(&crate::gateway::Site::of_host());
    }
}

mod envoy {
    #[test]
    #[ignore = "needs Chromium and Envoy, see scripts/test.sh"]
    fn a_person_signs_in_and_out() {
        super::signs_in_and_out(&crate::gateway::Site::of_envoy());
    }

    #[test]
    #[ignore = "needs Chromium and Envoy, see scripts/test.sh"]
    fn a_person_who_refuses_is_not_let_in() {
        super::refuses(&crate::gateway::Site::of_envoy());
    }

    #[test]
    #[ignore = "needs Chromium and Envoy, see scripts/test.sh"]
    fn a_page_of_another_site_signs_nobody_out() {
        super::is_led_to_the_logout(&crate::gateway::Site::of_envoy());
    }
}

fn signs_in_and_out(site: &Site) {
    let browser = &site.scene.browser;
    signs_in(site);

    let asked = asked(&site.scene.provider);
    browser.go(&site.at(OTHER));
    assert_eq!((browser.url(), &shown(browser)["method"]), (site.at(OTHER), &Value::from("GET")));
    assert_eq!(self::asked(&site.scene.provider), asked, "the cookie is enough");

    let cookies = browser.cookies();
    let session = cookies.iter().find(|cookie| cookie.name == SESSION).unwrap();
    assert_eq!((session.http_only, &*session.same_site), (true, "Lax"));
    assert_eq!(browser.run("return document.cookie", &[]), "");
    let headers = shown(browser)["headers"].to_string();
    assert!(!headers.contains(&session.value), "the session is the gateway's own: {headers}");

    browser.go(&site.at(LOGOUT));
    browser.arrives_at(&site.scene.home());
    browser.go(&site.at(PROTECTED));
    browser.sees("Sign in");
    assert!(!has_session(browser));
}

fn is_led_to_the_logout(site: &Site) {
    let browser = &site.scene.browser;
    signs_in(site);
    browser.go(&site.scene.elsewhere());
    browser.run("location.href = arguments[0]", &[Value::from(site.at(LOGOUT))]);
    browser.arrives_at(&site.at(LOGOUT));
    browser.go(&site.at(PROTECTED));
    assert_eq!(browser.url(), site.at(PROTECTED));
    assert!(has_session(browser));
}

/// A person who wants to see a page is sent to the provider, and comes back to that page.
fn signs_in(site: &Site) {
    let browser = &site.scene.browser;
    let wanted = site.at(PROTECTED);
    browser.go(&wanted);
    browser.sees("Sign in");
    assert!(browser.url().starts_with(site.scene.provider.base_url()), "{}", browser.url());
    site.scene.logs_in();
    browser.sees("Allow access?");
    browser.press(ENTER);
    assert_eq!(browser.arrives_at(&wanted), wanted);
    assert_eq!(shown(browser)["method"], "GET");
}

fn refuses(site: &Site) {
    let browser = &site.scene.browser;
    browser.go(&site.at(PROTECTED));
    site.scene.logs_in();
    browser.sees("Allow access?");
    browser.click("[value=deny]");
    browser.arrives_at(&site.at(CALLBACK));
    assert!(!has_session(browser));
    assert!(site.scene.client.all().is_empty());
}

/// Whether the browser has one for any page of this machine, whatever the port.
fn has_session(browser: &Browser) -> bool {
    browser.cookies().iter().any(|cookie| cookie.name == SESSION)
}

/// What the upstream says that it was asked.
fn shown(browser: &Browser) -> Value {
    serde_json::from_str(&browser.text("body")).unwrap()
}

/// How often the provider was asked, and for what.
fn asked(provider: &Handle) -> Vec<Value> {
    let overview = provider.overview();
    let realms = overview["realms"].as_array().unwrap();
    realms.iter().map(|realm| realm["asked"].clone()).collect()
}

/// Pages for people who have logged in.
const PROTECTED: &str = "/orders/7";
const OTHER: &str = "/orders/8?sort=date";
const LOGOUT: &str = "/orders/logout";

/// The name of the session's cookie, where it does not go over https.
const SESSION: &str = "session";
