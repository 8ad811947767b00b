//! How the pages look on a phone, and in the dark.

use crate::browser::Browser;
use crate::pages::{PAGES, with_long_names};
use crate::scene::Scene;
use serde::Deserialize;
use serde_json::json;

/// A text of a page, and how well it can be told from what is behind it (WCAG 2.2, contrast ratio).
#[derive(Debug, Deserialize)]
struct Contrast {
    text: String,
    ratio: f64,
}

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn no_page_is_wider_than_a_phone() {
    let scene = Scene::changed(with_long_names);
    scene.browser.becomes_a_phone(PHONE);
    for page in PAGES {
        (page.visit)(&scene);
        scene.browser.sees(page.title);
        let wide = scene.browser.run(include_str!("looks/wide.js"), &[json!(PHONE.0)]);
        assert_eq!(wide, json!([]), "{}: wider than {} pixels", page.title, PHONE.0);
    }
}

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn every_page_is_dark_and_can_be_read_where_a_person_likes_it_dark() {
    can_be_read("dark", |brightest| brightest <= DARK);
}

#[test]
#[ignore = "needs Chromium, see scripts/test.sh"]
fn every_page_is_light_and_can_be_read_elsewhere() {
    can_be_read("light", |brightest| brightest >= LIGHT);
}

fn can_be_read(scheme: &str, is_so: impl Fn(u8) -> bool) {
    let scene = Scene::changed(with_long_names);
    scene.browser.prefers(scheme);
    for page in PAGES {
        (page.visit)(&scene);
        scene.browser.sees(page.title);
        let [red, green, blue] = painted(&scene.browser);
        assert!(is_so(red.max(green).max(blue)), "{}: {red} {green} {blue}", page.title);
        let contrasts = scene.browser.run(include_str!("looks/contrasts.js"), &[json!([red, green, blue])]);
        let contrasts: Vec<Contrast> = serde_json::from_value(contrasts).unwrap();
        assert!(
            contrasts.iter().any(|contrast| contrast.text == page.title),
            "{}: {contrasts:?}",
            page.title
        );
        let faint: Vec<&Contrast> = contrasts.iter().filter(|contrast| contrast.ratio < READABLE).collect();
        assert!(faint.is_empty(), "{}: {faint:?}", page.title);
    }
}

/// The colour of the window's first pixel, where no page has anything but its background.
fn painted(browser: &Browser) -> [u8; 3] {
    let pixel = browser.run(include_str!("looks/first_pixel.js"), &[json!(browser.picture())]);
    serde_json::from_value(pixel).unwrap()
}

/// A small one: pixels of CSS.
const PHONE: (u32, u32) = (360, 640);

/// The brightest of a dark background's colours, and the least bright of a light one's.
const DARK: u8 = 48;
const LIGHT: u8 = 240;

/// WCAG 2.2, 1.4.3.
const READABLE: f64 = 4.5;
