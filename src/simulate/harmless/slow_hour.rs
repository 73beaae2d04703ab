//! A database that is busy with itself: for a while the service is slow for everybody, and a monitor that measures it sees it.

use std::rc::Rc;

use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "slow-hour",
    summary: "a service that is slow for everybody for a while, and a probe that measures how slow",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let (from, to) = stage.some_slot(&mut rng, (1, 20), (20, 90));
    let times = rng.between(8, 60);
    stage.slow.push((from, to, i64::try_from(times).unwrap_or(8)));
    let index = stage.newcomer();
    let agent: Rc<str> = Rc::from("synthetic-probe/4.1");
    let mut client = Client::new(rng.fork(), stage.address(index), agent, part);
    let every = 15 * SECOND;
    let actor = move |now: Time, stage: &mut Stage| {
        let answer = stage.out(now).unwrap_or(Answer { status: 200, bytes: 9_000 });
        client.ask(stage, now, "GET", stage.site.catalogue(1, 20), answer);
        Some(Time(now.0 + every))
    };
    stage.enter(stage.start, Box::new(actor));
    (stage.end.0 - stage.start.0).unsigned_abs() / every.unsigned_abs()
}
