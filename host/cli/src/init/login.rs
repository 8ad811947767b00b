//! What logins need: a client of the gateway's own, what seals cookies, and where browsers come back to.

use super::{Callers, Starter, Target, Upstream, quoted, template};

/// Parts of the file that are about logins; all empty where nobody logs in.
#[derive(Debug, Default)]
pub(super) struct Login {
    /// Comments for the head of the file: what to register, and where secrets stand.
    pub(super) notes: String,
    /// Envoy only: which variables the filter sees.
    pub(super) environment: String,
    /// Envoy only: comments on members, since JSON has none.
    pub(super) members: String,
    /// Kong only: the route that the provider sends people back to.
    pub(super) route: String,
}

/// What stands for the gateway's two secrets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Secrets {
    pub(super) client: &'static str,
    pub(super) session: &'static str,
}

impl Secrets {
    /// What is printed. As a secret it is taken nowhere: where nothing follows it, the filter refuses it.
    pub(super) const REFERENCES: Self = Self {
        client: "{vault://env/CLAIMGATE_CLIENT_SECRET}",
        session: "{vault://env/CLAIMGATE_SESSION_SECRET}",
    };

    /// What is checked in their place, and never printed.
    pub(super) const STAND_INS: Self =
        Self { client: "the client's secret", session: "a secret of as many bytes as it takes" };
}

impl Login {
    pub(super) fn of(starter: &Starter, target: Target) -> Self {
        if starter.callers != Callers::People {
            return Self::default();
        }
        let redirect_uri = starter.redirect_uri();
        let (redirect, afterwards) = (quoted(redirect_uri), quoted(&afterwards(redirect_uri)));
        let values = [("redirect_uri", &*redirect), ("logout_redirect_uri", &*afterwards)];
        let provider = template::fill(starter.login_texts().0, &values);
        let notes = [("provider", &*provider), ("secrets", target.secrets())];
        let envoy = |text: &str| if target == Target::Envoy { text.to_owned() } else { String::new() };
        Self {
            notes: template::fill(include_str!("login/notes.yaml"), &notes),
            environment: envoy(include_str!("login/envoy-environment.yaml")),
            members: envoy(include_str!("login/envoy-members.yaml")),
            route: if target == Target::Kong { route(redirect_uri) } else { String::new() },
        }
    }
}

impl Target {
    /// Where the gateway's secrets stand.
    const fn secrets(self) -> &'static str {
        match self {
            Self::Host => include_str!("login/secrets-host.yaml"),
            Self::Envoy => include_str!("login/secrets-envoy.yaml"),
            Self::Kong => include_str!("login/secrets-kong.yaml"),
        }
    }
}

impl Starter {
    /// Members of openid-connect for people who log in.
    pub(super) fn login(&self, secrets: Secrets) -> String {
        let redirect_uri = self.redirect_uri();
        let client_id = quoted(self.client_id());
        let (client_secret, session_secret) = (quoted(secrets.client), quoted(secrets.session));
        let (redirect, afterwards) = (quoted(redirect_uri), quoted(&afterwards(redirect_uri)));
        let values = [
            ("client_id", &*client_id),
            ("client_secret", &*client_secret),
            ("session_secret", &*session_secret),
            ("redirect_uri", &*redirect),
            ("logout_redirect_uri", &*afterwards),
        ];
        let flow = template::fill(include_str!("methods/login.yaml"), &values);
        let scopes: Vec<String> = self.login_scopes().iter().map(|scope| quoted(scope)).collect();
        let asked = [("scopes", &*scopes.join(", ")), ("audience", &*quoted(self.audience()))];
        [flow, template::fill(self.login_texts().1, &asked)].concat()
    }

    /// What a login asks for: an ID token, and an access token for the API.
    fn login_scopes(&self) -> Vec<String> {
        let (usual, of_api) = self.provider.login_scopes(self.issuer(), self.audience());
        let of_api = self.scope.clone().or(of_api);
        usual.iter().map(|scope| (*scope).to_owned()).chain(of_api).collect()
    }

    /// Comments and members of this provider.
    fn login_texts(&self) -> (&'static str, &'static str) {
        let text = self.provider.login(self.issuer());
        text.split_once("\n\n").unwrap_or((text, ""))
    }
}

/// Where people go after a logout: the gateway's first page. What is no URL is refused with the document.
fn afterwards(redirect_uri: &str) -> String {
    let url = redirect_uri.parse::<Upstream>();
    url.map_or_else(|_| "/".to_owned(), |url| format!("{}/", url.origin()))
}

fn route(redirect_uri: &str) -> String {
    let path = redirect_uri.parse::<Upstream>().map_or_else(|_| String::new(), |url| url.path);
    let path = if path.is_empty() { "/" } else { &path };
    template::fill(include_str!("login/kong-route.yaml"), &[("path", &quoted(path))])
}
