//! The table once more, with callers and keys in shared data instead of the document; and what changes there.

use crate::hosted::{Hosted, VM_ID};
use crate::support::file::{Engine, Place as Where, repository};
use crate::support::latency::Latencies;
use crate::support::native::Native;
use crate::support::registry::{self, Issuer, application, page};
use crate::support::run::{self, Gate as _};
use crate::support::table::{Material, Request, Setting, Table, real_time};
use crate::support::upstream::Upstream;
use claimgate::push::Place;
use claimgate_policy::config::{Config, Page};
use claimgate_policy::time::UnixTime;
use claimgate_sandbox::Shared;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

/// A setting whose document says that its callers and keys are pushed, and the page that holds them.
struct Pushed {
    setting: Setting,
    page: String,
}

impl Pushed {
    fn of(setting: &Setting) -> Self {
        let mut document: Value = serde_json::from_str(&setting.document).unwrap();
        let mut page = json!({ "version": 1, "complete": true, "next": "changes" });
        let members = document.as_object_mut().unwrap();
        for list in ["consumers", "applications"] {
            if let Some(callers) = members.remove(list) {
                page[list] = callers;
            }
        }
        let sources = members["sources"].as_array_mut().unwrap();
        let keys = sources.iter_mut().map(|source| {
            let jwks = source.as_object_mut().unwrap().remove("jwks").unwrap();
            json!({ "source": source["id"], "jwks": jwks })
        });
        page["keys"] = keys.collect();
        members.insert("state".to_owned(), json!({ "key": KEY }));
        let setting = Setting { document: document.to_string(), ..setting.clone() };
        Self { setting, page: page.to_string() }
    }

    /// Makes the page count in this shared data.
    fn load(&self, shared: &Arc<Shared>, vm_id: &str) -> Place {
        let place = Place::new(Arc::clone(shared), vm_id).unwrap();
        load(&place, &self.setting, std::slice::from_ref(&self.page));
        place
    }
}

/// Makes pages count for the realm of a setting.
fn load(place: &Place, setting: &Setting, pages: &[String]) {
    let config = Config::parse(setting.document.as_bytes()).unwrap_or_else(|errors| panic!("{errors}"));
    let page =
        |text: &String| Page::parse(text.as_bytes(), &config).unwrap_or_else(|errors| panic!("{errors}"));
    let pages: Vec<Page> = pages.iter().map(page).collect();
    assert!(pages.iter().all(|page| page.errors.is_empty()));
    place.load(&config, &pages, UnixTime::from_seconds(real_time())).unwrap();
}

/// The document of `examples/envoy/pushed.yaml`.
pub(crate) fn document() -> String {
    let text = fs::read_to_string(repository().join("examples/envoy/pushed.yaml")).unwrap();
    let bootstrap: Value = serde_norway::from_str(&text).unwrap();
    let document = bootstrap.pointer(DOCUMENT).and_then(Value::as_str).unwrap();
    // Envoy rewrites the path to one that the upstream has; this gateway sends it as it is.
    document.replace("\"/orders\"", "\"/anything\"")
}

/// A gateway under that document, its place, and its setting.
fn example() -> (Hosted, Place, Setting) {
    let setting = Setting { document: document(), clock: None, engine: Engine::Any };
    let gateway = Hosted::start(&Arc::new(Upstream::start()), &setting);
    let place = Place::new(Arc::clone(&gateway.shared), VM_ID).unwrap();
    (gateway, place, setting)
}

fn request(issuer: &Issuer) -> Request {
    Request { target: "/anything".to_owned(), ..issuer.request("web") }
}

#[test]
fn every_case_has_the_same_answer_where_callers_and_keys_are_pushed() {
    let table = Table::load(&Material::load());
    run::run("native, pushed", &table.groups(Where::Native), |setting| {
        let pushed = Pushed::of(setting);
        let mut native = Native::new(&pushed.setting);
        native.shared = Some(pushed.load(&Arc::new(Shared::new()), VM_ID));
        native
    });
}

#[test]
fn every_case_has_the_same_answer_in_the_host_where_callers_and_keys_are_pushed() {
    let table = Table::load(&Material::load());
    let upstream = Arc::new(Upstream::start());
    run::run("host, pushed", &table.groups(Where::Host), |setting| {
        let pushed = Pushed::of(setting);
        let gateway = Hosted::start(&upstream, &pushed.setting);
        drop(pushed.load(&gateway.shared, VM_ID));
        gateway
    });
}

#[test]
fn an_application_that_is_revoked_in_shared_data_is_refused_by_the_next_request_with_a_warm_token() {
    let (mut gateway, place, setting) = example();
    let issuer = Issuer::new("one");
    let more = json!({ "keys": issuer.keys(), "complete": true });
    let pages = |status| [page("next", &[application("web", status)], &more)];
    let request = request(&issuer);
    let mut outcome = || gateway.answer(&request).outcome.unwrap();
    assert_eq!(outcome(), "StateUnavailable");
    load(&place, &setting, &pages("approved"));
    assert_eq!([outcome(), outcome()], ["permitted", "permitted"]);
    let begun = Instant::now();
    load(&place, &setting, &pages("revoked"));
    let loaded = begun.elapsed();
    assert_eq!(outcome(), "ApplicationRevoked");
    println!("host: revoked after {loaded:?}, the next request was refused after {:?}", begun.elapsed());
}

#[test]
#[ignore = "measures latencies, so it runs alone: see scripts/test.sh"]
fn a_load_of_a_hundred_thousand_applications_holds_up_no_request() {
    let (gateway, place, setting) = example();
    let (issuer, named) = (Issuer::new("one"), [application("web", "approved")]);
    let pages = |count| -> Vec<String> {
        registry::load("first", count, &named, &issuer).into_iter().map(|(_, page)| page).collect()
    };
    load(&place, &setting, &pages(1));
    let request = request(&issuer);
    let before = Latencies::measure(&gateway.proxied, &request, |sent| sent < 2000);
    let (pages, done) = (pages(100_000), Arc::new(AtomicBool::new(false)));
    let begun = Instant::now();
    let loading = thread::spawn({
        let done = Arc::clone(&done);
        move || {
            load(&place, &setting, &pages);
            done.store(true, Ordering::Release);
        }
    });
    let during = Latencies::measure(&gateway.proxied, &request, |_| !done.load(Ordering::Acquire));
    loading.join().unwrap();
    during.bear_a_load("host", begun.elapsed(), &before);
}

const DOCUMENT: &str = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/0/typed_config/config/configuration/value";

/// `state.key`.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
