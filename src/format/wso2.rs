//! WSO2's pass-through transport: combined behind a dash. Request and answer have a line each; that of the answer, whose request
//! is dashes, says nothing of what was asked for.

use super::clf::{Clf, Left, Right};
use crate::event::Malformed;

pub(super) static WSO2: Clf = Clf {
    name: "wso2",
    about: "WSO2 API Manager's pass-through transport: combined behind a dash, a line each for request and answer",
    left: Left::Dash,
    right: Right::Agent,
    tail: |columns, event| {
        if matches!(event.raw_request.map(<[u8]>::trim_ascii), Some(b"- -" | b"- - -")) {
            return Err(Malformed::NotAccess);
        }
        // The answer is in another line.
        (event.bytes_out, event.flags) = (None, None);
        columns.end()
    },
};
