//! What is left of syslog where a shipper has taken the rest: `host tag: ` or `tag[pid]: ` before each line.

use super::{Peeled, Wrapper, behind_tag, word};

pub(super) static TAGGED: Wrapper = Wrapper {
    name: "tags",
    peel: |line, _, _| {
        let inside = behind_tag(line).or_else(|| word(line).and_then(|(_host, rest)| behind_tag(rest)))?;
        Some(Peeled { line: inside, time: None })
    },
    enough: 90,
};
