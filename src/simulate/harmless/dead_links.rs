//! A company's proxy whose readers follow dead links from an old page: many 404s, few different paths.

use std::rc::Rc;

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::{Stage, gap};
use crate::simulate::{Role, Scenario};
use crate::time::Time;

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "dead-links",
    summary: "readers behind one proxy follow the dead links of an old page: many 404s, few paths",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let index = stage.newcomer();
    let address = stage.address(index);
    let paths: Vec<String> =
        (0..rng.between(4, 12)).map(|nth| format!("/old-docs/chapter-{nth}.html")).collect();
    let clicks = stage.scaled(rng.between(400, 1000)).max(150);
    let (from, to) = stage.some_slot(&mut rng, (7, 10), (540, 540));
    let gap = gap(to.0 - from.0, clicks);
    let referer: Rc<str> = Rc::from("https://intranet.corp.example/handbook/links");
    let mut left = clicks;
    let actor = move |now: Time, stage: &mut Stage| {
        left = left.checked_sub(1)?;
        let agent = stage.agents.browser(&mut rng);
        let mut reader = Client::new(rng.fork(), address, agent, part);
        let target = rng.pick(&paths).clone();
        let missing = stage.site.missing;
        reader.ask_from(stage, now, "GET", target, missing, Some(Rc::clone(&referer)));
        Some(Time(now.0 + rng.wait(gap)))
    };
    stage.enter(from, Box::new(actor));
    clicks
}
