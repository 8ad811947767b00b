//! Everything that host functions can reach: the data of an instance's store.

use std::collections::{HashMap, HashSet};
use std::{sync::Arc, time::Instant};

use crate::abi::types::{Direction, LogLevel};
use crate::effect::{CallId, Effect, StreamId};
use crate::environment::Environment;
use crate::header_map::HeaderMap;
use crate::limits::Meter;
use crate::metrics::Metric;
use crate::plugin::Plugin;
use crate::quirks::Quirk;
use crate::quirks::random::WeakRandom;
use crate::stream::{Stage, Stream};

use bytes::Bytes;
use wasmtime::{Memory, TypedFunc};

/// The state of one instance, beside the guest's own memory.
pub(crate) struct State {
    pub(crate) environment: Environment,
    pub(crate) plugin: Plugin,
    pub(crate) meter: Meter,
    pub(crate) phase: Phase,
    /// The callback that runs, or ran last.
    pub(crate) step: Step,
    /// The guest has answered a stream in this callback.
    pub(crate) answered_now: bool,
    /// The guest has set a timer.
    pub(crate) ticks: bool,
    pub(crate) weak_random: WeakRandom,
    /// Set once the guest is instantiated.
    pub(crate) memory: Option<Memory>,
    /// Out of its place while it runs.
    pub(crate) allocate: Option<TypedFunc<u32, u32>>,
    pub(crate) contexts: Contexts,
    pub(crate) calls: Calls,
    pub(crate) effects: Vec<Effect>,
    /// The guest's metric ids are places in this list, counted from 1.
    pub(crate) metrics: Vec<Arc<Metric>>,
    pub(crate) started: Instant,
}

impl State {
    pub(crate) fn new(plugin: Plugin, environment: Environment) -> Self {
        Self {
            meter: Meter::new(&plugin.limits),
            environment,
            plugin,
            phase: Phase::Initialising,
            step: Step::Start,
            answered_now: false,
            ticks: false,
            weak_random: WeakRandom::new(),
            memory: None,
            allocate: None,
            contexts: Contexts::new(),
            calls: Calls::default(),
            effects: Vec::new(),
            metrics: Vec::new(),
            started: Instant::now(),
        }
    }

    /// Passes a message on, without copying it if it is UTF-8.
    pub(crate) fn log(&self, level: LogLevel, message: &[u8]) {
        let logs = &self.environment.logs;
        if level >= logs.level() {
            let cut = message.get(..self.plugin.limits.log_message_bytes).unwrap_or(message);
            logs.log(&self.plugin.name, level, &String::from_utf8_lossy(cut));
        }
    }

    /// The stream that is the effective context.
    pub(crate) fn stream(&self) -> Option<&Stream> {
        self.contexts.streams.get(&self.contexts.effective)
    }

    /// The stream that is the effective context.
    pub(crate) fn stream_mut(&mut self) -> Option<&mut Stream> {
        self.contexts.streams.get_mut(&self.contexts.effective)
    }

    /// Lets the effective stream go on.
    pub(crate) fn resume(&mut self, direction: Direction) {
        let stream = StreamId(self.contexts.effective);
        let waits = direction == Direction::Request && self.calls.count(Some(stream)) > 0;
        if waits && self.has(Quirk::CallsHoldRequests) {
            return;
        }
        if let Some(body) = self.stream_mut().and_then(|stream| stream.resume(direction)) {
            self.effects.push(Effect::Resume { stream, direction, body });
        }
    }
}

/// What the guest is doing. Decides which host functions answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// `_initialize`, `_start` or `main`: only log, time and WASI.
    Initialising,
    /// Allocates for a host function: only log, time and WASI.
    Allocating,
    /// `proxy_on_configure`: the plugin's configuration can be read.
    Configuring,
    /// Everything else.
    Running,
}

/// A callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Everything before `proxy_on_configure`.
    Start,
    Configure,
    Tick,
    /// `proxy_on_context_create` of a stream.
    Open,
    RequestHeaders,
    RequestBody,
    RequestTrailers,
    ResponseHeaders,
    ResponseBody,
    ResponseTrailers,
    CallResponse,
    /// `proxy_on_log`, `proxy_on_done`, `proxy_on_delete`.
    End,
}

impl Step {
    pub(crate) fn of(direction: Direction, stage: Stage) -> Self {
        match (direction, stage) {
            (Direction::Request, Stage::Headers) => Self::RequestHeaders,
            (Direction::Request, Stage::Body) => Self::RequestBody,
            (Direction::Request, Stage::Trailers) => Self::RequestTrailers,
            (Direction::Response, Stage::Headers) => Self::ResponseHeaders,
            (Direction::Response, Stage::Body) => Self::ResponseBody,
            (Direction::Response, Stage::Trailers) => Self::ResponseTrailers,
        }
    }
}

/// The contexts of an instance: its root, its streams, and which one host functions act on.
#[derive(Debug)]
pub(crate) struct Contexts {
    pub(crate) root: u32,
    pub(crate) effective: u32,
    pub(crate) streams: HashMap<u32, Stream>,
    /// Streams for which proxy_done was called; they end after the present callback.
    pub(crate) done: Vec<u32>,
    pub(crate) root_awaits_done: bool,
    last: u32,
}

impl Contexts {
    fn new() -> Self {
        let streams = HashMap::new();
        Self { root: ROOT, effective: ROOT, streams, done: Vec::new(), root_awaits_done: false, last: ROOT }
    }

    pub(crate) fn open(&mut self, stream: Stream) -> StreamId {
        let taken = |id: u32| id == 0 || id == self.root || self.streams.contains_key(&id);
        let mut id = self.last.wrapping_add(1);
        while taken(id) {
            id = id.wrapping_add(1);
        }
        self.last = id;
        self.streams.insert(id, stream);
        StreamId(id)
    }

    pub(crate) fn exists(&self, context: u32) -> bool {
        context == self.root || self.streams.contains_key(&context)
    }
}

/// The HTTP calls of an instance.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    pub(crate) in_flight: HashMap<CallId, Option<StreamId>>,
    /// Calls of requests that were let go without waiting for them.
    pub(crate) careless: HashSet<CallId>,
    /// The answer that the present callback is about.
    pub(crate) answer: Option<CallAnswer>,
    last: u32,
}

impl Calls {
    pub(crate) fn open(&mut self, stream: Option<StreamId>) -> CallId {
        let mut id = CallId(self.last.wrapping_add(1));
        while id.0 == 0 || self.in_flight.contains_key(&id) {
            id = CallId(id.0.wrapping_add(1));
        }
        self.last = id.0;
        self.in_flight.insert(id, stream);
        id
    }

    /// Notes that a stream goes on without waiting for its calls.
    pub(crate) fn abandon(&mut self, stream: StreamId) {
        let owned = self.in_flight.iter().filter(|(_, owner)| **owner == Some(stream)).map(|(call, _)| *call);
        self.careless.extend(owned);
    }

    /// Forgets the calls of a stream, but for those that it did not wait for.
    pub(crate) fn cancel(&mut self, stream: StreamId) -> Vec<CallId> {
        let owned = |(call, owner): (&CallId, &Option<StreamId>)| {
            (*owner == Some(stream) && !self.careless.contains(call)).then_some(*call)
        };
        let cancelled: Vec<CallId> = self.in_flight.iter().filter_map(owned).collect();
        self.in_flight.retain(|call, _| !cancelled.contains(call));
        cancelled
    }

    pub(crate) fn count(&self, stream: Option<StreamId>) -> usize {
        self.in_flight.values().filter(|owner| **owner == stream).count()
    }
}

/// What an HTTP call brought, while the guest may read it.
#[derive(Debug, Default)]
pub(crate) struct CallAnswer {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: HeaderMap,
}

const ROOT: u32 = 1;
