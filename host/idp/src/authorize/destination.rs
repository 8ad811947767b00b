//! Where the answer to an authorization request goes, and in which form.

use super::client_of;
use crate::endpoint::Version;
use crate::form::{Form, shown};
use crate::page;
use crate::problem::Problem;
use crate::realm::Realm;
use crate::reply;
use crate::shape::Shape;
use bytes::Bytes;
use http::{Response, StatusCode, header};

/// A redirect URI that is the client's own, and what else an answer to it must have.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub(crate) redirect_uri: String,
    /// Whether the request named it.
    pub(crate) named: bool,
    pub(crate) mode: Mode,
    pub(crate) state: Option<String>,
}

/// How parameters get there (OAuth 2.0 Multiple Response Types 2.1, OAuth 2.0 Form Post Response Mode).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Query,
    Fragment,
    FormPost,
}

/// The destination of a request; an error is for the person, not for the client (RFC 6749 4.1.2.1).
pub(crate) fn of(realm: &Realm, form: &Form) -> Result<Destination, Problem> {
    let client = client_of(realm, form)?;
    let given = form.get("redirect_uri");
    let known = match (given, client.redirect_uris.as_slice()) {
        (Some(given), known) => known.iter().find(|uri| *uri == given),
        // RFC 6749 3.1.2.3: the one that is registered.
        (None, [only]) => Some(only),
        (None, _) => return Err(Problem::Missing { parameter: "redirect_uri" }),
    };
    let found = || Problem::RedirectUnknown { found: shown(given.unwrap_or_default()) };
    Ok(Destination {
        redirect_uri: known.ok_or_else(found)?.clone(),
        named: given.is_some(),
        mode: mode(form)?,
        state: form.get("state").map(str::to_owned),
    })
}

impl Destination {
    /// Tells the client no.
    pub(crate) fn refuse(&self, realm: &Realm, problem: &Problem) -> Response<Bytes> {
        let (error, description) = problem.told(realm.shape() == Shape::Entra);
        self.answer(realm, vec![("error", error.to_owned()), ("error_description", description)])
    }

    /// Tells the client these parameters.
    pub(crate) fn answer(
        &self,
        realm: &Realm,
        mut parameters: Vec<(&'static str, String)>,
    ) -> Response<Bytes> {
        parameters.extend(self.state.iter().map(|state| ("state", state.clone())));
        // RFC 9207: against the mix-up of providers. The clouds that are imitated here do not say it.
        if realm.shape() == Shape::Plain {
            parameters.push(("iss", realm.issuer(Version::V2)));
        }
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        let uri = &self.redirect_uri;
        match self.mode {
            Mode::Query => redirect(&format!("{uri}{}{encoded}", if uri.contains('?') { '&' } else { '?' })),
            Mode::Fragment => redirect(&format!("{uri}#{encoded}")),
            Mode::FormPost => page::form_post(uri, &parameters),
        }
    }
}

/// Without a mode a code goes into the query, and tokens into the fragment.
fn mode(form: &Form) -> Result<Mode, Problem> {
    match form.get("response_mode") {
        Some("query") => Ok(Mode::Query),
        Some("fragment") => Ok(Mode::Fragment),
        Some("form_post") => Ok(Mode::FormPost),
        Some(_) => {
            Err(Problem::Invalid { parameter: "response_mode", expected: "query, fragment or form_post" })
        }
        None if form.words("response_type").iter().any(|word| matches!(*word, "token" | "id_token")) => {
            Ok(Mode::Fragment)
        }
        None => Ok(Mode::Query),
    }
}

/// 303: whatever the method was, the browser goes on with GET (RFC 9700 4.12).
pub(crate) fn redirect(to: &str) -> Response<Bytes> {
    let reply = reply::with_header(reply::empty(StatusCode::SEE_OTHER), header::LOCATION, to);
    // The address that the browser leaves may hold parameters.
    reply::unkept(reply::with_header(reply, header::REFERRER_POLICY, "no-referrer"))
}
