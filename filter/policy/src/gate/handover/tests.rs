use super::KEPT;
use crate::fixtures::{Counter, NOW};
use crate::gate::Gate;
use crate::gate::browser::{Browser, TOKEN, access_token, page, renewing, scene, second};
use crate::gate::scene::{End, Scene, end};
use crate::session::handover::prepare;
use crate::shared::memory::{Memory, Store};
use crate::step::{CallError, Event, Step};
use crate::time::UnixTime;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;

/// Two workers of one engine, and a browser that logged in at the first. The provider gives another refresh token each
/// time, and nothing at the second use of one.
struct Workers {
    one: Scene,
    two: Scene,
    browser: Browser,
}

/// When the session's token has run out, and when it is about to.
const OVER: i64 = 605;
const SOON: i64 = 595;

impl Workers {
    fn at(seconds: i64) -> Self {
        let data = Rc::new(Memory::of(Store::envoy()));
        prepare(&*data, "default").unwrap();
        let used = Rc::new(RefCell::new(BTreeSet::new()));
        let [mut one, mut two] = [(); 2].map(|()| worker(&data, &used));
        let mut browser = Browser::default();
        browser.log_in(&mut one, "/orders");
        // It knows the provider too.
        Browser::default().log_in(&mut two, "/orders");
        for worker in [&mut one, &mut two] {
            worker.now = NOW.saturating_add(seconds);
            worker.asked();
        }
        Self { one, two, browser }
    }

    fn asked(&mut self) -> usize {
        let asked = [self.one.asked(), self.two.asked()].concat();
        asked.iter().filter(|path| *path == TOKEN).count()
    }
}

fn worker(data: &Rc<Memory>, used: &Rc<RefCell<BTreeSet<String>>>) -> Scene {
    let mut scene = scene("");
    scene.handover = Some(Rc::clone(data));
    let usual = renewing();
    let used = Rc::clone(used);
    scene.answers_by(TOKEN, move |call| {
        let form = String::from_utf8(call.body.to_vec()).unwrap();
        let again = form.contains("grant_type=refresh_token") && !used.borrow_mut().insert(form);
        if again { Ok((400, r#"{"error":"invalid_grant"}"#.into())) } else { usual(call) }
    });
    scene
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn wake(gate: &mut Gate, scene: &Scene) -> Step {
    gate.on(Event::Woken, &scene.world(), UnixTime::from_seconds(scene.now), &mut Counter(0))
}

#[test]
fn what_one_worker_got_the_other_takes_and_the_refresh_token_is_used_once() {
    let mut workers = Workers::at(OVER);
    let (mut first, held) = workers.browser.begin(&workers.one, "/orders");
    let (mut other, waits) = workers.browser.begin(&workers.two, "/orders");
    let Step::Wait { until, .. } = waits else { panic!("{waits:?}") };
    assert_eq!(until.seconds(), workers.two.now + 1);
    workers.two.now += 1;
    let waits = wake(&mut other, &workers.two);
    assert_eq!(end(&waits), End::Waiting, "the answer is not there yet");
    let step = workers.one.follow(&mut first, held);
    assert_eq!(page(&first, &step).upstream["authorization"], bearer(&second()));
    workers.two.now += 1;
    let step = wake(&mut other, &workers.two);
    let page = page(&other, &step);
    assert_eq!(page.upstream["authorization"], bearer(&second()));
    assert_eq!(page.set_cookies.len(), 1, "whichever comes last, the browser keeps the new session");
    workers.two.now += KEPT - 3;
    let late = workers.browser.clone().get(&mut workers.two, "/orders");
    assert_eq!(late.upstream["authorization"], bearer(&second()));
    assert_eq!(workers.asked(), 1);
}

/// What the others are there for.
#[test]
fn without_a_place_to_meet_the_second_use_ends_the_session() {
    let mut workers = Workers::at(OVER);
    (workers.one.handover, workers.two.handover) = (None, None);
    let [one, two] =
        [&mut workers.one, &mut workers.two].map(|scene| workers.browser.clone().get(scene, "/orders"));
    assert_eq!((one.status, two.status), (None, Some(302)));
    assert_eq!(workers.asked(), 2);
}

#[test]
fn while_another_worker_asks_a_token_that_is_good_yet_goes_on() {
    let mut workers = Workers::at(SOON);
    let (mut first, held) = workers.browser.begin(&workers.one, "/orders");
    let page = workers.browser.clone().get(&mut workers.two, "/orders");
    assert_eq!(page.upstream["authorization"], bearer(&access_token("")));
    assert!(page.set_cookies.is_empty(), "what was there before must not come after");
    assert_eq!(end(&workers.one.follow(&mut first, held)), End::Permitted);
    assert_eq!(workers.asked(), 1);
}

#[test]
fn a_turn_of_which_nothing_comes_is_the_next_ones() {
    let mut workers = Workers::at(OVER);
    let (mut gone, _) = workers.browser.begin(&workers.one, "/orders");
    gone.abandon(&workers.one.world());
    let page = workers.browser.clone().get(&mut workers.two, "/orders");
    assert_eq!(page.upstream["authorization"], bearer(&second()));

    let mut workers = Workers::at(OVER);
    workers.one.answers(TOKEN, Err(CallError::Failed));
    let page = workers.browser.clone().get(&mut workers.one, "/orders");
    assert_eq!(page.status, Some(503));
    let page = workers.browser.clone().get(&mut workers.two, "/orders");
    assert_eq!(page.upstream["authorization"], bearer(&second()));
}

#[test]
fn a_turn_of_which_nothing_is_heard_is_over_in_its_time() {
    let mut workers = Workers::at(OVER);
    let _silent = workers.browser.begin(&workers.one, "/orders");
    let (mut other, waits) = workers.browser.begin(&workers.two, "/orders");
    assert_eq!(end(&waits), End::Waiting);
    let begun = workers.two.now;
    let step = loop {
        workers.two.now += 1;
        let step = wake(&mut other, &workers.two);
        if !matches!(step, Step::Wait { .. }) {
            break step;
        }
    };
    let step = workers.two.follow(&mut other, step);
    assert_eq!(page(&other, &step).upstream["authorization"], bearer(&second()));
    assert_eq!(workers.two.now - begun, 15, "a call may take 10 s, and the engine 5 more");
}

#[test]
fn a_request_waits_for_other_workers_so_long_and_no_longer() {
    let workers = Workers::at(OVER);
    let _silent = workers.browser.begin(&workers.one, "/orders");
    let (mut other, mut step) = workers.browser.begin(&workers.two, "/orders");
    while let Step::Wait { .. } = step {
        step = wake(&mut other, &workers.two);
    }
    assert_eq!(end(&step), End::Refused(503, Some("1".into())));
}
