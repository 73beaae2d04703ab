//! What the fields of format strings look like.

use super::layout::Layout;
use crate::format::slot::{Meaning, Slot};

/// What a field looks like, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Anything up to the literal.
    Text(Option<Meaning>),
    /// A stamp in brackets, which holds a blank.
    Bracketed(Meaning),
    /// `a, b : c`, where the literal may stand inside.
    List(Option<Meaning>),
    /// A size whose dash means zero.
    DashIsZero(Meaning),
    /// A size with a `+` before it while it still grew.
    Growing(Meaning),
    /// A part of the time in a layout of its own.
    Stamp(Layout),
    /// Blanks, however many.
    Blanks,
    /// Host, then target, with nothing between them but the target's slash.
    HostAndTarget,
    /// `address:port`.
    AddressAndPort,
    /// A frontend of `HAProxy`; `~` behind it means TLS.
    Frontend,
    /// A server of `HAProxy`; one in angle brackets is none.
    Server,
    /// One captured header by its number: its key may tell which, else what it looks like.
    Captured,
    /// Captured headers, `{a|b}`: of the request or of the answer.
    Captures(bool),
}

impl Shape {
    /// What the field says, if that is one thing.
    pub(super) fn slot(&self) -> Option<Slot> {
        self.slots().first().copied()
    }

    /// All that the field says.
    pub(super) fn slots(&self) -> Vec<Slot> {
        match self {
            Self::Text(meaning) | Self::List(meaning) => meaning.iter().map(|meaning| meaning.slot).collect(),
            Self::Bracketed(meaning) | Self::DashIsZero(meaning) | Self::Growing(meaning) => {
                vec![meaning.slot]
            }
            Self::Stamp(layout) if layout.has_day() => vec![Slot::Time],
            Self::HostAndTarget => vec![Slot::Host, Slot::Target],
            Self::AddressAndPort => vec![Slot::Client, Slot::ClientPort],
            Self::Frontend => vec![Slot::Route],
            Self::Server => vec![Slot::Upstream],
            Self::Stamp(_) | Self::Blanks | Self::Captured | Self::Captures(_) => Vec::new(),
        }
    }

    /// Whether whoever asks chooses what stands there.
    pub(super) fn is_strangers(&self) -> bool {
        self.slots().iter().any(|slot| {
            matches!(
                slot,
                Slot::Request
                    | Slot::Target
                    | Slot::Query
                    | Slot::UserAgent
                    | Slot::Referer
                    | Slot::Forwarded
                    | Slot::Host
            )
        })
    }
}
