//! Colleagues look at charts whose links hold a query language, all day.

use std::rc::Rc;

use crate::simulate::client::Client;
use crate::simulate::names;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::{Stage, hours};
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "query-links",
    summary: "colleagues look at charts whose links hold a query language",
    role: Role::LookAlike,
    cast,
};

/// What charts ask for.
const QUERIES: [&str; 5] = [
    "SELECT%20mean(%22value%22)%20FROM%20%22cpu%22%20WHERE%20time%20%3E%20now()%20-%206h%20GROUP%20BY%20time(1m)",
    "SELECT%20count(*)%20FROM%20orders%20WHERE%20day%20%3D%20today()",
    "sum(rate(http_requests_total%7Bjob%3D%22api%22%7D%5B5m%5D))%20by%20(status)",
    "SELECT%20max(%22used%22)%20FROM%20%22disk%22%20WHERE%20%22host%22%20%3D~%20%2Fweb.*%2F",
    "from(bucket:%22main%22)%7C%3Erange(start:-1h)%7C%3Emean()",
];

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let colleagues = rng.between(6, 16);
    let mut lines = 0;
    for number in 0..colleagues {
        let index = stage.newcomer();
        let user: Rc<str> = Rc::from(format!("staff-{}", names_of(number)));
        let agent = stage.agents.browser(&mut rng);
        let client = Client::new(rng.fork(), stage.address(index), agent, part).known_as(user, 3);
        for day in 0..stage.days() {
            let (from, to) = stage.slot(day, rng.between(480, 600), hours(7));
            let mut client = client.clone();
            lines += 160;
            let actor = move |now: Time, stage: &mut Stage| {
                let referer = Some(Rc::clone(&stage.site.web));
                let (target, median) = match client.rng.below(10) {
                    0..3 => (
                        format!("{}/charts/query?db=ops&q={}", stage.site.prefix, client.rng.pick(&QUERIES)),
                        9_000,
                    ),
                    3..6 => (format!("{}/charts/{}", stage.site.prefix, client.rng.below(12)), 4_000),
                    _ => (stage.site.catalogue(client.rng.popular(4), 50), 12_000),
                };
                let bytes = stage.site.size(&target, median);
                let answer = crate::simulate::answer::Answer { status: 200, bytes };
                client.ask_from(stage, now, "GET", target, answer, referer);
                let next = Time(now.0 + client.rng.pause(110 * SECOND, 1.1));
                (next < to).then_some(next)
            };
            stage.enter(from, Box::new(actor));
        }
    }
    lines
}

/// A short name for a number.
fn names_of(number: u64) -> String {
    let mut name = String::new();
    names::person(&mut name, number, number, 1);
    name
}
