//! What failure looks like at each door: decided from the door's own answers, since a login may refuse with 401, 403, 400,
//! 422, a redirect, or a 200 of another size.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::collect::route_number;
use crate::detect::followed::{Followed, Path};
use crate::detect::visits::Visit;
use crate::detect::{form, landing, short_answer};
use crate::evidence::Answer;
use crate::request::{Client, RouteKey};
use crate::route::Method;
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
    in_vain: BTreeMap<(Client, RouteKey), InVain>,
    /// What visitors ask for beside each door whatever they are answered, as profiles know it.
    forms: BTreeMap<RouteKey, BTreeSet<u64>>,
    /// Doors that send somebody elsewhere: those of pages with a form, which no program's door has.
    redirecting: BTreeSet<RouteKey>,
    /// The doors' own pages, as profiles know them.
    pages: BTreeSet<u64>,
}

/// What refused one client at a door that answers all alike.
#[derive(Clone, Copy)]
struct InVain {
    answer: Answer,
    /// How often; `None` for always.
    times: Option<u64>,
}

/// Below this share of 4xx answers (in percent) a door does not refuse by status.
const BY_STATUS: u64 = 2;

/// A door to which no more come than these, and tries that none of them needs.
const ALONE: usize = 2;
const MANY_TRIES: u64 = 300;

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
        let pages = visits.iter().filter(|visit| visit.at.class.takes_credentials());
        let pages = pages.map(|visit| route_number(visit.at.template.0, Method::Get as u8)).collect();
        let redirects =
            |visit: &&Visit| visit.answers.iter().any(|(answer, _)| matches!(answer.status, 300..400));
        let redirecting: BTreeSet<RouteKey> =
            visits.iter().filter(redirects).map(|visit| visit.door).collect();
        let has_form = |door: &RouteKey| redirecting.contains(door) || answers.contains_key(door);
        let forms = forms(visits, has_form, tally);
        let mut learned = Self { forms, redirecting, pages, ..Self::default() };
        let at_one: Vec<&Visit> = visits.iter().filter(|visit| answers.contains_key(&visit.door)).collect();
        let path = |visit: &&Visit| Path::of(visit, visits, learned.form(visit.door), tally);
        let paths: Vec<(&Visit, Path)> = at_one.into_par_iter().map(|visit| (visit, path(&visit))).collect();
        let mut at_one: BTreeMap<RouteKey, Vec<(&Visit, &Path)>> = BTreeMap::new();
        for (visit, path) in &paths {
            at_one.entry(visit.door).or_default().push((visit, path));
        }
        for (door, visitors) in at_one {
            let counts = &answers[&door];
            let mut seen = Followed::default();
            for (visit, path) in &visitors {
                seen.add(visit, path.goes_on(visit));
            }
            let mut letting_in = seen.letting_in(counts.keys().copied().collect());
            let visits_here = visitors.iter().map(|&(visit, _)| visit);
            if let Some(short) = short_answer::refusing(visits_here, &letting_in) {
                letting_in.remove(&short);
            }
            let refused: u64 = counts
                .iter()
                .filter(|(answer, _)| !letting_in.contains(answer))
                .map(|(_, count)| count)
                .sum();
            if refused * 100 < counts.values().sum::<u64>() * BY_STATUS && seen.is_followed() {
                learned.tell_by_what_follows(door, &visitors, tally);
            }
            for (client, answer) in relentless(&visitors, visits) {
                if letting_in.contains(&answer) {
                    learned.in_vain.insert((client, door), InVain { answer, times: None });
                }
                // Nobody else got anywhere with it either.
                if !seen.goes_on_after(answer) {
                    letting_in.remove(&answer);
                }
            }
            learned.ambiguous.insert(door, letting_in);
        }
        learned
    }

    /// Learns of a door that answers all alike whom it refused.
    fn tell_by_what_follows(&mut self, door: RouteKey, visitors: &[(&Visit, &Path)], tally: &Tally) {
        let landing = landing::routes(visitors, self.form(door), tally);
        let in_vain = visitors.par_iter().filter_map(|(visit, path)| {
            let always = path.silence(visit).map(|answer| InVain { answer, times: None });
            let one = always.or_else(|| {
                let (answer, times) = landing::refused(visit, path, &landing, tally)?;
                Some(InVain { answer, times: Some(times) })
            })?;
            Some(((visit.client, door), one))
        });
        let in_vain: Vec<((Client, RouteKey), InVain)> = in_vain.collect();
        self.in_vain.extend(in_vain);
    }

    /// What visitors ask for beside a door whatever they are answered, as profiles know it.
    fn form(&self, door: RouteKey) -> &BTreeSet<u64> {
        static NONE: BTreeSet<u64> = BTreeSet::new();
        self.forms.get(&door).unwrap_or(&NONE)
    }

    /// Whether a route, as profiles know it, is a door's own page or what visitors ask for beside a door.
    pub(crate) fn is_form(&self, route: u64) -> bool {
        self.pages.contains(&route) || self.forms.values().any(|form| form.contains(&route))
    }

    /// How many requests of a visitor are neither tries at doors nor for the page with the form of this one.
    pub(crate) fn elsewhere(&self, visit: &Visit, visits: &[Visit], tally: &Tally) -> u64 {
        let elsewhere = visit.requests.saturating_sub(visit.at_doors);
        if !self.redirecting.contains(&visit.door) {
            return elsewhere;
        }
        elsewhere.saturating_sub(Path::of(visit, visits, self.form(visit.door), tally).at_form(visit.tries))
    }

    /// Whether a door refuses with statuses alone.
    pub(crate) fn refuses_by_status(&self, door: RouteKey) -> bool {
        !self.ambiguous.contains_key(&door)
    }

    /// Whether nothing that was answered tells that this client was refused, but that nothing came of it.
    pub(crate) fn is_silent(&self, client: Client, door: RouteKey) -> bool {
        self.in_vain.get(&(client, door)).is_some_and(|one| one.times.is_none())
    }

    /// Whether a client was refused and let in with the same answer.
    pub(crate) fn is_mixed(&self, client: Client, door: RouteKey) -> bool {
        self.in_vain.get(&(client, door)).is_some_and(|one| one.times.is_some())
    }

    /// What `answer` means at `door` to this client; where it meant both to it, that it was refused.
    pub(crate) fn verdict_for(&self, client: Client, door: RouteKey, answer: Answer) -> Verdict {
        match self.in_vain.get(&(client, door)) {
            Some(one) if one.answer == answer => Verdict::Refused,
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
        let in_vain = self.in_vain.get(&(client, door));
        for (answer, count) in answers {
            let times =
                in_vain.filter(|one| one.answer == answer).map_or(0, |one| one.times.unwrap_or(count));
            verdicts.add(Verdict::Refused, times.min(count));
            verdicts.add(self.verdict(door, answer), count.saturating_sub(times));
        }
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

/// Visitors of one door whom it refused again and again, and with which answer: not the only one that is given there, whatever
/// the method.
fn relentless(visitors: &[(&Visit, &Path)], visits: &[Visit]) -> Vec<(Client, Answer)> {
    let Some((one, _)) = visitors.first() else { return Vec::new() };
    let there = visits.iter().filter(|visit| visit.at.template == one.at.template);
    let given = there.flat_map(|visit| visit.answers.iter().map(|&(answer, _)| answer));
    let given: BTreeSet<Answer> = given.filter(|answer| (200..400).contains(&answer.status)).collect();
    // Where a program is answered with more or less it got more or less, unless it is after one account.
    let says_more = |visit: &Visit, other: Answer, answer: Answer| {
        other.status / 100 != answer.status / 100 || visit.target.is_some() && other > answer
    };
    let refused = |(visit, path): &(&Visit, &Path)| {
        // Where hardly anybody else comes nothing says more; then it takes more tries.
        let is_alone = visitors.len() <= ALONE && visit.tries >= MANY_TRIES;
        let another = |answer: Answer| is_alone || given.iter().any(|&other| says_more(visit, other, answer));
        Some((visit.client, path.relentless(visit, another)?))
    };
    visitors.iter().filter_map(refused).collect()
}

/// What visitors ask for beside each door that may have a form, whatever they are answered.
fn forms(
    visits: &[Visit],
    has_form: impl Fn(&RouteKey) -> bool,
    tally: &Tally,
) -> BTreeMap<RouteKey, BTreeSet<u64>> {
    let mut at_one: BTreeMap<RouteKey, Vec<&Visit>> = BTreeMap::new();
    for visit in visits.iter().filter(|visit| has_form(&visit.door)) {
        at_one.entry(visit.door).or_default().push(visit);
    }
    let forms = at_one.into_par_iter().map(|(door, visits)| (door, form::routes(visits.into_iter(), tally)));
    let mut forms: BTreeMap<RouteKey, BTreeSet<u64>> = forms.collect();
    forms.retain(|_, form| !form.is_empty());
    forms
}

/// Whether a door that gave these answers seems never to refuse: then it does so with a success. Who is told to wait was not
/// judged.
fn refuse_with_success(counts: &BTreeMap<Answer, u64>) -> bool {
    let judged = || counts.iter().filter(|(answer, _)| answer.status != 429);
    let total: u64 = judged().map(|(_, count)| count).sum();
    let refused = judged().filter(|(answer, _)| (400..500).contains(&answer.status));
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
