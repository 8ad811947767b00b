//! A browser, and what a person does with it and sees in it.

use crate::support::{traces, wait};
use crate::webdriver::Session;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::thread;

/// Runs until it is dropped. A test that fails leaves a picture of what it showed last.
pub(crate) struct Browser(Session);

/// What a server has left in the browser.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) http_only: bool,
    pub(crate) same_site: String,
}

impl Browser {
    pub(crate) fn start() -> Self {
        Self(Session::start())
    }

    /// Goes where a person wants, who writes into the address bar.
    pub(crate) fn go(&self, url: &str) {
        self.0.post("url", &json!({ "url": url }));
    }

    pub(crate) fn url(&self) -> String {
        text(&self.0.get("url"))
    }

    pub(crate) fn title(&self) -> String {
        text(&self.0.get("title"))
    }

    /// Waits for the page with this title.
    pub(crate) fn sees(&self, title: &str) {
        wait::until(&format!("a page is there with the title {title:?}"), || {
            (self.title() == title).then_some(())
        });
    }

    /// Waits until it is at a URL that begins so; the whole of it.
    pub(crate) fn arrives_at(&self, beginning: &str) -> String {
        wait::until(&format!("the browser arrives at {beginning}"), || {
            Some(self.url()).filter(|url| url.starts_with(beginning))
        })
    }

    /// Presses keys one by one, wherever the focus is.
    pub(crate) fn press(&self, keys: &str) {
        let stroke =
            |key: char| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }));
        let strokes: Vec<Value> = keys.chars().flat_map(stroke).collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.0.post("actions", &json!({ "actions": [keyboard] }));
    }

    /// The name of the field that has the focus, or the text of the button.
    pub(crate) fn focus(&self) -> String {
        let element = "document.activeElement";
        text(&self.run(&format!("return {element}.name || {element}.textContent"), &[]))
    }

    /// Waits for an element and clicks it.
    pub(crate) fn click(&self, selector: &str) {
        self.0.post(&format!("element/{}/click", self.element(selector)), &json!({}));
    }

    /// Waits for a field and writes into it.
    pub(crate) fn write(&self, selector: &str, text: &str) {
        self.0.post(&format!("element/{}/value", self.element(selector)), &json!({ "text": text }));
    }

    /// Waits for an element; its text as it is shown.
    pub(crate) fn text(&self, selector: &str) -> String {
        text(&self.0.get(&format!("element/{}/text", self.element(selector))))
    }

    /// Whether the page that is there now has such an element.
    pub(crate) fn has(&self, selector: &str) -> bool {
        self.find(selector).is_some()
    }

    fn element(&self, selector: &str) -> String {
        wait::until(&format!("the page has {selector}"), || self.find(selector))
    }

    fn find(&self, selector: &str) -> Option<String> {
        let found = self.0.post("elements", &json!({ "using": "css selector", "value": selector }));
        Some(text(&found.get(0)?[ELEMENT]))
    }

    /// Runs a script in the page; what it returns, or what its promise brings.
    pub(crate) fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.0.post("execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// The cookies that the page's server would get.
    pub(crate) fn cookies(&self) -> Vec<Cookie> {
        let cookies: Vec<Cookie> = serde_json::from_value(self.0.get("cookie")).unwrap();
        cookies.iter().for_each(|cookie| traces::hide(&cookie.value));
        cookies
    }

    /// Takes a cookie away.
    pub(crate) fn forget(&self, cookie: &str) {
        let name = format!("cookie/{cookie}");
        self.0.command("DELETE", &name, &Value::Null).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// Is a phone from now on, with a window of this size.
    pub(crate) fn becomes_a_phone(&self, (width, height): (u32, u32)) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": true });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Prefers `dark` or `light` from now on.
    pub(crate) fn prefers(&self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": [feature] }));
    }

    /// Runs none of the pages' own scripts from now on.
    pub(crate) fn runs_no_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    }

    fn devtools(&self, command: &str, parameters: &Value) {
        self.0.post("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
    }

    /// What the window shows: a PNG as base64.
    pub(crate) fn picture(&self) -> String {
        text(&self.0.get("screenshot"))
    }

    /// Leaves a picture beside the traces of the run, and says where.
    fn leave_picture(&self) -> Result<(), String> {
        let picture = self.0.command("GET", "screenshot", &Value::Null)?;
        let bytes = BASE64_STANDARD.decode(text(&picture)).map_err(|error| error.to_string())?;
        let directory =
            env::var_os("CLAIMGATE_TRACES").map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
        let path = directory.join(format!("{}.png", self.0.name));
        fs::create_dir_all(&directory)
            .and_then(|()| fs::write(&path, bytes))
            .map_err(|error| error.to_string())?;
        let url = self.0.command("GET", "url", &Value::Null)?;
        println!("what the browser showed at {url}: {}", path.display());
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if thread::panicking()
            && let Err(error) = self.leave_picture()
        {
            println!("no picture of what the browser showed: {error}");
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("expected a text, found {value}")).to_owned()
}

/// The member that names an element (WebDriver 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys as WebDriver 17.4.2 numbers them.
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ENTER: &str = "\u{e007}";
