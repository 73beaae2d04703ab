//! Somebody in accounting who closes the month: one slow report after the other, never two at a time.

use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::person::account_of;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::{Stage, hours};
use crate::simulate::{Role, Scenario};
use crate::time::{MINUTE, SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "report-reader",
    summary: "somebody who takes one slow report after the other for some hours",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let index = stage.newcomer();
    let user = stage.site.account(account_of(stage, index));
    let agent = stage.agents.browser(&mut rng);
    let mut client = Client::new(rng.fork(), stage.address(index), agent, part).known_as(user.clone(), 1);
    stage.acts_as(part, Some(&user), client.token);
    let day = i64::try_from(rng.below(u64::try_from(stage.days()).unwrap_or(1))).unwrap_or(0);
    let (from, to) = stage.slot(day, rng.between(480, 720), hours(4));
    let mut month = rng.below(40);
    let actor = move |now: Time, stage: &mut Stage| {
        if to <= now {
            return None;
        }
        let took = client.rng.pause(12 * SECOND, 0.4);
        let answer = Answer { status: 200, bytes: client.rng.log_normal(140_000, 0.5) };
        client.wait_for(stage, (now, took), "GET", stage.site.export(month), answer);
        month += 1;
        // A look at it, or right on to the next.
        let pause = if client.rng.chance(700) { 4 * SECOND } else { 4 * MINUTE };
        Some(Time(now.0 + took + client.rng.pause(pause, 0.6)))
    };
    stage.enter(from, Box::new(actor));
    300
}
