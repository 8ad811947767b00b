//! Login and consent, by somebody who has no mouse.

use crate::browser::{ENTER, TAB};
use crate::scene::{CALLBACK, PASSWORD, STATE, Scene, USER};

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn a_person_logs_in_with_the_keyboard_alone_and_the_code_arrives() {
    let scene = Scene::start();
    scene.browser.go(&scene.authorization(&[]));
    scene.browser.sees("Sign in");
    assert_eq!(scene.browser.focus(), "username");
    scene.browser.press(&format!("{USER}{TAB}"));
    assert_eq!(scene.browser.focus(), "password");
    scene.browser.press(&format!("{PASSWORD}{ENTER}"));
    scene.browser.sees("Allow access?");
    assert_eq!(scene.browser.focus(), "decision");
    assert_eq!(scene.browser.text(":focus-visible"), "Allow");
    scene.browser.press(ENTER);
    let answer = scene.answer();
    assert_eq!(answer["state"], STATE);
    assert!(scene.reached("GET").0.starts_with(CALLBACK));
    assert_eq!(scene.exchange(&answer["code"])["token_type"], "Bearer");
}

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn a_person_refuses_what_the_client_asks_for() {
    let scene = Scene::start();
    scene.browser.go(&scene.authorization(&[]));
    scene.logs_in();
    scene.browser.sees("Allow access?");
    scene.browser.press(TAB);
    assert_eq!(scene.browser.text(":focus-visible"), "Refuse");
    scene.browser.press(ENTER);
    let answer = scene.answer();
    assert_eq!((&*answer["error"], &*answer["state"]), ("access_denied", STATE));
    assert!(!answer.contains_key("code"));
}

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn a_person_who_does_not_want_to_log_in_fills_in_nothing() {
    let scene = Scene::start();
    scene.browser.go(&scene.authorization(&[]));
    scene.browser.sees("Sign in");
    scene.browser.press(&TAB.repeat(3));
    assert_eq!(scene.browser.text(":focus-visible"), "Cancel");
    scene.browser.press(ENTER);
    assert_eq!(scene.answer()["error"], "access_denied");
}

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn a_wrong_password_is_said_and_only_the_password_is_asked_again() {
    let scene = Scene::start();
    scene.browser.go(&scene.authorization(&[]));
    scene.browser.sees("Sign in");
    scene.browser.write("[name=username]", USER);
    scene.browser.write("[name=password]", "wrong");
    scene.browser.click("form button");
    assert_eq!(scene.browser.text("[role=alert]"), "Name or password is wrong.");
    assert_eq!(scene.browser.focus(), "password");
    scene.browser.press(&format!("{PASSWORD}{ENTER}"));
    scene.browser.sees("Allow access?");
}

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn a_login_is_remembered_by_a_cookie_that_no_script_can_read() {
    let scene = Scene::start();
    scene.logs_in_and_consents();
    scene.browser.go(&scene.authorization(&[("prompt", "login")]));
    scene.browser.sees("Sign in");
    let cookies = scene.browser.cookies();
    let session = cookies.iter().find(|cookie| cookie.name == "claimgate_idp_shop").unwrap();
    assert_eq!((session.http_only, &*session.same_site), (true, "Lax"));
    assert_eq!(scene.browser.run("return document.cookie", &[]), "");
    scene.browser.go(&scene.authorization(&[]));
    assert!(scene.answer().contains_key("code"));
    scene.browser.go(&scene.authorization(&[("prompt", "login")]));
    scene.browser.forget("claimgate_idp_shop");
    scene.browser.go(&scene.authorization(&[]));
    scene.browser.sees("Sign in");
}

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn an_answer_that_is_a_form_sends_itself() {
    let scene = Scene::start();
    scene.browser.go(&scene.authorization(&[("response_mode", "form_post")]));
    scene.logs_in();
    scene.browser.sees("Allow access?");
    scene.browser.press(ENTER);
    let (target, form) = scene.reached("POST");
    assert_eq!((&*target, &*form["state"]), (CALLBACK, STATE));
    assert_eq!(scene.exchange(&form["code"])["token_type"], "Bearer");
}

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn without_scripts_a_person_sends_it() {
    let scene = Scene::start();
    scene.browser.go(&scene.authorization(&[("response_mode", "form_post")]));
    scene.logs_in();
    scene.browser.sees("Allow access?");
    scene.browser.runs_no_scripts();
    scene.browser.press(ENTER);
    scene.browser.sees("One moment");
    scene.browser.press(ENTER);
    assert_eq!(scene.reached("POST").1["state"], STATE);
}
