//! Collectors: what is remembered about whom. To add one: write `collect/<name>.rs`, then name it in `all`.
//!
//! Evidence is gathered once and judged by many: detectors, norms and confounders all read it through the
//! [`World`](crate::detect::World).

mod accounts;
mod attacks;
mod costs;
mod logins;
mod matches;
mod misses;
mod objects;
mod profile;
mod volume;
mod whereabouts;

use std::any::Any;

use serde::{Deserialize, Serialize};

pub use accounts::{Accounts, DoorAnswers, FromClient, Tried};
pub use attacks::{ATTACK_TICK, Attacked, Attacks, Target};
pub use costs::{COST_TICK, Cost, Costs, Dear, REFUSAL_TICK, Refusals, RouteCost, Work};
pub(crate) use costs::{LONG, MUCH, is_costly, working};
pub(crate) use logins::is_at_door;
pub use logins::{Door, LOGIN_TICK, LoginRoute, LoginTries, Logins, OfAgent, Try};
pub use matches::{MATCH_TICK, Match, MatchedRoute, Matches, Matching};
pub(crate) use misses::is_miss;
pub use misses::{MISS_TICK, Missed, Misses};
pub use objects::{Asked, IdSet, OBJECT_TICK, Objects, ObjectsByClient, ObjectsByPrincipal};
pub use profile::{ClientProfiles, Other, PROFILE_TICK, PrincipalProfiles, Profile, Visit, route_number};
pub use volume::{Bytes, RouteBytes, VOLUME_TICK, Volume, VolumeByClient, VolumeByPrincipal};
pub use whereabouts::{HOUR_TICK, Hour, SEAT_TICK, SEATS, Seat, Used, Whereabouts};

use crate::request::Request;
use crate::series::Evidence;

/// The few things that evidence is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum KeyKind {
    /// The client's address.
    Client,
    /// The strongest identity that the line proves: principal, else token, else session.
    Principal,
    /// The account that a request tries to open or asks for.
    Account,
}

impl KeyKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Client, Self::Principal, Self::Account];

    /// The value that `request` has of this kind; zero for none.
    pub fn of(self, request: &Request) -> u128 {
        match self {
            Self::Client => request.client.0,
            Self::Principal => u128::from(request.principal.or(request.token).or(request.session).0),
            Self::Account => u128::from(request.account.0),
        }
    }
}

/// Gathers evidence about each key of one kind. Pure: no map, lock, clock, thread or I/O.
pub trait Collector: Send + Sync + 'static {
    /// What is remembered per key.
    type Evidence: Evidence;
    /// A name that a stored tally knows it by.
    const NAME: &'static str;
    /// Whom evidence is held against.
    const KEY: KeyKind;
    /// Whether it reads where a request stands and which object it names; where no collector does, neither is kept.
    const READS_PLACE: bool = true;
    /// Whether `request` is of interest at all. Cheap: many requests end here.
    fn wants(request: &Request) -> bool;
    /// Adds `request` to the evidence of its key.
    fn observe(request: &Request, evidence: &mut Self::Evidence);
}

/// Every collector, in the order of their numbers.
pub(crate) fn all() -> &'static [&'static dyn AnyCollector] {
    &[
        &Of::<ClientProfiles>::NEW,
        &Of::<PrincipalProfiles>::NEW,
        &Of::<Logins>::NEW,
        &Of::<Accounts>::NEW,
        &Of::<Misses>::NEW,
        &Of::<ObjectsByClient>::NEW,
        &Of::<ObjectsByPrincipal>::NEW,
        &Of::<VolumeByClient>::NEW,
        &Of::<VolumeByPrincipal>::NEW,
        &Of::<Attacks>::NEW,
        &Of::<Matches>::NEW,
        &Of::<Costs>::NEW,
        &Of::<Whereabouts>::NEW,
    ]
}

/// No kind of key has more collectors.
pub(crate) const COLUMNS: usize = 8;

/// By kind of key: the columns that want `request`, as bits, and whether any of them reads its place. What [`all`] would
/// say, asked of every request and so without a call; a test holds the two together.
#[inline]
pub(crate) fn wanted(request: &Request) -> [(u8, bool); KeyKind::ALL.len()] {
    let mut asked = Wanting::default();
    asked.ask::<ClientProfiles>(request);
    asked.ask::<PrincipalProfiles>(request);
    asked.ask::<Logins>(request);
    asked.ask::<Accounts>(request);
    asked.ask::<Misses>(request);
    asked.ask::<ObjectsByClient>(request);
    asked.ask::<ObjectsByPrincipal>(request);
    asked.ask::<VolumeByClient>(request);
    asked.ask::<VolumeByPrincipal>(request);
    asked.ask::<Attacks>(request);
    asked.ask::<Matches>(request);
    asked.ask::<Costs>(request);
    asked.ask::<Whereabouts>(request);
    let has_key = KeyKind::ALL.map(|kind| kind.of(request) != 0);
    let mut wanted = asked.wanted;
    wanted.iter_mut().zip(has_key).for_each(|(wanted, has_key)| {
        if !has_key {
            *wanted = (0, false);
        }
    });
    wanted
}

/// Collectors that were asked, in their order.
#[derive(Default)]
struct Wanting {
    wanted: [(u8, bool); KeyKind::ALL.len()],
    columns: [u32; KeyKind::ALL.len()],
}

impl Wanting {
    /// Asks one.
    #[inline]
    fn ask<C: Collector>(&mut self, request: &Request) {
        let kind = C::KEY as usize;
        if C::wants(request) {
            self.wanted[kind].0 |= 1 << self.columns[kind];
            self.wanted[kind].1 |= C::READS_PLACE;
        }
        self.columns[kind] += 1;
    }
}

/// The number of a collector among those of its kind.
pub(crate) fn column_of<C: Collector>() -> usize {
    all().iter().take(number_of::<C>()).filter(|collector| collector.key() == C::KEY).count()
}

/// The number of a collector in [`all`].
pub(crate) fn number_of<C: Collector>() -> usize {
    all().iter().position(|collector| collector.name() == C::NAME).expect("every collector stands in `all`")
}

/// A collector whose evidence type is forgotten, so that a tally can hold all of them.
pub(crate) trait AnyCollector: Send + Sync {
    /// [`Collector::NAME`].
    fn name(&self) -> &'static str;
    /// [`Evidence::VERSION`].
    fn version(&self) -> u16;
    /// [`Collector::KEY`].
    fn key(&self) -> KeyKind;
    /// [`Collector::wants`].
    #[cfg(test)]
    fn wants(&self, request: &Request) -> bool;
    /// [`Collector::READS_PLACE`].
    #[cfg(test)]
    fn reads_place(&self) -> bool;
    /// An empty column.
    fn column(&self) -> Box<dyn AnyColumn>;
}

/// The evidence of one collector about the full entities of one shard.
pub(crate) trait AnyColumn: Send + Sync + Any {
    /// Adds those of `requests` in whose mask `bit` is set to the evidence of `entity`.
    fn observe(&mut self, entity: u32, requests: &[(Request, u8)], bit: u8);
    /// About how many bytes all of it takes.
    fn size(&self) -> usize;
    /// Merges what `other` has about `theirs` into what we have about `ours`.
    fn adopt(&mut self, ours: u32, other: &mut dyn AnyColumn, theirs: u32);
    /// The stored form of the evidence about `entity`, if there is any.
    fn write(&self, entity: u32) -> Option<Vec<u8>>;
    /// Reads back what [`write`](Self::write) wrote.
    fn read(&mut self, entity: u32, bytes: &[u8]) -> Result<(), postcard::Error>;
}

/// [`Collector`] as a value.
struct Of<C>(std::marker::PhantomData<fn() -> C>);

impl<C> Of<C> {
    const NEW: Self = Self(std::marker::PhantomData);
}

impl<C: Collector> AnyCollector for Of<C> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn version(&self) -> u16 {
        C::Evidence::VERSION
    }

    fn key(&self) -> KeyKind {
        C::KEY
    }

    #[cfg(test)]
    fn wants(&self, request: &Request) -> bool {
        C::wants(request)
    }

    #[cfg(test)]
    fn reads_place(&self) -> bool {
        C::READS_PLACE
    }

    fn column(&self) -> Box<dyn AnyColumn> {
        Box::new(Column::<C> { index: Vec::new(), evidence: Vec::new() })
    }
}

/// Evidence by entity: most entities have none of a kind, so an index stands between.
pub(crate) struct Column<C: Collector> {
    index: Vec<u32>,
    evidence: Vec<C::Evidence>,
}

/// The size of so many pieces of evidence speaks for all of a column.
const GUESSED: usize = 8;

/// No evidence yet.
const NONE: u32 = u32::MAX;

impl<C: Collector> Column<C> {
    /// The evidence about `entity`.
    pub(crate) fn get(&self, entity: u32) -> Option<&C::Evidence> {
        let at = *self.index.get(entity as usize)?;
        (at != NONE).then(|| &self.evidence[at as usize])
    }

    /// The evidence about `entity`, made where there is none.
    fn slot(&mut self, entity: u32) -> &mut C::Evidence {
        let entity = entity as usize;
        if self.index.len() <= entity {
            self.index.resize(entity + 1, NONE);
        }
        if self.index[entity] == NONE {
            self.index[entity] =
                u32::try_from(self.evidence.len()).expect("a shard holds fewer than 2^32 entities");
            self.evidence.push(C::Evidence::default());
        }
        &mut self.evidence[self.index[entity] as usize]
    }
}

impl<C: Collector> AnyColumn for Column<C> {
    fn observe(&mut self, entity: u32, requests: &[(Request, u8)], bit: u8) {
        let mut wanted = requests.iter().filter(|(_, mask)| mask & bit != 0).peekable();
        if wanted.peek().is_some() {
            let evidence = self.slot(entity);
            wanted.for_each(|(request, _)| C::observe(request, evidence));
        }
    }

    fn size(&self) -> usize {
        // What evidence holds beside itself is guessed from the stored form of a few, in which numbers are short.
        let few = self.evidence.iter().step_by(self.evidence.len().div_ceil(GUESSED).max(1));
        let stored = few.map(|one| postcard::to_stdvec(one).map_or(0, |bytes| bytes.len()));
        let (sum, count) = stored.fold((0, 0), |(sum, count), one| (sum + one, count + 1));
        let beside = 2 * sum * self.evidence.len() / count.max(1);
        self.index.capacity() * size_of::<u32>()
            + self.evidence.capacity() * size_of::<C::Evidence>()
            + beside
    }

    fn adopt(&mut self, ours: u32, other: &mut dyn AnyColumn, theirs: u32) {
        let other = (other as &mut dyn Any).downcast_mut::<Self>().expect("columns of the same collector");
        let at = other.index.get(theirs as usize).copied().unwrap_or(NONE);
        if at != NONE {
            self.slot(ours).merge(std::mem::take(&mut other.evidence[at as usize]));
        }
    }

    fn write(&self, entity: u32) -> Option<Vec<u8>> {
        self.get(entity)
            .map(|evidence| postcard::to_stdvec(evidence).expect("evidence can be written to memory"))
    }

    fn read(&mut self, entity: u32, bytes: &[u8]) -> Result<(), postcard::Error> {
        let evidence = postcard::from_bytes::<C::Evidence>(bytes)?;
        self.slot(entity).merge(evidence);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_of_key_has_more_collectors_than_columns() {
        for kind in KeyKind::ALL {
            let ours = all().iter().filter(|collector| collector.key() == kind).count();
            assert!((1..=COLUMNS).contains(&ours), "{kind:?}: {ours}");
        }
    }
}
