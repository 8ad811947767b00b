//! Everything that runs while it is measured: one Envoy, a gateway for each configuration, an upstream.

use crate::embedder;
use crate::envoy::bootstrap::{self, Answers, Modules};
use crate::envoy::contest::Contest;
use crate::envoy::error::Error;
use crate::envoy::load::Server;
use crate::envoy::options::Effort;
use crate::envoy::process::{self, Process};
use crate::envoy::row::{Guard, Kind, Row};
use crate::envoy::tokens::Supply;
use crate::envoy::upstream;
use serde_json::json;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Two servers for each row, until it is dropped.
pub(crate) struct Stage<'i> {
    rows: Vec<Performance<'i>>,
    _processes: Vec<Process>,
}

/// A row, what it measures, and what that is compared to.
struct Performance<'i> {
    row: Row<'i>,
    measured: Server,
    compared: Server,
}

impl<'i> Stage<'i> {
    /// Starts everything.
    ///
    /// `other` is the build of the filter that [`Kind::Against`] compares with.
    pub(crate) fn set(rows: Vec<Row<'i>>, other: Option<&Path>) -> Result<Self, Error> {
        let files = Files::make()?;
        let upstream = upstream::start()?;
        let (envoy, listeners) = start_envoy(&files, &rows, other, upstream)?;
        let named = |name: &str| {
            listeners.get(name).cloned().ok_or_else(|| Error::Listener { name: name.to_owned() })
        };
        let mut processes = vec![envoy];
        let mut performances = Vec::with_capacity(rows.len());
        for row in rows {
            let in_envoy = named(&row.title())?;
            let (measured, compared) = match row.contest {
                Kind::Added(_) => (in_envoy, named(NO_FILTER)?),
                Kind::Against => (in_envoy, named(&other_title(&row))?),
                Kind::Hosts(guard) => {
                    let (gateway, server) = start_gateway(&files, &row, guard, upstream)?;
                    processes.push(gateway);
                    (server, in_envoy)
                }
            };
            performances.push(Performance { row, measured, compared });
        }
        Ok(Self { rows: performances, _processes: processes })
    }

    /// A contest for each row.
    pub(crate) fn contests(&self, effort: Effort) -> Result<Vec<Contest<'_>>, Error> {
        self.rows.iter().map(|performance| performance.contest(effort)).collect()
    }
}

impl Performance<'_> {
    fn contest(&self, effort: Effort) -> Result<Contest<'_>, Error> {
        let Self { row, measured, compared } = self;
        Ok(Contest::new(row, measured, compared, Supply::new(row.issuer, row.tokens, effort.fresh)?))
    }
}

fn start_envoy(
    files: &Files,
    rows: &[Row<'_>],
    other: Option<&Path>,
    upstream: SocketAddr,
) -> Result<(Process, BTreeMap<String, Server>), Error> {
    let empty = files.write("empty.wasm", &empty_module()?)?;
    let modules = Modules { empty: empty.clone(), claimgate: embedder::filter_path() };
    let mut listeners = vec![bootstrap::listener(NO_FILTER, Vec::new(), Answers::Envoy)];
    for row in rows {
        let answers = match row.contest {
            Kind::Added(_) | Kind::Against => Answers::Envoy,
            Kind::Hosts(_) => Answers::Upstream,
        };
        let mut listen = |name: &str, modules: &Modules| {
            listeners.push(bootstrap::listener(name, bootstrap::filters(name, row, modules)?, answers));
            Ok::<_, Error>(())
        };
        listen(&row.title(), &modules)?;
        if let (Kind::Against, Some(other)) = (row.contest, other) {
            listen(&other_title(row), &Modules { empty: empty.clone(), claimgate: other.to_owned() })?;
        }
    }
    let config = bootstrap::bootstrap(&listeners, upstream).to_string();
    process::envoy(&files.write("envoy.json", config.as_bytes())?)
}

/// The listener of the same row with the other build of the filter.
fn other_title(row: &Row<'_>) -> String {
    format!("{}, other", row.title())
}

fn empty_module() -> Result<Vec<u8>, Error> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/guests/empty.wat");
    wat::parse_file(&source).map_err(|error| Error::system("the empty module")(io::Error::other(error)))
}

fn start_gateway(
    files: &Files,
    row: &Row<'_>,
    guard: Guard,
    upstream: SocketAddr,
) -> Result<(Process, Server), Error> {
    let mut config = json!({
        "listen": ["127.0.0.1:0"],
        "workers": 1,
        "services": [{
            "name": "orders", "url": format!("http://{upstream}"),
            "routes": [{ "name": "orders", "paths": ["/orders"] }],
        }],
    });
    if let (Guard::Claimgate { audit }, Some(members)) = (guard, config.as_object_mut()) {
        let document = row.issuer.document(audit).to_string();
        let filter =
            json!({ "name": "claimgate", "wasm": embedder::filter_path(), "configuration": document });
        members.insert("filters".to_owned(), json!([filter]));
    }
    // JSON is YAML.
    process::gateway(&files.write(&format!("{}.yaml", row.title()), config.to_string().as_bytes())?)
}

/// A directory of the run's own, gone when it is dropped: all programs have read it when they take requests.
struct Files(PathBuf);

impl Files {
    fn make() -> Result<Self, Error> {
        let path = env::temp_dir().join(format!("claimgate-bench-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(Error::system(path.to_string_lossy()))?;
        Ok(Self(path))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
        let path = self.0.join(name);
        fs::write(&path, bytes).map_err(Error::system(path.to_string_lossy()))?;
        Ok(path)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What is left lies in the directory for such things.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// The listener that rows are compared to.
const NO_FILTER: &str = "no filter";
