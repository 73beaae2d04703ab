//! Probers that take their time: a list shared out among several addresses, each of which probes for a few different things,
//! minutes apart, in the same hours. Whoever scans by himself is done in a minute.

use super::{Assault, Family, vulnerability_scan};
use crate::collect::ClientProfiles;
use crate::detect::pool::{self, Member};
use crate::detect::{World, story};
use crate::evidence::Span;
use crate::incident::{Finding, Join};
use crate::time::MINUTE;

/// A prober of a team probes so often, …
const PROBES: u64 = 4;
/// … with no less than this between two probes, on average, in microseconds, …
const APART: i64 = 2 * MINUTE;
/// … and hardly does anything else: so many requests in all to each probe.
const ALL: u64 = 4;

/// One prober, with what it did.
struct Patient<'w>(Assault<'w>);

impl Member for Patient<'_> {
    fn span(&self) -> Span {
        self.0.attacked.span
    }

    fn size(&self) -> u64 {
        self.0.attacked.requests
    }
}

/// The teams among those that each probe a little; and the rest.
pub(super) fn shared_out<'w>(
    world: &World<'_>,
    single: Vec<Assault<'w>>,
) -> (Vec<Vec<Assault<'w>>>, Vec<Assault<'w>>) {
    let (patient, mut rest): (Vec<_>, Vec<_>) = single.into_iter().partition(|one| is_patient(world, one));
    let least = world.threshold(&vulnerability_scan::ABOUT, "team");
    let mut teams: Vec<Vec<Assault<'w>>> = Vec::new();
    for pool in pool::together(patient.into_iter().map(Patient).collect()) {
        let some = pool.into_iter().map(|Patient(one)| one);
        if some.len() as u64 >= least { teams.push(some.collect()) } else { rest.extend(some) }
    }
    for some in &mut teams {
        some.sort_by(|one, other| one.clients.cmp(&other.clients));
    }
    rest.sort_by(|one, other| one.clients.cmp(&other.clients));
    (teams, rest)
}

/// Whether one address probes for different things, slowly, and does nothing else.
fn is_patient(world: &World<'_>, one: &Assault<'_>) -> bool {
    let [(client, _)] = *one.clients.as_slice() else { return false };
    let (requests, span) = (one.attacked.requests, one.attacked.span);
    let gaps = i64::try_from(requests.saturating_sub(1)).unwrap_or(i64::MAX);
    requests >= PROBES
        && one.attacked.targets.len() as u64 >= world.threshold(&vulnerability_scan::ABOUT, "different")
        && one.attacked.tools == 0
        && span.micros() >= APART.saturating_mul(gaps)
        && world.population::<ClientProfiles>().wanted(client.0) <= requests * ALL
}

impl Family {
    /// A team of patient probers.
    pub(super) fn patient(&self, world: &World<'_>, some: &[Assault<'_>]) -> Finding {
        let mut finding = self.of(world, some, "shared-out");
        let (addresses, least) = (some.len() as u64, world.threshold(&vulnerability_scan::ABOUT, "team"));
        finding.test("team", addresses * 10, least * 10, "addresses");
        finding.reason = format!(
            "{} addresses probe for different things in the same hours, each slowly and a few times, {} in all, as if they \
             shared out one list",
            story::count(addresses),
            story::requests(finding.requests),
        );
        finding.joins =
            some.iter().flat_map(|one| &one.clients).map(|&(client, _)| Join::Client(client)).collect();
        finding
    }
}
