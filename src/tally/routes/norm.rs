//! What is ordinary on one route.

use serde::{Deserialize, Serialize};

use super::answers::{Answers, One};
use super::readers::Readers;
use crate::collect::route_number;
use crate::evidence::Distinct;
use crate::hash::TemplateHash;
use crate::request::{Request, RouteKey};
use crate::route::{EndpointClass, Method, ObjectId};

/// What is ordinary on one route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RouteNorm {
    /// The template as text.
    pub text: Box<[u8]>,
    /// The method, the same in all of its evidence, and the largest class: that of a GET depends on its query.
    pub kind: Option<(Method, EndpointClass)>,
    /// Whether any request was answered as asked.
    pub ok: bool,
    /// Different clients.
    pub clients: Distinct<64>,
    /// Who was given some of its objects.
    pub readers: Readers,
    /// How it answers.
    pub answers: Answers,
}

/// What one request tells about its route.
pub(super) struct Told {
    pub(super) kind: (Method, EndpointClass),
    /// The client's hash, as [`Distinct`] orders it.
    pub(super) client: u64,
    is_ok: bool,
    /// Whether an object was given to somebody, which, and to whom.
    pub(super) is_read: bool,
    pub(super) object: u64,
    who: u64,
    pub(super) answer: One,
}

impl Told {
    /// By `request`.
    #[inline]
    pub(super) fn by(request: &Request) -> Self {
        let client = request.client.number();
        let is_ok = request.is_ok();
        Self {
            kind: (request.method, request.class),
            client: Distinct::<64>::order(client),
            is_ok,
            is_read: is_ok && request.object != ObjectId::NONE && request.class.has_objects(),
            object: Readers::order(request.object.0),
            who: if request.principal.is_some() { request.principal.0 } else { client }.max(1),
            answer: One::to(request),
        }
    }

    /// Whether credentials were tried or an account asked for.
    pub(super) fn is_at_door(&self) -> bool {
        is_door(self.kind)
    }
}

/// Whether credentials are tried or accounts asked for at an endpoint of this kind.
fn is_door((method, class): (Method, EndpointClass)) -> bool {
    method != Method::Get && class.is_door()
}

impl RouteNorm {
    /// Adds what `other` knows.
    pub(crate) fn absorb(&mut self, other: &Self) {
        if self.text.is_empty() || (!other.text.is_empty() && other.text < self.text) {
            self.text.clone_from(&other.text);
        }
        self.kind = self.kind.max(other.kind);
        self.ok |= other.ok;
        self.clients.absorb(&other.clients);
        self.readers.merge(&other.readers);
        self.answers.absorb(&other.answers);
    }
}

impl RouteNorm {
    /// Adds what a request tells.
    pub(super) fn add(&mut self, told: &Told) {
        self.kind = self.kind.max(Some(told.kind));
        self.clients.keep(told.client);
        self.ok |= told.is_ok;
        self.answers.add(told.answer);
        if told.is_read {
            self.readers.keep(told.object, told.who);
        }
    }

    /// Whether credentials are tried or accounts asked for here.
    pub(super) fn is_door(&self) -> bool {
        self.kind.is_some_and(is_door)
    }

    /// Adds what is known of one literal to the learned route of which it is an object: who came to the literal came to the
    /// object.
    pub(crate) fn absorb_object(&mut self, other: &Self, literal: TemplateHash) {
        self.absorb(other);
        if other.readers.is_empty() && other.ok {
            (0..other.clients.count().min(3))
                .for_each(|nth| self.readers.keep(Readers::order(literal.0), nth + 1));
        }
    }

    /// The same without the name of one sibling.
    pub(super) fn nameless(mut self) -> Self {
        self.text = Box::default();
        self
    }

    /// Its number, as profiles know it.
    pub fn number(key: RouteKey) -> u64 {
        route_number(key.0.0, key.1)
    }
}
