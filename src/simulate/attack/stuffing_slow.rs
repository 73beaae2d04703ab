//! Stolen pairs tried so slowly, by so many browsers, that no hour shows it.

use std::rc::Rc;

use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "stuffing-slow",
    summary: "stolen pairs, low and slow: one try each some minutes, many agents, login page opened first",
    role: Role::Attack { kind: "credential-stuffing", difficulty: "hard" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let addresses = rng.spread(30, 200);
    let tries = addresses * rng.between(4, 12);
    let span = stage.some_slot(&mut rng, (0, 8), (600, 960));
    let pool = stage.pool(addresses, &mut rng);
    let agents: Vec<Rc<str>> = (0..=addresses / 2).map(|_| stage.agents.browser(&mut rng)).collect();
    let mut clients = super::clients(&mut rng, &pool, &agents, part);
    let known = rng.between(150, 500);
    let opening = rng.spread(8, 40);
    let sure = rng.below(tries / 2);
    let opens_page = stage.site.assets > 0;
    super::paced(stage, span, tries, 0.7, rng.fork(), move |nth, now, stage| {
        let client = super::any(&mut clients, &mut rng);
        if opens_page {
            client.read(stage, now, String::from("/"), 14_000);
        }
        let (user, account) = super::victim(stage, &mut rng, if nth == sure { 1000 } else { known });
        let opens = account.filter(|_| nth == sure || rng.chance(opening));
        let typed = Time(now.0 + SECOND + rng.pause(5 * SECOND, 0.5));
        super::try_pair(stage, typed, client, &user, opens);
    });
    tries * 2
}
