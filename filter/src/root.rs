//! The root context: the config arrives, and requests start from here.

use crate::engine;
use crate::host::{Host, Level};
use crate::http::Http;
use crate::plugin::{Plugin, Refusal};
use crate::publisher::Publisher;
use crate::references;
use claimgate_policy::capabilities::{Capabilities, Probed};
use claimgate_policy::config::Config;
use claimgate_policy::publisher;
use claimgate_secrets::Secrets;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use std::rc::Rc;
use std::sync::Arc;

/// One plugin of the engine's config.
pub(crate) struct Root {
    host: Rc<dyn Host>,
    /// Whether the engine was told how often to tick: Kong's takes that once.
    ticks: bool,
    /// Requests hold on to the plugin with which they started. One that publishes only is broken: it lets nobody
    /// through.
    plugin: Rc<Plugin>,
    publisher: Option<Publisher>,
}

impl Root {
    /// Refuses every request until it is configured.
    pub(crate) fn new(host: Rc<dyn Host>) -> Self {
        let plugin = Rc::new(Plugin::broken(Rc::clone(&host)));
        Self { host, ticks: false, plugin, publisher: None }
    }

    /// A request under the present config.
    pub(crate) fn request(&self, context: u32) -> Http {
        Http::new(context, Rc::clone(&self.plugin))
    }

    /// Takes a document; what is said of it shows none of the values that its references lead to.
    fn take(&mut self, document: Vec<u8>, probed: Probed) -> bool {
        let (document, secrets) = match references::follow(&*self.host, document) {
            Ok(followed) => followed,
            Err(refusal) => return self.refuse(&refusal, &Secrets::default(), probed),
        };
        match self.configure(&document, probed) {
            Ok(()) => {
                self.warn(&secrets);
                true
            }
            Err(refusal) => self.refuse(&refusal, &secrets, probed),
        }
    }

    /// The root id says which part this is of: the filter, whatever it is called, or its publisher.
    fn configure(&mut self, document: &[u8], probed: Probed) -> Result<(), Refusal> {
        let root_id = self.host.property(&["plugin_root_id"]).unwrap_or_default();
        let config = Arc::new(Config::parse(document).map_err(Refusal::Document)?);
        if root_id == Publisher::ROOT_ID {
            return self.publish(config, probed);
        }
        let has_feed = config.pushed.as_ref().is_some_and(|pushed| pushed.feed.is_some());
        let publishes = has_feed && !Capabilities::of(probed).names_roots;
        let plugin = Plugin::configured(Rc::clone(&self.host), Arc::clone(&config), probed)?;
        match (publishes, plugin.asks_providers()) {
            (true, _) => self.publish(config, probed)?,
            (false, true) => self.tick_every(TICK_MS)?,
            (false, false) => {}
        }
        self.accept(plugin, probed);
        Ok(())
    }

    fn tick_every(&mut self, milliseconds: u32) -> Result<(), Refusal> {
        if !self.ticks {
            self.host.set_tick_period(milliseconds).map_err(Refusal::NoTicks)?;
            self.ticks = true;
        }
        Ok(())
    }

    fn publish(&mut self, config: Arc<Config>, probed: Probed) -> Result<(), Refusal> {
        let engine = Capabilities::of(probed);
        self.publisher = Some(Publisher::configured(Rc::clone(&self.host), config, &engine)?);
        self.tick_every(publisher::TICK_MS)?;
        self.host.log(Level::Info, "claimgate: configured as publisher");
        Ok(())
    }

    fn accept(&mut self, plugin: Plugin, probed: Probed) {
        let native = plugin.native().map_or_else(|| "none".into(), ToString::to_string);
        let line =
            format!("claimgate: configured; engine like {probed:?}, its signature code used for: {native}");
        self.host.log(Level::Info, &line);
        self.plugin = Rc::new(plugin);
        self.plugin.upkeep();
    }

    fn warn(&self, secrets: &Secrets) {
        for warning in self.plugin.warnings() {
            self.host.log(Level::Warn, &secrets.hide(&format!("claimgate: config: {warning}")));
        }
    }

    /// Says no where the engine can bear it; elsewhere says yes, and refuses the requests instead.
    fn refuse(&mut self, refusal: &Refusal, secrets: &Secrets, probed: Probed) -> bool {
        for line in secrets.hide(&refusal.to_string()).lines() {
            self.host.log(Level::Error, &format!("claimgate: config: {line}"));
        }
        if Capabilities::of(probed).may_refuse_config {
            return false;
        }
        self.plugin = Rc::new(Plugin::broken(Rc::clone(&self.host)));
        true
    }
}

impl Context for Root {
    fn on_http_call_response(&mut self, call: u32, headers: usize, _body_size: usize, _trailers: usize) {
        if self.plugin.answer(call, headers) {
            return;
        }
        if let Some(publisher) = &mut self.publisher {
            publisher.answer(headers);
        }
    }
}

impl RootContext for Root {
    fn on_configure(&mut self, size: usize) -> bool {
        // Before the config is looked at: what a bad one leads to depends on the engine.
        let probed = engine::probe(&*self.host);
        match self.host.plugin_configuration(size) {
            Ok(document) => self.take(document, probed),
            Err(error) => self.refuse(&Refusal::Unreadable(error), &Secrets::default(), probed),
        }
    }

    fn on_tick(&mut self) {
        if let Some(publisher) = &mut self.publisher {
            publisher.tick();
        }
        self.plugin.tick();
    }

    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(self.request(id)))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

/// How often requests that wait for a provider are looked after, milliseconds.
const TICK_MS: u32 = 100;

#[cfg(test)]
mod tests;
