//! Labelled traffic: ordinary people, what looks like an attack, and attacks, with a truth that says which is which.
//! To add a scenario: write `attack/<name>.rs` or `harmless/<name>.rs`, and name it in that folder's `mod.rs` and in
//! [`SCENARIOS`].
//!
//! Knows nothing of how attacks are detected, so that it can judge the detectors.

mod address;
mod agent;
mod answer;
mod attack;
mod client;
mod crowd;
mod encode;
mod harmless;
mod names;
mod person;
mod random;
mod request;
mod shape;
mod site;
mod stage;
pub mod truth;

use std::collections::BTreeSet;
use std::io::Write;
use std::net::IpAddr;

pub use encode::Format;

use crate::error::Error;
use crate::time::{HOUR, Time};
use encode::Encoder;
use random::{Rng, mix, name_seed};
use request::{Book, Part};
use stage::Stage;
use truth::{Attack, Benign, Truth};

/// One thing that happens in a log besides ordinary people.
pub struct Scenario {
    /// Its name on the command line and in the truth.
    pub name: &'static str,
    /// What happens, in one line.
    pub summary: &'static str,
    /// Whether an analyst should be told.
    pub role: Role,
    /// Sends its actors onto the stage, and says about how many lines they will write.
    cast: fn(&mut Stage, Part, Rng) -> u64,
}

/// What a scenario is to an analyst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An attack of this kind.
    Attack {
        /// The kind, as incidents name it.
        kind: &'static str,
        /// `easy`, `medium` or `hard` to see.
        difficulty: &'static str,
    },
    /// Harmless, though a threshold may think otherwise.
    LookAlike,
}

/// Every scenario: the look-alikes, then the attacks by kind, then those about load.
pub static SCENARIOS: &[&Scenario] = &[
    &harmless::office::SCENARIO,
    &harmless::carrier::SCENARIO,
    &harmless::cafe::SCENARIO,
    &harmless::retry_storm::SCENARIO,
    &harmless::stale_secret::SCENARIO,
    &harmless::crawler::SCENARIO,
    &harmless::health_checks::SCENARIO,
    &harmless::partner_sync::SCENARIO,
    &harmless::backup::SCENARIO,
    &harmless::dead_links::SCENARIO,
    &harmless::support_desk::SCENARIO,
    &harmless::release_day::SCENARIO,
    &harmless::prefetch::SCENARIO,
    &harmless::odd_searches::SCENARIO,
    &harmless::query_links::SCENARIO,
    &harmless::editor_markup::SCENARIO,
    &attack::stuffing_burst::SCENARIO,
    &attack::stuffing_distributed::SCENARIO,
    &attack::stuffing_slow::SCENARIO,
    &attack::spray_single::SCENARIO,
    &attack::spray_pool::SCENARIO,
    &attack::brute_fast::SCENARIO,
    &attack::brute_spread::SCENARIO,
    &attack::paths_wordlist::SCENARIO,
    &attack::paths_slow::SCENARIO,
    &attack::objects_walk::SCENARIO,
    &attack::objects_scattered::SCENARIO,
    &attack::objects_refused::SCENARIO,
    &attack::accounts_burst::SCENARIO,
    &attack::accounts_slow::SCENARIO,
    &attack::exfil_burst::SCENARIO,
    &attack::exfil_drip::SCENARIO,
    &attack::exfil_shared_token::SCENARIO,
    &attack::scrape_pool::SCENARIO,
    &attack::inject_burst::SCENARIO,
    &attack::inject_slow::SCENARIO,
    &attack::inject_once::SCENARIO,
    &attack::inject_pool::SCENARIO,
    &attack::scan_tool::SCENARIO,
    &attack::file_exposed::SCENARIO,
    // Those about load came later; behind the others they leave the addresses of all of them as they were.
    &attack::exhaust_costly::SCENARIO,
    &attack::exhaust_refused::SCENARIO,
    &harmless::report_reader::SCENARIO,
    &harmless::video_streams::SCENARIO,
    &harmless::backing_off::SCENARIO,
    &harmless::slow_hour::SCENARIO,
    // Behind all others likewise.
    &attack::key_leaked::SCENARIO,
];

/// Which scenarios of one role happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Chosen {
    /// Every one, once.
    #[default]
    All,
    /// None.
    None,
    /// Those with these names.
    Named(Vec<String>),
}

/// What to simulate.
#[derive(Clone, Debug)]
pub struct Options {
    /// Decides everything that chance decides.
    pub seed: u64,
    /// How long the log is.
    pub hours: u32,
    /// Requests a second, times 1,000: 5,000 makes 432,000 lines a day.
    pub rate_milli: u32,
    /// Which attacks happen; with none, the day is harmless.
    pub scenarios: Chosen,
    /// Which look-alikes happen.
    pub look_alikes: Chosen,
    /// How the lines are written.
    pub format: Format,
    /// When the log begins.
    pub start: Time,
    /// How many different addresses ordinary people have; by default as many as the rate brings.
    pub clients: Option<u64>,
    /// How many different agents there are to be drawn from.
    pub agents: Option<u32>,
}

/// What was simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines in the log.
    pub lines: u64,
    /// Bytes in the log.
    pub bytes: u64,
    /// Attacks in it.
    pub attacks: usize,
    /// Look-alikes in it.
    pub look_alikes: usize,
}

/// 2026-03-10T00:00:00Z, a Tuesday.
const DEFAULT_START: i64 = 1_773_100_800;
/// Lines that a visit writes, for the number of people that a rate brings.
const LINES_A_VISIT: u64 = 18;
/// Lines of a day at five requests a second, for which the volumes of the scenarios are meant.
const LINES_OF_A_DAY: u64 = 432_000;
/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            hours: 24,
            rate_milli: 5000,
            scenarios: Chosen::All,
            look_alikes: Chosen::All,
            format: Format::Combined,
            start: Time::from_seconds(DEFAULT_START),
            clients: None,
            agents: None,
        }
    }
}

/// Writes a log as `options` ask, and its truth if that is wanted. The same options write the same bytes.
///
/// # Errors
///
/// An unknown scenario, or what `log` or `truth` refuses.
pub fn run(options: &Options, log: &mut dyn Write, truth: Option<&mut dyn Write>) -> Result<Summary, Error> {
    let chosen = choose(options)?;
    let mut stage = set(options, &chosen);
    let mut encoder = Encoder::new(options.format, stage.site.shape.host);
    let mut summary = Summary::default();
    let mut buffer = Vec::with_capacity(BUFFER + 4096);
    let broken = |cause| Error::io("simulated log", cause);
    loop {
        let more = stage.step();
        while let Some((done, request)) = stage.completed() {
            encoder.line(&mut buffer, done, &request);
            summary.lines += 1;
            let stamp = encoder.stamp(done, &request);
            if let Some(book) = stage.book(request.part) {
                book.enter(stamp, request.client);
            }
            if buffer.len() >= BUFFER {
                summary.bytes += buffer.len() as u64;
                log.write_all(&buffer).map_err(broken)?;
                buffer.clear();
            }
        }
        if !more {
            break;
        }
    }
    summary.bytes += buffer.len() as u64;
    log.write_all(&buffer).and_then(|()| log.flush()).map_err(broken)?;
    let labels = labels(&chosen, &stage.books, summary.lines);
    (summary.attacks, summary.look_alikes) = (labels.attacks.len(), labels.benign.len());
    if let Some(truth) = truth {
        let broken = |cause| Error::io("simulated truth", cause);
        let text = serde_json::to_vec(&labels).map_err(|cause| broken(cause.into()))?;
        truth.write_all(&text).and_then(|()| truth.write_all(b"\n")).map_err(broken)?;
        truth.flush().map_err(broken)?;
    }
    Ok(summary)
}

/// The scenarios that were asked for, in the order of [`SCENARIOS`].
fn choose(options: &Options) -> Result<Vec<&'static Scenario>, Error> {
    let chosen_of = |scenario: &Scenario| match scenario.role {
        Role::Attack { .. } => &options.scenarios,
        Role::LookAlike => &options.look_alikes,
    };
    for chosen in [&options.scenarios, &options.look_alikes] {
        let Chosen::Named(names) = chosen else { continue };
        let known: Vec<&str> = SCENARIOS
            .iter()
            .filter(|scenario| std::ptr::eq(chosen_of(scenario), chosen))
            .map(|scenario| scenario.name)
            .collect();
        if let Some(stranger) = names.iter().find(|name| !known.contains(&name.as_str())) {
            return Err(Error::unknown("scenario", stranger, &known));
        }
    }
    // Where no line says whose a token is, nothing in the log shows that it is another's.
    let is_shown = |scenario: &Scenario| {
        let is_of_tokens = matches!(scenario.role, Role::Attack { kind: "token-abuse", .. });
        !is_of_tokens || options.format.names_accounts()
    };
    let wanted = |scenario: &Scenario| match chosen_of(scenario) {
        Chosen::All => is_shown(scenario),
        Chosen::None => false,
        Chosen::Named(names) => names.iter().any(|name| name == scenario.name),
    };
    Ok(SCENARIOS.iter().copied().filter(|scenario| wanted(scenario)).collect())
}

/// The stage with everybody waiting to enter it.
fn set(options: &Options, chosen: &[&Scenario]) -> Stage {
    let seed = mix(options.seed);
    let start = options.start;
    let end = Time(start.0 + i64::from(options.hours.max(1)) * HOUR);
    let total = u64::from(options.rate_milli) * u64::from(options.hours.max(1)) * 36 / 10;
    let people = options.clients.unwrap_or(total * 7 / 10 / LINES_A_VISIT).max(200);
    let site = site::Site::new(seed, people);
    let agents = agent::Agents::new(seed, options.agents.unwrap_or(600), site.shape.app);
    let addresses = address::Addresses::new(seed, people + 20_000 + total / 20);
    let mut stage = Stage::new(seed, site, agents, addresses, people, (start, end));
    let day = total * 24 / u64::from(options.hours.max(24));
    stage.share = day * 100 / LINES_OF_A_DAY;
    stage.scale = Rng::root_percent(day, LINES_OF_A_DAY).clamp(30, 400);
    let mut others = total / 100;
    for (nth, scenario) in chosen.iter().enumerate() {
        stage.books.push(Book::default());
        // Each scenario has a chance of its own, so that choosing another one leaves its timing alone.
        others += (scenario.cast)(&mut stage, Part::Scenario(nth), Rng::new(seed, name_seed(scenario.name)));
    }
    crowd::probes(&mut stage, Rng::new(seed, 0x9806), total / 130);
    crowd::enter(
        &mut stage,
        Rng::new(seed, 0xc40d),
        total.saturating_sub(others).max(total * 2 / 5),
        options.clients,
    );
    stage
}

/// What the books say, for whoever judges.
fn labels(chosen: &[&Scenario], books: &[Book], lines: u64) -> Truth {
    let mut truth = Truth { schema: String::from(truth::SCHEMA), lines, ..Truth::default() };
    for (scenario, book) in chosen.iter().zip(books).filter(|(_, book)| book.requests > 0) {
        let id = String::from(scenario.name);
        let ips = book.ips.iter().map(IpAddr::to_string).collect();
        let users = book.users.iter().map(ToString::to_string).collect();
        let tokens = book.tokens.iter().map(|token| format!("{token:016x}")).collect();
        match scenario.role {
            Role::LookAlike => {
                let why = scenario.summary.into();
                truth.benign.push(Benign { id, why, ips, users, tokens });
            }
            Role::Attack { kind, difficulty } => truth.attacks.push(Attack {
                id,
                kind: kind.into(),
                difficulty: difficulty.into(),
                outcome: book.outcome.map(String::from),
                ips,
                users,
                tokens,
                start: seconds(book.first),
                end: seconds(book.last),
                requests: book.requests,
            }),
        }
    }
    // Through an address from which an attack came as well, somebody harmless cannot be told from the attacker.
    let attacking: BTreeSet<&String> = truth.attacks.iter().flat_map(|attack| &attack.ips).collect();
    for harmless in &mut truth.benign {
        harmless.ips.retain(|address| !attacking.contains(address));
    }
    truth
}

/// Epoch seconds to the microsecond.
#[expect(clippy::cast_precision_loss, reason = "microseconds of this era are below 2^53")]
fn seconds(time: Option<Time>) -> f64 {
    time.map_or(0.0, |time| time.0 as f64 / 1e6)
}
