//! Signs that lines of a format cannot do without: one pass over a record tells most formats that it is none of theirs.

/// Which of some bytes a text has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs(u16);

impl Default for Signs {
    /// Of a text that nobody looked through: it may have any.
    fn default() -> Self {
        Self(u16::MAX)
    }
}

impl Signs {
    /// Those of `text`; all digits are the same.
    pub(super) fn of(text: &[u8]) -> Self {
        Self(text.iter().fold(0, |all, &byte| all | SIGNS[usize::from(byte)]))
    }

    /// Whether all of `other` are among them.
    pub(super) fn include(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What each byte is.
static SIGNS: [u16; 256] = {
    let mut signs = [0; 256];
    let known = *b"\"[]:=|,<.";
    let mut nth = 0;
    while nth < known.len() {
        signs[known[nth] as usize] = 2 << nth;
        nth += 1;
    }
    let mut digit = b'0';
    while digit <= b'9' {
        signs[digit as usize] = 1;
        digit += 1;
    }
    signs
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Malformed};
    use crate::format::{Around, Decoder, FORMATS, Known, Opening, json};
    use crate::time::Time;

    /// What is read of a record: the event, or whether the record is known to hold none.
    fn said(read: Result<Event<'_>, Malformed>) -> Result<String, bool> {
        read.map(|event| format!("{event:?}")).map_err(Malformed::is_skip)
    }

    /// `line` as it stands, torn, and without each of its signs, as far as it is no object.
    fn injured(line: &[u8]) -> Vec<Vec<u8>> {
        let known = |&byte: &u8| SIGNS[usize::from(byte)] != 0 && !byte.is_ascii_digit();
        let mut lines =
            vec![line.to_vec(), line.iter().copied().filter(|byte| !byte.is_ascii_digit()).collect()];
        // Torn behind each value.
        let ends = line.iter().enumerate().filter(|(_, byte)| matches!(byte, b' ' | b'\t'));
        lines.extend(ends.map(|(at, _)| line[..at].to_vec()));
        for sign in line.iter().copied().filter(known).collect::<std::collections::BTreeSet<u8>>() {
            lines.push(line.iter().copied().filter(|&byte| byte != sign).collect());
            // And without the last of them.
            let last = line.iter().rposition(|&byte| byte == sign).unwrap();
            lines.push([&line[..last], &line[last + 1..]].concat());
        }
        lines.retain(|line| !json::is_object(line));
        lines
    }

    #[test]
    fn what_others_found_out_about_a_line_changes_nothing_of_what_is_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/formats");
        let (mut read, mut skipped) = (0, 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|end| end != "log") {
                continue;
            }
            let log = std::fs::read(&path).unwrap();
            let opening = Opening::of(&log);
            let decoders: Vec<Box<dyn Decoder>> = FORMATS
                .iter()
                .filter_map(|format| format.open(&opening))
                .filter(|decoder| !decoder.reads_objects())
                .collect();
            for line in log.split(|&byte| byte == b'\n').take(3).flat_map(injured) {
                for time in [None, Some((Time(1), 0))] {
                    let around = Around { time, ..Around::alone() };
                    let mut known = Known::of_text(&line);
                    for decoder in &decoders {
                        let alone = said(decoder.decode(&line, around));
                        let after = said(decoder.decode_after(&line, around, &mut known));
                        assert_eq!(after, alone, "{}: {}", decoder.format(), String::from_utf8_lossy(&line));
                        read += usize::from(alone.is_ok());
                        skipped += usize::from(alone == Err(true));
                    }
                }
            }
        }
        assert!(read > 1000 && skipped > 1000, "{read} {skipped}");
    }
}
