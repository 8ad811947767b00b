//! `claimgate token inspect`.

use super::failure::Failure;
use super::{Answer, clock, file};
use crate::document::Document;
use crate::inspect::{self, Against, Decision, Report};
use crate::output::{self, Paint};
use claimgate_policy::config::{Config, Rules, Service};
use claimgate_policy::keys::KeySet;
use claimgate_policy::time::UnixTime;
use claimgate_policy::verified::SourceId;
use clap::Args;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Explain what the gate would do with a token, check by check.
///
/// With --config the rules of a service decide; with --jwks only the signature is checked; with neither the
/// token is decoded, and nothing of it is proven. The exit code is 1 if the token is denied.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate token inspect eyJhbGciOi...
  claimgate token inspect --jwks jwks.json - < token.txt
  claimgate token inspect --config claimgate.yaml --service orders \"$TOKEN\"
  claimgate token inspect --config filter.json --now 1760000000 --json \"$TOKEN\"")]
pub(super) struct Inspect {
    /// A config: the gateway's YAML or a filter's JSON document
    #[arg(long, value_name = "FILE", conflicts_with = "jwks")]
    config: Option<PathBuf>,
    /// The service, by id or name; may be left out if there is one
    #[arg(long, value_name = "NAME", requires = "config")]
    service: Option<String>,
    /// The service's route, by id or name, whose rules decide; otherwise those of the service itself
    #[arg(long, value_name = "NAME", requires = "config")]
    route: Option<String>,
    /// The keys of the token's issuer
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// The moment to decide for, in seconds since 1970; otherwise now
    #[arg(long, value_name = "SECONDS")]
    now: Option<i64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The token, or - to read it from stdin
    #[arg(value_name = "TOKEN")]
    token: String,
}

impl Inspect {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        let report = self.report(&self.token()?)?;
        if self.json {
            output::line(&format!("{:#}", report.to_json()))?;
        } else {
            let lines = inspect::lines(&report, Paint::for_stdout());
            lines.iter().try_for_each(|line| output::line(line))?;
        }
        Ok(match report.decision {
            Decision::Permitted | Decision::Undecided => Answer::Yes,
            Decision::Denied(_) => Answer::No,
        })
    }

    fn token(&self) -> Result<String, Failure> {
        if self.token != "-" {
            return Ok(self.token.clone());
        }
        let mut token = String::new();
        let read = std::io::stdin().lock().take(STDIN_BYTES).read_to_string(&mut token);
        read.map_err(|error| Failure::Read { path: "stdin".into(), error })?;
        Ok(token)
    }

    fn report(&self, token: &str) -> Result<Report, Failure> {
        let now = UnixTime::from_seconds(self.now.unwrap_or_else(clock::unix_seconds));
        if let Some(path) = &self.config {
            let config = config(path)?;
            let service = self.service(&config)?;
            let rules = self.rules(service)?;
            return Ok(inspect::inspect(token, &Against::Service { config: &config, service, rules }, now));
        }
        let Some(path) = &self.jwks else { return Ok(inspect::inspect(token, &Against::Nothing, now)) };
        let (keys, source) = (&keys(path)?, &SourceId::new(&path.display().to_string()));
        Ok(inspect::inspect(token, &Against::Keys { source, keys }, now))
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

    fn rules<'a>(&self, service: &'a Service) -> Result<&'a Rules, Failure> {
        let routes = service.routes.as_slice();
        let found = match (&self.route, &service.rules, routes) {
            (Some(name), _, _) => {
                let named = routes.iter().find(|route| *route.id == **name || *route.name == **name);
                named.map(|route| &route.rules)
            }
            (None, Some(rules), _) => Some(rules),
            (None, None, [only]) => Some(&only.rules),
            (None, None, _) => None,
        };
        found.ok_or_else(|| {
            let names = routes.iter().map(|route| &*route.name);
            choose("--route", "one of the service's routes", names, self.route.as_deref())
        })
    }
}

/// The filter document in a config file; in a gateway's file there must be exactly one.
fn config(path: &Path) -> Result<Config, Failure> {
    let invalid = |errors: String| Failure::Config { path: path.into(), errors };
    let mut filters = match Document::read(path, &file::read(path)?) {
        Document::Gateway(Err(errors), _) => return Err(invalid(errors.to_string())),
        Document::Gateway(Ok(_), filters) => filters,
        Document::Filter(filter) => vec![filter],
    };
    match (filters.pop(), filters.len()) {
        (Some(filter), 0) => filter.config.map_err(|errors| invalid(errors.to_string())),
        (None, _) => Err(invalid("expected a filter with a claimgate document, found none".to_owned())),
        (Some(_), _) => Err(invalid(
            "expected one filter with a claimgate document, found several; give its document".to_owned(),
        )),
    }
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
