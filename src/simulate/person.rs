//! One person's visit: arriving, logging in with typing errors, looking around, looking at one's own things, leaving.

use std::net::IpAddr;
use std::rc::Rc;

use super::agent;
use super::answer::{Answer, name_answer, reset_answer};
use super::client::{Client, token};
use super::random::{Rng, mix};
use super::request::Part;
use super::site::{NUMBERED_BYTES, OWNED_EACH, Site};
use super::stage::{Actor, Stage};

use crate::time::{DAY, SECOND, Time};

/// What distinguishes one crowd of people from another. Shares are in thousandths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habits {
    /// Who uses the app rather than a browser.
    pub apps: u64,
    /// Who logs in, or still is.
    pub known: u64,
    /// Who has to type a password, of those who use a browser.
    pub typing: u64,
    /// Who mistypes it at first.
    pub typos: u64,
    /// Who has forgotten it: one to five tries, and some give up.
    pub forgets: u64,
    /// Half do fewer things than this.
    pub steps: u64,
    /// Lines that a visit may write at most.
    pub lines: u64,
}

/// Ordinary people.
pub(super) const ORDINARY: Habits =
    Habits { apps: 380, known: 600, typing: 550, typos: 110, forgets: 18, steps: 9, lines: 4_000 };

/// A visit under way.
struct Visit {
    client: Client,
    site: Rc<Site>,
    account: u64,
    habits: Habits,
    device: Device,
    /// Where the phone is once it has left the house, and when that is, in steps to go.
    elsewhere: Option<(IpAddr, u64)>,
    step: Step,
    left: u64,
    lines: u64,
    listed: bool,
}

/// What somebody uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    Browser,
    App,
    /// A program of the customer's own: no pages, no typing, many requests.
    Script,
}

/// What comes next.
#[derive(Clone, Copy)]
enum Step {
    Arrive,
    LogIn { mistakes: u64, gives_up: bool },
    Roam,
}

/// The visit of the person `index` at about `time`, from `address` where that is not their own.
pub(super) fn visit(
    stage: &Stage,
    index: u64,
    time: Time,
    address: Option<IpAddr>,
    habits: Habits,
    part: Part,
) -> Actor {
    let (device, agent, mut nature) = nature(stage, index, habits);
    let mut rng = Rng::new(stage.seed ^ mix(index), time.0.unsigned_abs());
    let left = match device {
        Device::Script => rng.pareto(habits.steps * 2, 1.2).min(600),
        _ if nature.chance(15) => rng.pareto(habits.steps * 3, 1.1).min(1500),
        Device::Browser | Device::App => rng.log_normal(habits.steps, 0.9),
    };
    let moves = device == Device::App && address.is_none() && rng.chance(70);
    let elsewhere = moves.then(|| (stage.address(index + stage.people * 2), rng.below(left + 1)));
    let client = Client::new(rng.fork(), address.unwrap_or_else(|| stage.address(index)), agent, part);
    let (site, account) = (Rc::clone(&stage.site), account_of(stage, index));
    let step = Step::Arrive;
    let mut visit = Visit {
        client,
        site,
        account,
        habits,
        device,
        elsewhere,
        step,
        left: left + 1,
        lines: 0,
        listed: false,
    };
    Box::new(move |now, stage| visit.act(now, stage))
}

/// What stays with the person `index`: what they use, what it calls itself, and the chance that decides the rest.
fn nature(stage: &Stage, index: u64, habits: Habits) -> (Device, Rc<str>, Rng) {
    let mut nature = Rng::new(stage.seed ^ index, 0x9e09);
    let device = match nature.below(1000) {
        0..25 => Device::Script,
        chance if chance < 25 + habits.apps => Device::App,
        _ => Device::Browser,
    };
    let agent = match device {
        Device::Script => agent::script(&mut nature),
        Device::App => stage.agents.app(&mut nature),
        Device::Browser => stage.agents.browser(&mut nature),
    };
    (device, agent, nature)
}

/// The person `index` with an ordinary agent, at home, logged in on the day of `time`.
pub(super) fn at_home(stage: &mut Stage, index: u64, time: Time, part: Part) -> Client {
    let (_, agent, mut rng) = nature(stage, index, ORDINARY);
    let user = stage.site.account(account_of(stage, index));
    Client::new(rng.fork(), stage.address(index), agent, part).known_as(user, day_of(time))
}

/// The account of the person `index`.
pub(super) fn account_of(stage: &Stage, index: u64) -> u64 {
    mix(stage.seed ^ index ^ 0xacc) % stage.site.accounts
}

/// The day of `time`: people have a new token each day.
fn day_of(time: Time) -> u64 {
    time.0.div_euclid(DAY).unsigned_abs()
}

impl Visit {
    fn act(&mut self, now: Time, stage: &mut Stage) -> Option<Time> {
        if self.left == 0 || self.lines >= self.habits.lines {
            return None;
        }
        if let Some((address, _)) = self.elsewhere.filter(|&(_, when)| when == self.left) {
            self.client.address = address;
        }
        match self.step {
            Step::Arrive => self.arrive(now, stage),
            Step::LogIn { mistakes, gives_up } => self.log_in(now, stage, mistakes, gives_up)?,
            Step::Roam => self.roam(now, stage),
        }
        let median = match self.device {
            Device::Browser => 8 * SECOND,
            Device::App => 3 * SECOND,
            Device::Script => SECOND,
        };
        Some(Time(now.0 + 200_000 + self.client.rng.pause(median, 1.0)))
    }

    /// Sends one request, unless the service is out or stumbles.
    fn send(&mut self, stage: &mut Stage, time: Time, method: &'static str, target: String, answer: Answer) {
        let stumble = match self.client.rng.below(1000) {
            0 => Some(Answer { status: 500, bytes: 74 }),
            1 => Some(Answer { status: 502, bytes: 150 }),
            2 => Some(Answer { status: 499, bytes: 0 }),
            _ => None,
        };
        let answer = stage.out(time).or(stumble).unwrap_or(answer);
        let referer = (self.device == Device::Browser).then(|| Rc::clone(&self.site.web));
        self.lines += 1;
        self.client.ask_from(stage, time, method, target, answer, referer);
    }

    fn get(&mut self, stage: &mut Stage, time: Time, target: String, median: u64) {
        let bytes = self.site.size(&target, median);
        let cached = self.device == Device::Browser && self.client.rng.chance(40);
        let answer = if cached { Answer { status: 304, bytes: 0 } } else { Answer { status: 200, bytes } };
        self.send(stage, time, "GET", target, answer);
    }

    fn arrive(&mut self, now: Time, stage: &mut Stage) {
        let known = self.device == Device::Script || self.client.rng.chance(self.habits.known);
        let types = known
            && match self.device {
                Device::Script => false,
                Device::App => self.client.rng.chance(180),
                Device::Browser => self.client.rng.chance(self.habits.typing),
            };
        if self.habits.lines >= 8 {
            match self.device {
                Device::App => self.get(stage, now, format!("{}/config", self.site.prefix), 900),
                Device::Browser if self.site.assets > 0 => self.open_page(now, stage),
                Device::Browser | Device::Script => {}
            }
        }
        self.step = Step::Roam;
        if types {
            self.step = self.at_the_door();
        } else if known {
            self.enter(now);
        } else if self.device == Device::Browser && self.client.rng.chance(30) {
            self.register(now, stage);
        }
        if self.lines == 0 && !types {
            self.roam(now, stage);
        }
    }

    /// The page and its assets; who was here before has some of them still.
    fn open_page(&mut self, now: Time, stage: &mut Stage) {
        self.get(stage, now, String::from("/"), 14_000);
        let returning = self.client.rng.chance(400);
        for nth in 0..self.site.assets {
            let time = Time(now.0 + 150_000 + self.client.rng.pause(300_000, 0.8));
            let asset = self.site.asset(nth);
            if returning && self.client.rng.chance(700) {
                if self.client.rng.chance(300) {
                    self.send(stage, time, "GET", asset, Answer { status: 304, bytes: 0 });
                }
            } else {
                let bytes = self.site.size(&asset, 38_000);
                self.send(stage, time, "GET", asset, Answer { status: 200, bytes });
            }
        }
        if self.client.rng.chance(100) {
            self.send(stage, now, "GET", String::from("/favicon.ico"), self.site.missing);
        }
    }

    /// A name, whether it is free, and an account.
    fn register(&mut self, now: Time, stage: &mut Stage) {
        let name = self.site.account(self.account);
        let typed = now.0 + self.client.rng.pause(20 * SECOND, 0.5);
        let sent = typed + self.client.rng.pause(15 * SECOND, 0.5);
        if self.client.rng.chance(250) {
            let other = name.replacen('.', "", 1);
            self.send(stage, Time(typed), "GET", self.site.look_up(&other), name_answer(true));
        }
        self.send(stage, Time(typed), "GET", self.site.look_up(&name), name_answer(false));
        self.send(stage, Time(sent), "POST", self.site.register(), Answer { status: 201, bytes: 180 });
    }

    /// How the login will go.
    fn at_the_door(&mut self) -> Step {
        let rng = &mut self.client.rng;
        if rng.chance(self.habits.forgets) {
            let mistakes = rng.between(1, 5);
            return Step::LogIn { mistakes, gives_up: rng.chance(350) };
        }
        let mut mistakes = 0;
        while mistakes < 3 && rng.chance(self.habits.typos) {
            mistakes += 1;
        }
        Step::LogIn { mistakes, gives_up: false }
    }

    fn log_in(&mut self, now: Time, stage: &mut Stage, mistakes: u64, gives_up: bool) -> Option<()> {
        let name = self.site.account(self.account);
        self.lines += 1;
        if mistakes == 0 {
            let answer = stage.out(now).unwrap_or(self.site.accepted);
            self.client.try_login(stage, now, &name, answer);
            self.step = Step::Roam;
            self.enter(now);
            return Some(());
        }
        let answer = stage.out(now).unwrap_or(self.site.refused);
        self.client.try_login(stage, now, &name, answer);
        self.step = Step::LogIn { mistakes: mistakes - 1, gives_up };
        if mistakes == 1 && gives_up {
            self.step = Step::Roam;
            if self.client.rng.chance(500) {
                let later = Time(now.0 + self.client.rng.pause(15 * SECOND, 0.6));
                self.client.user = Some(name);
                self.send(stage, later, "POST", self.site.reset(), reset_answer(&self.site, true));
                self.client.user = None;
            }
            return self.client.rng.chance(300).then_some(());
        }
        Some(())
    }

    /// From now on the requests carry a token, a new one each day.
    fn enter(&mut self, now: Time) {
        let name = self.site.account(self.account);
        self.client.token = token(&name, day_of(now));
        self.client.user = Some(name);
    }

    /// One of the things that people do.
    fn roam(&mut self, now: Time, stage: &mut Stage) {
        self.left = self.left.saturating_sub(1);
        let choice = self.client.rng.below(if self.client.user.is_some() { 1000 } else { 560 });
        match choice {
            0..150 => {
                let page = self.client.rng.popular(12);
                self.get(stage, now, self.site.catalogue(page, 20), 9_000);
            }
            150..460 => {
                let entry = self.client.rng.popular(self.site.catalogue_size);
                let target = self.site.entry(entry);
                // A few entries are gone, and people's bookmarks with them.
                if self.site.is_gone(entry) {
                    self.send(stage, now, "GET", target, self.site.missing);
                } else {
                    self.get(stage, now, target, 2_600);
                }
            }
            460..560 => {
                let target = self.site.search(&mut self.client.rng);
                self.get(stage, now, target, 7_000);
            }
            _ => self.mind_own_things(now, stage, choice),
        }
    }

    fn mind_own_things(&mut self, now: Time, stage: &mut Stage, choice: u64) {
        let account = self.account;
        let nth = self.client.rng.popular(OWNED_EACH);
        match choice {
            560..640 => {
                self.listed = true;
                self.get(stage, now, self.site.own_list(account), 3_500);
            }
            640..840 if self.listed || self.client.rng.chance(250) => {
                self.get(stage, now, self.site.own(account, nth), 1_700);
            }
            840..890 if self.listed => {
                let number = self.site.number_of(account, nth);
                self.get(stage, now, self.site.numbered(number), NUMBERED_BYTES);
            }
            890..990 => {
                let (method, path, status) = *self.client.rng.pick(self.site.shape.actions);
                let bytes = if status == 204 { 0 } else { self.client.rng.between(60, 900) };
                self.send(
                    stage,
                    now,
                    method,
                    format!("{}{path}", self.site.prefix),
                    Answer { status, bytes },
                );
            }
            990..992 => {
                let month = self.client.rng.below(24) + 48;
                self.get(stage, now, self.site.export(month), 160_000);
            }
            992..994 => {
                let page = self.client.rng.popular(5);
                self.get(stage, now, self.site.records(page, 50), 30_000);
            }
            _ => self.get(stage, now, self.site.profile(), 800),
        }
    }
}
