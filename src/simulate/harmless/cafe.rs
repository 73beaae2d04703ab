//! The free wireless networks of some cafés: strangers who share an address for an hour.

use crate::simulate::person::ORDINARY;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::{Stage, hours};
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "cafe-wifi",
    summary: "cafés with free wireless: strangers share an address for an hour",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let mut visits = 0;
    for day in 0..stage.days() {
        let span = stage.slot(day, 480, hours(13));
        for _ in 0..rng.between(3, 6) {
            let router = stage.newcomer();
            let guests = stage.in_proportion(rng.spread(25, 110), 6);
            visits += guests;
            let address = stage.address(router);
            super::crowd_behind(stage, part, rng.fork(), span, guests, vec![address], ORDINARY);
        }
    }
    visits * 17
}
