//! What a line means, under one plan: from [`Event`] to [`Request`].

use crate::event::Event;
use crate::hash::{Keys, NameHash};
use crate::request::{Client, Flags, Place, Request, Trust};
pub use crate::route::RouteCache;
use crate::route::{Classes, EndpointClass, Method, ObjectId, read_query};
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
}

impl Meaning {
    /// What `event`, which stands at `place`, means.
    pub fn request(&self, event: &Event<'_>, place: Place, cache: &mut RouteCache) -> Request {
        let path = event.path.unwrap_or(b"");
        let method = event.method.map_or(Method::Other, Method::of);
        let (route, mut class) = cache.route(path, method, &self.keys, &self.classes);
        let query = event.query.map(|query| read_query(query, &self.keys)).unwrap_or_default();
        let asked = query.account.map_or(NameHash::NONE, |account| self.name(event, account));
        if class == EndpointClass::Other && method == Method::Get && asked.is_some() {
            class = cache.route(path, Method::Post, &self.keys, &self.classes).1.door_or_other();
        }
        let user = [event.user, event.consumer].into_iter().flatten();
        let user = user.map(|name| self.name(event, name)).find(|name| name.is_some()).unwrap_or_default();
        let tried = class.takes_credentials() || matches!(event.status, Some(401));
        let token = event.token.map_or(NameHash::NONE, |token| token.hashed(&self.keys));
        let token = token.or(query.secret.map_or(NameHash::NONE, |secret| self.keys.secret(secret)));
        let session = event.session.map_or(NameHash::NONE, |session| session.hashed(&self.keys));
        let agent = event.user_agent.map_or(NameHash::NONE, |agent| self.keys.name(agent));
        let host = event.host.map_or(NameHash::NONE, |host| self.keys.name(host));
        let in_path = route.object != ObjectId::NONE;
        let (client, forwarded) = self.client(event);

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
        flags.set(Flags::HOST, host.is_some());
        flags.set(Flags::ODD_REQUEST, event.raw_request.is_some());
        flags.set(Flags::QUERY_OBJECT, !in_path && query.object != ObjectId::NONE);

        Request {
            place,
            time: event.time,
            client,
            template: route.template,
            object: if in_path { route.object } else { query.object },
            principal: if tried { NameHash::NONE } else { user },
            account: if tried { user.or(asked) } else { asked },
            token,
            session,
            agent,
            host,
            bytes_out: event.bytes_out.unwrap_or(0),
            bytes_in: event.bytes_in.unwrap_or(0),
            duration: Micros(u32::try_from(event.duration.unwrap_or(0)).unwrap_or(u32::MAX)),
            query: query.shape,
            page: query.page.unwrap_or(u32::MAX),
            asn: event.asn.unwrap_or(0),
            status: event.status.unwrap_or(0),
            country: event.country.and_then(|code| code.try_into().ok()).unwrap_or_default(),
            method,
            class,
            flags,
        }
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
