//! Drives `testdata/guests/probe.wat`: a script of host calls in, a report of their answers out.

use std::sync::LazyLock;

use crate::embedder::{self, Embedder, headers, module};

use bytes::Bytes;
use claimgate_sandbox::{
    BodyVerdict, Effect, HOSTCALLS, Instance, Module, Plugin, Quirks, SandboxError, ShmKv, StreamFacts,
    StreamId, Verdict,
};

/// The probe with one open stream.
pub(crate) struct Probe {
    pub(crate) embedder: Embedder,
    pub(crate) instance: Instance,
    pub(crate) stream: StreamId,
    board: Board,
}

impl Probe {
    pub(crate) fn new() -> Self {
        Self::with(plugin())
    }

    pub(crate) fn with(plugin: Plugin) -> Self {
        Self::knowing(plugin, StreamFacts::default())
    }

    /// The same with facts about the stream.
    pub(crate) fn knowing(plugin: Plugin, facts: StreamFacts) -> Self {
        let (embedder, board) = (Embedder::default(), Board::of(&plugin));
        let mut instance = Instance::start(board.module(), &plugin, &embedder.environment()).unwrap();
        let stream = instance.open_stream(facts).unwrap();
        Self { embedder, instance, stream, board }
    }

    /// Runs the script in whatever callback `event` brings about.
    pub(crate) fn during<T>(
        &mut self,
        script: Script,
        event: impl FnOnce(&mut Instance, StreamId) -> T,
    ) -> (T, Vec<Item>) {
        self.board.write(&self.embedder, script.encode());
        let outcome = event(&mut self.instance, self.stream);
        (outcome, script.decode(self.board.wipe(&self.embedder)))
    }

    /// Runs the script on request headers that it does not care about.
    pub(crate) fn run(&mut self, script: Script) -> Vec<Item> {
        self.on_request(script, &[(":method", "GET"), (":path", "/"), (":authority", "host")]).1
    }

    pub(crate) fn on_request(
        &mut self,
        script: Script,
        pairs: &[(&'static str, &'static str)],
    ) -> (Verdict, Vec<Item>) {
        let (verdict, report) =
            self.during(script, |probe, stream| probe.on_request_headers(stream, headers(pairs), false));
        (verdict.unwrap(), report)
    }

    pub(crate) fn on_request_body(
        &mut self,
        script: Script,
        chunk: &'static str,
        end: bool,
    ) -> (BodyVerdict, Vec<Item>) {
        let (verdict, report) = self.during(script, |probe, stream| {
            probe.on_request_body(stream, Bytes::from_static(chunk.as_bytes()), end)
        });
        (verdict.unwrap(), report)
    }

    /// Runs a script that must kill the guest, and tells how the error reads.
    pub(crate) fn fatal(&mut self, script: Script) -> String {
        let (outcome, _) = self.during(script, |probe, stream| {
            probe.on_request_headers(stream, headers(&[(":method", "GET")]), true)
        });
        assert!(!self.instance.is_alive());
        match outcome {
            Err(error @ SandboxError::Trap { .. }) => error.to_string(),
            other => panic!("expected a trap, got {other:?}"),
        }
    }

    pub(crate) fn effects(&mut self) -> Vec<Effect> {
        self.instance.take_effects()
    }
}

/// Runs the script in proxy_on_configure.
pub(crate) fn configure(script: Script) -> Vec<Item> {
    configure_with(plugin(), script).1
}

/// The same with this plugin; what is started may be dead.
pub(crate) fn configure_with(plugin: Plugin, script: Script) -> (Instance, Vec<Item>) {
    let (embedder, board) = (Embedder::default(), Board::of(&plugin));
    board.write(&embedder, script.encode());
    let instance = Instance::start(board.module(), &plugin, &embedder.environment()).unwrap();
    (instance, script.decode(board.wipe(&embedder)))
}

/// Where the probe reads its script and writes its report: the shared data of its engine.
enum Board {
    Envoy,
    /// The zones of nginx's configuration.
    Nginx(Vec<ShmKv>),
}

impl Board {
    fn of(plugin: &Plugin) -> Self {
        match &plugin.quirks {
            Quirks::Envoy => Self::Envoy,
            Quirks::Nginx(nginx) => Self::Nginx(nginx.shm_kv.clone()),
        }
    }

    fn module(&self) -> &Module {
        match self {
            Self::Envoy => &MODULE,
            Self::Nginx(_) => &LINKABLE,
        }
    }

    fn write(&self, embedder: &Embedder, script: Bytes) {
        match self {
            Self::Envoy => drop(embedder.shared.data.set(VM, b"script", script, 0).unwrap()),
            Self::Nginx(zones) => embedder.shared.zones.set(zones, b"script", script, 0).unwrap(),
        }
    }

    /// The report. Nothing stays for the next callback.
    fn wipe(&self, embedder: &Embedder) -> Bytes {
        let (data, zones) = (&embedder.shared.data, &embedder.shared.zones);
        let read = |key: &[u8]| match self {
            Self::Envoy => data.get(VM, key),
            Self::Nginx(board) => zones.get(board, key).unwrap(),
        };
        let report = read(b"report").map(|(report, _)| report).unwrap_or_default();
        for key in [&b"script"[..], b"report"] {
            match (self, read(key)) {
                (Self::Envoy, _) => drop(data.remove(VM, key, 0).unwrap()),
                (Self::Nginx(board), Some((_, cas))) => zones.set(board, key, Bytes::new(), cas).unwrap(),
                (Self::Nginx(_), None) => {}
            }
        }
        report
    }
}

/// The probe without the functions that nginx cannot link: they trap instead.
fn linkable() -> Module {
    let (path, text) = embedder::text("probe");
    let is_missing =
        |line: &&str| MISSING.iter().any(|(name, _)| line.contains(&format!("\"env\" \"{name}\"")));
    let kept: Vec<&str> = text.lines().filter(|line| !is_missing(line)).collect();
    let stubs = MISSING.map(|(name, kind)| format!("(func ${name} (type {kind}) unreachable)\n"));
    let text = kept.join("\n");
    embedder::compiled(&path, &format!("{}{})", text.trim_end().strip_suffix(')').unwrap(), stubs.concat()))
}

/// The plugin that the probe runs as.
pub(crate) fn plugin() -> Plugin {
    Plugin {
        name: "test".into(),
        root_id: "root".into(),
        vm_id: VM.into(),
        configuration: Bytes::from_static(b"configuration"),
        vm_configuration: Bytes::from_static(b"vm configuration"),
        ..Plugin::default()
    }
}

/// One part of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    Status(u32),
    Given(Bytes),
    Word(u64),
}

/// The report of a single call.
pub(crate) fn status(status: u32) -> Vec<Item> {
    vec![Item::Status(status)]
}

/// The report of a call that gave the guest something.
pub(crate) fn given(bytes: &'static [u8]) -> Vec<Item> {
    vec![Item::Status(OK), Item::Given(Bytes::from_static(bytes))]
}

/// Arguments of a host function.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Arg<'a> {
    /// One number.
    Number(u32),
    /// A number of 64 bits.
    Long(u64),
    /// Two numbers: where the script's data has these bytes, and how many there are.
    Text(&'a [u8]),
    /// Two numbers: where the guest wants pointer and length of what it is given.
    Out,
    /// One number: where the guest wants a value.
    Word,
}

/// Steps for the probe, and what the callback then answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    pause: bool,
    steps: Vec<Step>,
    data: Vec<u8>,
}

/// An empty script: let everything through.
pub(crate) fn script() -> Script {
    Script::default()
}

/// A script of one call.
pub(crate) fn call(name: &str, arguments: &[Arg<'_>]) -> Script {
    script().call(name, arguments)
}

impl Script {
    pub(crate) fn call(mut self, name: &str, arguments: &[Arg<'_>]) -> Self {
        let function = HOSTCALLS.iter().position(|hostcall| hostcall.name == name).unwrap();
        let mut step = Step { function: function.try_into().unwrap(), ..Step::default() };
        for argument in arguments {
            match *argument {
                Arg::Number(number) => step.arguments.push(Place::Fixed(number)),
                Arg::Long(number) => {
                    let [low, high] = [number as u32, (number >> 32) as u32];
                    // The probe reads it after the first argument, aligned to 8 bytes.
                    step.arguments.extend([Place::Fixed(0), Place::Fixed(low), Place::Fixed(high)]);
                    step.long = true;
                }
                Arg::Text(text) => {
                    step.arguments.push(Place::Data(self.data.len()));
                    step.arguments.push(Place::Fixed(text.len().try_into().unwrap()));
                    self.data.extend_from_slice(text);
                }
                Arg::Out => step.arguments.extend([Place::Fixed(OUT), Place::Fixed(OUT_LEN)]),
                Arg::Word => step.arguments.push(Place::Fixed(WORD)),
            }
        }
        self.steps.push(step);
        self
    }

    /// Reports what the call before was given through [`Arg::Out`].
    pub(crate) fn given(self) -> Self {
        self.pseudo(GIVEN, &[OUT, OUT_LEN])
    }

    /// Reports what the call before was given through [`Arg::Word`].
    pub(crate) fn word(self) -> Self {
        self.pseudo(PEEK, &[WORD])
    }

    /// Lets the callback answer Pause; `proxy_on_configure` and `proxy_on_done` answer false.
    pub(crate) fn pause(mut self) -> Self {
        self.pause = true;
        self
    }

    fn pseudo(mut self, arity: u32, arguments: &[u32]) -> Self {
        let arguments = arguments.iter().map(|number| Place::Fixed(*number)).collect();
        self.steps.push(Step { pseudo: Some(arity), arguments, ..Step::default() });
        self
    }

    fn encode(&self) -> Bytes {
        let data = 8 + STEP * self.steps.len();
        let mut words = vec![u32::from(self.pause), self.steps.len().try_into().unwrap()];
        for step in &self.steps {
            let place = |place: &Place| match *place {
                Place::Fixed(number) => number,
                Place::Data(offset) => SCRIPT + u32::try_from(data + offset).unwrap(),
            };
            let arguments: Vec<_> = step.arguments.iter().map(place).collect();
            words.extend([step.function, step.arity()]);
            words.extend(&arguments);
            words.extend(std::iter::repeat_n(0, 12 - arguments.len()));
        }
        let mut bytes: Vec<_> = words.into_iter().flat_map(u32::to_le_bytes).collect();
        bytes.extend_from_slice(&self.data);
        bytes.into()
    }

    fn decode(&self, mut report: Bytes) -> Vec<Item> {
        let mut items = Vec::new();
        for step in &self.steps {
            if report.is_empty() {
                break;
            }
            items.push(match step.pseudo {
                Some(GIVEN) => {
                    let length = word(&mut report);
                    Item::Given(report.split_to(length.try_into().unwrap()))
                }
                Some(_) => Item::Word(u64::from_le_bytes(report.split_to(8).as_ref().try_into().unwrap())),
                None => Item::Status(word(&mut report)),
            });
        }
        items
    }
}

#[derive(Debug, Clone, Default)]
struct Step {
    function: u32,
    pseudo: Option<u32>,
    arguments: Vec<Place>,
    long: bool,
}

impl Step {
    fn arity(&self) -> u32 {
        match self.pseudo {
            Some(arity) => arity,
            None if self.long => 13,
            None => self.arguments.len().try_into().unwrap(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Fixed(u32),
    /// An offset into the script's data, whose address is known once all steps are.
    Data(usize),
}

fn word(report: &mut Bytes) -> u32 {
    u32::from_le_bytes(report.split_to(4).as_ref().try_into().unwrap())
}

pub(crate) const VM: &str = "vm";
pub(crate) const OK: u32 = 0;
pub(crate) const NOT_FOUND: u32 = 1;
pub(crate) const BAD_ARGUMENT: u32 = 2;
pub(crate) const PARSE_FAILURE: u32 = 4;
pub(crate) const CAS_MISMATCH: u32 = 8;
pub(crate) const INTERNAL_FAILURE: u32 = 10;

/// A pointer that is outside of every memory.
pub(crate) const WILD: Arg<'static> = Arg::Number(u32::MAX - 8);

/// Compiled once for all tests.
static MODULE: LazyLock<Module> = LazyLock::new(|| module("probe"));
static LINKABLE: LazyLock<Module> = LazyLock::new(linkable);

/// Name and type in the probe.
const MISSING: [(&str, &str); 3] = [
    ("proxy_get_log_level", "$t1"),
    ("proxy_get_buffer_status", "$t3"),
    ("proxy_get_header_map_size", "$t2"),
];

const SCRIPT: u32 = 65_536;
const STEP: usize = 56;
const OUT: u32 = 1_024;
const OUT_LEN: u32 = 1_028;
const WORD: u32 = 1_032;
const GIVEN: u32 = 100;
const PEEK: u32 = 101;
