//! A cron job whose secret expired: one account, one refused login a minute, all day.

use std::rc::Rc;

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::{MINUTE, SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "stale-secret",
    summary: "a cron job with an expired secret: one account, one refused login a minute",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let index = stage.newcomer();
    let user: Rc<str> = Rc::from(*rng.pick(&["svc-reporting", "svc-billing", "cron-mailer", "ci-deploy"]));
    let agent =
        *rng.pick(&["python-requests/2.31.0", "curl/7.81.0", "Apache-HttpClient/4.5.14 (Java/17.0.9)"]);
    stage.acts_as(part, Some(&user), 0);
    let mut client = Client::new(rng.fork(), stage.address(index), Rc::from(agent), part);
    let second = i64::try_from(rng.below(50)).unwrap_or(0) * SECOND;
    let first = Time(stage.start.0.div_euclid(MINUTE) * MINUTE + MINUTE + second);
    let minutes = (stage.end.0 - stage.start.0) / MINUTE;
    let actor = move |now: Time, stage: &mut Stage| {
        let refused = stage.out(now).unwrap_or(stage.site.refused);
        let late = client.rng.wait(SECOND / 2);
        client.try_login(stage, Time(now.0 + late), &user, refused);
        Some(Time(now.0 + MINUTE))
    };
    stage.enter(first, Box::new(actor));
    minutes.unsigned_abs()
}
