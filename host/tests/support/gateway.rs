//! The gateway itself, and the filters that it runs.

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use claimgate_host::{Config, Quirks, Running, SystemClock, run};

use super::client::{get, within};
use crate::traces;

/// A running gateway with one worker and an admin address, unless told otherwise.
pub(crate) struct Gateway {
    running: Running,
}

impl Gateway {
    /// Starts with this configuration, to which addresses are added.
    pub(crate) async fn start(yaml: &str) -> Self {
        Self::emulating(Quirks::default(), yaml).await
    }

    /// The same with filters that see another engine's behaviour.
    pub(crate) async fn emulating(quirks: Quirks, yaml: &str) -> Self {
        keep_the_log();
        let mut config = config(yaml);
        config.filters.iter_mut().for_each(|filter| filter.quirks = quirks.clone());
        let running = run(config, Arc::new(SystemClock)).await.unwrap();
        Self { running }
    }

    /// One service at `origin` with a route for every path, and what else is given.
    pub(crate) async fn before(origin: SocketAddr, more: &str) -> Self {
        Self::start(&all_to(origin, more)).await
    }

    /// Where requests are taken.
    pub(crate) fn address(&self) -> SocketAddr {
        self.running.addresses()[0]
    }

    /// The value of a metric; 0 if there is none of that name.
    pub(crate) async fn metric(&self, name: &str) -> u64 {
        let text = get(self.admin_address().unwrap(), "/metrics", &[]).await.body;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        value.unwrap_or(0)
    }

    /// Waits until a metric has at least this value.
    pub(crate) async fn until_metric(&self, name: &str, least: u64) {
        within(async { while self.metric(name).await < least {} }).await;
    }

    pub(crate) async fn shutdown(self) {
        self.running.shutdown().await;
    }
}

impl Deref for Gateway {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

/// Everything that is logged, at any level, goes into the traces.
fn keep_the_log() {
    static START: Once = Once::new();
    let everything = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    START.call_once(|| everything.with_writer(|| Log).init());
}

/// Waits until a warning holds both texts, and gives it back.
pub(crate) async fn warned(of: &str, why: &str) -> String {
    let about = |of: &str| -> Vec<String> {
        WARNINGS.lock().unwrap().iter().filter(|line| line.contains(of)).cloned().collect()
    };
    let seen = async {
        loop {
            match about(of).into_iter().find(|line| line.contains(why)) {
                Some(line) => return line,
                None => tokio::task::yield_now().await,
            }
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), seen).await;
    waited.unwrap_or_else(|_| panic!("no warning with {why:?} among {:#?}", about(of)))
}

static WARNINGS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Takes in a line at a time.
struct Log;

impl io::Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        traces::saw("gateway.log", &text);
        if text.contains(" WARN ") {
            WARNINGS.lock().unwrap().push(text.into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A configuration for tests; file names start at the directory for temporary files.
pub(crate) fn config(yaml: &str) -> Config {
    let workers = if yaml.contains("workers:") { "" } else { "workers: 1\n" };
    let text = format!("listen: ['127.0.0.1:0']\nadmin_listen: '127.0.0.1:0'\n{workers}{yaml}");
    Config::parse(&text, Path::new(env!("CARGO_TARGET_TMPDIR")))
        .unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// See [`Gateway::before`].
pub(crate) fn all_to(origin: SocketAddr, more: &str) -> String {
    format!(
        "services: [{{name: origin, url: 'http://{origin}', routes: [{{name: all, paths: [/], strip_path: false}}]}}]\n{more}"
    )
}

/// A test guest as a module in a file of its own, ready to stand in a configuration.
pub(crate) fn guest(name: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let read = |name: &str| {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/guests/{name}.wat"));
        std::fs::read_to_string(file).unwrap()
    };
    let wasm = wat::parse_str(format!("(module {}\n{}\n)", read("prelude"), read(name))).unwrap();
    let file = format!("{name}-{}-{}.wasm", std::process::id(), NUMBER.fetch_add(1, Relaxed));
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(&file), wasm).unwrap();
    file
}

/// One filter.
pub(crate) fn filter(name: &str) -> String {
    // A busy machine may stop a thread for longer than a guest may run.
    format!("limits: {{callback_timeout: 2000}}\nfilters: [{{name: {name}, wasm: {}}}]", guest(name))
}
