//! Somebody who sends requests from one address with one agent: a person's browser, a job, a tool of an attacker's.

use std::net::IpAddr;
use std::rc::Rc;

use super::answer::Answer;
use super::random::{Rng, mix, name_seed};
use super::request::{Part, Request};
use super::stage::Stage;
use crate::time::Time;

/// Somebody who sends requests: all that their lines have in common.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// Their chance.
    pub rng: Rng,
    /// Where they are.
    pub address: IpAddr,
    /// What they use.
    pub agent: Rc<str>,
    /// Who they are, once they have logged in.
    pub user: Option<Rc<str>>,
    /// Their token; zero before they have one.
    pub token: u64,
    /// Bytes a second that their line carries.
    pub bandwidth: u64,
    /// To whom their requests belong.
    pub part: Part,
}

impl Client {
    /// A client of `agent` at `address`, with its own chance.
    pub(super) fn new(mut rng: Rng, address: IpAddr, agent: Rc<str>, part: Part) -> Self {
        let bandwidth = rng.log_normal(2_500_000, 0.8).max(60_000);
        Self { rng, address, agent, user: None, token: 0, bandwidth, part }
    }

    /// The same client, logged in as `user`.
    pub(super) fn known_as(mut self, user: Rc<str>, session: u64) -> Self {
        self.token = token(&user, session);
        self.user = Some(user);
        self
    }

    /// Asks, and gets `answer`.
    pub(super) fn ask(
        &mut self,
        stage: &mut Stage,
        time: Time,
        method: &'static str,
        target: String,
        answer: Answer,
    ) {
        self.ask_from(stage, time, method, target, answer, None);
    }

    /// Asks from the page `referer`, and gets `answer`.
    pub(super) fn ask_from(
        &mut self,
        stage: &mut Stage,
        time: Time,
        method: &'static str,
        target: String,
        answer: Answer,
        referer: Option<Rc<str>>,
    ) {
        let took = duration(&mut self.rng, answer, self.bandwidth, stage.slowness(time));
        self.send(stage, (time, took), method, target, answer, referer);
    }

    /// Asks, and gets `answer` after `took` microseconds.
    pub(super) fn wait_for(
        &mut self,
        stage: &mut Stage,
        (time, took): (Time, i64),
        method: &'static str,
        target: String,
        answer: Answer,
    ) {
        self.send(stage, (time, took), method, target, answer, None);
    }

    fn send(
        &mut self,
        stage: &mut Stage,
        (time, took): (Time, i64),
        method: &'static str,
        target: String,
        answer: Answer,
        referer: Option<Rc<str>>,
    ) {
        stage.send(Request {
            time,
            took,
            client: self.address,
            user: self.user.clone(),
            token: self.token,
            method,
            target,
            answer,
            referer,
            agent: Rc::clone(&self.agent),
            part: self.part,
        });
    }

    /// Tries to log in as `user`.
    pub(super) fn try_login(&mut self, stage: &mut Stage, time: Time, user: &Rc<str>, answer: Answer) {
        let before = (self.user.replace(Rc::clone(user)), std::mem::take(&mut self.token));
        let target = stage.site.login.clone();
        self.ask(stage, time, "POST", target, answer);
        (self.user, self.token) = before;
    }

    /// Reads `target`, whose size is its own, round `median`.
    pub(super) fn read(&mut self, stage: &mut Stage, time: Time, target: String, median: u64) {
        let answer = Answer { status: 200, bytes: stage.site.size(&target, median) };
        self.ask(stage, time, "GET", target, answer);
    }
}

/// A token of `user`, the same for the same `session`; never zero.
pub(super) fn token(user: &str, session: u64) -> u64 {
    mix(name_seed(user) ^ mix(session)) | 1
}

/// How long an answer takes: the server's time, so many times the ordinary, and the transfer at this client's bandwidth.
fn duration(rng: &mut Rng, answer: Answer, bytes_a_second: u64, slowness: i64) -> i64 {
    let server = rng.log_normal(35_000, 0.7) * slowness.unsigned_abs();
    let transfer = answer.bytes.saturating_mul(1_000_000) / bytes_a_second.max(10_000);
    i64::try_from((server + transfer).min(2_000_000_000)).unwrap_or(0)
}
