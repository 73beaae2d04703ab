//! What looks like an attack and is ordinary on a route: a search for code, an editor's markup, a query language in a link.

use std::collections::BTreeMap;

use crate::collect::{Attacked, ClientProfiles, Target};
use crate::detect::World;
use crate::detect::attack::route_of;
use crate::evidence::size_class;
use crate::incident::{ConfounderNote, Outcome};
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
/// From this score on, a text is hardly anything else, unless people send it from pages, few times each.
pub(in crate::detect) const CERTAIN: u8 = 85;
/// No more often than this.
const FEW: u64 = 10;
/// A route that is made for such texts needs no more people than this to tell.
const HABIT: u64 = 2;
/// So many classes of size are a doubling.
const DOUBLE: u16 = 16;

/// Who sends what to which route.
#[derive(Default)]
pub(in crate::detect) struct Ordinary {
    senders: BTreeMap<(RouteKey, Class), Senders>,
}

/// What is usual on a route.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::detect) struct Usual {
    /// Clients that otherwise work send such texts.
    pub(in crate::detect) texts: bool,
    /// They get answers about as large.
    pub(in crate::detect) sizes: bool,
}

/// Clients that send texts of one class to one route.
#[derive(Clone, Copy, Debug, Default)]
struct Senders {
    clients: u64,
    working: u64,
    /// Of these, people: with pages around what they send.
    people: u64,
    requests: u64,
    ok: u64,
    /// The classes of the four largest answers that as many clients got that otherwise work, largest first.
    largest: [u16; 4],
}

impl Ordinary {
    /// Of all clients that show anything.
    pub(in crate::detect) fn of(world: &World<'_>, attacks: &[(Client, Attacked)]) -> Self {
        let mut ordinary = Self::default();
        for (client, attacked) in attacks {
            let (is_working, are_people) =
                (is_working(world, *client, attacked), are_people(world, *client, attacked));
            for target in attacked.targets.all() {
                let Some(what) = route_of(world, target).zip(target.class()) else { continue };
                let senders = ordinary.senders.entry(what).or_default();
                senders.clients += 1;
                let is_harmless = target.score < CERTAIN || target.requests < FEW && are_people;
                senders.working += u64::from((is_working || are_people) && is_harmless);
                senders.people += u64::from(are_people);
                senders.requests += target.requests;
                senders.ok += target.ok;
                if is_working || are_people {
                    senders.got(target.largest.map_or(0, |(bytes, ..)| size_class(bytes)));
                }
            }
        }
        ordinary
    }

    /// What is usual about texts such as `target`'s on its route, and about the answers to them.
    pub(in crate::detect) fn usual(&self, world: &World<'_>, target: &Target) -> Usual {
        let what = route_of(world, target).zip(target.class());
        let Some(senders) = what.and_then(|what| self.senders.get(&what)) else { return Usual::default() };
        let texts = senders.working.max(senders.people) >= CLIENTS;
        let [.., least] = senders.largest;
        let size = target.largest.map_or(0, |(bytes, ..)| size_class(bytes));
        Usual { texts, sizes: texts && size < least.saturating_add(DOUBLE) }
    }

    /// What speaks for a client that got so far, if all that it sends is ordinary where it sends it.
    pub(in crate::detect) fn notes<'t>(
        &self,
        world: &World<'_>,
        (client, attacked): (Client, &Attacked),
        outcome: Outcome,
        targets: impl IntoIterator<Item = &'t Target>,
    ) -> Vec<ConfounderNote> {
        let are_people = are_people(world, client, attacked);
        let is_working = are_people || is_working(world, client, attacked);
        // What worked is no search, and what nearly did is none of somebody who does nothing else.
        if outcome >= Outcome::Succeeded || outcome == Outcome::Probed && !is_working {
            return Vec::new();
        }
        let senders = |target: &Target| {
            let (route, class) = route_of(world, target).zip(target.class())?;
            let senders = self.senders.get(&(route, class)).copied()?;
            let is_habit = are_people && senders.have_a_habit(world, route, class);
            let is_harmless = target.score < CERTAIN || are_people && target.requests < FEW;
            (is_habit || senders.are_ordinary() && is_harmless).then_some(senders)
        };
        let all: Option<Vec<Senders>> = targets.into_iter().map(senders).collect();
        let least =
            all.unwrap_or_default().into_iter().min_by_key(|senders| senders.working.max(senders.people));
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

/// Whether a client is people with browsers: what it sends comes from pages, which it loaded with all that belongs to them.
pub(in crate::detect) fn are_people(world: &World<'_>, client: Client, attacked: &Attacked) -> bool {
    attacked.referred * 10 >= attacked.requests * 8
        && attacked.hidden == 0
        && attacked.tools == 0
        && world.profile(client, |profile| profile.companions > 0) == Some(true)
}

/// Whether texts of a class are what people write for a program to read: queries, markup, names of its own pages.
fn is_written(class: Class) -> bool {
    matches!(
        class,
        Class::Sqli | Class::Xss | Class::Nosql | Class::Ldap | Class::CodeInjection | Class::SensitiveFile
    )
}

impl Senders {
    /// One of those who otherwise work got an answer of this class of size, and none larger.
    fn got(&mut self, mut size: u16) {
        for kept in &mut self.largest {
            if *kept < size {
                std::mem::swap(kept, &mut size);
            }
        }
    }

    /// Whether the route is made for such texts: all who send them are people, and hardly anything else is sent to it.
    fn have_a_habit(self, world: &World<'_>, route: RouteKey, class: Class) -> bool {
        let others = world.norm(route).map_or(0, |norm| norm.answers.ok);
        is_written(class)
            && self.people >= HABIT
            && self.people * 100 >= self.clients * SHARE
            && self.ok * 10 >= self.requests * 9
            && others <= self.requests
    }

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
                self.working.max(self.people),
                self.clients,
                self.ok,
                self.requests,
            ),
        )
    }
}
