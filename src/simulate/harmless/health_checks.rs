//! A monitor that asks the same question at the same pace for ever.

use std::rc::Rc;

use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "health-checks",
    summary: "a monitor that asks for the same path every few seconds",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let index = stage.newcomer();
    let agent = *rng.pick(&[
        "ELB-HealthChecker/2.0",
        "kube-probe/1.29",
        "Blackbox Exporter/0.25.0",
        "UptimeRobot/2.0",
    ]);
    let path = *rng.pick(&["/healthz", "/health", "/status", "/ping"]);
    let bytes = rng.between(2, 40);
    let every = i64::try_from(rng.between(10, 30)).unwrap_or(10) * SECOND;
    let mut client = Client::new(rng.fork(), stage.address(index), Rc::from(agent), part);
    let actor = move |now: Time, stage: &mut Stage| {
        let answer = stage.out(now).unwrap_or(Answer { status: 200, bytes });
        let late = client.rng.wait(30_000);
        client.ask(stage, Time(now.0 + late), "GET", String::from(path), answer);
        Some(Time(now.0 + every))
    };
    stage.enter(stage.start, Box::new(actor));
    ((stage.end.0 - stage.start.0) / every).unsigned_abs()
}
