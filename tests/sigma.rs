//! Rules held against rsigma's evaluator: over generated and mutated events, both must say the same.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

mod common;

#[path = "sigma/correlations.rs"]
mod correlations;
#[path = "sigma/detections.rs"]
mod detections;
#[path = "sigma/pages.rs"]
mod pages;
#[path = "sigma/plain.rs"]
mod plain;
#[path = "sigma/seen.rs"]
mod seen;
#[path = "sigma/traffic.rs"]
mod traffic;
#[path = "sigma/values.rs"]
mod values;
