//! Asking whether names are taken, slowly, from a few addresses.

use std::rc::Rc;

use crate::simulate::answer::{Answer, name_answer};
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "accounts-slow",
    summary: "asking which names are taken, slowly, by look-up or registration, from a few addresses",
    role: Role::Attack { kind: "account-enumeration", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(160, 800)).max(110);
    let span = stage.some_slot(&mut rng, (0, 14), (200, 560));
    let addresses = rng.between(1, 5);
    let pool = stage.pool(addresses, &mut rng);
    let agents: Vec<Rc<str>> = vec![stage.agents.browser(&mut rng)];
    let mut clients = super::clients(&mut rng, &pool, &agents, part);
    stage.ends(part, "probed");
    let known = rng.between(100, 600);
    let registers = rng.chance(500);
    super::paced(stage, span, count, 0.8, rng.fork(), move |_, now, stage| {
        let (user, account) = super::victim(stage, &mut rng, known);
        let client = super::any(&mut clients, &mut rng);
        if registers {
            // A password that is too short makes nobody an account; a name that is taken is told all the same.
            let taken = Answer { status: 409, bytes: 71 };
            let weak = Answer { status: 422, bytes: 96 };
            client.user = Some(user);
            client.ask(
                stage,
                now,
                "POST",
                stage.site.register(),
                if account.is_some() { taken } else { weak },
            );
        } else {
            let target = stage.site.look_up(&user);
            client.ask(stage, now, "GET", target, name_answer(account.is_some()));
        }
    });
    count
}
