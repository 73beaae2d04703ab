//! A machine's key is used by somebody else, elsewhere, while the machine goes on with its work.

use std::rc::Rc;

use crate::simulate::agent::script;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::site::OWNED_EACH;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "key-leaked",
    summary: "a machine's key, used by a stranger's program elsewhere while the machine works on",
    role: Role::Attack { kind: "token-abuse", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(60, 900)).max(60);
    let span = stage.some_slot(&mut rng, (2, 19), (8, 120));
    let index = stage.newcomer();
    let user: Rc<str> = Rc::from(*rng.pick(&["svc-invoices", "svc-mailer", "svc-labels"]));
    let home = stage.address(index);
    let machine = Client::new(rng.fork(), home, Rc::from("orders-worker/2.8 (Java/17)"), Part::Nobody)
        .known_as(Rc::clone(&user), 1);
    work(stage, machine.clone(), rng.fork());
    let away = stage.newcomer();
    let agent = script(&mut rng);
    let mut thief = Client { address: stage.address(away), rng: rng.fork(), agent, part, ..machine };
    stage.acts_as(part, Some(&user), thief.token);
    stage.ends(part, "succeeded");
    let accounts: Vec<u64> = (0..rng.between(2, 6)).map(|_| stage.some_account(&mut rng)).collect();
    super::paced(stage, span, count, 0.7, rng.fork(), move |_, now, stage| {
        let account = *rng.pick(&accounts);
        let target = if rng.chance(300) {
            stage.site.own_list(account)
        } else {
            stage.site.own(account, rng.below(OWNED_EACH))
        };
        thief.read(stage, now, target, 1_800);
    });
    count
}

/// The machine's own work: a page of records every few minutes, from the first minute to the last.
fn work(stage: &mut Stage, mut machine: Client, mut rng: Rng) {
    let step = rng.between(120, 600).cast_signed() * SECOND;
    let end = stage.end;
    let actor = move |now: Time, stage: &mut Stage| {
        let target = stage.site.records(0, 50);
        machine.read(stage, now, target, 9_000);
        let next = Time(now.0 + rng.pause(step, 0.4));
        (next < end).then_some(next)
    };
    let first = Time(stage.start.0 + step / 2);
    stage.enter(first, Box::new(actor));
}
