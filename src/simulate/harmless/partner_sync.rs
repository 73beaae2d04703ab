//! A partner fetches all records every hour, page by page, as agreed.

use std::rc::Rc;

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::{HOUR, MINUTE, SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "partner-sync",
    summary: "a partner's hourly synchronisation: the same pages at the same minute every hour",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let index = stage.newcomer();
    let user: Rc<str> = Rc::from(*rng.pick(&["partner-logistics", "partner-ledger", "partner-search"]));
    let mut client =
        Client::new(rng.fork(), stage.address(index), Rc::from("partner-sync/3.2 (Java/21)"), part)
            .known_as(Rc::clone(&user), 1);
    stage.acts_as(part, Some(&user), client.token);
    let pages = stage.scaled(rng.between(55, 90)).max(55);
    let minute = i64::try_from(rng.below(20)).unwrap_or(0) * MINUTE;
    let limit = *rng.pick(&[200, 250, 500]);
    let mut page = 0;
    let mut round = stage.start.0.div_euclid(HOUR) * HOUR + minute;
    let first = Time(round.max(stage.start.0));
    let rounds = ((stage.end.0 - stage.start.0) / HOUR).unsigned_abs();
    let actor = move |now: Time, stage: &mut Stage| {
        client.read(stage, now, stage.site.records(page, limit), 150_000);
        page += 1;
        if page < pages {
            return Some(Time(now.0 + client.rng.pause(SECOND, 0.3)));
        }
        page = 0;
        round += HOUR;
        Some(Time(round + client.rng.wait(3 * SECOND)))
    };
    stage.enter(first, Box::new(actor));
    pages * rounds.max(1)
}
