//! What one plugin is: names, configuration, limits.

use std::fmt;

use crate::limits::Limits;
use crate::quirks::Quirks;

use bytes::Bytes;

/// A plugin's configuration, in Envoy's terms.
#[derive(Clone, Default)]
pub struct Plugin {
    /// Name in logs, and the property `plugin_name`.
    pub name: String,
    /// Selects one of several roles of the same module; the property `plugin_root_id`.
    pub root_id: String,
    /// The space of shared data; the property `plugin_vm_id`. Plugins with the same one share data.
    pub vm_id: String,
    /// What the guest reads in `proxy_on_vm_start`.
    pub vm_configuration: Bytes,
    /// What the guest reads in `proxy_on_configure`.
    pub configuration: Bytes,
    /// The guest's environment variables; it sees no others.
    pub environment: Vec<(String, String)>,
    /// Lets body callbacks run while a stream is paused in its headers, as Envoy's field of this
    /// name. A body callback that answers Continue then releases the headers, too.
    pub allow_on_headers_stop_iteration: bool,
    /// What the guest may use.
    pub limits: Limits,
    /// Whose behaviour the guest sees: Envoy's, unless a test wants another's.
    pub quirks: Quirks,
}

impl fmt::Debug for Plugin {
    /// Without configuration and environment: both may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin")
            .field("name", &self.name)
            .field("root_id", &self.root_id)
            .field("vm_id", &self.vm_id)
            .finish_non_exhaustive()
    }
}
