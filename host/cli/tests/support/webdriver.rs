//! WebDriver, as far as a person at a browser needs it, to a chromedriver of a test's own. Crates for it bring a client of
//! HTTP and a runtime along, for a dozen calls that `wire` can send.

use crate::support::table::Request;
use crate::support::{wait, wire};
use serde_json::{Value, json};
use std::env;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

/// A browser that was never used before, until this is dropped.
pub(crate) struct Session {
    driver: Child,
    address: SocketAddr,
    id: String,
    /// Its profile, and what chromedriver says.
    directory: PathBuf,
    /// Another one's is another.
    pub(crate) name: String,
}

impl Session {
    /// Starts chromedriver on a free port, and Chromium by it.
    pub(crate) fn start() -> Self {
        static STARTED: AtomicU64 = AtomicU64::new(0);
        let name = format!("browser-{}-{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
        fs::create_dir_all(&directory).unwrap();
        let binary = binary();
        let log = directory.join("chromedriver.log");
        let (driver, port) = listening(&binary, &log);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut session = Self { driver, address, id: String::new(), directory, name };
        let begun =
            session.call("POST", "/session", &session.capabilities(&binary.with_file_name("chromium")));
        let begun = begun.unwrap_or_else(|error| panic!("{error}\n{}", fs::read_to_string(&log).unwrap()));
        begun["sessionId"].as_str().unwrap().clone_into(&mut session.id);
        session
    }

    /// A command of the session: what it answers, or why it cannot be done.
    pub(crate) fn command(&self, method: &str, name: &str, body: &Value) -> Result<Value, String> {
        self.call(method, &format!("/session/{}/{name}", self.id), body)
    }

    /// Its answer to the question, which always has one.
    pub(crate) fn get(&self, name: &str) -> Value {
        self.command("GET", name, &Value::Null).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// What is always possible.
    pub(crate) fn post(&self, name: &str, body: &Value) -> Value {
        self.command("POST", name, body).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let mut request = Request::get(path, &self.address.to_string());
        method.clone_into(&mut request.method);
        if method == "POST" {
            request.body = ascii(body);
        }
        let answer = wire::send(self.address, &request, ("content-type", "application/json"));
        let answer = answer.map_err(|error| error.to_string())?;
        let value = serde_json::from_str::<Value>(&answer.body).map_err(|error| error.to_string())?;
        match answer.status {
            200 => Ok(value["value"].clone()),
            _ => Err(format!("{}: {}", value["value"]["error"], value["value"]["message"])),
        }
    }

    fn capabilities(&self, chromium: &Path) -> Value {
        let profile = format!("--user-data-dir={}", self.directory.join("profile").display());
        let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([&*profile]).collect();
        let options = json!({ "binary": chromium, "args": arguments });
        json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": options,
            "timeouts": { "pageLoad": PATIENCE, "script": PATIENCE },
        } } })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Each of these may be gone already. Chromium ends with its driver, whose pipe it reads; the command gives it time
        // to leave its profile alone.
        drop(self.call("DELETE", &format!("/session/{}", self.id), &Value::Null));
        drop(self.driver.kill());
        drop(self.driver.wait());
        drop(fs::remove_dir_all(&self.directory));
    }
}

/// Chromium stands beside it: see `scripts/install-chromium.sh`.
fn binary() -> PathBuf {
    let binary = env::var_os("CLAIMGATE_CHROMEDRIVER");
    let binary = binary
        .unwrap_or_else(|| panic!("CLAIMGATE_CHROMEDRIVER is not set: expected the path of a chromedriver"));
    PathBuf::from(binary)
}

/// A chromedriver, and where it listens. It takes a free port of IPv6 and then the same one of IPv4, and ends if somebody
/// listens there, such as a gateway of another test.
fn listening(binary: &Path, log: &Path) -> (Child, u16) {
    wait::until("chromedriver finds a port that is free", || {
        let mut driver = spawn(binary, File::create(log).unwrap());
        port(&mut driver, log).map(|port| (driver, port))
    })
}

fn spawn(binary: &Path, log: File) -> Child {
    let mut command = Command::new(binary);
    command.arg("--port=0").stdin(Stdio::null()).stderr(log.try_clone().unwrap()).stdout(log);
    command.spawn().unwrap_or_else(|error| panic!("{}: {error}", binary.display()))
}

/// None if it ends for want of a port.
fn port(driver: &mut Child, log: &Path) -> Option<u16> {
    wait::until("chromedriver listens", || {
        let ended = driver.try_wait().unwrap();
        let text = fs::read_to_string(log).unwrap();
        if let Some((_, behind)) = text.split_once("successfully on port ") {
            return Some(Some(behind.split_once('.')?.0.parse().unwrap()));
        }
        let ended = ended?;
        assert!(
            text.contains("port not available"),
            "expected a chromedriver that runs, found {ended}:\n{text}"
        );
        Some(None)
    })
}

/// The requests of `wire` are Latin-1, and keys like Enter are characters far beyond it.
fn ascii(body: &Value) -> String {
    let mut text = String::new();
    for unit in body.to_string().encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\u{unit:04x}")),
        }
    }
    text
}

/// It shows pages of ours alone, and is often root's, for whom there is no sandbox. It asks nobody else for anything, and
/// no container's small /dev/shm ends it.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
];

/// Milliseconds that a page, or a script, may take; less than `wire` waits for an answer.
const PATIENCE: u32 = 15_000;
