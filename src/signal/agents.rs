//! Agents that were judged not long ago: there are few of them, and they are long.

use std::hash::BuildHasher;

use super::verdict::Signal;

/// How many agents are kept; a power of two.
const PLACES: usize = 256;

/// The last agents, each with its strongest signals. A cache of a pure function: it changes nothing but the time.
pub(super) struct Agents {
    known: Vec<Known>,
    hasher: foldhash::fast::RandomState,
}

/// One agent.
#[derive(Clone, Default)]
struct Known {
    agent: Vec<u8>,
    signals: Vec<Signal>,
}

impl Default for Agents {
    fn default() -> Self {
        Self { known: vec![Known::default(); PLACES], hasher: foldhash::fast::RandomState::default() }
    }
}

impl Agents {
    /// Adds to `out` what is known of `agent`; whether anything is.
    pub(super) fn find(&self, agent: &[u8], out: &mut Vec<Signal>) -> bool {
        let known = self.known.get(self.place(agent)).filter(|known| known.agent == agent);
        known.inspect(|known| out.extend_from_slice(&known.signals)).is_some()
    }

    /// Keeps what was found out about `agent`.
    pub(super) fn keep(&mut self, agent: &[u8], signals: &[Signal]) {
        let place = self.place(agent);
        if let Some(known) = self.known.get_mut(place) {
            known.agent.clear();
            known.agent.extend_from_slice(agent);
            known.signals.clear();
            known.signals.extend_from_slice(signals);
        }
    }

    /// Where an agent is kept.
    #[expect(clippy::cast_possible_truncation, reason = "a place is a few bits of the hash")]
    fn place(&self, agent: &[u8]) -> usize {
        self.hasher.hash_one(agent) as usize & (PLACES - 1)
    }
}
