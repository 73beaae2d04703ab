//! An editor previews pieces of pages, whose markup travels in the link.

use std::rc::Rc;

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::{Stage, hours};
use crate::simulate::{Role, Scenario};
use crate::time::{MINUTE, SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "editor-markup",
    summary: "an editor previews pieces of pages, whose markup travels in the link",
    role: Role::LookAlike,
    cast,
};

/// What is previewed.
const PIECES: [&str; 5] = [
    "%3Ch2%3ESpring%20sale%3C%2Fh2%3E%3Cp%3EFrom%20%3Cb%3EMonday%3C%2Fb%3E%3C%2Fp%3E",
    "%3Cimg%20src%3D%22%2Fassets%2Fmain.png%22%20alt%3D%22Main%22%3E",
    "%3Ca%20href%3D%22%2Fcontact%22%20class%3D%22button%22%3EWrite%20to%20us%3C%2Fa%3E",
    "%3Ciframe%20src%3D%22https%3A%2F%2Fvideo.example%2Fembed%2F7%22%3E%3C%2Fiframe%3E",
    "%3Cul%3E%3Cli%3EOne%3C%2Fli%3E%3Cli%3ETwo%3C%2Fli%3E%3C%2Ful%3E",
];

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let index = stage.newcomer();
    let user: Rc<str> = Rc::from("editor-eva");
    let agent = stage.agents.browser(&mut rng);
    let client = Client::new(rng.fork(), stage.address(index), agent, part).known_as(Rc::clone(&user), 2);
    stage.acts_as(part, Some(&user), client.token);
    for day in 0..stage.days() {
        let (from, to) = stage.slot(day, rng.between(480, 600), hours(7));
        let mut client = client.clone();
        let actor = move |now: Time, stage: &mut Stage| {
            if client.rng.chance(90) {
                let piece = *client.rng.pick(&PIECES);
                let target = format!("{}/pages/preview?block={piece}", stage.site.prefix);
                client.read(stage, now, target, 3_000);
            } else {
                let entry = client.rng.popular(300);
                let target = stage.site.entry(entry);
                client.read(stage, now, target, 2_500);
            }
            let tea = client.rng.chance(15);
            let pause = if tea { 20 * MINUTE } else { 25 * SECOND };
            let next = Time(now.0 + client.rng.pause(pause, 0.9));
            (next < to).then_some(next)
        };
        stage.enter(from, Box::new(actor));
    }
    600 * stage.days().unsigned_abs()
}
