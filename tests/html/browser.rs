//! A real browser without a window, and somebody who listens whether it calls.

use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Chromium, and the listener that the pages' hostile addresses name.
pub(crate) struct Browser {
    program: PathBuf,
    home: String,
    calls: Arc<AtomicUsize>,
}

/// What a visit showed.
pub(crate) struct Seen {
    /// The page as the browser built it.
    pub(crate) dom: String,
    /// What it wrote to its console: a policy that was broken, a script that failed.
    pub(crate) console: Vec<String>,
    /// How many connections it made to the listener.
    pub(crate) calls: usize,
}

impl Browser {
    /// The Chromium that `CHROMIUM` names, or that is on the path.
    pub(crate) fn find() -> Option<Self> {
        let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&path)
            .flat_map(|folder| {
                ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name))
            })
            .find(|program| program.is_file());
        let program = named.or(found)?;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let home = format!("http://{}/", listener.local_addr().unwrap());
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&calls);
        std::thread::spawn(move || {
            for call in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::SeqCst);
                drop(call);
            }
        });
        Some(Self { program, home, calls })
    }

    /// The address of the listener.
    pub(crate) fn home(&self) -> String {
        self.home.clone()
    }

    /// Opens `page` from a file and waits until it is loaded.
    pub(crate) fn visit(&self, page: &str) -> Seen {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        std::fs::File::create(&path).unwrap().write_all(page.as_bytes()).unwrap();
        self.calls.store(0, Ordering::SeqCst);
        let run = Command::new(&self.program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--enable-logging=stderr", "--timeout=20000", "--dump-dom"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .arg(format!("file://{}", path.display()))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&run.stderr);
        let dom = String::from_utf8(run.stdout).unwrap();
        assert!(dom.trim_end().ends_with("</html>"), "the browser showed no page: {told}");
        Seen {
            dom: dom.trim_end().to_owned(),
            console: told.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect(),
            calls: self.calls.load(Ordering::SeqCst),
        }
    }
}
