//! One office, hundreds of people behind one address, all logging in at nine, on the day their passwords expired.

use std::net::IpAddr;
use std::rc::Rc;

use crate::simulate::answer::reset_answer;
use crate::simulate::client::Client;
use crate::simulate::person::{Habits, ORDINARY, visit};
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::{Stage, minutes};
use crate::simulate::{Role, Scenario};
use crate::time::{MINUTE, SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "office-nat",
    summary: "one office behind one address: hundreds of people log in at nine and mistype new passwords",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let people = stage.scaled(rng.between(350, 600)).clamp(220, 1500);
    let owner = stage.newcomer();
    let address = stage.address(owner);
    let habits = Habits {
        apps: 60,
        known: 980,
        typing: 930,
        typos: rng.between(240, 320),
        forgets: 90,
        steps: 7,
        lines: 400,
    };
    let first = stage.people + 1_000_000_000;
    for day in 0..stage.days() {
        let (from, to) = stage.slot(day, rng.between(470, 500), minutes(150));
        let (middle, width) = (from.0 + (to.0 - from.0) / 3, (to.0 - from.0) / 8);
        for person in 0..people {
            let time = Time(rng.around(middle, width));
            let visitor = visit(stage, first + person, time, Some(address), habits, part);
            stage.enter(time, visitor);
        }
        // The rest of the day: people come back now and then.
        let afternoon = stage.in_proportion(people, 20).min(people);
        super::crowd_behind(
            stage,
            part,
            rng.fork(),
            (Time(middle), Time(to.0 + (to.0 - from.0) * 2)),
            afternoon,
            vec![address],
            ORDINARY,
        );
        forgotten(stage, part, rng.fork(), address, Time(middle), people / 8);
    }
    people * 22 * stage.days().unsigned_abs()
}

/// Those who did not read the mail about it ask for new passwords, most within ten minutes.
fn forgotten(stage: &mut Stage, part: Part, mut rng: Rng, address: IpAddr, middle: Time, count: u64) {
    for _ in 0..count.max(45) {
        let time = Time(rng.around(middle.0, 4 * MINUTE).max(middle.0 - 12 * MINUTE));
        let account = stage.some_account(&mut rng);
        let mut chance = rng.fork();
        let agent = stage.agents.browser(&mut chance);
        let mut client = Client::new(chance, address, agent, part);
        let actor = move |now: Time, stage: &mut Stage| {
            client.user = Some(stage.site.account(account));
            let answer = reset_answer(&stage.site, true);
            let referer = Rc::clone(&stage.site.web);
            client.ask_from(stage, Time(now.0 + SECOND), "POST", stage.site.reset(), answer, Some(referer));
            None
        };
        stage.enter(time, Box::new(actor));
    }
}
