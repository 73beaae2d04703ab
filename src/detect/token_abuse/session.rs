//! One session in two places at once: whoever has it beside its owner did not log in.

use super::Judge;
use super::spots::Spot;

impl Judge {
    /// The owner and the stranger, where one session is used by both while both are there.
    pub(super) fn session(&self, spots: &[Spot]) -> Option<[Spot; 2]> {
        let pairs = spots.iter().enumerate().flat_map(|(at, owner)| {
            spots[at + 1..]
                .iter()
                .filter(move |stranger| self.is_stolen(owner, stranger))
                .map(move |stranger| [owner, stranger])
        });
        let [owner, stranger] = pairs.max_by_key(|[_, stranger]| stranger.seat.requests)?;
        Some([owner.clone(), stranger.clone()])
    }

    /// Whether a stranger uses a session of the owner, who had it first and has it still.
    fn is_stolen(&self, owner: &Spot, stranger: &Spot) -> bool {
        if !owner.shares_a_session(stranger) || stranger.is_inside() {
            return false;
        }
        let least = owner.seat.requests.min(stranger.seat.requests);
        if owner.agents.is_empty() && stranger.agents.is_empty() {
            // A phone between two networks, and a house with IPv4 and IPv6, look the same but for how often they change.
            return least >= self.session_requests * 2
                && owner.turns(stranger) >= self.turns
                && !owner.may_be_near(stranger);
        }
        least >= self.session_requests && owner.encloses(stranger)
    }
}
