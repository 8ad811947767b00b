//! The page of app registrations, and its button.

use crate::browser::{ENTER, TAB};
use crate::pages::unconsented;
use crate::scene::Scene;

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn an_administrator_consents_with_a_key() {
    let scene = Scene::changed(unconsented);
    scene.browser.go(&scene.at("/_idp/registrations"));
    scene.browser.sees("App registrations");
    scene.browser.press(TAB);
    assert_eq!(scene.browser.text(":focus-visible"), "Grant admin consent");
    scene.browser.press(ENTER);
    scene.browser.sees("App registrations");
    assert!(!scene.browser.has("button"));
    assert_eq!(scene.browser.url(), scene.at("/_idp/registrations"));
}
