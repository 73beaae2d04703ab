//! Incidents reach their receivers, whatever these do: fail, stall, answer half, forget to answer, die and come back.
#![cfg(feature = "deliver")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

#[path = "deliver/command.rs"]
mod command;
#[path = "deliver/http.rs"]
mod http;
#[path = "deliver/receiver.rs"]
mod receiver;
#[path = "deliver/rsyslog.rs"]
mod rsyslog;

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use gatehound::deliver::{Address, Delivery, Parcel, Told};
use receiver::Dice;

/// A way to a receiver that waits as little as a test can afford.
fn delivery(format: &'static str, address: &str, spool: &Path) -> Delivery {
    Delivery {
        address: Address::parse(address).unwrap(),
        format,
        spool: spool.to_owned(),
        resend: Duration::from_millis(500),
        timeout: Duration::from_millis(400),
        patience: Duration::from_secs(2),
        secret: None,
        auth: None,
        ca: None,
        identity: None,
        template: None,
    }
}

/// The parcels with these numbers.
fn parcels(numbers: std::ops::Range<usize>) -> Vec<Parcel> {
    let parcel = |nth: usize| {
        let id = format!("gh-{nth:05}");
        let body = format!("{{\"id\":\"{id}\",\"title\":\"incident {nth}\"}}");
        Parcel { mark: format!("{nth:016x}"), body, id }
    };
    numbers.map(parcel).collect()
}

/// Puts parcels on disk.
fn keep(delivery: &Delivery, parcels: Vec<Parcel>) {
    delivery.keep(parcels.into_iter().map(Ok)).unwrap();
}

/// Sends what waits.
fn send(delivery: &Delivery) -> Told {
    delivery.send(&AtomicBool::new(false)).unwrap()
}
