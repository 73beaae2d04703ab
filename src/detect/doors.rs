//! What failure looks like at each door: decided from the door's own answers, since a login may refuse with 401, 403, 400,
//! 422, a redirect, or a 200 of another size.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::visits::Visit;
use crate::evidence::Answer;
use crate::request::RouteKey;

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
}

/// Below this share of 4xx answers (in percent) a door does not refuse by status.
const BY_STATUS: u64 = 2;

/// Fewer tries than this tell nothing about a door.
const TELLING_TRIES: u64 = 50;

/// An answer whose clients go on at less than this share (in percent) of the best answer's is a refusal.
const GOES_ON: u64 = 50;

impl Doors {
    /// Learns from all visits.
    pub(crate) fn learn(visits: &[Visit]) -> Self {
        let mut answers: BTreeMap<RouteKey, BTreeMap<Answer, u64>> = BTreeMap::new();
        for visit in visits {
            let known = answers.entry(visit.door).or_default();
            visit.answers.iter().for_each(|&(answer, count)| *known.entry(answer).or_default() += count);
        }
        let is_ambiguous = |counts: &BTreeMap<Answer, u64>| {
            let total: u64 = counts.values().sum();
            let refused: u64 =
                counts.iter().filter(|(a, _)| (400..500).contains(&a.status)).map(|(_, count)| count).sum();
            total >= TELLING_TRIES && refused * 100 < total * BY_STATUS
        };
        answers.retain(|_, counts| is_ambiguous(counts));
        // Who got several kinds of answer failed first, and tells nothing.
        let mut followed: BTreeMap<RouteKey, Followed> = BTreeMap::new();
        for visit in visits.iter().filter(|visit| answers.contains_key(&visit.door)) {
            let goes_on = visit.requests > visit.at_doors * 2;
            let given = visit.answers.iter().map(|&(answer, _)| answer);
            let given: BTreeSet<Answer> = given.filter(|a| (200..400).contains(&a.status)).collect();
            followed.entry(visit.door).or_default().add(&given, goes_on);
        }
        let all = |door: &RouteKey| answers[door].keys().copied().collect::<BTreeSet<Answer>>();
        Self { ambiguous: followed.iter().map(|(door, seen)| (*door, seen.letting_in(all(door)))).collect() }
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

/// Clients that got one answer and no other, and how many of them went on.
#[derive(Default)]
struct Followed {
    statuses: BTreeMap<u16, (u64, u64)>,
    answers: BTreeMap<Answer, (u64, u64)>,
}

/// So many clients tell something about an answer.
const TELLING_CLIENTS: u64 = 5;

impl Followed {
    /// Counts one client.
    fn add(&mut self, answers: &BTreeSet<Answer>, goes_on: bool) {
        let statuses: BTreeSet<u16> = answers.iter().map(|answer| answer.status).collect();
        let count = |seen: &mut (u64, u64)| {
            seen.0 += 1;
            seen.1 += u64::from(goes_on);
        };
        if let [status] = statuses.into_iter().collect::<Vec<_>>().as_slice() {
            count(self.statuses.entry(*status).or_default());
        }
        if let [answer] = answers.iter().collect::<Vec<_>>().as_slice() {
            count(self.answers.entry(**answer).or_default());
        }
    }

    /// Those of `answers` that let somebody in: first by status, then, within what is left, by size.
    fn letting_in(&self, mut answers: BTreeSet<Answer>) -> BTreeSet<Answer> {
        let refusing = refusing(&self.statuses);
        answers.retain(|answer| !refusing.contains(&answer.status));
        let left = self.answers.iter().filter(|(answer, _)| answers.contains(answer));
        let refusing = self::refusing(&left.map(|(&answer, &seen)| (answer, seen)).collect());
        answers.retain(|answer| !refusing.contains(answer));
        answers
    }
}

/// Those whose clients go on far less often than the best's.
fn refusing<K: Ord + Copy>(seen: &BTreeMap<K, (u64, u64)>) -> BTreeSet<K> {
    let rate = |&(clients, on): &(u64, u64)| on * 1000 / clients.max(1);
    let telling = || seen.iter().filter(|(_, (clients, _))| *clients >= TELLING_CLIENTS);
    let best = telling().map(|(_, seen)| rate(seen)).max().unwrap_or(0);
    telling().filter(|(_, seen)| rate(seen) * 100 < best * GOES_ON).map(|(&key, _)| key).collect()
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

    /// All tries that were judged.
    pub(crate) fn tries(&self) -> u64 {
        self.accepted + self.refused + self.trouble
    }

    /// The refused share of those that were answered, in tenths of a percent.
    pub(crate) fn refused_permille(&self) -> u64 {
        super::statistics::permille(self.refused, self.accepted + self.refused)
    }
}
