//! A key that one or two networks have, and from one hour on dozens: it was published, or sold.

use super::Judge;
use crate::collect::{HOUR_TICK, Hour, Used};
use crate::series::Evidence;
use crate::time::{Seconds, Time};

/// From so many networks within one tick on it is a wave.
const WAVE: u64 = 8;

/// Before it the key was used for so many ticks at least, by so many requests, from so few networks.
const QUIET: usize = 3;
const QUIET_REQUESTS: u64 = 50;
const QUIET_NETWORKS: u64 = 4;

/// A key that is suddenly used from many networks.
pub(super) struct Wave {
    /// From how many, before.
    pub(super) before: u64,
    /// From how many, since.
    pub(super) since: u64,
    /// The tick in which it began, and the end of the last in which it went on.
    pub(super) first: Time,
    pub(super) last: Time,
    /// How long a tick is, and how many requests in each.
    pub(super) width: Seconds,
    pub(super) activity: Vec<(Time, u64)>,
}

/// From how many wide networks a key was used in some hours.
pub(super) fn networks<'h>(hours: impl Iterator<Item = &'h Hour>) -> u64 {
    let mut all = Hour::default();
    hours.for_each(|hour| all.networks.absorb(&hour.networks));
    all.networks.count()
}

impl Judge {
    /// When a key began to be used from many networks, if it did and was not before.
    pub(super) fn wave(&self, used: &Used) -> Option<Wave> {
        let ticks: Vec<(Time, &Hour)> = used.hours.ticks(HOUR_TICK).collect();
        let began = ticks.iter().position(|(_, hour)| hour.networks.count() >= WAVE)?;
        let (quiet, wave) = ticks.split_at(began);
        let requests: u64 = quiet.iter().map(|(_, hour)| hour.requests).sum();
        let before = networks(quiet.iter().map(|&(_, hour)| hour));
        let since = networks(wave.iter().map(|&(_, hour)| hour));
        let was_quiet = quiet.len() >= QUIET && requests >= QUIET_REQUESTS && before <= QUIET_NETWORKS;
        if !was_quiet || since < self.networks || !has_other_agents(quiet, wave) {
            return None;
        }
        let many: Vec<&(Time, &Hour)> =
            wave.iter().filter(|(_, hour)| hour.networks.count() >= WAVE).collect();
        let width = used.hours.width(HOUR_TICK);
        Some(Wave {
            before,
            since,
            first: many.first()?.0,
            last: Time(many.last()?.0.0 + width.micros()),
            width,
            activity: many.iter().map(|(start, hour)| (*start, hour.requests)).collect(),
        })
    }
}

/// Whether other programs come with the wave, as far as the log names any: an owner who roams has his own with him.
fn has_other_agents(quiet: &[(Time, &Hour)], wave: &[(Time, &Hour)]) -> bool {
    let (mut before, mut all) = (Hour::default(), Hour::default());
    for (_, hour) in quiet {
        before.agents.absorb(&hour.agents);
    }
    all.agents.merge(before.agents.clone());
    for (_, hour) in wave {
        all.agents.absorb(&hour.agents);
    }
    all.agents.is_empty() || all.agents.count() >= before.agents.count() + 2
}
