//! What the engine around the filter can and cannot do: the only place where engines differ.
//!
//! Nothing else asks which engine it is; code asks for the capability that it needs. The values are facts seen
//! on the engines, and the unknown engine gets the strictest of each.

/// What the config says about the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineChoice {
    /// Take what the edge's probe found.
    #[default]
    Auto,
    /// Envoy, or anything that embeds it (Istio, Envoy Gateway).
    Envoy,
    /// nginx with ngx_wasm_module, as in Kong.
    Nginx,
    /// The host of this project.
    Claimgate,
}

/// What a probe of the engine found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probed {
    /// Answers like Envoy.
    Envoy,
    /// Says that it is this project's host.
    Claimgate,
    /// Anything else: nginx rules, the strictest, hold.
    Other,
}

/// What the engine can do. See each field for what is done where it cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is an independent fact about an engine")]
pub struct Capabilities {
    /// A removed request header does not reach the upstream, and a set one replaces every copy. Where not, owned
    /// headers are overwritten with an empty value, and a second copy is refused.
    pub removal_reaches_upstream: bool,
    /// Setting `:path` changes what the upstream gets. Where not, credentials in the query cannot be hidden.
    pub set_path_reaches_upstream: bool,
    /// A request can be held at its head until its body is there, and the body replaced. Where not, no token is
    /// looked for in bodies.
    pub holds_for_body: bool,
    /// A callback of one stream can resume another. Where not, every request makes its own calls.
    pub wakes_other_streams: bool,
    /// An unknown foreign function answers instead of trapping.
    pub foreign_functions: bool,
    /// A shared-data write with cas 0 overwrites (true) or only creates (false).
    pub cas_zero_overwrites: bool,
    /// Shared data is there without being asked for, and keeps what is put in. Where not, it is used where the config says
    /// so alone, and workers leave each other nothing there.
    pub keeps_shared_data: bool,
    /// `:path` is the raw target, and `:authority` what the client asked for. Where not, the target is read from
    /// the property `request.path`, and the authority from the header `host`.
    pub raw_target: bool,
    /// The engine's own router leaves out the port and the final dot of a host. Where it may not, a host that has
    /// them is refused where a rule on hosts would decide.
    pub routes_by_bare_host: bool,
    /// The engine's config gives a root context a name, and so a publisher a place of its own. Where not, every filter
    /// whose document has a feed is one of its publishers.
    pub names_roots: bool,
    /// A reply keeps every copy of a header. Where not, the last of one name alone is sent, so one goes with the reply,
    /// and the others are added when the reply comes by as a response.
    pub replies_keep_copies: bool,
    /// How a callout names its target.
    pub callout_target: CalloutTarget,
    /// A trap or a silent return in a callout's callback forwards the request, so a request is made unusable
    /// before it is held.
    pub poison_before_pause: bool,
    /// Gauges can be set. Not where it takes a name that exists for the metric that has it, whatever its kind, and traps
    /// where the two kinds differ in what may be done with them.
    pub gauges: bool,
    /// Refusing a config keeps the old one or stops the start. Where not, it kills the worker, so the filter
    /// accepts and answers 503 to every request.
    pub may_refuse_config: bool,
}

/// How a callout names its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalloutTarget {
    /// The name of a cluster or upstream of the engine's config.
    Cluster,
    /// `host:port`.
    HostPort,
    /// As [`CalloutTarget::Cluster`], and `https://host[:port]` where the config gives no name.
    Origin,
}

/// The config names one engine and the probe found another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineMismatch {
    /// What the config says.
    pub configured: EngineChoice,
    /// What was found.
    pub probed: Probed,
}

impl Capabilities {
    /// Envoy's.
    pub const ENVOY: Self = Self {
        removal_reaches_upstream: true,
        set_path_reaches_upstream: true,
        holds_for_body: true,
        wakes_other_streams: true,
        foreign_functions: true,
        cas_zero_overwrites: true,
        keeps_shared_data: true,
        raw_target: true,
        routes_by_bare_host: false,
        names_roots: true,
        replies_keep_copies: true,
        callout_target: CalloutTarget::Cluster,
        poison_before_pause: false,
        gauges: true,
        may_refuse_config: true,
    };

    /// This project's host: Envoy's semantics behind a router of its own.
    pub const CLAIMGATE: Self =
        Self { routes_by_bare_host: true, callout_target: CalloutTarget::Origin, ..Self::ENVOY };

    /// ngx_wasm_module's, and those of an engine that is not known.
    pub const NGINX: Self = Self {
        removal_reaches_upstream: false,
        set_path_reaches_upstream: false,
        holds_for_body: false,
        wakes_other_streams: false,
        foreign_functions: false,
        cas_zero_overwrites: false,
        keeps_shared_data: false,
        raw_target: false,
        routes_by_bare_host: true,
        names_roots: false,
        replies_keep_copies: false,
        callout_target: CalloutTarget::HostPort,
        poison_before_pause: true,
        gauges: false,
        may_refuse_config: false,
    };

    /// The capabilities that hold before a config was read.
    #[must_use]
    pub const fn of(probed: Probed) -> Self {
        match probed {
            Probed::Envoy => Self::ENVOY,
            Probed::Claimgate => Self::CLAIMGATE,
            Probed::Other => Self::NGINX,
        }
    }

    /// The capabilities that hold with this config on this engine.
    ///
    /// # Errors
    /// [`EngineMismatch`] if the config names another engine than the probe found: a filter that believes that
    /// removal works where it does not would let forged identity through.
    pub const fn settle(configured: EngineChoice, probed: Probed) -> Result<Self, EngineMismatch> {
        match (configured, probed) {
            (EngineChoice::Auto, _)
            | (EngineChoice::Envoy, Probed::Envoy)
            | (EngineChoice::Claimgate, Probed::Claimgate)
            | (EngineChoice::Nginx, Probed::Other) => Ok(Self::of(probed)),
            _ => Err(EngineMismatch { configured, probed }),
        }
    }
}

#[cfg(test)]
mod tests;
