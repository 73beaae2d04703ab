//! Where a door leads: the page that those ask for whom it let in. Where it answers all alike, that page still tells how often
//! somebody got in who was refused as well.

use std::collections::BTreeSet;

use crate::collect::{ClientProfiles, route_number};
use crate::detect::followed::Path;
use crate::detect::habits::Habits;
use crate::detect::visits::Visit;
use crate::evidence::Answer;
use crate::route::{EndpointClass, Method};
use crate::tally::{RouteNorm, Tally};

/// So many visitors who tried once are looked at.
const SOME: usize = 200;

/// So many of them tell where a door leads.
const TELLING: usize = 20;

/// The routes, as profiles know them, that nearly all ask for who tried once at one door and went on: pages, but not those
/// that they ask for whatever they are answered.
pub(super) fn routes(visitors: &[(&Visit, &Path)], form: &BTreeSet<u64>, tally: &Tally) -> BTreeSet<u64> {
    let once = visitors.iter().filter(|(visit, path)| visit.tries == 1 && path.goes_on(visit)).take(SOME);
    let mut habits = Habits::default();
    let mut known = 0;
    for (visit, _) in once {
        let page = route_number(visit.at.template.0, Method::Get as u8);
        let counts = |route| route != page && !form.contains(&route);
        known += 1;
        tally.population::<ClientProfiles>().with(visit.client.0, |profile| {
            habits.add(profile, |route, asked| asked.ok > 0 && counts(route));
        });
    }
    if known < TELLING {
        return BTreeSet::new();
    }
    let all: BTreeSet<u64> = habits.routes().filter(|&route| habits.are_of_nearly_all(route)).collect();
    let is_page = |norm: &RouteNorm| {
        norm.kind.is_some_and(|(method, class)| {
            method == Method::Get && class != EndpointClass::Static && !class.is_door()
        })
    };
    let pages = tally.routes.iter().filter(|(_, norm)| is_page(norm));
    pages.map(|(key, _)| RouteNorm::number(key)).filter(|number| all.contains(number)).collect()
}

/// How often a visitor who was answered all alike was refused: it got in as often as it asked for the page to which the door
/// leads, and else came back to the form. `None` where it never did, or always.
pub(super) fn refused(
    visit: &Visit,
    path: &Path,
    landing: &BTreeSet<u64>,
    tally: &Tally,
) -> Option<(Answer, u64)> {
    let &(answer, count) = visit.answers.iter().max_by_key(|&&(answer, count)| (count, answer))?;
    let is_form = visit.at.class == EndpointClass::Login && (300..400).contains(&answer.status);
    if !is_form || visit.tries < 2 || landing.is_empty() || path.is_crowds(visit) {
        return None;
    }
    let asked = tally.population::<ClientProfiles>().with(visit.client.0, |profile| {
        let asked = |&route: &u64| profile.routes.get(route).map_or(0, |asked| asked.ok);
        landing.iter().map(asked).min()
    });
    let entered = asked.flatten().filter(|&entered| entered > 0)?;
    let refused = count.saturating_sub(entered).min(path.form().saturating_sub(entered));
    (refused > 0).then_some((answer, refused))
}
