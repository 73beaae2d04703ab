//! A search engine reads the catalogue, and finds that a part of what it remembers is gone.

use std::rc::Rc;

use crate::simulate::person::Client;
use crate::simulate::random::{Rng, mix};
use crate::simulate::site::Answer;
use crate::simulate::stage::{Part, Stage, gap};
use crate::simulate::{Role, Scenario};
use crate::time::Time;

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "search-crawler",
    summary: "a search engine reads the whole catalogue and meets many pages that are gone",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let agent: Rc<str> = Rc::from(*rng.pick(&[
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    ]));
    let mut clients: Vec<Client> = (0..rng.between(2, 4))
        .map(|_| {
            let index = stage.newcomer();
            Client::new(rng.fork(), stage.address(index), Rc::clone(&agent), part)
        })
        .collect();
    let pages = stage.scaled(rng.between(5_000, 11_000)) * stage.days().unsigned_abs();
    let gap = gap(stage.end.0 - stage.start.0, pages);
    let mut nth = 0_u64;
    let actor = move |now: Time, stage: &mut Stage| {
        let turn = usize::try_from(rng.below(clients.len() as u64)).unwrap_or(0);
        let client = &mut clients[turn];
        nth += 1;
        let entry = rng.below(stage.site.catalogue_size * 12 / 10);
        if nth % 700 == 1 {
            client.ask(stage, now, "GET", String::from("/robots.txt"), Answer { status: 200, bytes: 68 });
        } else if stage.site.catalogue_size <= entry || mix(entry ^ 0x60e) % 70 == 0 {
            client.ask(stage, now, "GET", stage.site.entry(entry), stage.site.missing);
        } else {
            let target =
                if nth % 9 == 0 { stage.site.catalogue(entry / 20, 20) } else { stage.site.entry(entry) };
            client.read(stage, now, target, 2_600);
        }
        Some(Time(now.0 + rng.wait(gap)))
    };
    stage.enter(stage.start, Box::new(actor));
    pages
}
