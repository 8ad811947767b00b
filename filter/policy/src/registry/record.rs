//! What is known of a caller.

use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// What is known of the caller that one lookup key names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The key that finds it. An application has one record per key.
    pub key: LookupKey,
    /// The consumer.
    pub consumer: ConsumerFacts,
    /// The application, if the consumer is one's.
    pub application: Option<ApplicationFacts>,
    /// The application's registrations, at most one per service.
    pub registrations: Vec<Registration>,
}

/// What finds a record. Ordered by source, kind, value, realm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupKey {
    /// The config's realm.
    pub realm: Arc<str>,
    /// Whose word the value is.
    pub source: SourceId,
    /// What the value is.
    pub kind: LookupKind,
    /// The exact value.
    pub value: Arc<str>,
}

/// What a lookup value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LookupKind {
    /// A consumer's id.
    Id,
    /// A consumer's username.
    Username,
    /// A consumer's or an application's `custom_id`.
    CustomId,
    /// An application's OAuth client id.
    ClientId,
    /// A consumer's username with its ASCII letters in lower case: what `by_username_ignore_case` asks for.
    FoldedUsername,
}

/// A consumer, as the upstream is told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsumerFacts {
    /// `X-Consumer-ID`.
    pub id: Option<Arc<str>>,
    /// `X-Consumer-Username`.
    pub username: Option<Arc<str>>,
    /// `X-Consumer-Custom-ID`.
    pub custom_id: Option<Arc<str>>,
    /// The groups that it is in (Kong's ACL rows), in order.
    pub groups: Vec<Arc<str>>,
    /// The consumer groups that it is in, in order.
    pub consumer_groups: Vec<Arc<str>>,
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationFacts {
    /// Its id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

/// An application's standing with one service (Kong's application instance).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The service's id.
    pub service: Arc<str>,
    /// Where the request for access stands.
    pub state: State,
    /// Access is held back, whatever the state.
    pub suspended: bool,
    /// The first second without access; `None`: no end.
    pub expires: Option<UnixTime>,
}

/// Where a request for access stands. Kong's integers are 0 to 3 in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Granted.
    Approved,
    /// Asked for.
    Pending,
    /// Refused.
    Rejected,
    /// Granted once, taken back since.
    Revoked,
}

impl Record {
    /// What tells its caller from others of the source: the application's id, else the consumer's, else a name of it.
    #[must_use]
    pub fn identity(&self) -> Option<&str> {
        let ConsumerFacts { id, username, custom_id, .. } = &self.consumer;
        let application = self.application.as_ref().map(|application| &application.id);
        application.or(id.as_ref()).or(username.as_ref()).or(custom_id.as_ref()).map(AsRef::as_ref)
    }
}

impl LookupKey {
    /// How this key stands to another of the same realm.
    pub(super) fn compare(&self, source: &SourceId, kind: LookupKind, value: &str) -> Ordering {
        let own = (self.source.as_str(), self.kind, &*self.value);
        own.cmp(&(source.as_str(), kind, value))
    }
}

impl Ord for LookupKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(&other.source, other.kind, &other.value).then_with(|| self.realm.cmp(&other.realm))
    }
}

impl PartialOrd for LookupKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl LookupKind {
    /// As Kong's `consumer_by` writes it, where it can.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Username => "username",
            Self::CustomId => "custom_id",
            Self::ClientId => "client_id",
            Self::FoldedUsername => "username_ignore_case",
        }
    }
}

/// A username as [`LookupKind::FoldedUsername`] holds it. Letters beyond ASCII are left as they are: some
/// of them (the Kelvin sign) fold to an ASCII letter, and so to another's name.
#[must_use]
pub fn fold_username(username: &str) -> String {
    username.to_ascii_lowercase()
}

impl State {
    /// As the document writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
        }
    }

    /// The state that Kong's integer means.
    #[must_use]
    pub const fn from_kong(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Approved),
            1 => Some(Self::Pending),
            2 => Some(Self::Rejected),
            3 => Some(Self::Revoked),
            _ => None,
        }
    }
}
