//! A server of files: what a feed of callers and keys can be, or a provider's documents.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

/// Serves a directory of its own as long as the test runs.
pub(crate) struct FileServer {
    pub(crate) address: SocketAddr,
    root: PathBuf,
    asked: Arc<Mutex<Vec<String>>>,
}

impl FileServer {
    /// `test` names the directory.
    pub(crate) fn start(test: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("feed-{test}-{}", std::process::id()));
        drop(fs::remove_dir_all(&root));
        fs::create_dir_all(&root).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (served, asked) = (root.clone(), Arc::<Mutex<Vec<String>>>::default());
        let record = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (served, record) = (served.clone(), Arc::clone(&record));
                // A client that goes away in the middle ends its connection and nothing else.
                thread::spawn(move || drop(serve(&stream, &served, &record)));
            }
        });
        Self { address, root, asked }
    }

    /// Puts a file there, whole from the first moment on.
    pub(crate) fn put(&self, name: &str, text: &str) {
        let new = self.root.join(format!("{name}.new"));
        fs::create_dir_all(new.parent().unwrap()).unwrap();
        fs::write(&new, text).unwrap();
        fs::rename(new, self.root.join(name)).unwrap();
    }

    /// How often a file was asked for.
    pub(crate) fn asked(&self, name: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == name).count()
    }

    /// Answers 410 for a file that is not there.
    pub(crate) fn take_away(&self, name: &str) {
        fs::write(self.root.join(gone(name)), "").unwrap();
    }
}

fn gone(name: &str) -> String {
    format!("{name}.gone")
}

impl Drop for FileServer {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.root));
    }
}

/// Answers requests until the connection ends.
fn serve(stream: &TcpStream, root: &Path, asked: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    while let Some(request) = lines.next() {
        let target = request?.split(' ').nth(1).unwrap_or_default().to_owned();
        for header in lines.by_ref() {
            if header?.is_empty() {
                break;
            }
        }
        let name = target.trim_start_matches('/');
        asked.lock().unwrap().push(name.to_owned());
        let (status, body) = match fs::read(root.join(name)) {
            Ok(body) => ("200 OK", body),
            Err(_) if root.join(gone(name)).exists() => ("410 Gone", Vec::new()),
            Err(_) => ("404 Not Found", Vec::new()),
        };
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
        let mut stream = stream;
        stream.write_all(head.as_bytes())?;
        stream.write_all(&body)?;
    }
    Ok(())
}
