//! What it takes to start an instance of a filter, on any thread.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use claimgate_sandbox::{
    Clock, Engine, Environment, HeaderMap, Instance, Limits as GuestLimits, LogLevel, LogSink, Module,
    Plugin, Quirks, SandboxError, Shared, Upstreams, foreign,
};
use tracing::Level;

use crate::config::{Config, Filter, Limits, Secrets};
use crate::egress::Egress;
use crate::metrics::Stats;

/// A compiled filter with its configuration.
pub(crate) struct Recipe {
    module: Module,
    plugin: Plugin,
    environment: Environment,
    stats: Arc<Stats>,
}

impl Recipe {
    pub(crate) fn name(&self) -> &str {
        &self.plugin.name
    }

    pub(crate) fn reads_body_early(&self) -> bool {
        self.plugin.allow_on_headers_stop_iteration
    }

    /// Whether the filter takes a request's body before anything of the request goes on.
    pub(crate) fn reads_body_first(&self) -> bool {
        self.plugin.quirks != Quirks::Envoy
    }

    /// Starts an instance: the guest reads its configuration and may refuse it. Takes a while.
    pub(crate) fn start(&self) -> Result<Instance, SandboxError> {
        let instance = Instance::start(&self.module, &self.plugin, &self.environment)?;
        self.stats.instance_started();
        Ok(instance)
    }

    /// The same for an instance that takes the place of one that was lost.
    pub(crate) fn restart(&self) -> Result<Instance, SandboxError> {
        let instance = Instance::restart(&self.module, &self.plugin, &self.environment)?;
        self.stats.instance_started();
        Ok(instance)
    }
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipe").field("plugin", &self.plugin).finish_non_exhaustive()
    }
}

/// What all instances of a process share.
pub(crate) struct Kitchen {
    engine: Engine,
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    stats: Arc<Stats>,
}

impl Kitchen {
    pub(crate) fn new(engine: Engine, shared: Arc<Shared>, clock: Arc<dyn Clock>, stats: Arc<Stats>) -> Self {
        Self { engine, shared, clock, stats }
    }

    /// Compiles a configuration's filters. Takes a while.
    pub(crate) fn recipes(&self, config: &Config) -> Result<Vec<Arc<Recipe>>, (String, SandboxError)> {
        let names = config.upstreams.iter().map(|upstream| upstream.name.clone()).collect();
        let environment = Environment {
            shared: Arc::clone(&self.shared),
            clock: Arc::clone(&self.clock),
            foreign: Arc::new(foreign::Native),
            upstreams: Arc::new(Targets { names, egress: config.egress.clone() }),
            logs: Arc::new(Tracing { secrets: config.secrets().clone() }),
        };
        let recipe = |filter: &Filter| {
            if filter.quirks != Quirks::Envoy {
                tracing::warn!(filter = filter.name, "it runs with another engine's quirks, for tests alone");
            }
            let module =
                Module::compile(&self.engine, &filter.wasm).map_err(|error| (filter.name.clone(), error))?;
            let (environment, stats) = (environment.clone(), Arc::clone(&self.stats));
            Ok(Arc::new(Recipe { module, plugin: plugin(filter, &config.limits), environment, stats }))
        };
        config.filters.iter().map(recipe).collect()
    }
}

fn plugin(filter: &Filter, limits: &Limits) -> Plugin {
    Plugin {
        name: filter.name.clone(),
        root_id: filter.root_id.clone(),
        vm_id: filter.vm_id.clone(),
        vm_configuration: filter.vm_configuration.clone(),
        configuration: filter.configuration.clone(),
        environment: filter.environment.clone(),
        allow_on_headers_stop_iteration: filter.allow_on_headers_stop_iteration,
        quirks: filter.quirks.clone(),
        limits: GuestLimits {
            memory_bytes: limits.filter_memory_bytes,
            callback_deadline: limits.callback_timeout,
            buffered_body_bytes: limits.buffered_body_bytes,
            ..GuestLimits::default()
        },
    }
}

/// Whether a guest can take these headers, and add what it has to say. A guest that finds no room for a
/// header could only fail.
pub(crate) fn have_room(pairs: &HeaderMap) -> bool {
    let GuestLimits { map_pairs, map_bytes, .. } = GuestLimits::default();
    pairs.len().saturating_add(SPARE_PAIRS) <= map_pairs
        && pairs.byte_size().saturating_add(SPARE_BYTES) <= map_bytes
}

/// What filters may call.
struct Targets {
    names: BTreeSet<String>,
    egress: Egress,
}

impl Upstreams for Targets {
    fn is_known(&self, target: &str) -> bool {
        self.names.contains(target) || self.egress.admits(target).is_some()
    }
}

/// Guests' log lines, under the target `filter`. What references led to is taken out: a guest may show a part of its
/// configuration that it does not understand.
struct Tracing {
    secrets: Secrets,
}

impl LogSink for Tracing {
    fn log(&self, plugin: &str, level: LogLevel, message: &str) {
        let message = self.secrets.hide(message);
        match level {
            LogLevel::Trace => tracing::trace!(target: "filter", plugin, "{message}"),
            LogLevel::Debug => tracing::debug!(target: "filter", plugin, "{message}"),
            LogLevel::Info => tracing::info!(target: "filter", plugin, "{message}"),
            LogLevel::Warn => tracing::warn!(target: "filter", plugin, "{message}"),
            LogLevel::Error | LogLevel::Critical => tracing::error!(target: "filter", plugin, "{message}"),
        }
    }

    fn level(&self) -> LogLevel {
        let levels = [
            (LogLevel::Trace, tracing::enabled!(target: "filter", Level::TRACE)),
            (LogLevel::Debug, tracing::enabled!(target: "filter", Level::DEBUG)),
            (LogLevel::Info, tracing::enabled!(target: "filter", Level::INFO)),
            (LogLevel::Warn, tracing::enabled!(target: "filter", Level::WARN)),
        ];
        levels.into_iter().find(|(_, enabled)| *enabled).map_or(LogLevel::Error, |(level, _)| level)
    }
}

const SPARE_PAIRS: usize = 64;
/// Names and values; the lengths that guests see beside them are counted here, too.
const SPARE_BYTES: usize = 64 << 10;

#[cfg(test)]
mod tests;
