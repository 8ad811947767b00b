//! Whether the caller's application is approved for the service: Kong's application-registration.

use crate::config::{ApplicationRegistration, Rules};
use crate::consumer::Caller;
use crate::denial::Denial;
use crate::registry::{Registration, State};
use crate::time::UnixTime;

/// A caller that the service admits. Made by [`check`] alone, for one moment.
#[derive(Debug)]
pub struct Registered<'a> {
    caller: &'a Caller<'a>,
    service: Option<&'a str>,
    now: UnixTime,
}

impl<'a> Registered<'a> {
    /// Who calls.
    #[must_use]
    pub fn caller(&self) -> &'a Caller<'a> {
        self.caller
    }

    /// The group that let the caller in: the id of the service that it is approved for, as in Kong. `None` where the
    /// service does not ask for a registration.
    #[must_use]
    pub fn group(&self) -> Option<&'a str> {
        self.service
    }

    /// Every group that the caller's consumer is in: its own, and, for an application, the ids of the services that
    /// it is approved for at this moment.
    pub fn groups(&self) -> impl Iterator<Item = &'a str> {
        let (record, now) = (self.caller.record(), self.now);
        let own = record.into_iter().flat_map(|record| &record.consumer.groups);
        let registrations = record.into_iter().flat_map(|record| &record.registrations);
        let approved = registrations.filter(move |registration| approved(registration, now).is_ok());
        own.map(AsRef::as_ref).chain(approved.map(|registration| &*registration.service))
    }
}

/// Checks that `caller` may use the service `service` (its id) at `now`.
///
/// # Errors
/// [`Denial::NotAnApplication`] for an ordinary consumer, or none, where only applications are admitted;
/// [`Denial::ApplicationUnregistered`], [`Denial::ApplicationPending`], [`Denial::ApplicationRejected`],
/// [`Denial::ApplicationRevoked`], [`Denial::ApplicationSuspended`], [`Denial::RegistrationExpired`].
pub fn check<'a>(
    caller: &'a Caller<'a>,
    rules: &Rules,
    service: &'a str,
    now: UnixTime,
) -> Result<Registered<'a>, Denial> {
    let Some(plugin) = &rules.application_registration else {
        return Ok(Registered { caller, service: None, now });
    };
    let Some(record) = caller.record().filter(|record| record.application.is_some()) else {
        ordinary_consumer(caller, plugin)?;
        return Ok(Registered { caller, service: None, now });
    };
    let registration = record.registrations.iter().find(|registration| *registration.service == *service);
    approved(registration.ok_or(Denial::ApplicationUnregistered)?, now)?;
    Ok(Registered { caller, service: Some(service), now })
}

/// A consumer that is no application passes only where the service says so, and only if there is one at all.
fn ordinary_consumer(caller: &Caller<'_>, plugin: &ApplicationRegistration) -> Result<(), Denial> {
    if plugin.enable_proxy_with_consumer_credential && caller.record().is_some() {
        return Ok(());
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
