//! A piece of a request that is judged: where it stands, its name, and its text without any layer of encoding.

use super::decode::Decodings;
use super::gate::Bytes;
use super::scan::Lower;

/// Where in a request something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The method.
    Method,
    /// The path.
    Path,
    /// A parameter of the query.
    Query,
    /// The referring page.
    Referer,
    /// What the client calls itself.
    UserAgent,
    /// The host that was asked for.
    Host,
    /// The user who is named.
    User,
    /// A request line that could not be taken apart.
    RawRequest,
}

impl Field {
    /// Its name in `gatehound.event.v1`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Path => "path",
            Self::Query => "query",
            Self::Referer => "referer",
            Self::UserAgent => "user_agent",
            Self::Host => "host",
            Self::User => "user",
            Self::RawRequest => "raw_request",
        }
    }
}

/// One value, as an application would see it.
pub(super) struct Piece<'p> {
    /// Where it stands.
    pub(super) field: Field,
    /// The name of its parameter, in lower case; empty where it has none.
    pub(super) name: &'p [u8],
    /// Its text, decoded.
    pub(super) text: &'p [u8],
    /// The same in lower case.
    pub(super) lower: Lower<'p>,
    /// The kinds of bytes in it.
    pub(super) kinds: Bytes,
    /// What was undone.
    pub(super) decoded: Decodings,
    /// Whether it is asked of a script where only files belong.
    pub(super) is_planted: bool,
}

/// What a judge saw in a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// The name of the structure.
    pub(super) rule: &'static str,
    /// How strong it is, 0 to 100, before decodings and place count.
    pub(super) score: u8,
    /// What had to be undone to see it, beside the layers of the piece.
    pub(super) decoded: Decodings,
}

impl Seen {
    /// A structure that was seen as it stands.
    pub(super) fn new(rule: &'static str, score: u8) -> Self {
        Self { rule, score, decoded: Decodings::default() }
    }
}

/// The stronger of two; the first wins a tie.
pub(super) fn stronger(one: Option<Seen>, other: Option<Seen>) -> Option<Seen> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if one.score < other.score { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// The strongest of `rules` whose test holds.
pub(super) fn strongest(rules: impl IntoIterator<Item = (bool, &'static str, u8)>) -> Option<Seen> {
    rules
        .into_iter()
        .filter(|(holds, ..)| *holds)
        .fold(None, |best, (_, rule, score)| stronger(best, Some(Seen::new(rule, score))))
}
