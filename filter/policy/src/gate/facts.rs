//! What is known of a request: the material of the audit line and the metrics.

use crate::consumer::Caller;
use crate::denial::{Denial, shown};
use crate::json::Value;
use crate::registry::Record;
use crate::route::Matched;
use crate::verified::{Evidence, Verified};
use alloc::boxed::Box;
use alloc::sync::Arc;

/// What the gate learnt of a request so far. Holds no token and no credential.
#[derive(Debug, Default)]
pub struct Facts {
    /// The service's name.
    pub service: Option<Arc<str>>,
    /// The route's name.
    pub route: Option<Arc<str>>,
    /// `kid` of the token, shortened; the client's word until the signature was proven.
    pub kid: Option<Box<str>>,
    /// `jti` of a verified token, or Entra's `uti`, shortened.
    pub token_id: Option<Box<str>>,
    /// The consumer, with its application if it is one.
    pub caller: Option<Arc<Record>>,
    /// What is strange about the way in which the consumer was found.
    pub warning: Option<&'static str>,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a request ended at the gate.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Not decided yet.
    #[default]
    Pending,
    /// Forwarded.
    Permitted,
    /// Refused, and why.
    Denied(Denial),
}

impl Facts {
    pub(super) fn matched(&mut self, matched: &Matched<'_>) {
        self.service = Some(Arc::clone(&matched.service.name));
        self.route = matched.route.map(|route| Arc::clone(&route.name));
    }

    pub(super) fn verified(&mut self, verified: &Verified) {
        if let Evidence::Signature { kid, .. } = verified.evidence() {
            self.kid = kid.as_deref().map(shown);
        }
        let id = |claim| verified.claims().get(claim).and_then(Value::as_str);
        self.token_id = id("jti").or_else(|| id("uti")).map(shown);
    }

    pub(super) fn caller(&mut self, caller: &Caller<'_>) {
        self.caller = caller.record().map(Arc::clone);
        self.warning = caller.warning();
    }
}

impl Outcome {
    /// `pending`, `permitted` or `denied`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Permitted => "permitted",
            Self::Denied(_) => "denied",
        }
    }

    /// The denial's name; `None` unless denied.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Denied(denial) => Some(denial.name()),
            Self::Pending | Self::Permitted => None,
        }
    }
}
