//! Many requests at once with a provider that answers late, never, or nonsense: each ends, and none without proof.

#![allow(clippy::arithmetic_side_effects, reason = "numbers of a test, all of them small")]

use super::scene::{DISCOVERY, KEYS, Scene};
use super::{Gate, Step};
use crate::fixtures::{Counter, ISSUER, NOW, good, jwks, token, token_by};
use crate::step::{CallError, CallId, Event, HttpCall, HttpResponse, Topic};
use crate::time::UnixTime;
use alloc::format;
use alloc::string::String;
use std::vec::Vec;

/// A request under way.
struct Request {
    gate: Gate,
    is_good: bool,
    until: Until,
}

enum Until {
    Answer(HttpCall),
    Woken(Topic, UnixTime),
}

/// Numbers that look random, the same in every run of a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn scene() -> Scene {
    let mut scene =
        Scene::with(r#","client_id":["gateway"],"client_secret":["s3cr3t"],"rediscovery_lifetime":1"#);
    scene.answers(DISCOVERY, Ok((200, document())));
    scene
}

fn document() -> String {
    format!(
        r#"{{"issuer":"{ISSUER}","jwks_uri":"https://idp.example{KEYS}","token_endpoint":"https://idp.example/token",
            "introspection_endpoint":"https://idp.example/introspect"}}"#
    )
}

/// What a request shows, and whether it is good.
fn shown(dice: &mut Dice) -> (String, bool) {
    match dice.roll(6) {
        0 => (format!("Bearer {}", token(&good(r#","sub":"app""#))), true),
        1 => (format!("Bearer {}", token_by(9, "k9", &good("")).1), false),
        2 => ("Basic app:right".into(), true),
        3 => ("Basic app:wrong".into(), false),
        4 => ("Bearer opaque-good".into(), true),
        _ => ("Bearer opaque-bad".into(), false),
    }
}

/// What a sound provider answers to this call.
fn sound(call: &HttpCall) -> (u16, String) {
    let header = |name: &str| {
        let value = call.headers.iter().find(|(found, _)| **found == *name).map(|(_, value)| value.to_vec());
        String::from_utf8(value.unwrap_or_default()).expect("utf-8")
    };
    let body = String::from_utf8(call.body.to_vec()).expect("utf-8");
    match header(":path").as_str() {
        KEYS => (200, jwks()),
        "/token" if header("authorization") == "Basic YXBwOnJpZ2h0" => {
            let token = token(&good(r#","sub":"app""#));
            (200, format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":30}}"#))
        }
        "/token" => (401, r#"{"error":"invalid_client"}"#.into()),
        "/introspect" if body.contains("token=opaque-good") => (200, r#"{"active":true,"sub":"app"}"#.into()),
        "/introspect" => (200, r#"{"active":false}"#.into()),
        _ => (200, document()),
    }
}

/// Takes a step of a request; `None` when it has ended, as it must. `sane`: no token has expired by now.
fn taken(request: Gate, is_good: bool, step: Step, sane: bool) -> Option<Request> {
    match step {
        Step::Call { call, .. } => Some(Request { gate: request, is_good, until: Until::Answer(call) }),
        Step::Wait { topic, until } => {
            Some(Request { gate: request, is_good, until: Until::Woken(topic, until) })
        }
        Step::Forward(_) => {
            assert!(is_good, "forwarded without proof");
            None
        }
        Step::Reply(response) => {
            let status = response.status.code();
            assert!(matches!(status, 401 | 503), "{status}: {:?}", response.denial);
            assert!(!(sane && is_good && status == 401), "a good one was called bad: {:?}", response.denial);
            None
        }
        Step::NeedBody { .. } => panic!("nobody asked for a body"),
    }
}

fn storm(seed: u64) {
    let (mut dice, mut scene) = (Dice(seed), scene());
    let mut requests: Vec<Request> = Vec::new();
    for turn in 0..400 {
        if turn < 200 {
            let (authorization, is_good) = shown(&mut dice);
            let (gate, step) = scene.begin_with("/orders", &[("authorization", &authorization)]);
            requests.extend(taken(gate, is_good, step, true));
        }
        if dice.roll(4) == 0 && scene.now < NOW + 25 {
            scene.now += 1;
        }
        let Some(last) = requests.len().checked_sub(1) else { continue };
        let chosen = usize::try_from(dice.roll(last as u64 + 1)).expect("an index");
        let mut request = requests.swap_remove(chosen);
        if turn < 200 && dice.roll(8) == 0 {
            // The client is gone; what it would have brought is said to be lost.
            let lost = request.gate.abandon(&scene.world());
            wake(&mut requests, &scene, lost.as_ref(), true);
            continue;
        }
        let now = UnixTime::from_seconds(scene.now);
        let step = match &request.until {
            Until::Answer(call) => {
                let (id, answer) = (call.id, sound(call));
                answer_somehow(&mut request.gate, id, answer, &scene, &mut dice)
            }
            Until::Woken(_, until) if *until <= now => {
                request.gate.on(Event::Woken, &scene.world(), now, &mut Counter(0))
            }
            Until::Woken(..) => {
                requests.push(request);
                continue;
            }
        };
        let announced = request.gate.announcement();
        requests.extend(taken(request.gate, request.is_good, step, true));
        wake(&mut requests, &scene, announced.as_ref(), true);
    }
    drain(requests, &mut scene);
}

/// The right answer, or what a provider that is not well gives instead.
fn answer_somehow(gate: &mut Gate, id: CallId, sound: (u16, String), scene: &Scene, dice: &mut Dice) -> Step {
    let (status, body) = &sound;
    let half = body.len() / 2;
    let answer = match dice.roll(8) {
        0 => Err(CallError::Failed),
        1 => Err(CallError::NotSent),
        2 => Ok((503, body.as_bytes())),
        3 => Ok((200, body.as_bytes().get(..half).unwrap_or_default())),
        4 => Ok((200, &b"\xff\xfe{"[..])),
        _ => Ok((*status, body.as_bytes())),
    };
    let answer = answer.map(|(status, body)| HttpResponse { status, headers: &[], body });
    gate.on(Event::Answer(id, answer), &scene.world(), UnixTime::from_seconds(scene.now), &mut Counter(0))
}

/// Wakes those that wait for it.
fn wake(requests: &mut Vec<Request>, scene: &Scene, topic: Option<&Topic>, sane: bool) {
    let Some(topic) = topic else { return };
    let meant = |request: &Request| matches!(&request.until, Until::Woken(waited, _) if waited == topic);
    let (woken, rest): (Vec<Request>, Vec<Request>) = core::mem::take(requests).into_iter().partition(meant);
    *requests = rest;
    for mut request in woken {
        let now = UnixTime::from_seconds(scene.now);
        let step = request.gate.on(Event::Woken, &scene.world(), now, &mut Counter(0));
        requests.extend(taken(request.gate, request.is_good, step, sane));
    }
}

/// The provider is well again, and nobody waits for ever.
fn drain(mut requests: Vec<Request>, scene: &mut Scene) {
    for _ in 0..2_000 {
        let Some(mut request) = requests.pop() else { return };
        let now = UnixTime::from_seconds(scene.now);
        let step = match &request.until {
            Until::Answer(call) => {
                let (id, (status, body)) = (call.id, sound(call));
                let answer = HttpResponse { status, headers: &[], body: body.as_bytes() };
                request.gate.on(Event::Answer(id, Ok(answer)), &scene.world(), now, &mut Counter(0))
            }
            Until::Woken(_, until) => {
                let until = *until;
                scene.now = scene.now.max(until.seconds());
                request.gate.on(Event::Woken, &scene.world(), until.max(now), &mut Counter(0))
            }
        };
        let announced = request.gate.announcement();
        requests.extend(taken(request.gate, request.is_good, step, false));
        wake(&mut requests, scene, announced.as_ref(), false);
    }
    panic!("{} requests never end", requests.len());
}

#[test]
fn whatever_a_provider_does_each_request_ends_and_none_passes_without_proof() {
    for seed in 0..60 {
        storm(seed);
    }
}
