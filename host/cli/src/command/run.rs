//! `claimgate run`.

use super::Answer;
use super::failure::Failure;
use super::signals::{Asked, Signals};
use super::{file, idp, logs, runtime};
use crate::document::{Document, FilterDocument};
use crate::output;
use crate::push::PushError;
use claimgate_host::{Config, PlanError, ReloadError, Running, StartError, SystemClock, Watch};
use claimgate_idp::Handle;
use clap::Args;
use std::future::{Future, pending};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use push::Push;

/// Callers and keys from files.
mod push;

/// Run the gateway.
///
/// Says `listening on http://ADDR` on stderr for each address once it takes requests. SIGHUP reads the config
/// again without dropping a request; a config with errors is refused and the one in force stays. With `--push`, callers
/// and keys come from a file whose changes hold from the next request, without a reload. SIGINT and
/// SIGTERM end it when the requests under way are answered; a second one ends it at once. RUST_LOG sets what is
/// logged (otherwise `info`).
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate run --config claimgate.yaml
  claimgate run --config claimgate.yaml --listen 127.0.0.1:8000 --watch
  claimgate run --config claimgate.yaml --push callers.json
  claimgate run --config claimgate.yaml --idp
  claimgate run --config claimgate.yaml --idp idp.yaml --idp-listen 127.0.0.1:9090
  claimgate run --config claimgate.yaml --admin-listen 127.0.0.1:8001 --json-logs")]
pub(super) struct Run {
    /// The config, in YAML
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Take requests here instead of where the config says; may be given several times
    #[arg(long, value_name = "ADDR")]
    listen: Vec<SocketAddr>,
    /// Serve /metrics, /healthz and /readyz here instead of where the config says
    #[arg(long, value_name = "ADDR")]
    admin_listen: Option<SocketAddr>,
    /// Read the config again whenever one of its files has changed
    #[arg(long)]
    watch: bool,
    /// Push the callers and keys of this page, and of those that it leads to, and push them again whenever a file has
    /// changed; for filters whose document has `state`
    #[arg(long, value_name = "FILE")]
    push: Option<PathBuf>,
    /// Run a development identity provider as well, with the realms of a file or with built-in ones; see `claimgate idp`
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    idp: Option<Option<PathBuf>>,
    /// Where it listens; port 0 takes a free port
    #[arg(long, value_name = "ADDR", requires = "idp", default_value = "127.0.0.1:9090")]
    idp_listen: SocketAddr,
    /// Log JSON, one object a line
    #[arg(long)]
    json_logs: bool,
}

impl Run {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        let config = self.load().map_err(|errors| self.refused(errors))?;
        logs::start(self.json_logs)?;
        runtime()?.block_on(self.serve(config))?;
        Ok(Answer::Yes)
    }

    async fn serve(&self, config: Config) -> Result<(), Failure> {
        let mut signals = Signals::new()?;
        // Before the gateway, which may want to know its keys; it ends with this function.
        let _provider = self.provider()?;
        let mut watch = self.watch.then(|| Watch::new(config.files()));
        let served = config.clone();
        let starting = claimgate_host::run(config, Arc::new(SystemClock));
        let running = tokio::select! {
            started = patiently(starting) => started.map_err(|error| self.explain(error))?,
            () = signals.stop() => return Ok(()),
        };
        let mut push = self.push(&served, &running)?;
        if let Some(push) = &mut push {
            push.load().await.map_err(Failure::Push)?;
        }
        self.announce(&running);
        loop {
            tokio::select! {
                asked = signals.next() => if asked == Asked::Stop { break },
                () = changed(&mut watch) => {}
                () = pushed(&mut push) => {
                    reload_pushed(&mut push).await;
                    continue;
                }
            }
            if let Some(config) = self.reload(&running, &mut watch).await {
                // Other documents may have other realms and keys.
                push = self.push(&config, &running).unwrap_or_else(|failure| {
                    log_refusal(&failure.to_string());
                    None
                });
                reload_pushed(&mut push).await;
            }
        }
        tokio::select! {
            () = running.shutdown() => {}
            () = signals.stop() => {}
        }
        Ok(())
    }

    /// The identity provider, if one is asked for.
    fn provider(&self) -> Result<Option<Handle>, Failure> {
        let Some(file) = &self.idp else { return Ok(None) };
        let provider = idp::start(idp::load(file.as_deref())?, self.idp_listen, "--idp-listen")?;
        idp::announcement(&provider).iter().for_each(|line| self.say(line));
        Ok(Some(provider))
    }

    /// What keeps callers and keys in step with their file, if that is asked for.
    fn push(&self, config: &Config, running: &Running) -> Result<Option<Push>, Failure> {
        let Some(first) = &self.push else { return Ok(None) };
        let push = Push::new(first, config, running.shared());
        push.map(Some).ok_or(Failure::Push(PushError::NoState))
    }

    /// Puts the config in force as its files are now; the config, if it is. If it has errors they are logged and nothing
    /// changes.
    async fn reload(&self, running: &Running, watch: &mut Option<Watch>) -> Option<Config> {
        let config = match self.load() {
            Ok(config) => config,
            Err(errors) => {
                running.reload_refused();
                log_refusal(&errors);
                return None;
            }
        };
        match running.reload(config.clone()).await {
            Ok(()) => {
                if let Some(watch) = watch {
                    *watch = Watch::new(config.files());
                }
                return Some(config);
            }
            Err(ReloadError::Plan(PlanError::Filter { .. })) => {
                self.filter_errors().iter().for_each(|errors| log_refusal(errors));
            }
            // The gateway has logged it.
            Err(_) => {}
        }
        None
    }

    /// The config as its files are now, with what the command line says; or all its errors, one a line.
    fn load(&self) -> Result<Config, String> {
        let config = Config::load(&self.config).map_err(|errors| errors.to_string())?;
        let mut config =
            if self.listen.is_empty() { config } else { config.with_listen(self.listen.clone()) };
        config.admin_listen = self.admin_listen.or(config.admin_listen);
        Ok(config)
    }

    fn announce(&self, running: &Running) {
        let addresses = running.addresses().iter().map(|address| format!("listening on http://{address}"));
        let admin = running.admin_address().map(|address| format!("admin on http://{address}"));
        addresses.chain(admin).for_each(|line| self.say(&line));
    }

    fn say(&self, line: &str) {
        if self.json_logs { tracing::info!("{line}") } else { output::progress(line) }
    }

    /// A failed start in terms of the command line; a filter that refuses its document in terms of that.
    fn explain(&self, error: StartError) -> Failure {
        match error {
            StartError::Bind { key, address, error } => {
                let option = if key == "admin_listen" { "--admin-listen" } else { "--listen" };
                Failure::Listen { address, option, error }
            }
            StartError::Plan(PlanError::Filter { .. }) => match self.filter_errors() {
                none if none.is_empty() => Failure::Start(error),
                errors => self.refused(errors.join("\n")),
            },
            other => Failure::Start(other),
        }
    }

    /// What is wrong with the filter documents in the config, as `claimgate check` says it.
    fn filter_errors(&self) -> Vec<String> {
        let Ok(bytes) = file::read(&self.config) else { return Vec::new() };
        let document = Document::read(&self.config, &bytes);
        document.filters().iter().filter_map(FilterDocument::errors).collect()
    }

    fn refused(&self, errors: String) -> Failure {
        Failure::Config { path: self.config.clone(), errors }
    }
}

/// Waits for a start, and says what takes so long if it does: compiling a filter for the first time.
async fn patiently<T>(starting: impl Future<Output = T>) -> T {
    let mut starting = pin!(starting);
    tokio::select! {
        started = &mut starting => return started,
        () = tokio::time::sleep(PATIENCE) => output::progress("compiling the filters; the next start is faster"),
    }
    starting.await
}

/// Waits for a change of a file that is watched.
async fn changed(watch: &mut Option<Watch>) {
    match watch {
        Some(watch) => watch.changed().await,
        None => pending().await,
    }
}

/// Waits for a change of what is pushed.
async fn pushed(push: &mut Option<Push>) {
    match push {
        Some(push) => push.changed().await,
        None => pending().await,
    }
}

/// Pushes what the files say now. What counted before still does where that fails.
async fn reload_pushed(push: &mut Option<Push>) {
    if let Some(push) = push
        && let Err(error) = push.load().await
    {
        tracing::error!("nothing pushed, what counts stays: {error}");
    }
}

fn log_refusal(errors: &str) {
    for error in errors.lines() {
        tracing::error!("config refused, the one in force stays: {error}");
    }
}

/// How long a start may take without a word.
const PATIENCE: Duration = Duration::from_secs(2);
