//! What a token for Graph allows.

use super::error::GraphError;
use super::permission::{
    APP_ROLE_ASSIGNMENT_READ_WRITE_ALL, APPLICATION_READ_ALL, APPLICATION_READ_WRITE_ALL,
    APPLICATION_READ_WRITE_OWNED_BY, DIRECTORY_READ_ALL, USER_READ_ALL,
};
use crate::bearer;
use crate::config::User;
use crate::realm::Realm;
use crate::scope::GRAPH;
use http::HeaderMap;
use serde_json::Value;
use std::sync::Arc;

/// Who asks, and with which roles.
#[derive(Debug)]
pub(super) struct Caller {
    /// The client.
    pub(super) client: String,
    /// The user in whose name it asks.
    pub(super) user: Option<Arc<User>>,
    roles: Vec<String>,
}

impl Caller {
    pub(super) fn of(realm: &Realm, headers: &HeaderMap, now: i64) -> Result<Self, GraphError> {
        let token = bearer::in_header(headers).ok_or(GraphError::TokenMissing)?;
        let known = realm.access_tokens.get(token, now).ok_or(GraphError::TokenInvalid)?;
        if known.grant.audience.api.identifier != GRAPH {
            return Err(GraphError::TokenInvalid);
        }
        // The roles are those in the token: what an administrator does later needs a new one.
        let roles = known.claims.get("roles").and_then(Value::as_array).into_iter().flatten();
        let roles = roles.filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(Self { client: known.grant.client.client_id.clone(), user: known.grant.user.clone(), roles })
    }

    /// May it register apps?
    pub(super) fn may_create(&self) -> Result<(), GraphError> {
        self.need(&[APPLICATION_READ_WRITE_ALL, APPLICATION_READ_WRITE_OWNED_BY])
    }

    /// May it see this app?
    pub(super) fn may_read(&self, realm: &Realm, app: &str) -> Result<(), GraphError> {
        let all = self.need(&[APPLICATION_READ_ALL, APPLICATION_READ_WRITE_ALL]);
        all.or_else(|_| self.owns(realm, app))
    }

    /// May it see apps at all?
    pub(super) fn may_list(&self) -> Result<(), GraphError> {
        self.need(&[APPLICATION_READ_ALL, APPLICATION_READ_WRITE_ALL, APPLICATION_READ_WRITE_OWNED_BY])
    }

    /// May it change this app?
    pub(super) fn may_write(&self, realm: &Realm, app: &str) -> Result<(), GraphError> {
        self.need(&[APPLICATION_READ_WRITE_ALL]).or_else(|_| self.owns(realm, app))
    }

    /// May it assign roles?
    pub(super) fn may_assign(&self) -> Result<(), GraphError> {
        self.need(&[APP_ROLE_ASSIGNMENT_READ_WRITE_ALL])
    }

    /// May it see users and groups?
    pub(super) fn may_read_users(&self) -> Result<(), GraphError> {
        self.need(&[USER_READ_ALL, DIRECTORY_READ_ALL])
    }

    fn owns(&self, realm: &Realm, app: &str) -> Result<(), GraphError> {
        self.need(&[APPLICATION_READ_WRITE_OWNED_BY])?;
        let owner = realm.registration_of(app).owner;
        if owner.as_deref() == Some(&*self.client) { Ok(()) } else { Err(GraphError::Denied) }
    }

    fn need(&self, one_of: &[&str]) -> Result<(), GraphError> {
        let has = self.roles.iter().any(|role| one_of.contains(&&**role));
        if has { Ok(()) } else { Err(GraphError::Denied) }
    }
}
