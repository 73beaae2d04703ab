//! What learning templates costs once a run, and what folding one costs.
#![allow(missing_docs, reason = "a bench")]

use divan::{Bencher, black_box};
use gatehound::hash::Keys;
use gatehound::route::{Learned, Methods, Seen, learn, template};

fn main() {
    divan::main();
}

/// How many names the site has.
const NAMES: u64 = 143_000;

/// A number that looks random and is the same in every run.
fn scramble(nth: u64) -> u64 {
    let mixed = (nth ^ (nth >> 15)).wrapping_mul(0x2c1b_3c6d_297a_2d39);
    mixed ^ (mixed >> 32)
}

/// The texts of a site in the order of their hashes, as a tally has them.
fn texts(of: fn(u64) -> String) -> Vec<String> {
    let mut texts: Vec<String> = (0..NAMES).map(of).collect();
    texts.extend((0..3000).map(|nth| format!("/shop/v{}/item-{}/part{}", nth % 3, nth % 97, nth % 31)));
    texts.sort_by_key(|text| template::hash_of_text(text.as_bytes(), &Keys::default()));
    texts
}

fn learned(texts: &[String]) -> Learned {
    let seen = |text| Seen { text, methods: Methods::READ, clients: 3 };
    let seen: Vec<Seen<'_>> = texts.iter().map(|text| seen(text.as_bytes())).collect();
    learn(&seen, 50_000, &Keys::default())
}

/// Values with something below, files, values below values, and names that stay.
const SITES: [fn(u64) -> String; 4] = [
    |nth| format!("/content/v1/users/{:x}/profile", scramble(nth)),
    |nth| format!("/media/{:x}.png", scramble(nth)),
    |nth| format!("/{:x}/{:x}", scramble(nth / 100), scramble(nth)),
    |nth| format!("/rpc/{:x}{{id}}", scramble(nth)),
];

#[divan::bench(args = [0, 1, 2, 3], sample_count = 10)]
fn site(bencher: Bencher<'_, '_>, nth: usize) {
    let texts = texts(SITES[nth]);
    bencher.bench(|| learned(black_box(&texts)));
}

#[divan::bench(args = ["/shop/v1/item-7/part3", "/content/v1/users/1f/profile", "/content/v1/users/1f"])]
fn fold(bencher: Bencher<'_, '_>, text: &str) {
    let learned = learned(&texts(SITES[0]));
    let template = template::hash_of_text(text.as_bytes(), &Keys::default());
    bencher.bench(|| learned.fold(black_box(template)));
}
