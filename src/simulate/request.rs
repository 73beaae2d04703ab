//! What passes over the stage: one request, and the book in which the truth of a scenario is gathered.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::rc::Rc;

use super::answer::Answer;
use crate::time::Time;

/// To which entry of the truth a request belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// To none: ordinary people and the background of the internet.
    Nobody,
    /// To the scenario with this number.
    Scenario(usize),
}

/// One request, with everything that any of the formats writes.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// When it began.
    pub time: Time,
    /// How long it took, in microseconds.
    pub took: i64,
    /// Who sent it.
    pub client: IpAddr,
    /// The account that it acts as, or that a login tries.
    pub user: Option<Rc<str>>,
    /// The token it carries; zero for none.
    pub token: u64,
    /// The method.
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// The answer.
    pub answer: Answer,
    /// The page it came from.
    pub referer: Option<Rc<str>>,
    /// What the client calls itself; empty if it says nothing.
    pub agent: Rc<str>,
    /// To whom it belongs.
    pub part: Part,
}

/// What the truth will say of one scenario.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Every address that wrote a line of it.
    pub ips: BTreeSet<IpAddr>,
    /// Accounts, where they tell who it is.
    pub users: BTreeSet<Rc<str>>,
    /// Hashed tokens.
    pub tokens: BTreeSet<u64>,
    /// How it ended.
    pub outcome: Option<&'static str>,
    /// The first line's time.
    pub first: Option<Time>,
    /// The last line's time.
    pub last: Option<Time>,
    /// Its lines.
    pub requests: u64,
}

impl Book {
    /// Notes a line of `client` at `time`.
    pub(super) fn enter(&mut self, time: Time, client: IpAddr) {
        self.requests += 1;
        self.ips.insert(client);
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
    }
}
