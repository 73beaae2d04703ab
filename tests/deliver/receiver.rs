//! A receiver over HTTP that misbehaves on purpose, and can be killed and restarted at its port.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What the receiver does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes it and says so.
    Good,
    /// Answers with this status and these header lines, and takes nothing.
    Status(u16, &'static str),
    /// Reads half of it and hangs up.
    HangUp,
    /// Takes it and hangs up without an answer, so that it comes again.
    Forget,
    /// Takes it and hangs up in the middle of the answer.
    HalfAnswer,
    /// Says nothing until the sender has gone.
    Stall,
}

/// One request that came whole.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// What the receiver says to a request that it takes.
pub(crate) type Reply = fn(&Request) -> (u16, String);

#[derive(Default)]
struct Shared {
    /// Moods of the next requests; good ones follow.
    moods: Mutex<Vec<Mood>>,
    /// Draws moods, where it is there.
    dice: Mutex<Option<Dice>>,
    /// What was taken.
    taken: Mutex<Vec<Request>>,
    /// What was taken and acknowledged to the last byte.
    acknowledged: Mutex<Vec<Request>>,
    /// When each request came.
    asked: Mutex<Vec<std::time::Instant>>,
}

pub(crate) struct Receiver {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    reply: Reply,
    alive: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    pub(crate) fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut receiver = Self { port, shared: Arc::default(), reply, alive: Arc::default(), thread: None };
        receiver.listen(listener);
        receiver
    }

    /// One that answers `ok` to everything.
    pub(crate) fn simple() -> Self {
        Self::start(|_| (200, "ok".to_owned()))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn moods(&self, moods: &[Mood]) {
        self.shared.moods.lock().unwrap().extend(moods.iter().rev());
    }

    pub(crate) fn misbehave(&self, seed: u64) {
        *self.shared.dice.lock().unwrap() = Some(Dice(seed));
    }

    pub(crate) fn behave(&self) {
        *self.shared.dice.lock().unwrap() = None;
        self.shared.moods.lock().unwrap().clear();
    }

    pub(crate) fn taken(&self) -> Vec<Request> {
        self.shared.taken.lock().unwrap().clone()
    }

    pub(crate) fn acknowledged(&self) -> Vec<Request> {
        self.shared.acknowledged.lock().unwrap().clone()
    }

    pub(crate) fn asked(&self) -> Vec<std::time::Instant> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// Nobody listens any more, and connections end.
    pub(crate) fn kill(&mut self) {
        self.alive.store(false, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    pub(crate) fn restart(&mut self) {
        self.listen(TcpListener::bind(("127.0.0.1", self.port)).unwrap());
    }

    fn listen(&mut self, listener: TcpListener) {
        listener.set_nonblocking(true).unwrap();
        let alive = Arc::new(AtomicBool::new(true));
        self.alive = Arc::clone(&alive);
        let (shared, reply) = (Arc::clone(&self.shared), self.reply);
        self.thread = Some(std::thread::spawn(move || {
            while alive.load(Ordering::SeqCst) {
                if let Ok((socket, _)) = listener.accept() {
                    socket.set_nonblocking(false).unwrap();
                    let (shared, alive) = (Arc::clone(&shared), Arc::clone(&alive));
                    std::thread::spawn(move || drop(serve(&socket, &shared, reply, &alive)));
                } else {
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        }));
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Shared {
    fn mood(&self) -> Mood {
        if let Some(mood) = self.moods.lock().unwrap().pop() {
            return mood;
        }
        match self.dice.lock().unwrap().as_mut().map(|dice| dice.roll(12)) {
            Some(0) => Mood::Status(500, ""),
            Some(1) => Mood::Status(503, "Retry-After: 0\r\n"),
            Some(2) => Mood::Status(429, "Retry-After: 0\r\n"),
            Some(3) => Mood::HangUp,
            Some(4) => Mood::Forget,
            Some(5) => Mood::HalfAnswer,
            Some(6) => Mood::Stall,
            _ => Mood::Good,
        }
    }
}

/// Answers one request and closes.
fn serve(mut socket: &TcpStream, shared: &Shared, reply: Reply, alive: &AtomicBool) -> std::io::Result<()> {
    let mut reader = BufReader::new(socket);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    shared.asked.lock().unwrap().push(std::time::Instant::now());
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length: usize = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mood = shared.mood();
    let mut body = vec![0; if mood == Mood::HangUp { length / 2 } else { length }];
    reader.read_exact(&mut body)?;
    let request = Request { line: line.trim().to_owned(), headers, body: String::from_utf8(body).unwrap() };
    if !alive.load(Ordering::SeqCst) || mood == Mood::HangUp {
        return Ok(());
    }
    match mood {
        Mood::Status(status, more) => {
            return write!(
                socket,
                "HTTP/1.1 {status} No\r\n{more}Content-Length: 2\r\nConnection: close\r\n\r\nno"
            );
        }
        Mood::Stall => {
            std::thread::sleep(Duration::from_millis(700));
            return Ok(());
        }
        _ => shared.taken.lock().unwrap().push(request.clone()),
    }
    let (status, text) = reply(&request);
    let answer = format!(
        "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
    match mood {
        Mood::Forget => Ok(()),
        Mood::HalfAnswer => socket.write_all(&answer.as_bytes()[..answer.len() - 1]),
        _ => {
            socket.write_all(answer.as_bytes())?;
            shared.acknowledged.lock().unwrap().push(request);
            Ok(())
        }
    }
}

/// Numbers that are the same in every run of a test (xorshift64*, Vigna 2016).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }

    /// A wait of so many milliseconds.
    pub(crate) fn wait(&mut self, from: u64, to: u64) {
        std::thread::sleep(Duration::from_millis(from + self.roll(to - from)));
    }
}
