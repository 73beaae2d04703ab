//! Who came to which door, at a glance: one short note a client and door, made once, which every judge of logins reads
//! before it looks any closer.

use rayon::prelude::*;

use crate::collect::{ClientProfiles, Door, LoginRoute, LoginTries, Logins, Try, is_at_door};
use crate::detect::World;
use crate::evidence::{Answer, Bounded, Span};
use crate::hash::TemplateHash;
use crate::request::{Client, Request, RouteKey};
use crate::route::Learned;
use crate::series::Evidence;
use crate::tally::Tally;

/// One client at one door.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Visit {
    /// Who.
    pub(crate) client: Client,
    /// The door as evidence knows it.
    pub(crate) at: Door,
    /// The door as learned templates know it.
    pub(crate) door: RouteKey,
    /// What was answered, and how often; the most frequent kinds.
    pub(crate) answers: Vec<(Answer, u64)>,
    /// All tries.
    pub(crate) tries: u64,
    /// The agent that it named most.
    pub(crate) agent: u64,
    /// Whether it named several.
    pub(crate) rotates: bool,
    /// From the first to the last.
    pub(crate) span: Span,
    /// The one account that it is after, where the log names accounts and it is after one.
    pub(crate) target: Option<u64>,
    /// Tries at all doors.
    pub(crate) at_doors: u64,
    /// How many doors.
    pub(crate) doors: u64,
    /// All requests of the client.
    pub(crate) requests: u64,
}

/// The one door of all requests that were refused with a name in them and stand at no door: where every request carries
/// name and password (RFC 7617), any route is as good as another to try them.
pub(crate) const ANYWHERE: RouteKey = RouteKey(TemplateHash(0x616e_7977), u8::MAX);

impl Visit {
    /// The full evidence.
    pub(crate) fn with<T>(&self, world: &World<'_>, read: impl FnOnce(&LoginRoute) -> T) -> Option<T> {
        let logins = world.population::<Logins>();
        logins.with(self.client.0, |tries| {
            if self.door == ANYWHERE {
                return anywhere(tries).map(|route| read(&route));
            }
            tries.doors.all().find(|route| route.door == Some(self.at)).map(read)
        })?
    }

    /// Whether credentials are tried.
    pub(crate) fn takes_credentials(&self) -> bool {
        self.at.class.takes_credentials() || self.door == ANYWHERE
    }
}

/// All that a client tried at no door, as one; the door is the one that it tried most.
pub(crate) fn anywhere(tries: &LoginTries) -> Option<LoginRoute> {
    let routes = || tries.doors.all().filter(|route| route.door.is_some_and(|door| !door.class.is_door()));
    let most = routes().max_by_key(|route| (route.outcomes.total(), route.door))?;
    let mut all = LoginRoute::default();
    routes().for_each(|route| all.merge(route.clone()));
    all.door = most.door;
    Some(all)
}

/// Every visit, by client; the doors as evidence knows them until they are [`folded`](fold).
pub(super) fn all(tally: &Tally) -> Vec<Visit> {
    let logins = tally.population::<Logins>();
    let found = logins.survey(
        |_, _, _| true,
        |subject, scratch: &mut (Glance, LoginTries)| {
            let (glance, tries) = scratch;
            let (client, all) = (Client(subject.key()), subject.wanted::<ClientProfiles>());
            let at_doors = subject.requests::<Logins>().map(|requests| requests.filter(is_at_door));
            let one = at_doors.and_then(|requests| glance.visit(client, all, requests));
            let several = |tries: &LoginTries| of_evidence(client, all, tries);
            one.map(|one| vec![one]).or_else(|| subject.read_into::<Logins, _>(tries, several))
        },
    );
    found.into_iter().flat_map(|(_, visits)| visits).collect()
}

/// The visits of one client, which made so many requests in all.
fn of_evidence(client: Client, requests: u64, tries: &LoginTries) -> Vec<Visit> {
    let at_doors: u64 = tries.doors.all().map(|door| door.outcomes.total()).sum();
    let doors = tries.doors.count();
    let visits = tries.doors.all().filter_map(|route| {
        let at = route.door?;
        let most = route.agents.iter().map(|(agent, of)| (of.tries, agent)).max();
        Some(Visit {
            client,
            at,
            door: RouteKey(at.template, at.method as u8),
            answers: route.outcomes.iter().collect(),
            tries: route.outcomes.total(),
            agent: most.map_or(0, |(_, agent)| agent),
            rotates: route.agents.len() >= 2,
            span: route.span,
            target: target(&route.accounts),
            at_doors,
            doors,
            requests,
        })
    });
    visits.collect()
}

/// Notes what a client did that came to one door a few times, as most do: the same that its evidence would tell.
#[derive(Default)]
struct Glance {
    agents: Vec<(u64, u64)>,
    accounts: Vec<u64>,
}

/// With more kinds of answers or agents than this, the evidence is asked.
const KINDS: usize = 8;

impl Glance {
    /// The visit of a client that made `all` requests, these of them at doors; if there was one door and little to tell.
    fn visit(&mut self, client: Client, all: u64, requests: impl Iterator<Item = Request>) -> Option<Visit> {
        let mut requests = requests.peekable();
        let first = *requests.peek()?;
        let mut span = Span::default();
        let (mut at, mut tries) = (Door::of(&first), 0);
        let mut answers: Vec<(Answer, u64)> = Vec::with_capacity(1);
        self.agents.clear();
        self.accounts.clear();
        for request in requests {
            if (request.template, request.method) != (first.template, first.method) {
                return None;
            }
            at = at.max(Door::of(&request));
            tries += 1;
            span.add(request.time);
            count(&mut answers, Answer::to(&request));
            if request.agent.is_some() {
                count(&mut self.agents, request.agent.0);
            }
            self.accounts.extend(request.account.is_some().then_some(request.account.0));
        }
        let most = self.agents.iter().map(|&(agent, count)| (count, agent)).max();
        (answers.len() <= KINDS && self.agents.len() <= KINDS).then(|| Visit {
            client,
            at,
            door: RouteKey(at.template, at.method as u8),
            answers,
            tries,
            agent: most.map_or(0, |(_, agent)| agent),
            rotates: self.agents.len() >= 2,
            span,
            target: self.target(),
            at_doors: tries,
            doors: 1,
            requests: all,
        })
    }

    /// As [`target`].
    fn target(&mut self) -> Option<u64> {
        self.accounts.sort_unstable();
        // Whatever makes up four fifths stands in the middle.
        let middle = *self.accounts.get(self.accounts.len() / 2)?;
        let tries = self.accounts.iter().filter(|&&account| account == middle).count();
        (tries * 10 >= self.accounts.len() * 8).then_some(middle)
    }
}

/// Counts one more `of`.
fn count<T: PartialEq>(counts: &mut Vec<(T, u64)>, of: T) {
    match counts.iter_mut().find(|(known, _)| *known == of) {
        Some((_, count)) => *count += 1,
        None => counts.push((of, 1)),
    }
}

/// Names the doors as learned templates know them, and makes one visit of all that a client tried at no door.
pub(super) fn fold(visits: &mut Vec<Visit>, learned: &Learned) {
    visits.par_iter_mut().for_each(|visit| {
        visit.door = if visit.at.class.is_door() { folded(&visit.at, learned) } else { ANYWHERE };
    });
    // Those of one client stand together.
    let of_one = |one: &Visit, other: &Visit| one.client == other.client;
    if visits.chunk_by(of_one).all(|visits| visits.iter().filter(|one| one.door == ANYWHERE).count() <= 1) {
        return;
    }
    let mut folded: Vec<Visit> = Vec::with_capacity(visits.len());
    for visit in visits.drain(..) {
        let same = |known: &&mut Visit| known.client == visit.client && known.door == ANYWHERE;
        let from = folded.len().saturating_sub(MOST);
        match folded[from..].iter_mut().find(same).filter(|_| visit.door == ANYWHERE) {
            Some(known) => known.join(visit),
            None => folded.push(visit),
        }
    }
    *visits = folded;
}

/// No client has more visits.
const MOST: usize = 9;

impl Visit {
    /// Adds what the same client tried at another route that is no door.
    fn join(&mut self, other: Self) {
        self.rotates |= other.rotates || self.agent != other.agent;
        if (other.tries, other.at) > (self.tries, self.at) {
            (self.at, self.agent) = (other.at, other.agent);
        }
        self.tries += other.tries;
        self.span.merge(other.span);
        self.target = self.target.filter(|_| self.target == other.target);
        for (answer, count) in other.answers {
            match self.answers.iter_mut().find(|(known, _)| *known == answer) {
                Some((_, known)) => *known += count,
                None => self.answers.push((answer, count)),
            }
        }
    }
}

/// The door as learned templates know it.
pub(crate) fn folded(door: &Door, learned: &Learned) -> RouteKey {
    RouteKey(learned.fold(door.template), door.method as u8)
}

/// The account that nearly all tries are about, if there is one.
fn target(accounts: &Bounded<Try, 1024>) -> Option<u64> {
    let tries: u64 = accounts.all().map(|one| one.tries).sum();
    accounts.iter().find(|(_, one)| one.tries * 10 >= tries * 8).map(|(account, _)| account)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::collect::Collector;
    use crate::hash::NameHash;
    use crate::route::EndpointClass;
    use crate::time::Time;

    fn request((time, names, status, door): (i64, u64, u16, u64)) -> Request {
        Request {
            time: Time::from_seconds(time),
            template: TemplateHash(1 + u64::from(door == 0)),
            class: if names == 0 { EndpointClass::Token } else { EndpointClass::Login },
            status: 200 + status,
            agent: NameHash(names % 4),
            account: NameHash([0, 7, 7, 7, 8][usize::try_from(names % 5).unwrap()]),
            bytes_out: u64::from(status),
            ..Request::default()
        }
    }

    proptest! {
        #[test]
        fn a_glance_tells_what_the_evidence_would(
            requests in prop::collection::vec((0_i64..99, 0_u64..40, 0_u16..9, 0_u64..60), 1..40),
        ) {
            let requests: Vec<Request> = requests.into_iter().map(request).collect();
            let mut tries = LoginTries::default();
            for request in &requests {
                Logins::observe(request, &mut tries);
            }
            let mut evident = of_evidence(Client(5), 50, &tries);
            if let Some(mut glanced) = Glance::default().visit(Client(5), 50, requests.into_iter()) {
                evident[0].answers.sort_unstable();
                glanced.answers.sort_unstable();
                prop_assert_eq!(evident, vec![glanced]);
            } else {
                prop_assert!(evident.len() > 1 || evident[0].answers.len() > KINDS);
            }
        }
    }
}
