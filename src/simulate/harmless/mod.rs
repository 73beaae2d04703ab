//! What looks like an attack and is none. To add one: write `harmless/<name>.rs`, and name it here and in `SCENARIOS`.

pub(super) mod backing_off;
pub(super) mod backup;
pub(super) mod cafe;
pub(super) mod carrier;
pub(super) mod crawler;
pub(super) mod dead_links;
pub(super) mod editor_markup;
pub(super) mod health_checks;
pub(super) mod odd_searches;
pub(super) mod office;
pub(super) mod partner_sync;
pub(super) mod prefetch;
pub(super) mod query_links;
pub(super) mod release_day;
pub(super) mod report_reader;
pub(super) mod retry_storm;
pub(super) mod slow_hour;
pub(super) mod stale_secret;
pub(super) mod support_desk;
pub(super) mod video_streams;

use std::net::IpAddr;

use super::person::{Habits, visit};
use super::random::Rng;
use super::request::Part;
use super::stage::Stage;
use crate::time::Time;

/// Lets `visits` by people whom nobody has met enter between `from` and `to`, each through one of `addresses`.
fn crowd_behind(
    stage: &mut Stage,
    part: Part,
    mut rng: Rng,
    (from, to): (Time, Time),
    visits: u64,
    addresses: Vec<IpAddr>,
    habits: Habits,
) {
    let mut left = visits;
    let people = (visits * 2 / 3).max(1);
    let first = stage.newcomer();
    for _ in 1..people {
        stage.newcomer();
    }
    let gap = super::stage::gap(to.0 - from.0, visits);
    let actor = move |now: Time, stage: &mut Stage| {
        left = left.checked_sub(1)?;
        let person = first + rng.below(people);
        let visitor = visit(stage, person, now, Some(*rng.pick(&addresses)), habits, part);
        stage.enter(now, visitor);
        let next = Time(now.0 + rng.wait(gap));
        (next < to).then_some(next)
    };
    stage.enter(from, Box::new(actor));
}
