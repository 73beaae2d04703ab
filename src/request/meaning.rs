//! What a line means, under one plan: from [`Event`] to [`Request`].

use std::sync::Arc;

use crate::event::{Event, Secret};
use crate::hash::{Keys, NameHash};
use crate::request::{Client, Flags, Place, Request, Trust, fault};
use crate::route::{
    Classes, EndpointClass, Known, Method, ObjectId, RouteCache, keeps_accounts, operation, read_query,
};
use crate::sigma::{Facts, Matched, Matcher, Note, OfPath, Rules};
use crate::signal::{Glance, Sensitivity};
use crate::text::Remembered;
use crate::time::Micros;

/// Everything that the meaning of a line depends on beside the line.
#[derive(Default)]
pub struct Meaning {
    /// The key of all hashes.
    pub keys: Keys,
    /// Whose word about the client is believed.
    pub trust: Trust,
    /// What kind of endpoint a route is.
    pub classes: Classes,
    /// How much a line must show to count as an attack.
    pub sensitivity: Sensitivity,
    /// The rules that lines are matched against.
    pub rules: Arc<Rules>,
}

/// What a worker found out about texts that came before, under one [`Meaning`].
pub struct Cache {
    routes: RouteCache,
    /// Of tokens, keys and sessions: their hashes.
    secrets: Remembered<NameHash>,
    glance: Glance,
    matcher: Matcher,
    /// The rules that the path of the line that was read last could let match.
    of_path: OfPath,
    /// What correlations note of the line that was matched last.
    pub(crate) notes: Vec<Note>,
}

/// Places for secrets, a power of two; they take 128 KiB.
const SECRETS: usize = 1 << 10;

impl Default for Cache {
    fn default() -> Self {
        Self {
            routes: RouteCache::default(),
            secrets: Remembered::new(SECRETS),
            glance: Glance::default(),
            matcher: Matcher::default(),
            of_path: OfPath::default(),
            notes: Vec::new(),
        }
    }
}

impl Meaning {
    /// What `event`, which stands at `place`, means.
    #[inline]
    pub fn request(&self, event: &Event<'_>, place: Place, cache: &mut Cache) -> Request {
        let path = event.path.unwrap_or(b"");
        let method = event.method.map_or(Method::Other, Method::of);
        let known @ Known { shown, rules, .. } = self.of(path, method, cache);
        cache.of_path = rules;
        let status = fault::status(event, method, path);
        let named = self.named(event, path, cache);
        let path = named.as_deref().unwrap_or(path);
        let Known { route, mut class, .. } =
            if named.is_some() { self.of(path, method, cache) } else { known };
        let query = event.query.map(|query| read_query(query, &self.keys)).unwrap_or_default();
        let asked = query.account.map_or(NameHash::NONE, |account| self.name(event, account));
        if class == EndpointClass::Other && method == Method::Get && asked.is_some() {
            class = self.of_who_asks(path, query.account, cache);
        }
        let (by_name, user) = self.names(event);
        let tried = class.takes_credentials() || status == 401;
        let mut hashed = |secret: Option<Secret<'_>>| {
            secret.map_or(NameHash::NONE, |secret| secret.hashed_once(&self.keys, &mut cache.secrets))
        };
        let token = hashed(event.token);
        let token = if token.is_some() { token } else { hashed(query.secret.map(Secret::new)) };
        let session = hashed(event.session.or(query.session.map(Secret::new)));
        let agent = event.user_agent.map_or(NameHash::NONE, |agent| self.keys.name(agent));
        // The program that somebody logs in with is the account that is tried only where nothing else names one.
        let account = if tried { by_name.or(asked).or(user) } else { asked };
        let in_path = route.object != ObjectId::NONE;
        let (client, forwarded) = self.client(event);
        let shown = cache.glance.shown(event, agent, shown).from(self.sensitivity);

        let mut flags = Flags::default();
        flags.set(Flags::USER, user.is_some());
        flags.set(Flags::TOKEN, token.is_some());
        flags.set(Flags::SESSION, session.is_some());
        flags.set(Flags::ACCOUNT, asked.is_some());
        flags.set(Flags::BYTES_OUT, event.bytes_out.is_some());
        flags.set(Flags::BYTES_IN, event.bytes_in.is_some());
        flags.set(Flags::DURATION, event.duration.is_some());
        flags.set(Flags::AGENT, agent.is_some());
        flags.set(Flags::REFERER, event.referer.is_some_and(|referer| !matches!(referer, b"" | b"-")));
        flags.set(Flags::STATUS, event.status.is_some());
        flags.set(Flags::FORWARDED, forwarded);
        flags.set(Flags::CLIENT, client != Client::default());
        flags.set(Flags::HOST, event.host.is_some_and(|host| !matches!(host, b"" | b"-")));
        flags.set(Flags::ODD_REQUEST, event.raw_request.is_some());
        flags.set(Flags::QUERY_OBJECT, !in_path && query.object != ObjectId::NONE);
        flags.set(Flags::FORGED, event.is_forged());

        Request {
            place,
            time: event.time,
            client,
            template: route.template,
            object: if in_path { route.object } else { query.object },
            principal: if tried { NameHash::NONE } else { user },
            account,
            token,
            session,
            agent,
            bytes_out: event.bytes_out.unwrap_or(0),
            duration: Micros(u32::try_from(event.duration.unwrap_or(0)).unwrap_or(u32::MAX)),
            page: query.page.unwrap_or(u32::MAX),
            demand: query.demand,
            status,
            method,
            class,
            shown,
            matched: Matched::default(),
            flags,
        }
    }

    /// The user's name, and whose request it is: that or the consumer's, the program with a key of its own.
    fn names(&self, event: &Event<'_>) -> (NameHash, NameHash) {
        let hashed = |name: Option<&[u8]>| name.map_or(NameHash::NONE, |name| self.name(event, name));
        let by_name = hashed(event.user);
        (by_name, by_name.or(hashed(event.consumer)))
    }

    /// What a path is for whose query names an account: a door, if a form that is sent there is one of a door; where accounts are
    /// kept, whoever asks for one by name looks it up.
    fn of_who_asks(&self, path: &[u8], account: Option<&[u8]>, cache: &mut Cache) -> EndpointClass {
        let class = self.of(path, Method::Post, cache).class.door_or_other();
        let by_name = account.is_some_and(|account| !account.iter().all(u8::is_ascii_digit));
        let looks_up = class == EndpointClass::Other && by_name && keeps_accounts(path);
        if looks_up { EndpointClass::AccountLookup } else { class }
    }

    /// Where the query says what is to be done, and that is a door while the path is none: the path with what is to be done.
    #[inline]
    fn named(&self, event: &Event<'_>, path: &[u8], cache: &mut Cache) -> Option<Vec<u8>> {
        let named = event.query.and_then(|query| operation(path, query))?;
        (self.is_door(&named, cache) && !self.is_door(path, cache)).then_some(named)
    }

    /// Whether a form that is sent to `path` is one of a door.
    fn is_door(&self, path: &[u8], cache: &mut Cache) -> bool {
        self.of(path, Method::Post, cache).class.is_door()
    }

    /// What is known of `path`.
    #[inline]
    fn of(&self, path: &[u8], method: Method, cache: &mut Cache) -> Known {
        let Cache { routes, glance, matcher, .. } = cache;
        let of_path = |path: &[u8]| {
            if self.rules.is_empty() { OfPath::default() } else { matcher.of_path(&self.rules, path) }
        };
        routes.route(path, method, &self.keys, &self.classes, glance, of_path)
    }

    /// The rules that `event` matches, which stands in `record` and became `request`; what correlations note of it is left in
    /// the cache.
    #[inline]
    pub fn matched(&self, event: &Event<'_>, record: &[u8], request: &Request, cache: &mut Cache) -> Matched {
        if self.rules.is_empty() {
            return Matched::default();
        }
        cache.notes.clear();
        if !cache.matcher.could_match(&self.rules, event, record, request.agent, cache.of_path) {
            return Matched::default();
        }
        self.confirmed(event, record, request, cache)
    }

    /// The rules that match, of those that could.
    #[inline(never)]
    fn confirmed(&self, event: &Event<'_>, record: &[u8], request: &Request, cache: &mut Cache) -> Matched {
        let facts = Facts { record, event, client: request.client.address() };
        let matching = cache.matcher.confirm(&self.rules, &facts);
        if self.rules.correlates() {
            self.rules.note(matching, &facts, &self.keys, &mut cache.notes);
            return Matched::of(&self.rules.told(matching));
        }
        Matched::of(matching)
    }

    /// The hash of a name that may still be escaped.
    fn name(&self, event: &Event<'_>, name: &[u8]) -> NameHash {
        if name.is_empty() { NameHash::NONE } else { self.keys.name(&event.plain(name)) }
    }

    /// Who made the request, and whether a forwarded-for list told.
    fn client(&self, event: &Event<'_>) -> (Client, bool) {
        let origin = self.trust.origin(event);
        match (origin.client, event.client_name) {
            (Some(address), _) => (Client::at(address), origin.peer.is_some()),
            (None, Some(name)) => (Client::named(self.keys.bytes(name)), false),
            (None, None) => (Client::default(), false),
        }
    }
}
