//! A search engine reads the catalogue, and finds that a part of what it remembers is gone.

use std::rc::Rc;

use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::{Stage, gap};
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "search-crawler",
    summary: "a search engine reads the whole catalogue and meets pages that are gone",
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
    let pages = stage.in_proportion(rng.between(5_000, 11_000), 1_200) * stage.days().unsigned_abs();
    let gap = gap(stage.end.0 - stage.start.0, pages);
    let (mut nth, mut rechecks, mut turn) = (0_u64, 0_u64, 0);
    let actor = move |now: Time, stage: &mut Stage| {
        if 0 < rechecks {
            // Now and then it looks whether what was missing has come back, one page after the other.
            rechecks -= 1;
            let gone = stage.site.entry(stage.site.catalogue_size + rng.below(2_000));
            let missing = stage.site.missing;
            clients[turn].ask(stage, now, "GET", gone, missing);
            return Some(Time(now.0 + rng.pause(6 * SECOND, 0.4)));
        }
        nth += 1;
        rechecks = if nth % 400 == 200 { rng.between(15, 45) } else { 0 };
        turn = usize::try_from(rng.below(clients.len() as u64)).unwrap_or(0);
        crawl(stage, now, &mut clients[turn], nth, rng.below(stage.site.catalogue_size * 107 / 100));
        Some(Time(now.0 + rng.wait(gap)))
    };
    stage.enter(stage.start, Box::new(actor));
    pages
}

/// The `nth` request: rules now and then, a list now and then, else an `entry`, which may lie beyond the catalogue.
fn crawl(stage: &mut Stage, now: Time, client: &mut Client, nth: u64, entry: u64) {
    let target =
        if nth.is_multiple_of(9) { stage.site.catalogue(entry / 20, 20) } else { stage.site.entry(entry) };
    if nth % 700 == 1 {
        client.ask(stage, now, "GET", String::from("/robots.txt"), Answer { status: 200, bytes: 68 });
    } else if stage.site.is_gone(entry) {
        client.ask(stage, now, "GET", stage.site.entry(entry), stage.site.missing);
    } else {
        client.read(stage, now, target, 2_600);
    }
}
