//! `claimgate token inspect`.

use super::failure::Failure;
use super::{Answer, clock, file};
use crate::document::Document;
use crate::inspect::{self, Against, Decision, Elsewhere, Report, Sent};
use crate::output::{self, Paint};
use crate::push::{Place, PushError, pages};
use claimgate_host::Secrets;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::config::{Config, EngineChoice, Page, Route, Rules, Service};
use claimgate_policy::keys::KeySet;
use claimgate_policy::route::Matched;
use claimgate_policy::time::UnixTime;
use claimgate_policy::verified::SourceId;
use claimgate_policy::world::Policy;
use claimgate_sandbox::Shared;
use clap::Args;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Explain what the gate would do with a token or a whole request, check by check.
///
/// With --config the rules of a service decide: of the one that --service names, or of the one that takes the request
/// of --url; no call is made, so keys that are fetched come from --jwks. With --jwks alone only the signature is checked;
/// with neither the token is decoded, and nothing of it is proven. The exit code is 1 if the request is denied.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate token inspect eyJhbGciOi...
  claimgate token inspect --jwks jwks.json - < token.txt
  claimgate token inspect --config claimgate.yaml --service orders \"$TOKEN\"
  claimgate token inspect --config claimgate.yaml --url http://api.example/orders \"$TOKEN\"
  claimgate token inspect --config claimgate.yaml --jwks jwks.json --service orders \"$TOKEN\"
  claimgate token inspect --config claimgate.yaml --url http://api.example/orders -H \"X-Access-Token: $TOKEN\"
  claimgate token inspect --config filter.json --now 1760000000 --json \"$TOKEN\"")]
pub(super) struct Inspect {
    /// A config: the gateway's YAML or a filter's JSON document
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The service, by id or name; may be left out if there is one
    #[arg(long, value_name = "NAME", requires = "config")]
    service: Option<String>,
    /// The service's route, by id or name, whose rules decide; otherwise those of the service itself
    #[arg(long, value_name = "NAME", requires = "config")]
    route: Option<String>,
    /// The request's URL: its host and path choose the service, unless --service does
    #[arg(long, value_name = "URL", requires = "config")]
    url: Option<http::Uri>,
    /// The request's method
    #[arg(long, short = 'X', value_name = "METHOD", requires = "config")]
    request: Option<String>,
    /// A header of the request; may be given more than once
    #[arg(long, short = 'H', value_name = "NAME: VALUE", requires = "config")]
    header: Vec<String>,
    /// The request's body; its media type is a form's unless a header says another
    #[arg(long, short = 'd', value_name = "BODY", requires = "config")]
    data: Option<String>,
    /// Whose rules hold where engines differ; otherwise what the config names, or this project's gateway
    #[arg(long, value_name = "ENGINE", value_parser = ["envoy", "claimgate", "nginx"], requires = "config")]
    engine: Option<String>,
    /// The page of callers and keys that is pushed, and those that it leads to, where the config has `state`
    #[arg(long, value_name = "FILE", requires = "config")]
    push: Option<PathBuf>,
    /// The keys of the token's issuer, as its jwks_uri answers them; with --config for sources whose keys are fetched
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// The moment to decide for, in seconds since 1970; otherwise now
    #[arg(long, value_name = "SECONDS")]
    now: Option<i64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The token, or - to read it from stdin; may be left out where a request is given
    #[arg(value_name = "TOKEN", required_unless_present_any = ["url", "header", "data"])]
    token: Option<String>,
}

impl Inspect {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        let (report, secrets) = self.report()?;
        if self.json {
            output::line(&secrets.hide(&format!("{:#}", report.to_json())))?;
        } else {
            let lines = inspect::lines(&report, Paint::for_stdout());
            lines.iter().try_for_each(|line| output::line(&secrets.hide(line)))?;
        }
        Ok(match report.decision {
            Decision::Permitted(_) | Decision::Overlooked(..) | Decision::Undecided => Answer::Yes,
            Decision::Denied(_) => Answer::No,
        })
    }

    fn token(&self) -> Result<Option<String>, Failure> {
        if self.token.as_deref() != Some("-") {
            return Ok(self.token.clone());
        }
        let mut token = String::new();
        let read = std::io::stdin().lock().take(STDIN_BYTES).read_to_string(&mut token);
        read.map_err(|error| Failure::Read { path: "stdin".into(), error })?;
        Ok(Some(token))
    }

    /// The decision, and what must not be shown of the config.
    fn report(&self) -> Result<(Report, Secrets), Failure> {
        let sent = &self.sent()?;
        let now = UnixTime::from_seconds(self.now.unwrap_or_else(clock::unix_seconds));
        if let Some(path) = &self.config {
            let (config, secrets) = config(path)?;
            let pushed = self.push.as_ref().map(|first| pushed(first, &config)).transpose()?;
            let fetched = self.jwks.as_deref().map(keys).transpose()?;
            let elsewhere = Elsewhere { pushed: pushed.as_ref(), fetched: fetched.as_ref() };
            let policy = &Policy::new(config);
            let engine = self.engine(policy.config().engine);
            if self.service.is_none() && self.url.is_some() {
                let report = inspect::inspect(sent, &Against::Config { policy, elsewhere }, engine, now);
                return Ok((report, secrets));
            }
            let service = self.service(policy.config())?;
            let (route, rules) = self.rules(service)?;
            let against =
                Against::Service { policy, elsewhere, matched: Matched::new(service, route, rules) };
            return Ok((inspect::inspect(sent, &against, engine, now), secrets));
        }
        let engine = Capabilities::CLAIMGATE;
        let Some(path) = &self.jwks else {
            return Ok((inspect::inspect(sent, &Against::Nothing, engine, now), Secrets::default()));
        };
        let (keys, source) = (&keys(path)?, &SourceId::new(&path.display().to_string()));
        let report = inspect::inspect(sent, &Against::Keys { source, keys }, engine, now);
        Ok((report, Secrets::default()))
    }

    /// The request that is explained: a GET with the token, unless the options say otherwise.
    fn sent(&self) -> Result<Sent, Failure> {
        let mut sent = match self.token()? {
            Some(token) => Sent::with_credential(&token),
            None => Sent { method: "GET".to_owned(), target: b"/".to_vec(), ..Sent::default() },
        };
        if let Some(url) = &self.url {
            sent.target = url.path_and_query().map_or("/", |target| target.as_str()).as_bytes().to_vec();
            sent.authority = url.authority().map(ToString::to_string).unwrap_or_default();
        }
        for header in &self.header {
            let (name, value) = header.split_once(':').ok_or_else(|| Failure::Argument {
                option: "--header",
                expected: "a name, a colon and a value".into(),
                found: "no colon".to_owned(),
            })?;
            sent.headers.push((name.trim().as_bytes().to_vec(), value.trim().as_bytes().to_vec()));
        }
        if let Some(data) = &self.data {
            let typed = sent.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"content-type"));
            if !typed {
                sent.headers.push((b"content-type".to_vec(), FORM.to_vec()));
            }
            sent.method = "POST".to_owned();
            sent.body = data.clone().into_bytes();
        }
        if let Some(method) = &self.request {
            sent.method.clone_from(method);
        }
        Ok(sent)
    }

    fn engine(&self, configured: EngineChoice) -> Capabilities {
        match (self.engine.as_deref(), configured) {
            (Some("envoy"), _) | (None, EngineChoice::Envoy) => Capabilities::ENVOY,
            (Some("nginx"), _) | (None, EngineChoice::Nginx) => Capabilities::NGINX,
            _ => Capabilities::CLAIMGATE,
        }
    }

    fn service<'a>(&self, config: &'a Config) -> Result<&'a Service, Failure> {
        let found = match (&self.service, config.services.as_slice()) {
            (Some(name), _) => config.service(name),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        found.ok_or_else(|| {
            let names = config.services.iter().map(|service| &*service.name);
            choose("--service", "one of the config's services", names, self.service.as_deref())
        })
    }

    fn rules<'a>(&self, service: &'a Service) -> Result<(Option<&'a Route>, &'a Rules), Failure> {
        let routes = service.routes.as_slice();
        let of = |route: &'a Route| (Some(route), &route.rules);
        let found = match (&self.route, &service.rules, routes) {
            (Some(name), _, _) => {
                routes.iter().find(|route| *route.id == **name || *route.name == **name).map(of)
            }
            (None, Some(rules), _) => Some((None, rules)),
            (None, None, [only]) => Some(of(only)),
            (None, None, _) => None,
        };
        found.ok_or_else(|| {
            let names = routes.iter().map(|route| &*route.name);
            choose("--route", "one of the service's routes", names, self.route.as_deref())
        })
    }
}

/// The filter document in a config file; in a gateway's file there must be exactly one.
fn config(path: &Path) -> Result<(Config, Secrets), Failure> {
    let invalid = |errors: String| Failure::Config { path: path.into(), errors };
    let mut filters = match Document::read(path, &file::read(path)?) {
        Document::Gateway(Err(errors), _) => return Err(invalid(errors.to_string())),
        Document::Gateway(Ok(_), filters) => filters,
        Document::Filter(filter) => vec![filter],
    };
    match (filters.pop(), filters.len()) {
        (Some(filter), 0) => {
            let errors = filter.errors().unwrap_or_default();
            filter.config.map(|config| (config, filter.secrets)).map_err(|_| invalid(errors))
        }
        (None, _) => Err(invalid("expected a filter with a claimgate document, found none".to_owned())),
        (Some(_), _) => Err(invalid(
            "expected one filter with a claimgate document, found several; give its document".to_owned(),
        )),
    }
}

/// Shared data of its own, with what the pages hold.
fn pushed(first: &Path, config: &Config) -> Result<Place, Failure> {
    let place = Place::new(Arc::new(Shared::new()), "inspect");
    let place = place.map_err(|_| Failure::Push(PushError::NoState))?;
    let pages = pages(first, config).map_err(Failure::Push)?;
    let pages: Vec<Page> = pages.into_iter().map(|(_, page)| page).collect();
    for error in pages.iter().flat_map(|page| &page.errors) {
        output::progress(&format!("--push: left out, its callers refused: {error}"));
    }
    let now = UnixTime::from_seconds(clock::unix_seconds());
    place.load(config, &pages, now).map_err(Failure::Push)?;
    Ok(place)
}

fn keys(path: &Path) -> Result<KeySet, Failure> {
    let bytes = file::read(path)?;
    let (keys, warnings) = KeySet::from_jwks(&bytes)
        .map_err(|error| Failure::Jwks { path: path.into(), what: error.to_string() })?;
    warnings.iter().for_each(|warning| output::progress(&format!("{}: {warning}", path.display())));
    Ok(keys)
}

fn choose<'a>(
    option: &'static str,
    what: &str,
    names: impl Iterator<Item = &'a str>,
    given: Option<&str>,
) -> Failure {
    let names: Vec<&str> = names.collect();
    Failure::Argument {
        option,
        expected: format!("{what}: {}", names.join(", ")).into(),
        found: given.map_or_else(|| "none".to_owned(), |given| format!("{given:?}")),
    }
}

/// Longest input that is read from stdin: a token of the longest kind, and a line end.
const STDIN_BYTES: u64 = 64 * 1024;

const FORM: &[u8] = b"application/x-www-form-urlencoded";
