//! What failure looks like at each door: decided from the door's own answers, since a login may refuse with 401, 403, 400,
//! 422, a redirect, or a 200 of another size.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::detect::followed::{Followed, Path};
use crate::detect::form;
use crate::detect::visits::Visit;
use crate::evidence::Answer;
use crate::request::{Client, RouteKey};
use crate::tally::Tally;

/// What an answer at a door means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The credentials were right, or the account exists.
    Accepted,
    /// They were wrong.
    Refused,
    /// They were not even tried: 403, 406, 429, 444.
    Blocked,
    /// The service failed.
    Trouble,
}

/// What failure looks like at each door of a log.
#[derive(Default)]
pub(crate) struct Doors {
    /// Doors that refuse with 2xx or 3xx: which of these answers let somebody in.
    ambiguous: BTreeMap<RouteKey, BTreeSet<Answer>>,
    /// Clients that one answer refused though it looks like a success, since nothing came of it.
    silent: BTreeMap<(Client, RouteKey), Answer>,
}

/// Below this share of 4xx answers (in percent) a door does not refuse by status.
const BY_STATUS: u64 = 2;

/// Fewer tries than this tell nothing about a door.
const TELLING_TRIES: u64 = 50;

impl Doors {
    /// Learns from all visits.
    pub(crate) fn learn(visits: &[Visit], tally: &Tally) -> Self {
        let mut answers: BTreeMap<RouteKey, BTreeMap<Answer, u64>> = BTreeMap::new();
        for visit in visits {
            let known = answers.entry(visit.door).or_default();
            visit.answers.iter().for_each(|&(answer, count)| *known.entry(answer).or_default() += count);
        }
        answers.retain(|_, counts| refuse_with_success(counts));
        let mut at_one: BTreeMap<RouteKey, Vec<&Visit>> = BTreeMap::new();
        for visit in visits.iter().filter(|visit| answers.contains_key(&visit.door)) {
            at_one.entry(visit.door).or_default().push(visit);
        }
        let forms: BTreeMap<RouteKey, BTreeSet<u64>> = at_one
            .par_iter()
            .map(|(&door, visits)| (door, form::routes(visits.iter().copied(), tally)))
            .collect();
        let at_one: Vec<&Visit> = at_one.into_values().flatten().collect();
        let path = |visit: &&Visit| Path::of(visit, &forms[&visit.door], tally);
        let paths: Vec<(&Visit, Path)> = at_one.into_par_iter().map(|visit| (visit, path(&visit))).collect();
        let mut followed: BTreeMap<RouteKey, Followed> = BTreeMap::new();
        for (visit, path) in &paths {
            followed.entry(visit.door).or_default().add(visit, path.goes_on(visit));
        }
        let mut learned = Self::default();
        let mut telling_nothing = BTreeSet::new();
        for (door, seen) in &followed {
            let counts = &answers[door];
            let letting_in = seen.letting_in(counts.keys().copied().collect());
            let refused: u64 = counts
                .iter()
                .filter(|(answer, _)| !letting_in.contains(answer))
                .map(|(_, count)| count)
                .sum();
            if refused * 100 < counts.values().sum::<u64>() * BY_STATUS && seen.is_followed() {
                telling_nothing.insert(*door);
            }
            learned.ambiguous.insert(*door, letting_in);
        }
        let silent = paths.iter().filter(|(visit, _)| telling_nothing.contains(&visit.door));
        learned.silent = silent
            .filter_map(|(visit, path)| Some(((visit.client, visit.door), path.silence(visit)?)))
            .collect();
        learned
    }

    /// Whether nothing that was answered tells that this client was refused, but that nothing came of it.
    pub(crate) fn is_silent(&self, client: Client, door: RouteKey) -> bool {
        self.silent.contains_key(&(client, door))
    }

    /// What `answer` means at `door` to this client.
    pub(crate) fn verdict_for(&self, client: Client, door: RouteKey, answer: Answer) -> Verdict {
        match self.silent.get(&(client, door)) {
            Some(&silent) if silent == answer => Verdict::Refused,
            _ => self.verdict(door, answer),
        }
    }

    /// How often each verdict fell for this client.
    pub(crate) fn count_for(
        &self,
        client: Client,
        door: RouteKey,
        answers: impl Iterator<Item = (Answer, u64)>,
    ) -> Verdicts {
        let mut verdicts = Verdicts::default();
        answers.for_each(|(answer, count)| verdicts.add(self.verdict_for(client, door, answer), count));
        verdicts
    }

    /// How often each verdict fell in a visit.
    pub(crate) fn of_visit(&self, visit: &Visit) -> Verdicts {
        self.count_for(visit.client, visit.door, visit.answers.iter().copied())
    }

    /// What `answer` means at `door`.
    pub(crate) fn verdict(&self, door: RouteKey, answer: Answer) -> Verdict {
        match answer.status {
            403 | 406 | 429 | 444 => Verdict::Blocked,
            400..500 => Verdict::Refused,
            200..400 => match self.ambiguous.get(&door) {
                Some(letting_in) if !letting_in.contains(&answer) => Verdict::Refused,
                _ => Verdict::Accepted,
            },
            _ => Verdict::Trouble,
        }
    }

    /// How often each verdict fell.
    pub(crate) fn count(&self, door: RouteKey, answers: impl Iterator<Item = (Answer, u64)>) -> Verdicts {
        let mut verdicts = Verdicts::default();
        for (answer, count) in answers {
            verdicts.add(self.verdict(door, answer), count);
        }
        verdicts
    }
}

/// Whether a door that gave these answers seems never to refuse: then it does so with a success.
fn refuse_with_success(counts: &BTreeMap<Answer, u64>) -> bool {
    let total: u64 = counts.values().sum();
    let refused = counts.iter().filter(|(answer, _)| (400..500).contains(&answer.status));
    total >= TELLING_TRIES && refused.map(|(_, count)| count).sum::<u64>() * 100 < total * BY_STATUS
}

/// How often each verdict fell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdicts {
    /// [`Verdict::Accepted`].
    pub(crate) accepted: u64,
    /// [`Verdict::Refused`] and [`Verdict::Blocked`].
    pub(crate) refused: u64,
    /// [`Verdict::Blocked`] alone.
    pub(crate) blocked: u64,
    /// [`Verdict::Trouble`].
    pub(crate) trouble: u64,
}

impl Verdicts {
    /// Adds `count` verdicts.
    pub(crate) fn add(&mut self, verdict: Verdict, count: u64) {
        match verdict {
            Verdict::Accepted => self.accepted += count,
            Verdict::Refused => self.refused += count,
            Verdict::Blocked => {
                self.refused += count;
                self.blocked += count;
            }
            Verdict::Trouble => self.trouble += count,
        }
    }

    /// Adds all of `other`.
    pub(crate) fn merge(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.blocked += other.blocked;
        self.trouble += other.trouble;
    }

    /// All but those of `part`.
    #[must_use]
    pub(crate) fn without(self, part: Self) -> Self {
        Self {
            accepted: self.accepted.saturating_sub(part.accepted),
            refused: self.refused.saturating_sub(part.refused),
            blocked: self.blocked.saturating_sub(part.blocked),
            trouble: self.trouble.saturating_sub(part.trouble),
        }
    }

    /// All tries that were judged.
    pub(crate) fn tries(&self) -> u64 {
        self.accepted + self.refused + self.trouble
    }

    /// The refused share of those that were answered, in tenths of a percent.
    pub(crate) fn refused_permille(&self) -> u64 {
        super::statistics::permille(self.refused, self.accepted + self.refused)
    }
}
