//! The config of the application-registration plugin.

use super::error::Report;
use super::node::Fields;
use super::rules::ApplicationRegistration;
use super::{keys, texts};

pub(super) fn decode(config: &Fields<'_>, report: &mut Report) -> Option<ApplicationRegistration> {
    keys::check(&keys::APPLICATION_REGISTRATION, config, report);
    let display_name = config.required("display_name", "the service's name in the portal", report);
    let display_name = display_name.and_then(|node| texts::message(&node, report));
    let description = config.member("description").and_then(|node| texts::message(&node, report));
    let auto_approve = config.flag("auto_approve", false, report);
    let show_issuer = config.flag("show_issuer", false, report);
    let consumers_too = config.flag("enable_proxy_with_consumer_credential", false, report);
    Some(ApplicationRegistration {
        display_name: display_name?.into(),
        description: description.map(Into::into),
        auto_approve,
        show_issuer,
        enable_proxy_with_consumer_credential: consumers_too,
    })
}
