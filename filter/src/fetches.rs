//! Fetches of providers' keys that no request waits for: those that the timer makes.

use crate::answer::{Answer, Parts};
use crate::host::{Host, Level};
use crate::plugin::Plugin;
use crate::request::now;
use claimgate_policy::World;
use claimgate_policy::keys::MAX_JWKS;
use claimgate_policy::provider::{Fetch, Leave, Progress, Why};
use claimgate_policy::step::{CallError, CallId, Topic};
use claimgate_policy::time::UnixTime;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Those that are out, by the engine's number of the call.
#[derive(Default)]
pub(crate) struct Fetches(RefCell<BTreeMap<u32, Box<Fetch>>>);

impl Fetches {
    /// Begins those that are due.
    pub(crate) fn tick(&self, plugin: &Plugin) {
        let (Some(world), Ok(now)) = (plugin.world(), now(plugin.host())) else { return };
        for provider in world.memory.providers.iter() {
            if let Leave::Fetch(fetch) = provider.ask(Why::Due, false, now) {
                self.call(plugin, &world, fetch, now);
            }
        }
        say(plugin.host(), &world);
    }

    /// The outcome of a call; false if none of these made it.
    pub(crate) fn answer(&self, plugin: &Plugin, token: u32, headers: usize) -> bool {
        let Some(fetch) = self.0.borrow_mut().remove(&token) else { return false };
        let (Some(world), Ok(now)) = (plugin.world(), now(plugin.host())) else { return true };
        let answer = Answer::read(plugin.host(), headers, MAX_JWKS);
        let parts = answer.as_ref().map_err(|error| *error).and_then(Answer::parts);
        let response = parts.as_ref().map(Parts::response).map_err(|error| *error);
        match fetch.answer(response, now) {
            Progress::More(fetch) => self.call(plugin, &world, fetch, now),
            Progress::Done(fetched, source) => {
                world.memory.providers.settle(&source, fetched, now);
                plugin.held().announced(plugin.host(), &Topic::Keys(source.id.clone()));
            }
        }
        say(plugin.host(), &world);
        true
    }

    fn call(&self, plugin: &Plugin, world: &World<'_>, mut fetch: Box<Fetch>, now: UnixTime) {
        loop {
            let call = fetch.call(&world.policy.config().targets, &world.engine, CallId(0));
            if let Some(token) = call.and_then(|call| plugin.host().http_call(&call).ok()) {
                self.0.borrow_mut().insert(token, fetch);
                return;
            }
            fetch = match fetch.answer(Err(CallError::NotSent), now) {
                Progress::More(fetch) => fetch,
                Progress::Done(fetched, source) => {
                    world.memory.providers.settle(&source, fetched, now);
                    return;
                }
            };
        }
    }
}

/// Writes to the log what happened with providers.
pub(crate) fn say(host: &dyn Host, world: &World<'_>) {
    for note in world.memory.providers.iter().flat_map(|provider| provider.notes()) {
        let level = if note.is_trouble() { Level::Warn } else { Level::Info };
        host.log(level, &format!("claimgate: {note}"));
    }
}
