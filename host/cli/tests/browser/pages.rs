//! Every page of the provider that waits for a person, with longer texts than it likes.

use crate::browser::{ENTER, TAB};
use crate::scene::{PASSWORD, Scene};
use claimgate_idp::Config;

/// A page, and how one gets there.
pub(crate) struct Page {
    pub(crate) title: &'static str,
    pub(crate) visit: fn(&Scene),
}

/// In the order in which one scene can show them.
pub(crate) const PAGES: [Page; 7] = [
    Page { title: "Sign in", visit: |scene| scene.browser.go(&scene.authorization(&[])) },
    Page { title: "Sign in", visit: with_a_wrong_password },
    Page { title: "Allow access?", visit: |scene| scene.browser.press(&format!("{PASSWORD}{ENTER}")) },
    Page { title: "Sign out?", visit: |scene| scene.browser.go(&scene.at("/shop/logout")) },
    Page { title: "Signed out", visit: |scene| scene.browser.press(ENTER) },
    Page { title: "That does not work", visit: with_a_wrong_redirect_uri },
    Page { title: "App registrations", visit: |scene| scene.browser.go(&scene.at("/_idp/registrations")) },
];

/// A provider whose people and clients have long names.
pub(crate) fn with_long_names(config: &mut Config) {
    unconsented(config);
    let shop = config.realms.iter_mut().find(|realm| realm.name == "shop").unwrap();
    shop.users[0].username = long_name();
    let phone = shop.clients.iter_mut().find(|client| client.client_id == "phone").unwrap();
    phone.name = Some("A".repeat(LONG));
}

/// A provider whose administrator has not consented to anything yet.
pub(crate) fn unconsented(config: &mut Config) {
    config.realms.iter_mut().flat_map(|realm| &mut realm.clients).for_each(|client| client.roles.clear());
}

fn with_a_wrong_password(scene: &Scene) {
    scene.browser.press(&format!("{}{TAB}wrong{ENTER}", long_name()));
    scene.browser.text("[role=alert]");
}

fn with_a_wrong_redirect_uri(scene: &Scene) {
    let elsewhere = format!("https://evil.example/{}", "a".repeat(LONG));
    let asked = [("client_id", "phone"), ("redirect_uri", &*elsewhere), ("response_type", "code")];
    scene.browser.go(&scene.asks("/shop/authorize", &asked));
}

fn long_name() -> String {
    format!("{}@example.com", "a".repeat(LONG))
}

/// Characters without a gap: more than a phone has room for.
const LONG: usize = 80;
