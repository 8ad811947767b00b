//! The end of a session.

use crate::browser::ENTER;
use crate::scene::Scene;

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn a_person_is_asked_before_they_are_signed_out() {
    let scene = Scene::start();
    scene.logs_in_and_consents();
    scene.browser.go(&scene.at("/shop/logout"));
    scene.browser.sees("Sign out?");
    assert_eq!(scene.browser.text(":focus-visible"), "Sign out");
    scene.browser.go(&scene.authorization(&[]));
    assert!(scene.answer().contains_key("code"));
    scene.browser.go(&scene.at("/shop/logout"));
    scene.browser.sees("Sign out?");
    scene.browser.press(ENTER);
    scene.browser.sees("Signed out");
    scene.browser.go(&scene.authorization(&[]));
    scene.browser.sees("Sign in");
}

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn a_person_goes_on_to_the_clients_page() {
    let scene = Scene::start();
    scene.logs_in_and_consents();
    let home = scene.home();
    let asked = [("client_id", "phone"), ("post_logout_redirect_uri", &*home)];
    scene.browser.go(&scene.asks("/shop/logout", &asked));
    scene.browser.sees("Sign out?");
    scene.browser.press(ENTER);
    scene.browser.arrives_at(&home);
}
