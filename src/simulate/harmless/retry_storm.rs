//! The service is out for some minutes: apps retry with back-off, a few without, and all is well once it is back.

use std::rc::Rc;

use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "retry-storm",
    summary: "apps that retry through an outage, some without back-off, and log in again when it is over",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let (from, to) = stage.some_slot(&mut rng, (11, 18), (4, 14));
    stage.outage = Some((from, to));
    let apps = stage.scaled(rng.between(80, 250));
    for nth in 0..apps {
        let index = stage.newcomer();
        let account = stage.some_account(&mut rng);
        let mut chance = rng.fork();
        let agent = stage.agents.app(&mut chance);
        let user = stage.site.account(account);
        let client = Client::new(chance, stage.address(index), agent, part).known_as(user, 3);
        // Every tenth has the bug that never waits long.
        let patience = if nth % 10 == 0 { 2 * SECOND } else { 120 * SECOND };
        let first = Time(from.0 + rng.wait(10 * SECOND));
        retry(stage, client, account, first, patience);
    }
    let long = (to.0 - from.0).unsigned_abs() / 1_000_000;
    apps * 14 + apps / 10 * long / 2
}

/// One app: the same request again and again, then its token is refused once, it logs in, and goes on.
fn retry(stage: &mut Stage, mut client: Client, account: u64, first: Time, patience: i64) {
    let target = stage.site.own_list(account);
    let mut pause = SECOND;
    let mut after = 0_u64;
    let actor = move |now: Time, stage: &mut Stage| {
        if let Some(out) = stage.out(now) {
            client.ask(stage, now, "GET", target.clone(), out);
            let next = now.0 + pause + client.rng.wait(pause / 10);
            pause = (pause * 2).min(patience);
            return Some(Time(next));
        }
        after += 1;
        match after {
            1 => client.ask(stage, now, "GET", target.clone(), Answer { status: 401, bytes: 58 }),
            2 => {
                let user = client.user.clone().unwrap_or_else(|| Rc::from(""));
                let accepted = stage.site.accepted;
                client.try_login(stage, now, &user, accepted);
            }
            3..7 => client.read(stage, now, target.clone(), 3_500),
            _ => return None,
        }
        Some(Time(now.0 + client.rng.pause(2 * SECOND, 0.5)))
    };
    stage.enter(first, Box::new(actor));
}
