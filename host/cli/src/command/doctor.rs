//! `claimgate doctor`.

use super::failure::Failure;
use super::{Answer, file, runtime};
use crate::doctor::{self, Asked, Check, Paste, Report, State};
use crate::output::{self, Paint, Unwritable};
use claimgate_host::egress::{Egress, Outbound, Proxies, Proxy, certificates};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Check whether this machine can work with an identity provider, step by step, and print what to configure.
///
/// DNS, connection, certificate, discovery document, issuer, keys and clock are looked at in the order in which a filter
/// needs them. The exit code is 0 if all that is needed is good, and 1 otherwise; warnings are no obstacle.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate doctor --issuer https://login.microsoftonline.com/TENANT/v2.0
  claimgate doctor --issuer https://idp.example/.well-known/openid-configuration --ca company-ca.pem
  claimgate doctor --issuer https://idp.example --proxy '{vault://env/PROXY_URL}' --json")]
pub(super) struct Doctor {
    /// The issuer, or the address of its discovery document
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Certificates to trust beside the platform's, in PEM
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The proxy on the way, which goes around this machine; one with a password through {vault://env/NAME} or
    /// {file:PATH}
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// How long each step may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        let asked = Asked::parse(&self.issuer).ok_or_else(|| Failure::Argument {
            option: "--issuer",
            expected: "a URL such as https://idp.example, without user, query and fragment".into(),
            found: "another text".to_owned(),
        })?;
        let outbound = self.outbound()?;
        let (paint, mut written) = (Paint::for_stdout(), Ok(()));
        let mut told = |check: &Check| {
            if !self.json && written.is_ok() {
                written = tell(check, paint);
            }
        };
        let bound = Duration::from_secs(self.timeout);
        let report = runtime()?.block_on(doctor::examine(&asked, &outbound, bound, &mut told));
        written?;
        if self.json {
            output::line(&format!("{:#}", self.as_json(&report)))?;
        } else {
            conclude(&report)?;
        }
        Ok(if report.is_good() { Answer::Yes } else { Answer::No })
    }

    /// The way that a gateway's calls would take with these options as its egress.
    fn outbound(&self) -> Result<Outbound, Failure> {
        let proxy = self.proxy.as_deref().map(proxy).transpose()?.map(Arc::new);
        let proxies = Proxies { https: proxy.clone(), http: proxy, exceptions: Vec::new() };
        let rules = match &self.ca {
            None => Egress { proxies, ..Egress::default() },
            Some(path) => {
                let found = certificates(&file::read(path)?);
                if found.is_empty() {
                    return Err(Failure::Argument {
                        option: "--ca",
                        expected: "a PEM file with certificates".into(),
                        found: format!("none in {}", path.display()),
                    });
                }
                Egress { proxies, ca_certificates: found, ..Egress::default() }
            }
        };
        Outbound::new(&rules).map_err(|error| Failure::Argument {
            option: "--ca",
            expected: "certificates that can be roots".into(),
            found: error.to_string(),
        })
    }

    fn as_json(&self, report: &Report) -> Value {
        json!({
            "issuer": self.issuer,
            "ok": report.is_good(),
            "checks": report.checks.iter().map(Check::to_json).collect::<Vec<_>>(),
            "config": report.paste.as_ref().map(Paste::to_json),
        })
    }
}

/// A proxy's URL, or what leads to it. A reference is resolved as in a config.
fn proxy(text: &str) -> Result<Proxy, Failure> {
    let refused = |found: String| Failure::Argument {
        option: "--proxy",
        expected: "a proxy's URL such as http://proxy.example:3128".into(),
        found,
    };
    let quoted = Value::from(text).to_string();
    let resolved = claimgate_host::resolve(quoted.as_bytes(), Path::new("."));
    let (resolved, secrets) = resolved.map_err(|errors| refused(errors.to_string()))?;
    if secrets.is_empty() && text.contains('@') {
        return Err(refused(
            "one with a user name, which others can see in the list of processes".to_owned(),
        ));
    }
    let url: String = serde_json::from_slice(&resolved).unwrap_or_default();
    Proxy::parse(&url).ok_or_else(|| refused("another text".to_owned()))
}

/// One line of the table, and what to do below it.
fn tell(check: &Check, paint: Paint) -> Result<(), Unwritable> {
    let word = format!("{:7}", check.state.word());
    let word = match check.state {
        State::Good => paint.good(&word),
        State::Warning => word,
        State::Bad => paint.bad(&word),
    };
    output::line(&format!("{word}  {:11}  {}", check.name, check.found))?;
    check.advice.iter().try_for_each(|advice| output::line(&format!("{:22}{}", "", paint.faint(advice))))
}

/// What to configure, and the sum.
fn conclude(report: &Report) -> Result<(), Unwritable> {
    if let Some(paste) = &report.paste {
        output::line("\nAn entry of sources:\n")?;
        output::line(&format!("{:#}", paste.source))?;
        output::line("\nAn entry of a service's plugins:\n")?;
        output::line(&format!("{:#}", paste.plugin))?;
        output::line("\nIn Envoy, the document's origins, each with the name of a cluster for it:\n")?;
        output::line(&format!("{:#}", paste.origins))?;
    }
    let bad = report.checks.iter().filter(|check| check.state == State::Bad).count();
    output::line(&match bad {
        0 => "\nall that is needed is good".to_owned(),
        1 => "\n1 check is bad".to_owned(),
        bad => format!("\n{bad} checks are bad"),
    })
}
