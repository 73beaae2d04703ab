//! Somebody at the support desk looks up other people's things all day, because that is the work.

use std::rc::Rc;

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::site::OWNED_EACH;
use crate::simulate::stage::{Stage, hours};
use crate::simulate::{Role, Scenario};
use crate::time::{MINUTE, SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "support-desk",
    summary: "a support agent looks up many people's objects, in working hours, all allowed",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let index = stage.newcomer();
    let user: Rc<str> = Rc::from(*rng.pick(&["support-amy", "support-ben", "helpdesk-2"]));
    let agent = stage.agents.browser(&mut rng);
    let client = Client::new(rng.fork(), stage.address(index), agent, part).known_as(Rc::clone(&user), 1);
    stage.acts_as(part, Some(&user), client.token);
    for day in 0..stage.days() {
        let (from, to) = stage.slot(day, rng.between(480, 560), hours(8));
        let mut client = client.clone();
        let mut account = 0;
        let mut left_of_case = 0;
        let actor = move |now: Time, stage: &mut Stage| {
            if to <= now {
                return None;
            }
            if left_of_case == 0 {
                // The next caller: a search for them, then some of what is theirs.
                account = stage.some_account(&mut client.rng);
                left_of_case = client.rng.between(1, 5);
                client.read(stage, now, stage.site.own_list(account), 3_500);
            } else {
                left_of_case -= 1;
                let nth = client.rng.popular(OWNED_EACH);
                client.read(stage, now, stage.site.own(account, nth), 1_700);
            }
            let tea = left_of_case == 0 && client.rng.chance(40);
            let pause =
                if tea { client.rng.pause(15 * MINUTE, 0.4) } else { client.rng.pause(17 * SECOND, 0.8) };
            Some(Time(now.0 + pause))
        };
        stage.enter(from, Box::new(actor));
    }
    1000 * stage.days().unsigned_abs()
}
