//! What comes after a door: whoever got in goes on, whoever was refused does not. So a door that answers everybody with 2xx
//! or 3xx still tells which of its answers refuse; and where it answers all alike, who was refused.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, route_number};
use crate::detect::visits::Visit;
use crate::evidence::Answer;
use crate::route::{EndpointClass, Method};
use crate::tally::Tally;

/// What a visitor did beside the door.
#[derive(Default)]
pub(super) struct Path {
    /// Requests that are neither at doors, nor for the door's own page, nor for static files.
    beyond: u64,
    /// Requests for the door's own page.
    pages: u64,
    /// Of those beyond, the ones for what everybody asks for who comes to the door.
    common: u64,
    /// Requests for the page with the form: of all that everybody asks for who comes to the door, what it asked for most.
    form: u64,
}

/// Whoever made so many requests to each try went on, whatever they were for.
const PLAINLY: u64 = 10;

/// Who goes on makes at least one request beyond the door to so many tries.
const TRIES: u64 = 8;

/// Tries from which on a source that never goes on is no person: as many as refused ones of a single source.
const MANY: u64 = super::siege::REFUSED;

/// Tries a minute that no clock and no person makes.
const PACE: u64 = 6;

impl Path {
    /// The path of one of these visitors, sorted by client, of a door whose visitors all ask for `common`.
    pub(super) fn of(visit: &Visit, visits: &[Visit], common: &BTreeSet<u64>, tally: &Tally) -> Self {
        let elsewhere = visit.requests.saturating_sub(visit.at_doors);
        if elsewhere == 0 || elsewhere > visit.at_doors * PLAINLY {
            return Self { beyond: elsewhere, ..Self::default() };
        }
        let number = route_number(visit.at.template.0, Method::Get as u8);
        let profile = tally.population::<ClientProfiles>().with(visit.client.0, |profile| {
            let pages = profile.routes.get(number).map_or(0, |page| page.requests);
            let common = common.iter().filter(|&&route| route != number);
            let common = common.filter_map(|&route| profile.routes.get(route)).map(|visit| visit.requests);
            let (common, form) = common.fold((0, pages), |(sum, most), one| (sum + one, most.max(one)));
            (pages, profile.companions, common, form)
        });
        let (pages, companions, common, form) = profile.unwrap_or_default();
        let pages = pages.saturating_sub(tries_at_page(visit, visits));
        Self { beyond: elsewhere.saturating_sub(pages + companions), pages, common, form }
    }

    /// Requests for the page with the form, of a visitor who tried so often: no more than one before and one after each try.
    pub(super) fn at_form(&self, tries: u64) -> u64 {
        self.pages.max(self.form.min(self.common)).min(2 * tries)
    }

    /// Whether so many tries are of a crowd that works: each that gets in goes on at least once.
    pub(super) fn is_crowds(&self, visit: &Visit) -> bool {
        visit.tries >= MANY && self.beyond >= visit.tries
    }

    /// Requests for the page with the form.
    pub(super) fn form(&self) -> u64 {
        self.form
    }

    /// Whether the visitor went on to something else.
    pub(super) fn goes_on(&self, visit: &Visit) -> bool {
        self.beyond.saturating_sub(self.common) * TRIES > visit.at_doors
    }

    /// The answer that refused this visitor, of a door that answers all alike while others go on: the one that it nearly
    /// always got, if nothing came of it. Only a form is judged so: it redirects, and whoever was refused stands before it
    /// again. A token endpoint refuses by status (RFC 6749 §5.2).
    pub(super) fn silence(&self, visit: &Visit) -> Option<Answer> {
        let &(answer, count) = visit.answers.iter().max_by_key(|&&(answer, count)| (count, answer))?;
        let comes_back = self.pages * 2 >= visit.tries;
        let hurries = visit.tries >= MANY && hurries(visit);
        let alone = if visit.tries >= MANY { self.beyond * TRIES <= visit.tries } else { self.beyond == 0 };
        let is_form = visit.at.class == EndpointClass::Login && (300..400).contains(&answer.status);
        (is_form && alone && (comes_back || hurries) && count * 100 >= visit.tries * 85).then_some(answer)
    }
}

impl Path {
    /// The answer that refused a visitor who never tires: it came again and again in haste and did nothing else, and always
    /// got that one, while others got `another` that says more. Nobody logs in so often for nothing. Where programs fetch tokens they do;
    /// there it must be after one account.
    pub(super) fn relentless(&self, visit: &Visit, another: impl Fn(Answer) -> bool) -> Option<Answer> {
        let &(answer, count) = visit.answers.iter().max_by_key(|&&(answer, count)| (count, answer))?;
        let guesses = match visit.at.class {
            EndpointClass::Login => true,
            EndpointClass::Token => visit.target.is_some(),
            _ => false,
        };
        let does_nothing_else = self.beyond.saturating_sub(self.common) * NOTHING <= visit.tries;
        let is_always = count * 100 >= visit.tries * NEARLY && (200..400).contains(&answer.status);
        let hammers = visit.tries >= HAMMERS && hurries(visit);
        (guesses && hammers && does_nothing_else && is_always && another(answer)).then_some(answer)
    }
}

/// Whether somebody tries faster than any clock or person.
fn hurries(visit: &Visit) -> bool {
    let minutes = u64::try_from(visit.span.micros() / crate::time::MINUTE).unwrap_or(0);
    visit.tries > PACE * minutes.max(1)
}

/// How many requests for the door's own page are themselves tries, since they name an account.
fn tries_at_page(visit: &Visit, visits: &[Visit]) -> u64 {
    if visit.doors < 2 {
        return 0;
    }
    let from = visits.partition_point(|other| other.client < visit.client);
    let same = visits[from..].iter().take_while(|other| other.client == visit.client);
    let at_page =
        same.filter(|other| other.at.template == visit.at.template && other.at.method == Method::Get);
    let named: u64 = at_page.map(|other| other.tries).sum();
    // No more than one for each try: it is what the form says of whoever was sent back to it.
    if visit.at.method == Method::Post && named <= visit.tries { 0 } else { named }
}

/// Visitors of one door, what they got and whether they went on.
#[derive(Default)]
pub(super) struct Followed {
    statuses: BTreeMap<u16, Seen>,
    answers: BTreeMap<Answer, Seen>,
    visitors: u64,
    /// Those who went on.
    on: u64,
    /// Whether what was given besides counts: a token endpoint gives first one answer, then another, as time goes by.
    besides: bool,
    /// Whether it is a login.
    login: bool,
}

/// Visitors that got one kind of answer.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// All of them.
    all: u64,
    /// Those who got no other.
    alone: u64,
    /// The tries of these.
    tries: u64,
    /// Those of them who hammered at it.
    hammer: u64,
    /// Those of them who went on.
    alone_on: u64,
    /// All who got it, perhaps beside others, and went on.
    on: u64,
}

/// An answer whose clients go on at less than this share (in percent) of the best answer's is a refusal.
const GOES_ON: u64 = 50;

/// So many clients tell something about an answer.
const TELLING_CLIENTS: u64 = 5;

/// Tries of one source that all end in one answer, and are no logins that succeed.
const HAMMERS: u64 = 100;

/// So much of what it gets is the one answer, in percent.
const NEARLY: u64 = 95;

/// Whoever hammers does nothing else: less than one request to so many tries.
const NOTHING: u64 = 50;

/// Hardly anybody is no more than one in so many.
const HARDLY: u64 = 50;

/// So many clients that go on tell something about a door.
const TELLING_DOOR: u64 = 20;

impl Followed {
    /// Counts one visitor.
    pub(super) fn add(&mut self, visit: &Visit, goes_on: bool) {
        self.visitors += 1;
        self.on += u64::from(goes_on);
        self.besides |= visit.at.class != EndpointClass::Token;
        self.login |= visit.at.class == EndpointClass::Login;
        let hammers = visit.tries >= HAMMERS && hurries(visit);
        let given = visit.answers.iter().map(|&(answer, _)| answer);
        let answers: BTreeSet<Answer> = given.filter(|a| (200..400).contains(&a.status)).collect();
        let statuses: BTreeSet<u16> = answers.iter().map(|answer| answer.status).collect();
        let count = |seen: &mut Seen, alone: bool| {
            seen.all += 1;
            seen.on += u64::from(goes_on);
            if alone {
                seen.alone += 1;
                seen.tries += visit.tries;
                seen.hammer += u64::from(hammers);
                seen.alone_on += u64::from(goes_on);
            }
        };
        for &status in &statuses {
            count(self.statuses.entry(status).or_default(), statuses.len() == 1);
        }
        for &answer in &answers {
            count(self.answers.entry(answer).or_default(), answers.len() == 1);
        }
    }

    /// Whether most visitors go on, and enough of them to tell.
    pub(super) fn is_followed(&self) -> bool {
        self.on >= TELLING_DOOR && self.on * 2 >= self.visitors
    }

    /// Whether anybody who got this answer went on.
    pub(super) fn goes_on_after(&self, answer: Answer) -> bool {
        self.answers.get(&answer).is_some_and(|seen| seen.on > 0)
    }

    /// Those of `answers` that let somebody in: first by status, then, within what is left, by size.
    pub(super) fn letting_in(&self, mut answers: BTreeSet<Answer>) -> BTreeSet<Answer> {
        let mut refusing = self.refusing(&self.statuses);
        refusing.extend(self.of_few());
        answers.retain(|answer| !refusing.contains(&answer.status));
        let left = self.answers.iter().filter(|(answer, _)| answers.contains(answer));
        let mut refusing = self.refusing(&left.map(|(&answer, &seen)| (answer, seen)).collect());
        refusing.extend(self.hammered());
        refusing.extend(self.knocked());
        answers.retain(|answer| !refusing.contains(answer));
        answers
    }

    /// Those whose clients go on far less often than the best's; and those that hardly anybody who went on got without
    /// another: people fail first and get in then.
    fn refusing<K: Ord + Copy>(&self, seen: &BTreeMap<K, Seen>) -> BTreeSet<K> {
        let mut refusing = lesser(seen, |seen| (seen.alone_on, seen.alone));
        if self.besides {
            refusing.extend(lesser(seen, |seen| (seen.alone_on, seen.on)));
        }
        refusing
    }

    /// At a door that few go through: a status that was given many times, after which hardly anybody went on, while nearly all
    /// who did got another.
    fn of_few(&self) -> BTreeSet<u16> {
        let hardly_on = |seen: &Seen| seen.alone_on * HARDLY <= seen.alone && seen.alone_on * 2 <= self.on;
        let tells = |seen: &Seen| self.besides && self.on >= 2 && hardly_on(seen) && seen.tries >= MANY;
        self.statuses.iter().filter(|(_, seen)| tells(seen)).map(|(&status, _)| status).collect()
    }
}

impl Followed {
    /// Where hardly anybody goes on, as at a login for programs: the smallest answer of its status, if only those get it who get
    /// nothing else, a hundred times in haste, while others get something else. Nobody logs in a hundred times and does
    /// nothing then, and a refusal says less than what it refuses.
    fn hammered(&self) -> Option<Answer> {
        let (&answer, seen) = self.answers.iter().find(|(_, seen)| seen.hammer > 0)?;
        let is_smallest = self.answers.keys().find(|other| other.status == answer.status) == Some(&answer);
        let alone = seen.hammer == seen.all && seen.on == 0;
        (self.login && is_smallest && alone && self.visitors - seen.all >= TELLING_CLIENTS).then_some(answer)
    }
}

/// Tries to each client from which on clients of one answer do not log in, but knock: whoever logs in does so once or twice.
const KNOCKS: u64 = 4;

impl Followed {
    /// At a login with a page of its own that few go through: answers that several clients got again and again and nothing
    /// else, after which nobody went on, while all who did got others.
    fn knocked(&self) -> impl Iterator<Item = Answer> {
        let tells = |seen: &Seen| {
            seen.on == 0 && seen.alone >= TELLING_CLIENTS && seen.tries >= MANY.max(seen.alone * KNOCKS)
        };
        let answers = self.answers.iter().filter(move |(_, seen)| self.login && self.on >= 2 && tells(seen));
        answers.map(|(&answer, _)| answer)
    }
}

/// Those of whom far fewer than of the best; `of` says how many of how many.
fn lesser<K: Ord + Copy>(seen: &BTreeMap<K, Seen>, of: impl Fn(&Seen) -> (u64, u64)) -> BTreeSet<K> {
    let rate = |seen: &Seen| of(seen).0 * 1000 / of(seen).1.max(1);
    let telling = || seen.iter().filter(|(_, seen)| of(seen).1 >= TELLING_CLIENTS);
    let best = telling().map(|(_, seen)| rate(seen)).max().unwrap_or(0);
    telling().filter(|(_, seen)| rate(seen) * 100 < best * GOES_ON).map(|(&key, _)| key).collect()
}
