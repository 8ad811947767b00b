//! From what a request shows to a token that is proven: the token itself, one that a session holds, or one that the
//! gateway gets with an id and a secret, a password or a refresh token.

use super::questions::misconfigured;
use super::{Case, Gate, Stop};
use crate::config::{Method, OpenIdConnect, OwnClient, TokenEndpoint};
use crate::credential::{Found, Sent};
use crate::current;
use crate::denial::Denial;
use crate::json::Value;
use crate::keys::KeySet;
use crate::login::{Expected, check_id_token};
use crate::permit::Beside;
use crate::provider::{
    Answer, Ask, CacheRules, Client, ClientAuth, Expects, Grant, IntrospectionRequest, Terms, TokenAnswer,
    TokenRequest, userinfo,
};
use crate::session::Session;
use crate::verified::{self, Verified};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::ToString as _;
use alloc::sync::Arc;

/// The token that a credential is or got, with what came along.
pub(super) struct Obtained<'a> {
    pub(super) token: Cow<'a, [u8]>,
    /// The answer that brought it.
    pub(super) answer: Option<Arc<TokenAnswer>>,
    /// The gateway's own client that asked.
    pub(super) client: Option<Box<str>>,
    /// The session that it is of, where that is another one than came.
    pub(super) refreshed: Option<Box<Session>>,
}

/// A token with what proves it.
pub(super) struct Proven {
    pub(super) verified: Verified,
    /// Of its source; none, where the source itself said what it says.
    pub(super) keys: KeySet,
}

impl Gate {
    /// The token that a credential is, or gets.
    pub(super) fn token<'a>(
        &mut self,
        found: &'a Found<'_>,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Obtained<'a>, Stop> {
        match found {
            Found::Token(credential) => Ok(Obtained::as_sent(credential.token())),
            Found::Session(session) => self.token_of_session(session, rules, case),
            Found::RefreshToken(_) | Found::Password(_) | Found::ClientCredentials(_) => {
                self.granted(found, rules, case)
            }
        }
    }

    fn granted(
        &mut self,
        found: &Found<'_>,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Obtained<'static>, Stop> {
        let token = token_endpoint(rules)?;
        let own = || own_client(rules, token.auth, case);
        let (client, grant, scopes) = match found {
            Found::ClientCredentials(pair) => {
                let client = Client::with_secret(pair.id(), pair.secret().as_bytes());
                let scopes = Cow::Borrowed(token.scopes_of_clients());
                ((client, token.callers_auth), Grant::ClientCredentials, scopes)
            }
            Found::Password(pair) => {
                let grant = Grant::Password { username: pair.id(), password: pair.secret() };
                (own()?, grant, token.scopes_of_users())
            }
            Found::RefreshToken(refresh) => {
                (own()?, Grant::RefreshToken { token: refresh.token() }, Cow::Borrowed([].as_slice()))
            }
            Found::Token(_) | Found::Session(_) => {
                return Err(Denial::Internal { what: "a token that is to get one" }.into());
            }
        };
        let own_client = (!matches!(found, Found::ClientCredentials(_))).then(|| client.0.id.clone());
        let keeps = token.keeps && !matches!(found, Found::RefreshToken(_));
        let keeps = keeps.then_some(rules.provider.cache);
        let ask = self.token_ask((grant, &scopes), client, keeps, rules, case)?;
        match token_answer(self.answer(ask, case)?)? {
            Ok(answer) => Ok(Obtained::granted(answer, own_client)),
            Err(code) => Err(Denial::CredentialRejected { code }.into()),
        }
    }

    /// The question to the token endpoint of a client that has a grant. [`token_answer`] reads its answer.
    pub(super) fn token_ask(
        &mut self,
        (grant, scopes): (Grant<'_>, &[Box<str>]),
        client: (Client, ClientAuth),
        keeps: Option<CacheRules>,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Ask, Stop> {
        let token = token_endpoint(rules)?;
        let url = (&token.url, "token_endpoint");
        let endpoint = self.endpoint(url, |known| known.token_endpoint.as_ref(), rules, case)?;
        let (extras, sent) = (&token.extras, case.sent());
        let request = TokenRequest { endpoint: &endpoint, grant, scopes, extras, sent };
        let expects = Expects::Token(grant.kind());
        let terms = Terms { keeps, ..Self::terms(rules, false, case) };
        Ok(Ask::form(&rules.source.id, request.draft(), client, expects, terms))
    }

    /// Proves a token: by its signature, by its source's own word where it has none, or by the ID token beside it.
    pub(super) fn prove(
        &mut self,
        obtained: &Obtained<'_>,
        found: &Found<'_>,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Proven, Stop> {
        let token = &*obtained.token;
        let may_be_signed = rules.methods.bearer || gives_signed_tokens(found);
        let has_a_word = rules.methods.introspection || rules.methods.userinfo;
        if !may_be_signed || has_a_word && !looks_signed(token) && self.can_ask_for_its_word(rules, case)? {
            let verified = self.ask_for_its_word(token, rules, case)?;
            return Ok(Proven { verified, keys: KeySet::default() });
        }
        if !matches!(found, Found::Token(_)) && !looks_signed(token) {
            return self.prove_by_id_token(obtained, found, rules, case);
        }
        let keys = self.keys(&rules.source, case)?;
        let verified = self.verify(token, (rules, &keys), case)?;
        if rules.provider.introspection.as_ref().is_some_and(|endpoint| endpoint.of_jwts) {
            self.introspect(token, rules, case)?;
        }
        Ok(Proven { verified, keys })
    }

    /// Where nobody can be asked about an opaque token that a login brought, the ID token beside it says who logged in.
    fn prove_by_id_token(
        &mut self,
        obtained: &Obtained<'_>,
        found: &Found<'_>,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Proven, Stop> {
        let session = obtained.session(found);
        let beside =
            session.and_then(|session| Some((session.client.as_deref()?, session.id_token.as_deref()?)));
        let Some((client, id_token)) = beside else {
            let why = "it gives opaque tokens, and neither introspection nor userinfo is on to tell what they are worth";
            return Err(misconfigured(&rules.source, "a token", why).into());
        };
        // That the two belong together was seen when they came; after a refresh the ID token may be an earlier one.
        let expected = Expected { client, nonce: None, access_token: None };
        self.id_token(id_token, expected, rules, case)
    }

    /// Proves an ID token: its signature, its times, and that it is for the gateway's client.
    pub(super) fn id_token(
        &mut self,
        token: &str,
        expected: Expected<'_>,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Proven, Stop> {
        let keys = self.keys(&rules.source, case)?;
        let verified = self.verify(token.as_bytes(), (rules, &keys), case)?;
        current::check(&verified, &rules.token, case.now)?;
        check_id_token(&verified, expected)?;
        Ok(Proven { verified, keys })
    }

    /// Whether there is somebody to ask about a token that is not signed. Not every provider has an introspection endpoint;
    /// where signed tokens are taken too, the lack of one is no fault: such a token is none.
    fn can_ask_for_its_word(&mut self, rules: &OpenIdConnect, case: Case<'_>) -> Result<bool, Stop> {
        if !rules.methods.introspection || rules.methods.userinfo {
            return Ok(rules.methods.userinfo);
        }
        let configured = rules.provider.introspection.as_ref().is_some_and(|endpoint| endpoint.url.is_some());
        Ok(configured || self.metadata(&rules.source, case)?.introspection_endpoint.is_some())
    }

    fn ask_for_its_word(
        &mut self,
        token: &[u8],
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Verified, Stop> {
        let source = &rules.source.id;
        if rules.methods.introspection {
            let claims = self.introspect(token, rules, case)?;
            return Ok(verified::by_introspection(source, claims));
        }
        match self.user_info(token, None, rules, case)? {
            Some(claims) => Ok(verified::by_user_info(source, claims)),
            None => Err(Denial::TokenInactive.into()),
        }
    }

    fn introspect(
        &mut self,
        token: &[u8],
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Arc<Value>, Stop> {
        let missing = || Denial::Internal { what: "a method without its endpoint" };
        let introspection = rules.provider.introspection.as_ref().ok_or_else(missing)?;
        let url = (&introspection.url, "introspection_endpoint");
        let endpoint = self.endpoint(url, |known| known.introspection_endpoint.as_ref(), rules, case)?;
        let client = own_client(rules, introspection.auth, case)?;
        let request = IntrospectionRequest {
            endpoint: &endpoint,
            token,
            argument: &introspection.argument,
            hint: &introspection.hint,
            extras: &introspection.extras,
            sent: case.sent(),
        };
        let expects = Expects::Introspection { may_be_silent: !introspection.check_active };
        let terms = Self::terms(rules, introspection.keeps, case);
        let ask = Ask::form(&rules.source.id, request.draft(), client, expects, terms);
        match self.answer(ask, case)? {
            Answer::Introspection(claims) => Ok(claims),
            Answer::Inactive => Err(Denial::TokenInactive.into()),
            _ => Err(OTHER_ANSWER.into()),
        }
    }

    /// What the provider knows of the user; `None`, where it does not take the token.
    pub(super) fn user_info(
        &mut self,
        token: &[u8],
        sub: Option<&str>,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Option<Arc<Value>>, Stop> {
        let missing = || Denial::Internal { what: "a method without its endpoint" };
        let userinfo = rules.provider.userinfo.as_ref().ok_or_else(missing)?;
        let url = (&userinfo.url, "userinfo_endpoint");
        let endpoint = self.endpoint(url, |known| known.userinfo_endpoint.as_ref(), rules, case)?;
        // A token that cannot stand in a header is none.
        let text =
            core::str::from_utf8(token).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
        let Some(text) = text else { return Ok(None) };
        let request = userinfo::request(&endpoint, text, &userinfo.extras, case.sent())
            .map_err(|error| misconfigured(&rules.source, "userinfo", &error.to_string()))?;
        let terms = Self::terms(rules, userinfo.keeps, case);
        match self.answer(Ask::user_info(&rules.source.id, request, sub, terms), case)? {
            Answer::UserInfo(claims) => Ok(Some(claims)),
            Answer::Refused(_) => Ok(None),
            _ => Err(OTHER_ANSWER.into()),
        }
    }

    /// Claims that the provider knows beside those of the token, where the config has them looked for and the token does
    /// not have all that are wanted.
    pub(super) fn more_claims(
        &mut self,
        token: &[u8],
        verified: &Verified,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Option<Arc<Value>>, Stop> {
        let searched = rules.provider.userinfo.as_ref().is_some_and(|endpoint| endpoint.searched);
        if !searched || !rules.wants_more_than(verified.claims()) {
            return Ok(None);
        }
        let sub = verified.claims().get("sub").and_then(Value::as_str);
        self.user_info(token, sub, rules, case)
    }
}

impl<'a> Obtained<'a> {
    fn as_sent(token: &'a [u8]) -> Self {
        Self { token: Cow::Borrowed(token), answer: None, client: None, refreshed: None }
    }

    /// The token of a session as it came.
    pub(super) fn of_session(session: &'a Session) -> Self {
        Self::as_sent(session.access_token.as_bytes())
    }

    /// What came with it.
    pub(super) fn beside<'s>(&'s self, found: &'s Found<'_>) -> Beside<'s> {
        match (self.session(found), self.answer.as_deref()) {
            (Some(Session { id_token, refresh_token, .. }), _)
            | (None, Some(TokenAnswer { id_token, refresh_token, .. })) => {
                Beside { id_token: id_token.as_deref(), refresh_token: refresh_token.as_deref() }
            }
            (None, None) => Beside::default(),
        }
    }

    fn session<'s>(&'s self, found: &'s Found<'_>) -> Option<&'s Session> {
        match found {
            Found::Session(session) => Some(self.refreshed.as_deref().unwrap_or(session)),
            _ => None,
        }
    }
}

impl Obtained<'static> {
    fn granted(answer: Arc<TokenAnswer>, client: Option<Box<str>>) -> Self {
        let token = Cow::Owned(answer.access_token.as_bytes().to_vec());
        Self { token, answer: Some(answer), client, refreshed: None }
    }

    /// The token of a session that is another one now.
    pub(super) fn refreshed(session: Session) -> Self {
        let token = Cow::Owned(session.access_token.as_bytes().to_vec());
        Self { token, answer: None, client: None, refreshed: Some(Box::new(session)) }
    }
}

/// What a token endpoint gives; or the code for why it refuses whoever the grant is of.
pub(super) fn token_answer(answer: Answer) -> Result<Result<Arc<TokenAnswer>, Box<str>>, Stop> {
    match answer {
        Answer::Token(answer) => Ok(Ok(answer)),
        Answer::Refused(code) => Ok(Err(code)),
        _ => Err(OTHER_ANSWER.into()),
    }
}

pub(super) fn token_endpoint(rules: &OpenIdConnect) -> Result<&TokenEndpoint, Denial> {
    rules.provider.token.as_ref().ok_or(Denial::Internal { what: "a method without its endpoint" })
}

/// Whether a token is taken that is signed, whether callers may show such tokens or not: what the gateway was given it
/// verifies. A session goes on with what began it.
fn gives_signed_tokens(found: &Found<'_>) -> bool {
    match found {
        Found::Token(_) => false,
        Found::Session(session) => !matches!(session.method, Method::Introspection | Method::UserInfo),
        Found::RefreshToken(_) | Found::Password(_) | Found::ClientCredentials(_) => true,
    }
}

/// The gateway's own client, and how it says so at an endpoint; the caller may choose one.
pub(super) fn own_client(
    rules: &OpenIdConnect,
    at_endpoint: Option<ClientAuth>,
    case: Case<'_>,
) -> Result<(Client, ClientAuth), Denial> {
    let clients = &rules.provider.clients;
    let asked = clients.asked_for(case.sent());
    let own = clients.choose(asked.as_deref()).or_else(|| clients.choose(None));
    let own: &OwnClient =
        own.ok_or_else(|| misconfigured(&rules.source, "client_id", "the config has none"))?;
    Ok(own.at(at_endpoint))
}

/// Whether a token has the form of a JWS or a JWE; others are opaque.
pub(super) fn looks_signed(token: &[u8]) -> bool {
    matches!(token.iter().filter(|byte| **byte == b'.').count(), 2 | 4)
}

impl<'a> Case<'a> {
    pub(super) fn sent(&self) -> Sent<'a> {
        Sent::new(self.head, self.body)
    }
}

impl Grant<'_> {
    /// The same without its secrets.
    const fn kind(self) -> Grant<'static> {
        match self {
            Self::ClientCredentials => Grant::ClientCredentials,
            Self::Password { .. } => Grant::Password { username: "", password: "" },
            Self::RefreshToken { .. } => Grant::RefreshToken { token: "" },
            Self::AuthorizationCode { .. } => {
                Grant::AuthorizationCode { code: "", redirect_uri: "", verifier: "" }
            }
        }
    }
}

pub(super) const OTHER_ANSWER: Denial = Denial::Internal { what: "an answer to another question" };

#[cfg(test)]
mod tests;
