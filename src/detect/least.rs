//! What tries at doors must come to before anybody is blamed for them: the thresholds that the three credential detectors
//! share.

use super::World;
use super::{brute_force, credential_stuffing, password_spraying};

/// What tries at doors must come to.
#[derive(Clone, Copy)]
pub(super) struct Least {
    /// Refused tries of one source.
    pub(super) refused: u64,
    /// Share of the answered tries that was refused, in tenths of a percent.
    pub(super) refused_share: u64,
    /// Refused tries at one account.
    pub(super) at_account: u64,
    /// Accounts, with several tries each, that are sprayed.
    pub(super) accounts: u64,
    /// Sources of a campaign.
    pub(super) sources: u64,
    /// Refused tries of all sources of a campaign.
    pub(super) of_campaign: u64,
    /// -log10 of the chance below which likeness is no chance any more, in tenths, before correction for the groups tried.
    pub(super) surprise: u64,
}

impl Least {
    /// The thresholds in force.
    pub(super) fn of(world: &World<'_>) -> Self {
        let shared = |name| world.threshold(&credential_stuffing::ABOUT, name);
        Self {
            refused: shared("refused tries"),
            refused_share: shared("refused share") * 10,
            at_account: world.threshold(&brute_force::ABOUT, "tries at an account"),
            accounts: world.threshold(&password_spraying::ABOUT, "accounts"),
            sources: shared("sources"),
            of_campaign: shared("refused tries of a campaign"),
            surprise: shared("likeness") * 10,
        }
    }
}
