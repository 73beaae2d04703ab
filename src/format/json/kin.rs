//! Libraries that write JSON under keys of which some mean something else than they mostly do: told by other keys beside them.

use super::{Given, Meaning, Slot, each_value, trimmed};
use crate::format::fields::Unit;

/// One library.
struct Kin {
    /// Paths that all of its lines have.
    signature: &'static [&'static [u8]],
    /// What others mean; ascending.
    given: &'static [(&'static [u8], Option<Meaning>)],
}

const KINS: [Kin; 1] = [
    // lograge of Rails counts milliseconds with decimals, and its action is a method of a controller.
    Kin {
        signature: &[b"controller", b"action", b"status"],
        given: &[
            (b"action", None),
            (b"duration", Some(Meaning { slot: Slot::Duration, unit: Unit::Millis, rank: 0 })),
        ],
    },
];

/// How many lines of a head are looked at.
const LINES: usize = 20;

/// What keys mean in a log that begins with `head`.
pub(super) fn given(head: &[u8]) -> Given {
    let mut lines = head.split(|&byte| byte == b'\n').take(LINES).filter_map(trimmed);
    let kin = lines.find_map(|line| KINS.iter().find(|kin| kin.has_written(line)));
    kin.map_or(Given::new(), |kin| {
        kin.given.iter().map(|&(path, meaning)| (path.to_vec(), meaning)).collect()
    })
}

impl Kin {
    fn has_written(&self, line: &[u8]) -> bool {
        let mut seen = vec![false; self.signature.len()];
        let read = each_value(line, &mut |path, _| {
            if let Some(nth) = self.signature.iter().position(|known| *known == path) {
                seen[nth] = true;
            }
        });
        read.is_ok() && seen.into_iter().all(|seen| seen)
    }
}

#[cfg(test)]
mod tests {
    use crate::format::json::Json;
    use crate::format::{Around, Format, Opening};

    #[test]
    fn lograge_counts_milliseconds_and_others_do_not() {
        let took = |controller: &str| {
            let line = format!(
                "{{\"method\":\"GET\",\"path\":\"/a\",{controller}\"action\":\"show\",\"status\":200,\"duration\":58.33,\
                 \"remote_ip\":\"192.0.2.7\",\"time\":\"2026-03-10T17:00:03Z\"}}\n"
            );
            let json = Json.open(&Opening::of(line.as_bytes())).unwrap();
            let event = json.decode(line.trim_end().as_bytes(), Around::alone()).unwrap();
            (event.duration, event.flags.map(<[u8]>::to_vec))
        };
        assert_eq!(took("\"controller\":\"orders\","), (Some(58_330), None));
        assert_eq!(took(""), (Some(58_330_000), Some(b"show".to_vec())));
    }
}
