//! Members that stand twice in one object and differ. No encoder writes that, so the producer fills in a template and escapes
//! no quotes, and whoever made the request closed one and wrote members of its own. What is named once is certain, and so is
//! what stands before the first value that a stranger can write.

use xxhash_rust::xxh3::xxh3_64;

use super::path::Path;
use super::scan::Leaf;
use crate::event::{Event, Malformed};
use crate::format::slot::{Growing, Meaning, Slot};

/// How many members of a line are remembered; no producer writes so many that say something.
const MOST: usize = 64;

/// The members of a line that say something, and which of them stand in it twice.
#[derive(Default)]
pub(in crate::format) struct Members {
    /// By name, with what they say.
    seen: Vec<(u64, u64)>,
    twice: Vec<u64>,
    /// Whether one is named again, whatever it says.
    repeat: bool,
}

impl Members {
    /// Passes a member.
    pub(in crate::format) fn pass(&mut self, path: &Path<'_>, leaf: &Leaf<'_>, meaning: Meaning) {
        // Several libraries add a second time to what they log.
        if leaf.is_listed || !leaf.counts || matches!(meaning.slot, Slot::Time | Slot::End | Slot::Logger) {
            return;
        }
        let (name, value) = (name(path, meaning), xxh3_64(leaf.value));
        let known = self.seen.iter().find(|(seen, _)| *seen == name);
        self.repeat |= known.is_some();
        match known {
            Some(&(_, first)) if first != value && !self.twice.contains(&name) => self.twice.push(name),
            None if self.seen.len() < MOST => self.seen.push((name, value)),
            _ => {}
        }
    }

    /// Whether one is named again.
    pub(in crate::format) fn repeat(&self) -> bool {
        self.repeat
    }

    /// Whether one stands twice and says something else.
    pub(in crate::format) fn are_doubled(&self) -> bool {
        !self.twice.is_empty()
    }

    /// What is certain of a line of these members.
    pub(in crate::format) fn certain(&self) -> Certain<'_> {
        Certain { members: self, is_strangers: false, is_anybodys: false }
    }
}

/// A member by its name. Spellings that differ are the same name where a stranger gains by it; clients choose how the
/// headers that they send are spelt.
fn name(path: &Path<'_>, meaning: Meaning) -> u64 {
    let any_spelling = matches!(meaning.slot, Slot::Client | Slot::Status | Slot::Method | Slot::BytesOut);
    let spelling = if any_spelling { 0 } else { xxh3_64(path.key()).rotate_left(1) };
    xxh3_64(path.text()) ^ spelling
}

/// Takes what is certain, value by value, in the order of the line.
pub(in crate::format) struct Certain<'m> {
    members: &'m Members,
    /// Whether a value that a stranger can write has come.
    is_strangers: bool,
    /// Whether the client is one of those that are not certain.
    is_anybodys: bool,
}

impl Certain<'_> {
    /// Takes a value, if it is certain.
    pub(in crate::format) fn take<'a>(
        &mut self,
        growing: &mut Growing<'a>,
        path: &Path<'_>,
        leaf: &Leaf<'a>,
        meaning: Option<Meaning>,
    ) {
        if let Some(meaning) = meaning.filter(|_| leaf.counts)
            && self.admits(path, meaning, growing.has_client())
        {
            growing.put(meaning, leaf.value);
        }
        self.is_strangers |= meaning.is_none_or(|meaning| !is_the_gateways(meaning.slot));
    }

    /// Whether a value of this meaning is certain, in the order of the line. What a stranger can write makes those behind it
    /// less so.
    pub(in crate::format) fn admits(&mut self, path: &Path<'_>, meaning: Meaning, has_client: bool) -> bool {
        let is_certain = !self.is_strangers || self.is_certain(path, meaning);
        self.is_anybodys |= !is_certain && meaning.slot == Slot::Client && !has_client;
        self.is_strangers |= !is_the_gateways(meaning.slot);
        is_certain
    }

    /// Whether a value behind a stranger's is: named once, and nobody's name, which the gateway may not even log.
    fn is_certain(&self, path: &Path<'_>, meaning: Meaning) -> bool {
        let says_who = matches!(meaning.slot, Slot::User | Slot::Consumer | Slot::Token | Slot::Session);
        !says_who && !self.members.twice.contains(&name(path, meaning))
    }

    /// Makes of what was taken the event of a forged line. Somebody else must not be blamed, so it needs a certain client.
    pub(in crate::format) fn finish<'a>(
        &self,
        growing: &mut Growing<'a>,
        line: &'a [u8],
    ) -> Result<(), Malformed> {
        if self.is_anybodys {
            return Err(Malformed::Client);
        }
        forge(growing.event_mut(), line);
        Ok(())
    }
}

/// Marks the event of `line` as forged; it keeps what is certain.
pub(super) fn forge<'a>(event: &mut Event<'a>, line: &'a [u8]) {
    (event.flags, event.raw_request) = (Some(Event::FORGED), Some(line));
}

/// Whether the gateway itself says it, whatever a client sends.
pub(in crate::format) fn is_the_gateways(slot: Slot) -> bool {
    use Slot::{BytesOut, Client, ClientPort, Duration, End, Logger, Method, Status, Time};
    matches!(slot, Time | End | Client | ClientPort | Method | Status | BytesOut | Duration | Logger)
}
