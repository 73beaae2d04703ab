//! Colours of a terminal: control sequences (ECMA-48 §5.4) are cut out.

use super::{Peeled, Wrapper};

pub(super) static ANSI: Wrapper = Wrapper {
    name: "terminal colours",
    peel: |line, _, scratch| {
        let first = memchr::memchr(0x1b, line)?;
        let mut plain = line[..first].to_vec();
        let mut rest = &line[first..];
        while let Some((&byte, behind)) = rest.split_first() {
            match behind {
                [b'[', parameters @ ..] if byte == 0x1b => {
                    let end = parameters.iter().position(|byte| (0x40..0x7f).contains(byte));
                    rest = end.map_or(&[][..], |end| &parameters[end + 1..]);
                }
                _ => {
                    plain.push(byte);
                    rest = behind;
                }
            }
        }
        Some(Peeled { line: scratch.keep(&plain), time: None })
    },
    // Often only some of the lines are coloured.
    enough: 1,
};
