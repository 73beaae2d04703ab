//! What looks like an attack and is ordinary on a route: a search for code, an editor's markup, a query language in a link.

use std::collections::BTreeMap;

use crate::collect::{Attacked, ClientProfiles, Target};
use crate::detect::World;
use crate::detect::attack::route_of;
use crate::incident::ConfounderNote;
use crate::request::{Client, RouteKey};
use crate::signal::Class;

/// So many clients that otherwise work tell what is ordinary.
const CLIENTS: u64 = 4;
/// And such a share of all that send it, in percent.
const SHARE: u64 = 70;
/// A client works if no more than this share of its requests show anything, in percent…
const RARE: u64 = 20;
/// … or if it makes so many other requests.
const OTHERS: u64 = 20;
/// From this score on, a text is hardly anything else.
const CERTAIN: u8 = 85;

/// Who sends what to which route.
#[derive(Default)]
pub(in crate::detect) struct Ordinary {
    senders: BTreeMap<(RouteKey, Class), Senders>,
}

/// Clients that send texts of one class to one route.
#[derive(Clone, Copy, Debug, Default)]
struct Senders {
    clients: u64,
    working: u64,
    requests: u64,
    ok: u64,
}

impl Ordinary {
    /// Of all clients that show anything.
    pub(in crate::detect) fn of(world: &World<'_>, attacks: &[(Client, Attacked)]) -> Self {
        let mut ordinary = Self::default();
        for (client, attacked) in attacks {
            let is_working = is_working(world, *client, attacked);
            for target in attacked.targets.all() {
                let Some(what) = route_of(world, target).zip(target.class()) else { continue };
                let senders = ordinary.senders.entry(what).or_default();
                senders.clients += 1;
                senders.working += u64::from(is_working && target.score < CERTAIN);
                senders.requests += target.requests;
                senders.ok += target.ok;
            }
        }
        ordinary
    }

    /// What speaks for a client, if all that it sends is ordinary where it sends it.
    pub(in crate::detect) fn notes<'t>(
        &self,
        world: &World<'_>,
        targets: impl IntoIterator<Item = &'t Target>,
    ) -> Vec<ConfounderNote> {
        let senders = |target: &Target| {
            let what = route_of(world, target).zip(target.class())?;
            self.senders
                .get(&what)
                .copied()
                .filter(|senders| senders.are_ordinary() && target.score < CERTAIN)
        };
        let all: Option<Vec<Senders>> = targets.into_iter().map(senders).collect();
        let least = all.unwrap_or_default().into_iter().min_by_key(|senders| senders.working);
        least.map(Senders::note).into_iter().collect()
    }
}

/// Whether a client does other things as well, and hides nothing.
fn is_working(world: &World<'_>, client: Client, attacked: &Attacked) -> bool {
    let all = world.population::<ClientProfiles>().wanted(client.0);
    let others = all.saturating_sub(attacked.requests);
    let is_busy = attacked.requests * 100 <= all * RARE || others >= OTHERS;
    is_busy && attacked.hidden == 0 && attacked.tools == 0
}

impl Senders {
    /// Whether they are people at work.
    fn are_ordinary(self) -> bool {
        self.working >= CLIENTS
            && self.working * 100 >= self.clients * SHARE
            && self.ok * 10 >= self.requests * 9
    }

    fn note(self) -> ConfounderNote {
        super::note(
            "ordinary-parameters",
            80,
            format!(
                "{} of {} clients that send such texts to the same routes work normally otherwise, and {} of {} such \
                 requests were answered",
                self.working, self.clients, self.ok, self.requests,
            ),
        )
    }
}
