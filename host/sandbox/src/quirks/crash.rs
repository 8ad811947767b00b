//! What crashes a worker of nginx, with all of its connections.

use std::{error::Error, fmt};

/// What a guest did that crashes its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// C1: it logged while it was initialised.
    LogInStart,
    /// C2: it asked for `plugin_name` in `proxy_on_configure`.
    PluginNameInConfigure,
    /// C2: it asked for headers where there is no request.
    HeadersWithoutRequest,
    /// C3: it let a request go in the callback in which it made a call.
    ContinueAfterDispatch,
    /// C4: it removed `:path`.
    PathRemoved,
    /// C5: it refused its configuration, or trapped before it had taken it.
    NotConfigured,
}

impl Crash {
    /// Whether nginx starts another worker that serves. One that dies at its start dies again.
    pub fn is_survived(self) -> bool {
        match self {
            Self::HeadersWithoutRequest | Self::ContinueAfterDispatch | Self::PathRemoved => true,
            Self::LogInStart | Self::PluginNameInConfigure | Self::NotConfigured => false,
        }
    }
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LogInStart => "the guest logged while it was initialised",
            Self::PluginNameInConfigure => "the guest asked for plugin_name in proxy_on_configure",
            Self::HeadersWithoutRequest => "the guest asked for headers where there is no request",
            Self::ContinueAfterDispatch => "the guest let a request go that waits for a call",
            Self::PathRemoved => "the guest removed :path",
            Self::NotConfigured => "the guest did not take its configuration",
        })
    }
}

impl Error for Crash {}
