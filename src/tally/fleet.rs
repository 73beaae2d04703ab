//! What happened to everybody, minute by minute: outages, deploys and quiet hours.

use serde::{Deserialize, Serialize};

use crate::request::Request;
use crate::series::{Evidence, Series};
use crate::time::Seconds;

/// The tick of [`Fleet::minutes`].
pub const FLEET_TICK: Seconds = Seconds(60);

/// What happened to everybody.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fleet {
    /// By minute; wider where the log is longer than about a day and a half.
    pub minutes: Series<Minute, 2048>,
}

/// One minute of everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minute {
    /// Requests.
    pub requests: u64,
    /// Answers with 5xx.
    pub failed: u64,
    /// Answers with 429.
    pub throttled: u64,
    /// Answers with 401 or 403.
    pub refused: u64,
}

impl Evidence for Minute {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.failed += other.failed;
        self.throttled += other.throttled;
        self.refused += other.refused;
    }
}

impl Fleet {
    /// Adds `request`.
    pub(crate) fn add(&mut self, request: &Request) {
        let minute = self.minutes.at(FLEET_TICK, request.time);
        minute.requests += 1;
        minute.failed += u64::from(request.status >= 500);
        minute.throttled += u64::from(request.status == 429);
        minute.refused += u64::from(matches!(request.status, 401 | 403));
    }
}

impl Evidence for Fleet {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.minutes.merge(other.minutes);
    }
}
