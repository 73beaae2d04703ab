//! The form for forgotten passwords, asked about thousands of names, tells which have an account.

use crate::simulate::answer::reset_answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "accounts-burst",
    summary: "the form for forgotten passwords, asked about many names, tells which have an account",
    role: Role::Attack { kind: "account-enumeration", difficulty: "easy" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(300, 3000)).max(150);
    let span = stage.some_slot(&mut rng, (0, 22), (5, 50));
    let address = stage.pool(1, &mut rng)[0];
    let agent = super::disguise(stage, &mut rng, 400);
    let mut client = Client::new(rng.fork(), address, agent, part);
    stage.ends(part, "probed");
    let known = rng.between(60, 500);
    super::paced(stage, span, count, 0.5, rng.fork(), move |_, now, stage| {
        let (user, account) = super::victim(stage, &mut rng, known);
        client.user = Some(user);
        let answer = reset_answer(&stage.site, account.is_some());
        client.ask(stage, now, "POST", stage.site.reset(), answer);
    });
    count
}
