//! Ordinary people as a crowd, by a day curve, and the background of the internet: probes that every public address gets.

use std::rc::Rc;

use super::answer::Answer;
use super::client::Client;
use super::person::{Habits, ORDINARY, visit};
use super::random::{Rng, float, micros, mix};
use super::request::Part;
use super::stage::Stage;
use crate::time::{HOUR, SECOND, Time};

/// How busy each hour of the day is, in thousandths of about the mean.
const DAY_CURVE: [i64; 24] = [
    350, 250, 200, 180, 200, 300, 550, 900, 1250, 1450, 1500, 1480, 1400, 1400, 1420, 1400, 1350, 1350, 1450,
    1600, 1650, 1450, 900, 470,
];

/// What a visit writes on average, before the crowd has learned better.
const FIRST_GUESS: u64 = 18;
/// How many visits that guess is worth.
const GUESS_WEIGHT: u64 = 200;

/// How busy the hour of `time` is, in thousandths of the mean, without steps between the hours.
fn busyness(time: Time) -> i64 {
    let into_day = time.0.rem_euclid(24 * HOUR);
    let hour = usize::try_from(into_day / HOUR).unwrap_or(0);
    let (here, next) = (DAY_CURVE[hour], DAY_CURVE[(hour + 1) % 24]);
    here + (next - here) * (into_day % HOUR / SECOND) / 3600
}

/// Lets people arrive so that they write `lines` until the end. With `clients`, every one of so many addresses is seen.
pub(super) fn enter(stage: &mut Stage, mut rng: Rng, lines: u64, clients: Option<u64>) {
    let whole = stage.end.0 - stage.start.0;
    let people = stage.people;
    let habits = habits(lines, clients);
    let mean_busyness = {
        let steps = 96;
        (0..steps).map(|step| busyness(Time(stage.start.0 + whole / steps * step))).sum::<i64>() / steps
    };
    let (mut visits, mut walked) = (0_u64, 0_u64);
    let salt = rng.next();
    let first = stage.start;
    let actor = move |now: Time, stage: &mut Stage| {
        // Seven of ten are people who have not been here yet; the rest come back. Where a number of clients is asked
        // for, all of them come before anybody comes back.
        let index = if rng.chance(700) || clients.is_some() && walked < people {
            walked += 1;
            (walked - 1) % people
        } else {
            rng.popular(people)
        };
        visits += 1;
        let person = visit(
            stage,
            index,
            Time(now.0 ^ i64::try_from(salt >> 2).unwrap_or(0)),
            None,
            habits,
            Part::Nobody,
        );
        stage.enter(now, person);
        let mean =
            float(stage.ordinary() + GUESS_WEIGHT * first_guess(&habits)) / float(visits + GUESS_WEIGHT);
        // Whoever asks for so many clients gets them, even if their visits turn out longer than they may be.
        let longest = clients.map_or(mean, |clients| float(lines) / float(clients + clients / 40 + 1));
        let mean = if longest < mean { longest } else { mean };
        let gap = float(u64::try_from(whole).unwrap_or(0)) * mean / float(lines.max(1));
        let busy = float(u64::try_from(busyness(now) * 1000 / mean_busyness.max(1)).unwrap_or(1).max(1));
        let gap = micros(gap * 1000.0 / busy);
        Some(Time(now.0 + rng.wait(gap)))
    };
    stage.enter(first, Box::new(actor));
}

fn first_guess(habits: &Habits) -> u64 {
    FIRST_GUESS.min(habits.lines)
}

/// Ordinary habits, with visits short enough that every client has one.
fn habits(lines: u64, clients: Option<u64>) -> Habits {
    let Some(clients) = clients else { return ORDINARY };
    let each = (lines * 60 / 100 / clients.max(1)).max(1);
    if each >= FIRST_GUESS {
        return ORDINARY;
    }
    Habits { steps: (each / 2).max(1), lines: each, ..ORDINARY }
}

/// Lets the internet probe: single requests for what other servers may have, from addresses never seen again.
pub(super) fn probes(stage: &mut Stage, mut rng: Rng, lines: u64) {
    const TARGETS: [(&str, &str); 16] = [
        ("GET", "/.env"),
        ("GET", "/wp-login.php"),
        ("GET", "/.git/config"),
        ("GET", "/robots.txt"),
        ("POST", "/xmlrpc.php"),
        ("GET", "/favicon.ico"),
        ("GET", "/phpmyadmin/"),
        ("GET", "/actuator/health"),
        ("GET", "/cgi-bin/luci"),
        ("GET", "/.well-known/security.txt"),
        ("HEAD", "/"),
        ("GET", "/boaform/admin/formLogin"),
        ("GET", "/admin/"),
        ("GET", "/sitemap.xml"),
        ("GET", "/solr/"),
        ("GET", "/.aws/credentials"),
    ];
    const AGENTS: [&str; 6] = [
        "Mozilla/5.0",
        "curl/7.88.1",
        "Go-http-client/1.1",
        "Mozilla/5.0 zgrab/0.x",
        "",
        "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)",
    ];
    let gap = (stage.end.0 - stage.start.0) / i64::try_from(lines.max(1)).unwrap_or(1);
    let first = Time(stage.start.0 + rng.wait(gap));
    let actor = move |now: Time, stage: &mut Stage| {
        let index = stage.newcomer();
        let agent = *rng.pick(&AGENTS);
        let mut client = Client::new(rng.fork(), stage.address(index), Rc::from(agent), Part::Nobody);
        let begin = mix(index);
        let count = if rng.chance(800) { 1 } else { rng.between(2, 4) };
        for nth in 0..count {
            let (method, path) = TARGETS[usize::try_from((begin + nth) % 16).unwrap_or(0)];
            let answer =
                if path == "/robots.txt" { Answer { status: 200, bytes: 68 } } else { stage.site.missing };
            let time = Time(now.0 + i64::try_from(nth).unwrap_or(0) * rng.wait(2 * SECOND));
            client.ask(stage, time, method, String::from(path), answer);
        }
        Some(Time(now.0 + rng.wait(gap)))
    };
    stage.enter(first, Box::new(actor));
}
