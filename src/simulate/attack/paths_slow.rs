//! A word list run by hand-like pace, by something that says it is a browser.

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "paths-slow",
    summary: "a word list, slowly, by something that says it is a browser",
    role: Role::Attack { kind: "path-enumeration", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let words = stage.scaled(rng.spread(150, 700)).max(100);
    let span = stage.some_slot(&mut rng, (0, 16), (150, 460));
    let address = stage.pool(1, &mut rng)[0];
    let agent = stage.agents.browser(&mut rng);
    let mut client = Client::new(rng.fork(), address, agent, part);
    stage.ends(part, "probed");
    let base = if stage.site.prefix.is_empty() { "/site" } else { stage.site.prefix };
    let stride = *rng.pick(&[7, 11, 13, 17]);
    super::paced(stage, span, words, 0.8, rng.fork(), move |nth, now, stage| {
        let target = super::paths_wordlist::word(nth * stride, base);
        let answer = super::paths_wordlist::find(stage, &mut rng, nth == words / 3);
        client.ask(stage, now, "GET", target, answer);
    });
    words
}
