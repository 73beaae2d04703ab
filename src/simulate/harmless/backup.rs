//! The nightly backup: one service account takes everything, by its own route, at the same hour.

use std::rc::Rc;

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::{Stage, gap, minutes};
use crate::simulate::{Role, Scenario};
use crate::time::Time;

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "nightly-backup",
    summary: "a nightly backup: gigabytes to one service account by a route of its own",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let index = stage.newcomer();
    let user: Rc<str> = Rc::from("svc-backup");
    let agent = *rng.pick(&["restic/0.16.4", "rclone/v1.66.0", "aws-sdk-go-v2/1.26"]);
    let client =
        Client::new(rng.fork(), stage.address(index), Rc::from(agent), part).known_as(Rc::clone(&user), 1);
    stage.acts_as(part, Some(&user), client.token);
    let chunks = stage.scaled(rng.between(500, 1200)).max(300);
    let minute = rng.between(60, 240);
    let length = minutes(rng.between(30, 90));
    let median = rng.between(1_500_000, 3_500_000);
    for day in 0..stage.days() {
        let (from, to) = stage.slot(day, minute, length);
        let gap = gap(to.0 - from.0, chunks);
        let mut client = client.clone();
        client.bandwidth = 40_000_000;
        let mut nth = 0;
        let actor = move |now: Time, stage: &mut Stage| {
            let target =
                format!("{}/backup/chunks/{:05}", stage.site.prefix, day.unsigned_abs() * chunks + nth);
            client.read(stage, now, target, median);
            nth += 1;
            (nth < chunks).then_some(Time(now.0 + client.rng.pause(gap, 0.2)))
        };
        stage.enter(from, Box::new(actor));
    }
    chunks * stage.days().unsigned_abs()
}
