//! The page that lists app registrations: ids, hints of secrets, permissions and the consent to them.

use super::page;
use crate::config::Client;
use crate::graph::permission::is_role;
use crate::realm::Realm;
use crate::scope::GRAPH;
use crate::shape::Shape;
use crate::state::State;
use bytes::Bytes;
use http::Response;
use maud::{Markup, html};

/// All clients of all realms.
pub(crate) fn registrations(state: &State) -> Response<Bytes> {
    page(
        "App registrations",
        &html! {
            @for realm in &state.realms {
                section {
                    h2 { (realm.config.name) " (" (realm.shape().name()) ")" }
                    @for client in realm.clients.values() { (registration(realm, client)) }
                }
            }
        },
    )
}

fn registration(realm: &Realm, client: &Client) -> Markup {
    let known = realm.registration_of(&client.client_id);
    html! {
        article {
            h3 { (client.name.as_deref().unwrap_or(&client.client_id)) }
            dl {
                dt { "Client id" } dd { code { (client.client_id) } }
                @if realm.shape() == Shape::Entra {
                    dt { "Tenant id" } dd { code { (realm.id()) } }
                    dt { "Object id" } dd { code { (known.object_id) } }
                    @if !known.principal { dt { "Service principal" } dd { "none: it gets no tokens" } }
                }
                @if let Some(owner) = &known.owner { dt { "Owner" } dd { code { (owner) } } }
                @if !client.redirect_uris.is_empty() {
                    dt { "Redirect URIs" }
                    @for uri in &client.redirect_uris { dd { code { (uri) } } }
                }
                (secrets(client))
            }
            @if !client.permissions.is_empty() { (permissions(realm, client)) }
        }
    }
}

fn secrets(client: &Client) -> Markup {
    html! {
        dt { "Secrets" }
        @if client.secret.is_some() { dd { "one, from the config" } }
        @for secret in &client.secrets {
            dd {
                (secret.name.as_deref().unwrap_or("without a name"))
                ", id " code { (secret.id) }
                @if !secret.value.hint().is_empty() { ", begins with " code { (secret.value.hint()) } }
            }
        }
        @if client.secret.is_none() && client.secrets.is_empty() { dd { "none" } }
    }
}

fn permissions(realm: &Realm, client: &Client) -> Markup {
    let given = |name: &String| client.roles.get(GRAPH).is_some_and(|roles| roles.contains(name));
    let missing = client.permissions.iter().any(|name| is_role(name) && !given(name));
    let action = format!("/_idp/realms/{}/clients/{}/consent", realm.config.name, client.client_id);
    html! {
        h4 { "Permissions of Microsoft Graph" }
        ul {
            @for name in &client.permissions {
                li {
                    code { (name) } ": "
                    @if !is_role(name) { "each user consents" }
                    @else if given(name) { "granted" }
                    @else { strong { "not granted: an administrator must consent" } }
                }
            }
        }
        @if missing { form method="post" action=(action) { button { "Grant admin consent" } } }
    }
}
