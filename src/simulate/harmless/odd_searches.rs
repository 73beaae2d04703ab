//! People search for names and titles that are written as code is: apostrophes, brackets, words of databases.

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::{Stage, hours};
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "odd-searches",
    summary: "people search for names and titles that are written as code is",
    role: Role::LookAlike,
    cast,
};

/// What they type, as browsers send it.
const TEXTS: [&str; 16] = [
    "O%27Neill+jacket",
    "rock+%27n%27+roll",
    "union+jack+mug",
    "select+committee+union",
    "c%2B%2B+%3Cvector%3E",
    "i+%3C3+you",
    "a+(b)+%5Bc%5D",
    "drop+table+lamp",
    "tom+%26+jerry%3B+dvd",
    "50%25+off+%26+free",
    "%22order+by+phone%22",
    "javascript:+the+good+parts",
    "where%27s+waldo%3F",
    "1%2F2+inch+or+3%2F4",
    "sleep+(album)",
    "d%27Artagnan+--+deluxe",
];

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let people = stage.in_proportion(rng.spread(40, 200), 8);
    for day in 0..stage.days() {
        for _ in 0..people {
            let (from, _) = stage.slot(day, rng.between(300, 1200), hours(1));
            let index = stage.newcomer();
            let agent = stage.agents.browser(&mut rng);
            let mut client = Client::new(rng.fork(), stage.address(index), agent, part);
            let (mut left, text) = (client.rng.between(5, 25), *rng.pick(&TEXTS));
            let actor = move |now: Time, stage: &mut Stage| {
                let target = match left % 5 {
                    4 => format!("{}/search?q={text}&page={}", stage.site.prefix, 1 + client.rng.popular(3)),
                    _ => stage.site.entry(client.rng.popular(800)),
                };
                client.read(stage, now, target, 2_500);
                left -= 1;
                (0 < left).then_some(Time(now.0 + client.rng.pause(14 * SECOND, 0.9)))
            };
            stage.enter(from, Box::new(actor));
        }
    }
    people * 15 * stage.days().unsigned_abs()
}
