//! Pages for people: they work on a phone, in the dark, with a keyboard, and without scripts.

use crate::interact::Step;
use crate::problem::Problem;
use crate::realm::Realm;
use crate::reply;
use crate::secret::sha256;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{Response, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};

pub(crate) use registrations::registrations;

/// The page that lists clients.
mod registrations;

/// The page of a step; `name` is what the answer must bring back.
pub(crate) fn of(realm: &Realm, step: &Step, name: &str) -> Response<Bytes> {
    let action = realm.shape().interaction(realm.id());
    let form = |body: Markup| {
        html! {
            form method="post" action=(action) {
                input type="hidden" name="interaction" value=(name);
                (body)
            }
        }
    };
    match step {
        Step::Login { authorization, wrong } => {
            let client = authorization.client.name.as_deref().unwrap_or(&authorization.client.client_id);
            let hint = authorization.login_hint.as_deref().unwrap_or_default();
            page(
                "Sign in",
                &html! {
                    p { "to go on to " strong { (client) } }
                    @if *wrong { p.problem role="alert" { "Name or password is wrong." } }
                    (form(login(realm, hint)))
                },
            )
        }
        Step::Consent { authorization, session } => {
            let client = authorization.client.name.as_deref().unwrap_or(&authorization.client.client_id);
            page(
                "Allow access?",
                &html! {
                    p { strong { (client) } " asks for this in the name of " strong { (session.user.username) } ":" }
                    ul { @for scope in &authorization.wanted.scopes { li { code { (scope) } } } }
                    (form(html! {
                        button name="decision" value="allow" autofocus { "Allow" }
                        button.second name="decision" value="deny" { "Refuse" }
                    }))
                },
            )
        }
        Step::Logout(_) => page("Sign out?", &form(html! { button autofocus { "Sign out" } })),
    }
}

fn login(realm: &Realm, hint: &str) -> Markup {
    html! {
        label { "Name"
            input name="username" value=(hint) list="people" required autocomplete="username" autocapitalize="none"
                spellcheck="false" autofocus[hint.is_empty()];
        }
        datalist id="people" { @for user in realm.users.iter().take(PEOPLE) { option value=(user.username) {} } }
        label { "Password"
            input name="password" type="password" autocomplete="current-password" autofocus[!hint.is_empty()];
        }
        button { "Sign in" }
        // The fields that are required do not hold this one up.
        button.second name="decision" value="deny" formnovalidate { "Cancel" }
    }
}

/// What is wrong, where nobody but the person may be told.
pub(crate) fn problem(problem: &Problem) -> Response<Bytes> {
    let mut reply = page("That does not work", &html! { p.problem role="alert" { (problem) "." } });
    *reply.status_mut() = problem.code().0;
    reply
}

/// The end of a session, where the client did not say where to go.
pub(crate) fn signed_out() -> Response<Bytes> {
    page("Signed out", &html! { p { "You can close this page." } })
}

/// Parameters as a form that sends itself (OAuth 2.0 Form Post Response Mode), or is sent by the person.
pub(crate) fn form_post(uri: &str, parameters: &[(&'static str, String)]) -> Response<Bytes> {
    page(
        "One moment",
        &html! {
            form method="post" action=(uri) {
                @for (name, value) in parameters { input type="hidden" name=(name) value=(value); }
                button autofocus { "Continue" }
            }
            script { (PreEscaped(SUBMIT)) }
        },
    )
}

/// A page around a body.
fn page(title: &str, body: &Markup) -> Response<Bytes> {
    let text = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (title) }
                    (body)
                    footer { "A development identity provider. Never for production." }
                }
            }
        }
    };
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; frame-ancestors 'none'",
        source(STYLE),
        source(SUBMIT)
    );
    let reply = reply::with_body(StatusCode::OK, "text/html; charset=utf-8", text.into_string());
    let reply = reply::with_header(reply, header::CONTENT_SECURITY_POLICY, &policy);
    // Not no-referrer: a form of ours would name no origin then.
    reply::unkept(reply::with_header(reply, header::REFERRER_POLICY, "same-origin"))
}

/// What a Content-Security-Policy calls a text.
fn source(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(sha256(text.as_bytes())))
}

const SUBMIT: &str = "document.forms[0].submit()";

const STYLE: &str = include_str!("page/style.css");

/// Names that are proposed, at most.
const PEOPLE: usize = 20;
