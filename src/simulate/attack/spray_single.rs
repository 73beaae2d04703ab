//! A few common passwords tried on many accounts, round by round, from one address.

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::Time;

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "spray-single",
    summary: "a few passwords on many accounts, in rounds, from one address",
    role: Role::Attack { kind: "password-spraying", difficulty: "easy" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let address = stage.pool(1, &mut rng)[0];
    let agent = super::disguise(stage, &mut rng, 500);
    let clients = [Client::new(rng.fork(), address, agent, part)];
    let accounts = stage.scaled(rng.spread(60, 400)).max(40);
    let rounds = rng.between(3, 6);
    let span = stage.some_slot(&mut rng, (0, 20), (60, 240));
    spray(stage, rng, &clients, accounts, rounds, span)
}

/// Rounds over the same accounts, with a rest after each; in six of ten sprays one password fits somebody.
pub(super) fn spray(
    stage: &mut Stage,
    mut rng: Rng,
    clients: &[Client],
    accounts: u64,
    rounds: u64,
    (from, to): (Time, Time),
) -> u64 {
    let part: Part = clients[0].part;
    let targets: Vec<u64> = (0..accounts).map(|_| stage.some_account(&mut rng)).collect();
    let opened = rng.chance(600).then(|| (rng.below(rounds), rng.below(accounts)));
    let outcome = super::refused_outcome(stage);
    stage.ends(part, outcome);
    let round_length = crate::simulate::stage::gap(to.0 - from.0, rounds);
    // A round takes a part of its turn; the rest waits for the lock-out counters to forget.
    let busy = round_length / i64::try_from(rng.between(2, 5)).unwrap_or(2);
    for round in 0..rounds {
        let begin = Time(from.0 + round_length * i64::try_from(round).unwrap_or(0));
        let (mut clients, targets, mut chance) = (clients.to_vec(), targets.clone(), rng.fork());
        super::paced(
            stage,
            (begin, Time(begin.0 + busy)),
            accounts,
            0.4,
            rng.fork(),
            move |nth, now, stage| {
                let account = targets[usize::try_from(nth).unwrap_or(0)];
                let user = stage.site.account(account);
                let opens = (opened == Some((round, nth))).then_some(account);
                super::try_pair(stage, now, super::any(&mut clients, &mut chance), &user, opens);
            },
        );
    }
    accounts * rounds
}
