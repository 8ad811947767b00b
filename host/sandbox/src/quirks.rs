//! Kong's engine, emulated, for tests: ngx_wasm_module in nginx, as it was seen to behave.
//!
//! [`Quirk`] names every place where it differs from Envoy, with its number where it has one: S opens or
//! closes a gate wrongly, C crashes a worker. A hook asks [`Quirks::has`], so a search for `Quirk::` finds
//! all of them. What needs more than a line stands in a module below this one.
//!
//! What differs for guests alone is here; what cannot be told without sockets and processes is not:
//!
//! - which server a call reaches: the embedder looks for an upstream of that very name;
//! - whether TLS of a call is verified (S9), its timeouts by phase, its `Connection: close`, its resolver;
//! - the case of header names on the wire, hop-by-hop headers, and which bytes the server itself refuses
//!   with 400 (a broken escape in a path stays as it is here);
//! - a worker that an endless loop blocks, or that is killed by its stack or memory: those are faults here
//!   as with Envoy's semantics;
//! - what an SDK makes of bytes that are no UTF-8 (S5): that is the guest's own code;
//! - `ngx.*` variables, `proxy_wasm_isolation` other than `none`, several filters of one chain in one request:
//!   each sees what the one before it sends upstream;
//! - what happens to a request that waits for its body, or without a call, while its instance traps. It was
//!   not seen, and is refused here.

use crate::abi::types::Direction;
use crate::state::{State, Step};

pub use crash::Crash;
pub use zones::{ShmKv, ZoneError, Zones};

/// What crashes a worker.
mod crash;

/// Which functions trap or crash before they look at their arguments.
pub(crate) mod gate;

/// A request's head on its arrival, and as it goes upstream.
pub(crate) mod head;

/// Imports that cannot be linked.
pub(crate) mod imports;

/// A request's header lines, of which none ever goes away.
mod lines;

/// Where a call goes, and what it needs.
pub(crate) mod dispatch;

/// Metrics that trap.
pub(crate) mod metrics;

/// Properties as text.
pub(crate) mod properties;

/// Numbers that can be foreseen.
pub(crate) mod random;

/// Answers as nginx sends them.
pub(crate) mod response;

/// A path, decoded and normalised.
mod target;

/// Shared data in zones.
pub(crate) mod zones;

/// Whose behaviour an instance has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Quirks {
    /// Envoy's, with this host's improvements: what the rest of this crate documents.
    #[default]
    Envoy,
    /// nginx's with ngx_wasm_module. It fails open in several ways: never for real requests.
    Nginx(Nginx),
}

impl Quirks {
    /// nginx as a plain configuration has it.
    pub fn nginx() -> Self {
        Self::Nginx(Nginx::default())
    }

    /// nginx as Kong configures it: names with underscores come through.
    pub fn kong() -> Self {
        Self::Nginx(Nginx { underscores_in_headers: true, ..Nginx::default() })
    }

    /// Whether it has this quirk. It has all or none: the name says at each hook which one it is.
    pub(crate) fn has(&self, _quirk: Quirk) -> bool {
        self.settings().is_some()
    }

    /// What nginx's configuration says; `None` without quirks.
    pub(crate) fn settings(&self) -> Option<&Nginx> {
        match self {
            Self::Envoy => None,
            Self::Nginx(nginx) => Some(nginx),
        }
    }
}

/// The parts of nginx's configuration that guests notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nginx {
    /// The machine's name and port, which guests see as `:authority`.
    pub server: String,
    /// `underscores_in_headers`. Default off: such headers are dropped.
    pub underscores_in_headers: bool,
    /// `client_body_buffer_size`: a longer body goes to a file. Default 16 KiB.
    pub client_body_buffer_size: usize,
    /// `shm_kv` zones. Default none, as in Kong.
    pub shm_kv: Vec<ShmKv>,
}

impl Default for Nginx {
    fn default() -> Self {
        Self {
            server: "machine:8000".to_owned(),
            underscores_in_headers: false,
            client_body_buffer_size: 16 << 10,
            shm_kv: Vec::new(),
        }
    }
}

macro_rules! quirks {
    ($($(#[$doc:meta])* $name:ident)*) => {
        /// A difference of ngx_wasm_module from Envoy that a guest, its client or its upstream can tell.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Quirk {
            $($(#[$doc])* $name,)*
        }

        impl Quirk {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

quirks! {
    /// S1: after a trap in a call's callback the request goes upstream.
    TrapInCallOpens
    /// S2: after a trap, other requests that wait for a call go upstream when it is answered.
    TrapOpensOthers
    /// S2: the answer of a call that a lost instance made goes to the new one, which does not know it.
    StrayAnswers
    /// S3: after the last call's callback the request goes upstream, unless it was answered.
    AutoResume
    /// S3: nothing resumes a request while one of its calls is in flight, and an answer cancels its calls.
    CallsHoldRequests
    /// S4: a request header that was removed or replaced as a copy is still sent upstream.
    RemovedHeadersStay
    /// S4: names with underscores are dropped on arrival, unless nginx is told otherwise.
    UnderscoresDropped
    /// S6: `:path` is decoded and normalised; the upstream gets the raw target, whatever is set.
    DecodedPath
    /// S7: `:authority` is the machine's, the client's host is a header `host`, and neither can be set.
    OwnAuthority
    /// S8: of headers of one name an answer keeps the last.
    LastOfRepeated
    /// S10: after a trap in a response's callbacks the response goes through as it came.
    ResponseTrapPasses
    /// C1: logging while the module initialises crashes the worker.
    LogInStart
    /// C2: `plugin_name` in `proxy_on_configure` crashes the worker.
    PluginNameInConfigure
    /// C2: header getters without a request crash the worker.
    HeadersWithoutRequest
    /// C3: Continue after a call lets the request go, and its answer crashes the worker.
    ContinueAfterDispatch
    /// C4: removing `:path` crashes the worker.
    PathRemoved
    /// C5: a guest that is not configured ends the worker for good.
    NotConfigured
    /// Some imports cannot be linked.
    MissingImports
    /// Some functions are not built, and trap.
    UnbuiltTraps
    /// Every foreign function traps.
    ForeignTraps
    /// An instance after a trap is configured again, but hears nothing of a VM.
    RestartSkipsVmStart
    /// Calls can be made in some callbacks only, and trap in others.
    DispatchPhases
    /// A call goes to `host[:port]`, and traps if it is told otherwise.
    DispatchTarget
    /// What became of a call is said in `:dispatch_status`.
    DispatchStatus
    /// The timer can be set once, in the root context, and traps otherwise.
    TickOnce
    /// Shared data needs a zone, and traps without.
    ZoneNeeded
    /// A write with cas 0 only creates, one with a number only replaces.
    CasZeroCreates
    /// An empty value deletes.
    EmptyDeletes
    /// Keys are told apart by their CRC32 alone.
    KeysByCrc
    /// A full zone forgets what was used least lately; what is larger than it traps.
    ZoneFull
    /// A metric's name is one metric, whatever its kind.
    MetricByName
    /// A metric that is used wrongly traps.
    MetricTraps
    /// A counter can be lowered.
    CounterLowers
    /// Properties are text, and few.
    TextProperties
    /// In the root context properties of more than one part fail.
    RootProperties
    /// Only `wasmx.*` can be set.
    SetProperty
    /// Line breaks in header values are escaped.
    LineBreaksEscaped
    /// An absent list of headers is an error where it is asked for as a whole.
    AbsentMap
    /// Headers never end a stream.
    NoEndOfStream
    /// The body of a request comes whole, or not at all.
    WholeBody
    /// A body that is longer than its buffer cannot be read.
    SpilledBody
    /// A body that was made longer is cut to the length that was announced.
    BodyKeepsLength
    /// Buffers trap outside of their callbacks, and are read from their start.
    BufferPhases
    /// Trailers are nobody's business.
    NoTrailers
    /// A second answer in one callback traps; the client gets the first.
    ResponseTwiceTraps
    /// A line break ends every body of an answer.
    NewlineAppended
    /// Length and date of an answer are nginx's own, and statuses up to 999 are taken.
    ResponseHeadersOwn
    /// An answer in the place of a response loses its headers.
    ResponseFromResponse
    /// A response cannot be paused in its headers.
    ResponsePauseIgnored
    /// Randomness can be foreseen.
    WeakRandom
    /// A callback acts on its own context, whatever it asks for.
    EffectiveContextFixed
    /// `proxy_on_done` comes before `proxy_on_log`, and nobody listens to what it says.
    DoneBeforeLog
}

impl State {
    /// Whether the engine that this instance believes to be in has a quirk.
    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.plugin.quirks.has(quirk)
    }

    /// Whether the body of this direction cannot be asked for now.
    pub(crate) fn is_out_of_phase(&self, direction: Direction) -> bool {
        let step = match direction {
            Direction::Request => Step::RequestBody,
            Direction::Response => Step::ResponseBody,
        };
        self.has(Quirk::BufferPhases) && self.step != step
    }
}
