//! A bare stamp before each line, as exports of `CloudWatch` Logs to S3 and `docker logs -t` write it.

use super::{Peeled, Wrapper, word};
use crate::time::stamp::iso8601;

pub(super) static STAMPED: Wrapper = Wrapper {
    name: "stamps",
    peel: |line, _, _| {
        let (stamp, rest) = word(line)?;
        let time = iso8601(stamp).filter(|_| stamp.len() >= 20)?;
        Some(Peeled { line: rest, time: Some(time) })
    },
    enough: 90,
};
