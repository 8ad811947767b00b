//! Whether the caller's application is approved for the service: Kong's application-registration.

use crate::config::{ApplicationRegistration, Rules};
use crate::consumer::Caller;
use crate::denial::Denial;
use crate::registry::{Registration, State};
use crate::time::UnixTime;
use alloc::string::String;

/// A caller that the service admits. Made by [`check`] alone, for one moment.
#[derive(Debug)]
pub struct Registered<'a> {
    caller: &'a Caller,
    service: Option<&'a str>,
}

impl<'a> Registered<'a> {
    /// Who calls.
    #[must_use]
    pub fn caller(&self) -> &'a Caller {
        self.caller
    }

    /// The caller's groups as Kong joins them: its own, then the service that it is approved for. `None` where
    /// the service does not ask for a registration.
    #[must_use]
    pub fn groups(&self) -> Option<String> {
        let (service, record) = self.service.zip(self.caller.record())?;
        let mut out = String::new();
        for group in record.consumer.groups.iter() {
            out.push_str(group);
            out.push_str(", ");
        }
        out.push_str(service);
        Some(out)
    }
}

/// Checks that `caller` may use the service `service` (its id) at `now`.
///
/// # Errors
/// [`Denial::NotAnApplication`] for an ordinary consumer, or none, where only applications are admitted;
/// [`Denial::ApplicationUnregistered`], [`Denial::ApplicationPending`], [`Denial::ApplicationRejected`],
/// [`Denial::ApplicationRevoked`], [`Denial::ApplicationSuspended`], [`Denial::RegistrationExpired`].
pub fn check<'a>(
    caller: &'a Caller,
    rules: &Rules,
    service: &'a str,
    now: UnixTime,
) -> Result<Registered<'a>, Denial> {
    let Some(plugin) = &rules.application_registration else {
        return Ok(Registered { caller, service: None });
    };
    let Some(record) = caller.record().filter(|record| record.application.is_some()) else {
        return ordinary_consumer(caller, plugin);
    };
    let registration = record.registrations.iter().find(|registration| *registration.service == *service);
    approved(registration.ok_or(Denial::ApplicationUnregistered)?, now)?;
    Ok(Registered { caller, service: Some(service) })
}

/// A consumer that is no application passes only where the service says so, and only if there is one at all.
fn ordinary_consumer<'a>(
    caller: &'a Caller,
    plugin: &ApplicationRegistration,
) -> Result<Registered<'a>, Denial> {
    if plugin.enable_proxy_with_consumer_credential && caller.record().is_some() {
        return Ok(Registered { caller, service: None });
    }
    Err(Denial::NotAnApplication)
}

fn approved(registration: &Registration, now: UnixTime) -> Result<(), Denial> {
    match registration.state {
        State::Approved => {}
        State::Pending => return Err(Denial::ApplicationPending),
        State::Rejected => return Err(Denial::ApplicationRejected),
        State::Revoked => return Err(Denial::ApplicationRevoked),
    }
    if registration.suspended {
        return Err(Denial::ApplicationSuspended);
    }
    match registration.expires {
        Some(expires) if expires <= now => {
            Err(Denial::RegistrationExpired { expired: expires.seconds(), now: now.seconds() })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
