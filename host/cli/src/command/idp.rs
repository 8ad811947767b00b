//! `claimgate idp`.

use super::failure::Failure;
use super::signals::Signals;
use super::{Answer, file, logs, runtime};
use crate::output;
use claimgate_idp::config::BUILT_IN;
use claimgate_idp::{Config, Handle, ServeError, serve};
use clap::Args;
use serde_json::Value;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

/// Run a development identity provider in the shapes of Entra, Okta, PingOne and Auth0. Never for production.
///
/// Without --config it serves realms of its own with published secrets; --print-config shows them. It listens on this
/// machine alone: its secrets lie in a file, and its control endpoints below /_idp ask nobody who they are. RUST_LOG sets
/// what is logged (otherwise `info`). SIGINT and SIGTERM end it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate idp
  claimgate idp --print-config > idp.yaml
  claimgate idp --config idp.yaml --listen 127.0.0.1:9090
  curl http://127.0.0.1:9090/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0/.well-known/openid-configuration
  curl http://127.0.0.1:9090/shop/token -u billing:billing-secret -d grant_type=client_credentials
  curl -X POST http://127.0.0.1:9090/_idp/realms/shop/rotate?overlap=true
  curl -X POST 'http://127.0.0.1:9090/_idp/realms/shop/faults/jwks?status=503&times=2'")]
pub(super) struct Idp {
    /// Realms, clients and users, in YAML or JSON
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address; port 0 takes a free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9090")]
    listen: SocketAddr,
    /// Listen on an address that others can reach; whoever does gets any token
    #[arg(long)]
    allow_remote: bool,
    /// How clients reach it, where that is not the address that it listens on
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Print the config with its secrets and end: to start a file from
    #[arg(long)]
    print_config: bool,
    /// Print what is served as JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Log JSON, one object a line
    #[arg(long)]
    json_logs: bool,
}

impl Idp {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        let (text, path) = text(self.config.as_deref())?;
        let mut config = parse(&text, path)?;
        if self.print_config {
            output::line(text.trim_end())?;
            return Ok(Answer::Yes);
        }
        config.allow_remote |= self.allow_remote;
        config.base_url = self.base_url.clone().or(config.base_url);
        logs::start(self.json_logs)?;
        runtime()?.block_on(self.serve(config))?;
        Ok(Answer::Yes)
    }

    async fn serve(&self, config: Config) -> Result<(), Failure> {
        let mut signals = Signals::new()?;
        let provider = start(config, self.listen, "--listen")?;
        self.print(&provider.overview())?;
        announcement(&provider).iter().for_each(|line| output::progress(line));
        signals.stop().await;
        provider.stop();
        Ok(())
    }

    fn print(&self, overview: &Value) -> Result<(), Failure> {
        if self.json {
            output::line(&format!("{overview:#}"))?;
            return Ok(());
        }
        for line in output::aligned(&table(overview)) {
            output::line(&line)?;
        }
        Ok(())
    }
}

/// Starts a provider; `option` is what moves it elsewhere.
pub(super) fn start(config: Config, listen: SocketAddr, option: &'static str) -> Result<Handle, Failure> {
    let listener = TcpListener::bind(listen);
    let listener = listener.map_err(|error| Failure::Listen { address: listen, option, error })?;
    serve(config, listener).map_err(|error| match error {
        ServeError::Key(error) => Failure::Mint(error),
        ServeError::System(error) => Failure::System { what: "a server", error },
        other => Failure::Provider { option, error: other },
    })
}

/// What it is, and where.
pub(super) fn announcement(provider: &Handle) -> [String; 2] {
    [
        "a development identity provider, never for production: its secrets are no secrets".to_owned(),
        format!("identity provider listening on {}", provider.base_url()),
    ]
}

/// The config of a file, or the built-in one; checked.
pub(super) fn load(path: Option<&Path>) -> Result<Config, Failure> {
    let (text, path) = text(path)?;
    parse(&text, path)
}

/// The text, and what to call it when it has errors.
fn text(path: Option<&Path>) -> Result<(String, PathBuf), Failure> {
    let Some(path) = path else { return Ok((BUILT_IN.to_owned(), PathBuf::from("the built-in config"))) };
    let text = String::from_utf8(file::read(path)?);
    let text = text.map_err(|error| Failure::Config { path: path.into(), errors: error.to_string() })?;
    Ok((text, path.to_owned()))
}

fn parse(text: &str, path: PathBuf) -> Result<Config, Failure> {
    Config::parse(text).map_err(|errors| Failure::Config { path, errors: errors.to_string() })
}

/// A row for each document that a realm can be found by.
fn table(overview: &Value) -> Vec<Vec<String>> {
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let realms = overview.get("realms").and_then(Value::as_array).into_iter().flatten();
    let rows = realms.flat_map(|realm| {
        let documents = realm.get("discovery").and_then(Value::as_array).into_iter().flatten();
        documents.map(|url| {
            vec![text(realm, "name"), text(realm, "shape"), url.as_str().unwrap_or_default().to_owned()]
        })
    });
    let heads = ["REALM", "SHAPE", "DISCOVERY"].map(str::to_owned).to_vec();
    std::iter::once(heads).chain(rows).collect()
}

#[cfg(test)]
mod tests;
