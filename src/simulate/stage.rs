//! The stage: actors act in the order of time, and their requests leave it in the order of completion, as a gateway writes
//! them. Memory holds the actors that are on stage and the requests under way, never the log.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::net::IpAddr;
use std::rc::Rc;

use super::address::Addresses;
use super::agent::Agents;
use super::answer::Answer;
use super::random::Rng;
use super::request::{Book, Part, Request};
use super::site::Site;

use crate::time::{DAY, HOUR, SECOND, Time};

/// Acts once at the given time, and says when it wants to act again; `None` leaves the stage.
pub(super) type Actor = Box<dyn FnMut(Time, &mut Stage) -> Option<Time>>;

/// An entry of a queue, ordered by time and then by arrival.
struct Queued<T> {
    time: Time,
    order: u64,
    what: T,
}

/// Where everybody acts.
pub(super) struct Stage {
    /// Decides what stays with each person.
    pub seed: u64,
    /// The API.
    pub site: Rc<Site>,
    /// What clients call themselves.
    pub agents: Rc<Agents>,
    /// When the log begins.
    pub start: Time,
    /// When nobody begins anything any more.
    pub end: Time,
    /// Hundredths by which volumes differ from those of a day at five requests a second; grows with the root.
    pub scale: u64,
    /// The same, growing with the volume itself.
    pub share: u64,
    /// The books, one a scenario.
    pub books: Vec<Book>,
    /// How many ordinary people there are; their indexes begin at zero.
    pub people: u64,
    /// When the service is out.
    pub outage: Option<(Time, Time)>,
    /// When it is slow for everybody, and so many times.
    pub slow: Vec<(Time, Time, i64)>,
    addresses: Addresses,
    fresh: u64,
    order: u64,
    actors: BinaryHeap<Reverse<Queued<Actor>>>,
    under_way: BinaryHeap<Reverse<Queued<Request>>>,
    sent: u64,
    sent_by_nobody: u64,
}

impl<T> PartialEq for Queued<T> {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl<T> Eq for Queued<T> {}

impl<T> PartialOrd for Queued<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Queued<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.time, self.order).cmp(&(other.time, other.order))
    }
}

impl Stage {
    /// An empty stage.
    pub(super) fn new(
        seed: u64,
        site: Site,
        agents: Agents,
        addresses: Addresses,
        people: u64,
        (start, end): (Time, Time),
    ) -> Self {
        Self {
            seed,
            site: Rc::new(site),
            agents: Rc::new(agents),
            start,
            end,
            scale: 100,
            share: 100,
            books: Vec::new(),
            people,
            outage: None,
            slow: Vec::new(),
            addresses,
            fresh: people,
            order: 0,
            actors: BinaryHeap::new(),
            under_way: BinaryHeap::new(),
            sent: 0,
            sent_by_nobody: 0,
        }
    }

    /// `actor` enters at `time`.
    pub(super) fn enter(&mut self, time: Time, actor: Actor) {
        self.order += 1;
        self.actors.push(Reverse(Queued { time, order: self.order, what: actor }));
    }

    /// A request begins; its line is written when it completes.
    pub(super) fn send(&mut self, request: Request) {
        self.order += 1;
        self.sent += 1;
        self.sent_by_nobody += u64::from(request.part == Part::Nobody);
        let time = Time(request.time.0 + request.took);
        self.under_way.push(Reverse(Queued { time, order: self.order, what: request }));
    }

    /// How many requests of ordinary people and of the internet's background have begun.
    pub(super) fn ordinary(&self) -> u64 {
        self.sent_by_nobody
    }

    /// Lets the next actor act; false when the play is over.
    pub(super) fn step(&mut self) -> bool {
        let Some(Reverse(Queued { time, what: mut actor, .. })) = self.actors.pop() else { return false };
        if time >= self.end {
            return true;
        }
        if let Some(again) = actor(time, self) {
            self.enter(again.max(time), actor);
        }
        true
    }

    /// The next request that completed before anybody can act again, with its time of completion.
    pub(super) fn completed(&mut self) -> Option<(Time, Request)> {
        let now = self.actors.peek().map_or(Time(i64::MAX), |next| next.0.time);
        if self.under_way.peek().is_some_and(|first| first.0.time <= now) {
            return self.under_way.pop().map(|first| (first.0.time, first.0.what));
        }
        None
    }

    /// What everybody is answered while the service is out.
    pub(super) fn out(&self, time: Time) -> Option<Answer> {
        self.outage
            .filter(|(from, to)| (*from..*to).contains(&time))
            .map(|_| Answer { status: 503, bytes: 180 })
    }

    /// How many times as long as otherwise the service takes at `time`.
    pub(super) fn slowness(&self, time: Time) -> i64 {
        let slow = self.slow.iter().filter(|(from, to, _)| (*from..*to).contains(&time));
        slow.map(|&(_, _, times)| times).max().unwrap_or(1)
    }

    /// The book of `part`, if it has one.
    pub(super) fn book(&mut self, part: Part) -> Option<&mut Book> {
        match part {
            Part::Nobody => None,
            Part::Scenario(nth) => self.books.get_mut(nth),
        }
    }

    /// Notes that `part` ended as `outcome`.
    pub(super) fn ends(&mut self, part: Part, outcome: &'static str) {
        if let Some(book) = self.book(part) {
            book.outcome = Some(outcome);
        }
    }

    /// Notes that `part` acts as `user`, with `token` if it has one.
    pub(super) fn acts_as(&mut self, part: Part, user: Option<&Rc<str>>, token: u64) {
        if let Some(book) = self.book(part) {
            book.users.extend(user.map(Rc::clone));
            if token != 0 {
                book.tokens.insert(token);
            }
        }
    }

    /// The address of the person `index`.
    pub(super) fn address(&self, index: u64) -> IpAddr {
        self.addresses.nth(index)
    }

    /// The index of a person whom nobody has met yet.
    pub(super) fn newcomer(&mut self) -> u64 {
        self.fresh += 1;
        self.fresh - 1
    }

    /// `count` addresses for an attacker: proxies rented anywhere, and one in six a machine that its owner still uses.
    pub(super) fn pool(&mut self, count: u64, rng: &mut Rng) -> Vec<IpAddr> {
        let mut pool = BTreeSet::new();
        while (pool.len() as u64) < count {
            let index = if rng.chance(160) { rng.below(self.people) } else { self.newcomer() };
            pool.insert(self.addresses.nth(index));
        }
        let mut pool: Vec<IpAddr> = pool.into_iter().collect();
        rng.shuffle(&mut pool);
        pool
    }

    /// An account that one of the site's people has.
    pub(super) fn some_account(&self, rng: &mut Rng) -> u64 {
        rng.below(self.site.accounts)
    }

    /// `volume` at this run's rate: grows and shrinks with its root, so that no attack drowns or vanishes.
    pub(super) fn scaled(&self, volume: u64) -> u64 {
        (volume * self.scale / 100).max(1)
    }

    /// `volume` at this run's rate, for what people do in proportion to how many there are; at least `least`.
    pub(super) fn in_proportion(&self, volume: u64, least: u64) -> u64 {
        (volume * self.share / 100).max(least)
    }

    /// How many days the log covers, counting a part as one.
    pub(super) fn days(&self) -> i64 {
        ((self.end.0 - self.start.0 + DAY - 1) / DAY).max(1)
    }

    /// A stretch of `length` microseconds that begins at `minute` of day `day`, moved and shortened so that a short log
    /// holds it too.
    pub(super) fn slot(&self, day: i64, minute: u64, length: i64) -> (Time, Time) {
        let whole = self.end.0 - self.start.0;
        let minute = i64::try_from(minute).unwrap_or(0) * 60 * SECOND;
        let length = length.min(whole / 10 * 8);
        let begin = if whole >= DAY {
            self.start.0 + day * DAY + (minute - self.start.0).rem_euclid(DAY)
        } else {
            self.start.0 + minute / 1000 * (whole / (DAY / 1000))
        };
        let begin = begin.min(self.end.0 - length - whole / 50).max(self.start.0);
        (Time(begin), Time((begin + length).min(self.end.0)))
    }

    /// A slot on any day that begins within these hours of the day, and is so many minutes long, short ones as likely as
    /// long ones.
    pub(super) fn some_slot(&self, rng: &mut Rng, hours: (u64, u64), length: (u64, u64)) -> (Time, Time) {
        let day = i64::try_from(rng.below(u64::try_from(self.days()).unwrap_or(1))).unwrap_or(0);
        let minute = rng.between(hours.0 * 60, hours.1 * 60);
        let length = minutes(rng.spread(length.0, length.1)) + rng.wait(SECOND);
        let (from, to) = self.slot(day, minute, length);
        let late = i64::try_from(rng.below(60_000_000)).unwrap_or(0).min((to.0 - from.0) / 4);
        (Time(from.0 + late), to)
    }
}

/// Microseconds in `hours`.
pub(super) fn hours(hours: u64) -> i64 {
    i64::try_from(hours).unwrap_or(0) * HOUR
}

/// Microseconds in `minutes`.
pub(super) fn minutes(minutes: u64) -> i64 {
    i64::try_from(minutes).unwrap_or(0) * 60 * SECOND
}

/// Microseconds between `count` requests that fill `length`.
pub(super) fn gap(length: i64, count: u64) -> i64 {
    length / i64::try_from(count.max(1)).unwrap_or(1)
}
