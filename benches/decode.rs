//! How fast lines become events: one thread, blocks as the engine reads them, lines generated here.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use gatehound::format::{Around, Decoder, Opening, Reader, recognise};

/// Nothing around a record; the little that a decoder writes anew is never freed.
fn alone() -> Around<'static> {
    Around::nothing(Box::leak(Box::default()))
}

fn main() {
    divan::main();
}

/// How many lines a block holds.
const LINES: u32 = 4000;

/// A number that looks random and is the same in every run.
fn scramble(nth: u32) -> u32 {
    let mixed = (nth ^ (nth >> 15)).wrapping_mul(0x2c1b_3c6d);
    (mixed ^ (mixed >> 12)).wrapping_mul(0x297a_2d39) >> 8
}

const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "shop-app/4.2 (iOS 18.1; en-GB)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "curl/8.9.1",
];

/// Combined lines with `tail` behind each; every `odd`th has an escaped quote in its agent.
fn combined(tail: &str, odd: u32) -> String {
    let mut block = String::new();
    for nth in 0..LINES {
        let dice = scramble(nth);
        let agent = AGENTS[(dice % 4) as usize];
        let quoted = if odd > 0 && nth % odd == 0 { r#" \"q\""# } else { "" };
        writeln!(
            block,
            "198.51.{}.{} - - [09/Mar/2026:08:{:02}:{:02} +0000] \"GET /api/v1/orders/{dice}?page={} HTTP/1.1\" 200 {} \"-\" \"{agent}{quoted}\"{tail}",
            dice % 250, dice / 7 % 250, nth / 200 % 60, nth / 4 % 60, dice % 9, dice % 20_000
        )
        .unwrap();
    }
    block
}

/// JSON lines; every `odd`th has its keys in another order.
fn json(odd: u32) -> String {
    let mut block = String::new();
    for nth in 0..LINES {
        let dice = scramble(nth);
        let agent = AGENTS[(dice % 4) as usize];
        let (first, second) =
            (format!("\"status\":{}", 200 + dice % 5), format!("\"body_bytes_sent\":{}", dice % 20_000));
        let pair = if odd > 0 && nth % odd == 0 { [&second, &first] } else { [&first, &second] };
        writeln!(
            block,
            "{{\"time_iso8601\":\"2026-03-09T08:{:02}:{:02}.{:03}Z\",\"remote_addr\":\"198.51.{}.{}\",\"http_x_forwarded_for\":\"203.0.113.{}\",\
             \"request_method\":\"GET\",\"request_uri\":\"/api/v1/orders/{dice}?page=2\",\"server_protocol\":\"HTTP/2.0\",{},{},\
             \"request_length\":300,\"request_time\":0.0{},\"http_referer\":\"\",\"http_user_agent\":\"{agent}\",\"host\":\"api.example\",\
             \"request_id\":\"{dice:032x}\",\"jwt_sub\":\"amy\",\"token_hash\":\"\"}}",
            nth / 200 % 60, nth / 4 % 60, dice % 1000, dice % 250, dice / 7 % 250, dice % 250, pair[0], pair[1], dice % 90 + 10
        )
        .unwrap();
    }
    block
}

/// Decodes `block` with what recognises it.
fn bench(bencher: Bencher<'_, '_>, block: &str) {
    let choice = recognise(&Opening::of(block.as_bytes())).expect("the lines are of a known format");
    let reader = Reader::of(choice, &Opening::of(block.as_bytes()));
    bencher.counter(ItemsCount::new(LINES)).counter(BytesCount::of_str(block)).bench_local(|| {
        let mut bytes = 0_u64;
        reader.decode_block(divan::black_box(block.as_bytes()), alone(), &mut |decoded| {
            bytes += decoded.event.ok().and_then(|event| event.bytes_out).unwrap_or(0);
        });
        bytes
    });
}

#[divan::bench]
fn combined_clean(bencher: Bencher<'_, '_>) {
    bench(bencher, &combined("", 0));
}

#[divan::bench]
fn combined_every_20th_escaped(bencher: Bencher<'_, '_>) {
    bench(bencher, &combined("", 20));
}

#[divan::bench]
fn combined_all_escaped(bencher: Bencher<'_, '_>) {
    bench(bencher, &combined("", 1));
}

#[divan::bench]
fn nginx_main(bencher: Bencher<'_, '_>) {
    bench(bencher, &combined(" \"203.0.113.9\"", 0));
}

#[divan::bench]
fn json_one_order(bencher: Bencher<'_, '_>) {
    bench(bencher, &json(0));
}

#[divan::bench]
fn json_every_20th_in_another_order(bencher: Bencher<'_, '_>) {
    bench(bencher, &json(20));
}
