//! What a path and a query cost on the hot path, and what learning costs once.

use divan::{Bencher, black_box};
use gatehound::hash::Keys;
use gatehound::route::learn::{Seen, learn};
use gatehound::route::{Classes, Method, Methods, RouteCache, query, template};
use gatehound::sigma::OfPath;
use gatehound::signal::Glance;

fn main() {
    divan::main();
}

/// From the root to a long path of values.
const PATHS: &[&str] = &[
    "/",
    "/api/v1/orders/700123",
    "/api/v1/customers/search",
    "/users/550e8400-e29b-41d4-a716-446655440000/repos",
    "/static/js/app.4f2a9c81.js",
    "/wp-content/themes/twenty-twenty-four/assets/css/blocks.css",
];

#[divan::bench(args = PATHS)]
fn read(bencher: Bencher, path: &str) {
    let keys = Keys::default();
    bencher.bench(|| template::read(black_box(path.as_bytes()), &keys));
}

/// Paths that are all different, in one folder or each in its own.
#[divan::bench(args = ["/api/v1/orders/{n}", "/content/v1/articles/the-music-{n}x", "/users/amy{n}x/drafts"])]
fn read_new(bencher: Bencher, pattern: &str) {
    let (keys, classes, mut cache) = (Keys::default(), Classes::default(), RouteCache::default());
    let mut glance = Glance::default();
    let mut paths = (0..).map(|n| pattern.replace("{n}", &n.to_string()));
    bencher.with_inputs(|| paths.next().unwrap_or_default()).bench_local_refs(|path| {
        cache.route(path.as_bytes(), Method::Get, &keys, &classes, &mut glance, |_| OfPath::default())
    });
}

#[divan::bench(args = ["", "page=2", "user_id=42&page=7&sort=asc&access_token=eyJhbGciOi"])]
fn query(bencher: Bencher, query: &str) {
    let keys = Keys::default();
    bencher.bench(|| query::read(black_box(query.as_bytes()), &keys));
}

#[divan::bench(sample_count = 10)]
fn learn_100k(bencher: Bencher) {
    let texts: Vec<String> = (0..100_000).map(|n| format!("/shop-{}/item-x{n}y/reviews", n % 997)).collect();
    let methods = Methods::READ;
    let seen: Vec<Seen> = texts.iter().map(|t| Seen { text: t.as_bytes(), methods, clients: 3 }).collect();
    bencher.bench(|| learn(&seen, 50_000, &Keys::default()).texts().count());
}
