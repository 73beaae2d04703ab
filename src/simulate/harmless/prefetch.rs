//! A version of the app that fetches everything on the screen at once: bursts of details after each list.

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::site::OWNED_EACH;
use crate::simulate::stage::{Stage, gap};
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "prefetching-app",
    summary: "an app version that fetches every detail of a list at once: bursts of dozens of requests",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let visits = stage.in_proportion(rng.between(60, 160), 12) * stage.days().unsigned_abs();
    let users: Vec<u64> = (0..=visits / 2).map(|_| stage.newcomer()).collect();
    let gap = gap(stage.end.0 - stage.start.0, visits);
    let mut agent = None;
    let actor = move |now: Time, stage: &mut Stage| {
        let agent = agent.get_or_insert_with(|| stage.agents.app(&mut rng)).clone();
        let person = *rng.pick(&users);
        let account = person % stage.site.accounts;
        let user = stage.site.account(account);
        let mut client = Client::new(rng.fork(), stage.address(person), agent, part).known_as(user, 2);
        let screens = client.rng.between(1, 3);
        let mut time = now;
        for screen in 0..screens {
            client.read(stage, time, stage.site.catalogue(screen, 40), 12_000);
            for nth in 0..client.rng.between(15, 40) {
                let later = Time(time.0 + SECOND + client.rng.wait(SECOND));
                let entry = (screen * 40 + nth) % stage.site.catalogue_size;
                client.read(stage, later, stage.site.entry(entry), 2_600);
            }
            time = Time(time.0 + client.rng.pause(12 * SECOND, 0.6));
        }
        client.read(stage, time, stage.site.own_list(account), 3_500);
        for nth in 0..OWNED_EACH {
            let later = Time(time.0 + SECOND + client.rng.wait(SECOND / 2));
            client.read(stage, later, stage.site.own(account, nth), 1_700);
        }
        Some(Time(now.0 + rng.wait(gap)))
    };
    stage.enter(stage.start, Box::new(actor));
    visits * 70
}
