//! Clients that came later than the config, and what is known of every client beside its config.

use crate::claims::derived_guid;
use crate::config::Client;
use crate::problem::Problem;
use crate::realm::Realm;
use crate::secret::Secret;
use std::sync::Arc;

/// What is known of a client beside its config.
#[derive(Debug, Clone)]
pub(crate) struct Registered {
    /// Entra only: the id of its app registration.
    pub(crate) object_id: String,
    /// When it was registered.
    pub(crate) created: i64,
    /// Entra only: the client that registered it.
    pub(crate) owner: Option<String>,
    /// Entra only: whether it has a service principal, without which it gets no tokens.
    pub(crate) principal: bool,
    /// What it manages itself with (RFC 7592 3).
    pub(crate) access_token: Option<Secret>,
}

impl Realm {
    /// What is known of a client.
    pub(crate) fn registration_of(&self, client_id: &str) -> Registered {
        self.registered.get(client_id).cloned().unwrap_or_else(|| Registered {
            object_id: derived_guid(self, &format!("app {client_id}")),
            created: 0,
            owner: None,
            principal: true,
            access_token: None,
        })
    }

    /// Adds a client.
    pub(crate) fn register(&mut self, client: Client, registered: Registered) -> Result<(), Problem> {
        if self.clients.len() >= MOST_CLIENTS {
            return Err(Problem::ClientsMany);
        }
        self.registered.insert(client.client_id.clone(), registered);
        self.clients.insert(client.client_id.clone(), Arc::new(client));
        Ok(())
    }

    /// Changes a client; tokens that it has keep what they say.
    pub(crate) fn change(&mut self, client_id: &str, change: impl FnOnce(&mut Client)) {
        if let Some(client) = self.clients.get_mut(client_id) {
            change(Arc::make_mut(client));
        }
    }

    /// Forgets a client and everything that it has.
    pub(crate) fn unregister(&mut self, client_id: &str) {
        self.clients.remove(client_id);
        self.registered.remove(client_id);
        self.apis.retain(|api| api.client_id.as_deref() != Some(client_id));
        self.codes.retain(|code| code.grant.client.client_id != client_id);
        self.access_tokens.retain(|token| token.grant.client.client_id != client_id);
        self.refresh_tokens.retain(|token| token.grant.client.client_id != client_id);
    }
}

/// Those of the config among them.
const MOST_CLIENTS: usize = 1_000;
