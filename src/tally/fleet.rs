//! What happened to everybody, minute by minute: outages, deploys and quiet hours.

use serde::{Deserialize, Serialize};

use crate::collect::{LONG, working};
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
    /// How long all requests kept the service at work, in microseconds.
    pub micros: u64,
    /// Requests that took long.
    pub long: u64,
}

impl Evidence for Minute {
    const VERSION: u16 = 2;

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.failed += other.failed;
        self.throttled += other.throttled;
        self.refused += other.refused;
        self.micros += other.micros;
        self.long += other.long;
    }
}

impl Fleet {
    /// Adds requests, which mostly come one after the other.
    pub(crate) fn add(&mut self, requests: &[Request]) {
        let minute = |request: &Request| request.time.0.div_euclid(FLEET_TICK.micros());
        for together in requests.chunk_by(|a, b| minute(a) == minute(b)) {
            let count =
                |is: fn(u16) -> bool| together.iter().map(|request| u64::from(is(request.status))).sum();
            self.minutes.at(FLEET_TICK, together[0].time).merge(Minute {
                requests: together.len() as u64,
                failed: count(|status| status >= 500),
                throttled: count(|status| status == 429),
                refused: count(|status| matches!(status, 401 | 403)),
                micros: together.iter().map(working).sum(),
                long: together.iter().map(|request| u64::from(working(request) >= LONG.0.into())).sum(),
            });
        }
    }
}

impl Evidence for Fleet {
    const VERSION: u16 = 2;

    fn merge(&mut self, other: Self) {
        self.minutes.merge(other.minutes);
    }
}
