//! A real rsyslog (Debian: `rsyslog`, `rsyslog-gnutls`, `openssl`) takes what is sent over UDP, TCP and TLS. Where it is
//! missing, these tests say so and check nothing.

use std::collections::BTreeSet;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gatehound::deliver::{Delivery, Parcel, Told};
use tempfile::TempDir;

use super::{Dice, delivery, keep, send};

/// How long a slow machine may take to do what takes a moment.
const LONG: Duration = Duration::from_secs(20);

/// An rsyslog of our own on loopback, with one input, that writes what it received to a file.
struct Rsyslog {
    folder: TempDir,
    input: &'static str,
    port: u16,
    child: Option<Child>,
}

impl Rsyslog {
    /// Starts it with `imudp`, `imtcp` or `tls`; `None` where there is none.
    fn start(input: &'static str) -> Option<Self> {
        if !Path::new("/usr/sbin/rsyslogd").exists() {
            eprintln!("SKIPPED: no rsyslog; apt-get install rsyslog rsyslog-gnutls openssl");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = match input {
            "imudp" => UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port(),
            _ => TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port(),
        };
        if input == "tls" && !certificates(folder.path()) {
            eprintln!("SKIPPED: no openssl, or no rsyslog-gnutls");
            return None;
        }
        let mut rsyslog = Self { folder, input, port, child: None };
        std::fs::write(rsyslog.path("conf"), rsyslog.conf()).unwrap();
        rsyslog.spawn();
        Some(rsyslog)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn conf(&self) -> String {
        let folder = self.folder.path().display();
        let (module, driver) = match self.input {
            "imudp" => ("module(load=\"imudp\")".to_owned(), String::new()),
            "imtcp" => ("module(load=\"imtcp\")".to_owned(), String::new()),
            _ => (
                "module(load=\"imtcp\" streamDriver.name=\"gtls\" streamDriver.mode=\"1\" streamDriver.authMode=\"anon\")"
                    .to_owned(),
                format!(
                    "defaultNetstreamDriver=\"gtls\" defaultNetstreamDriverCAFile=\"{folder}/ca.pem\" \
                     defaultNetstreamDriverCertFile=\"{folder}/cert.pem\" defaultNetstreamDriverKeyFile=\"{folder}/key.pem\""
                ),
            ),
        };
        let (input, port) = (self.input.replace("tls", "imtcp"), self.port);
        format!(
            "global(workDirectory=\"{folder}\" maxMessageSize=\"64k\" {driver})\n{module}\n\
             input(type=\"{input}\" port=\"{port}\" address=\"127.0.0.1\")\n\
             template(name=\"raw\" type=\"string\" string=\"%rawmsg%\\n\")\n\
             action(type=\"omfile\" file=\"{folder}/out\" template=\"raw\")\n"
        )
    }

    /// Starts it and waits until it listens.
    fn spawn(&mut self) {
        let _ = std::fs::remove_file(self.path("pid"));
        let child = Command::new("/usr/sbin/rsyslogd")
            .arg("-n")
            .arg("-f")
            .arg(self.path("conf"))
            .arg("-i")
            .arg(self.path("pid"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let began = Instant::now();
        while !self.listens() {
            assert!(began.elapsed() < LONG, "rsyslog does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn listens(&self) -> bool {
        match self.input {
            "imudp" => UdpSocket::bind(("127.0.0.1", self.port)).is_err(),
            _ => TcpStream::connect(("127.0.0.1", self.port)).is_ok(),
        }
    }

    /// Kills it as a power cut would.
    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// What it has written once `wanted` lines are there, or after a while.
    fn lines(&self, wanted: usize) -> Vec<String> {
        let began = Instant::now();
        loop {
            let text = std::fs::read(self.path("out")).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let ids: BTreeSet<&str> = lines.iter().filter_map(|line| id(line)).collect();
            if ids.len() >= wanted || began.elapsed() > LONG {
                return lines;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The way to it.
    fn delivery(&self, spool: &Path) -> Delivery {
        let scheme = match self.input {
            "imudp" => "syslog+udp",
            "imtcp" => "syslog+tcp",
            _ => "syslog+tls",
        };
        let address = format!("{scheme}://127.0.0.1:{}", self.port);
        let ca = (self.input == "tls").then(|| self.path("ca.pem"));
        Delivery { ca, timeout: Duration::from_secs(3), ..delivery("syslog", &address, spool) }
    }
}

impl Drop for Rsyslog {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A certificate authority and a certificate of its for 127.0.0.1, in `folder`; whether all that TLS needs is there.
fn certificates(folder: &Path) -> bool {
    let has_driver = Command::new("sh")
        .args(["-c", "ls /usr/lib/*/rsyslog/lmnsd_gtls.so"])
        .output()
        .is_ok_and(|ls| ls.status.success());
    std::fs::write(folder.join("ext"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    let openssl = |words: &str| {
        let run = Command::new("openssl").args(words.split(' ')).current_dir(folder).output();
        run.is_ok_and(|run| run.status.success())
    };
    has_driver
        && openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca-key.pem -out ca.pem")
        && openssl("req -newkey rsa:2048 -nodes -subj /CN=receiver -keyout key.pem -out request.pem")
        && openssl(
            "x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile ext -out cert.pem",
        )
}

/// Messages as the output `syslog` writes them, with these numbers; one in ten has line ends and a long text.
fn messages(numbers: std::ops::Range<usize>) -> Vec<Parcel> {
    let message = |nth: usize| {
        let id = format!("gh-{nth:05}");
        let more = if nth % 10 == 3 { "long \u{fc}ber ".repeat(700) } else { String::new() };
        let head = "<131>1 2026-03-10T17:00:00.000Z - gatehound - brute-force";
        let body = format!("{head} [incident@32473 id=\"{id}\"] \u{feff}{nth} {more}.");
        Parcel { mark: format!("{nth:016x}"), body, id }
    };
    numbers.map(message).collect()
}

/// The id in a message that came whole.
fn id(line: &str) -> Option<&str> {
    let (_, rest) = line.strip_suffix('.')?.split_once("id=\"")?;
    rest.split('"').next()
}

#[test]
fn rsyslog_takes_datagrams() {
    let Some(rsyslog) = Rsyslog::start("imudp") else { return };
    let spool = tempfile::tempdir().unwrap();
    let to = rsyslog.delivery(spool.path());
    keep(&to, messages(0..100));
    assert_eq!(send(&to).delivered, 100);
    let lines = rsyslog.lines(100);
    let arrived: BTreeSet<&str> = lines.iter().filter_map(|line| id(line)).collect();
    assert_eq!((lines.len(), arrived.len()), (100, 100));
}

#[test]
fn datagrams_to_nobody_wait() {
    let spool = tempfile::tempdir().unwrap();
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let to = Delivery {
        patience: Duration::ZERO,
        ..delivery("syslog", &format!("syslog+udp://127.0.0.1:{port}"), spool.path())
    };
    keep(&to, messages(0..3));
    assert_eq!(send(&to).waiting, 3);
}

#[test]
fn rsyslog_over_tcp_loses_nothing_though_it_is_killed_fifty_times() {
    let Some(rsyslog) = Rsyslog::start("imtcp") else { return };
    survives(rsyslog);
}

#[test]
fn rsyslog_over_tls_loses_nothing_though_it_is_killed_fifty_times() {
    let Some(rsyslog) = Rsyslog::start("tls") else { return };
    survives(rsyslog);
}

/// Kills `rsyslog` fifty times while messages are sent to it; all must have arrived in the end.
fn survives(mut rsyslog: Rsyslog) {
    let spool = tempfile::tempdir().unwrap();
    let to = rsyslog.delivery(spool.path());
    let done = AtomicBool::new(false);
    let (mut sent, mut rounds) = (0, Vec::<Told>::new());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut dice = Dice(5);
            for _ in 0..50 {
                dice.wait(50, 1200);
                rsyslog.kill();
                dice.wait(10, 150);
                rsyslog.spawn();
            }
            done.store(true, Ordering::SeqCst);
        });
        while !done.load(Ordering::SeqCst) {
            keep(&to, messages(sent..sent + 10));
            sent += 10;
            rounds.push(send(&Delivery { patience: Duration::from_millis(700), ..rsyslog_way(&to) }));
        }
    });
    let last = send(&Delivery { patience: LONG, ..rsyslog_way(&to) });
    assert_eq!(last.waiting, 0, "{last:?}");
    let lines = rsyslog.lines(sent);
    let arrived: BTreeSet<String> = lines.iter().filter_map(|line| id(line)).map(str::to_owned).collect();
    let missing: Vec<_> =
        messages(0..sent).into_iter().map(|one| one.id).filter(|id| !arrived.contains(id)).collect();
    let broken = rounds.iter().filter(|told| told.why.is_some()).count();
    let (lines_read, sent_rounds) = (lines.len(), rounds.len());
    eprintln!("{sent} messages, {lines_read} lines, {broken} of {sent_rounds} rounds failed");
    assert!(missing.is_empty(), "lost: {missing:?}");
    assert!(lines.len() > sent, "nothing was ever sent again: the kills hit nothing");
}

/// The same way again.
fn rsyslog_way(to: &Delivery) -> Delivery {
    let Delivery { address, format, spool, resend, timeout, patience, ca, .. } = to;
    Delivery {
        address: address.clone(),
        format,
        spool: spool.clone(),
        resend: *resend,
        timeout: *timeout,
        patience: *patience,
        ca: ca.clone(),
        secret: None,
        auth: None,
        identity: None,
        template: None,
    }
}

#[test]
fn a_receiver_that_nobody_vouches_for_gets_nothing() {
    let Some(rsyslog) = Rsyslog::start("tls") else { return };
    let spool = tempfile::tempdir().unwrap();
    let to = Delivery { ca: None, ..rsyslog.delivery(spool.path()) };
    keep(&to, messages(0..2));
    let began = Instant::now();
    let told = send(&to);
    assert_eq!((told.delivered, told.waiting), (0, 2));
    assert!(told.why.unwrap().contains("certificate"));
    assert!(began.elapsed() < Duration::from_secs(2), "it was tried again in vain");
    std::thread::sleep(Duration::from_millis(200));
    assert!(rsyslog.lines(0).is_empty());
}

#[test]
fn a_connection_that_breaks_within_the_time_to_resend_has_delivered_nothing() {
    use std::io::Read;
    let spool = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("syslog+tcp://{}", listener.local_addr().unwrap());
    let to = delivery("syslog", &address, spool.path());
    keep(&to, messages(0..2));
    let reader = std::thread::spawn(move || {
        let mut texts = Vec::new();
        for round in 0..2 {
            let (mut socket, _) = listener.accept().unwrap();
            let mut bytes = vec![0; 1 << 16];
            let first = socket.read(&mut bytes).unwrap();
            let mut text = String::from_utf8_lossy(&bytes[..first]).into_owned();
            if round == 1 {
                socket.read_to_string(&mut text).unwrap();
            }
            texts.push(text);
        }
        texts
    });
    let began = Instant::now();
    assert_eq!(send(&to).delivered, 2);
    assert!(began.elapsed() >= to.resend);
    let texts = reader.join().unwrap();
    let [first, second] = &*messages(0..2) else { panic!("two") };
    let framed = |one: &Parcel| format!("{} {}", one.body.len(), one.body);
    assert!(texts[0].starts_with(&framed(first)), "{texts:?}");
    assert_eq!(texts[1], framed(first) + &framed(second), "octet counting, RFC 6587 3.4.1");
}

#[test]
fn a_receiver_that_reads_nothing_has_got_nothing() {
    let spool = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("syslog+tcp://{}", listener.local_addr().unwrap());
    let to = Delivery { patience: Duration::ZERO, ..delivery("syslog", &address, spool.path()) };
    keep(&to, messages(0..2));
    let told = send(&to);
    assert_eq!((told.delivered, told.waiting), (0, 2));
    assert!(told.why.unwrap().contains("does not close"));
}
