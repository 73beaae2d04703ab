//! What is certain of a line that is no JSON: its quotes were not escaped, or it was torn.

use super::doubled::{forge, is_the_gateways};
use super::{JsonLines, scan};
use crate::event::Event;
use crate::format::Around;
use crate::format::slot::Growing;

/// What the pieces of a plan leave no doubt about; where a line keeps to none, what stands before the first value that a
/// stranger can write, and that value up to its quote.
pub(super) fn salvage<'a>(lines: &JsonLines, line: &'a [u8], around: Around<'a>) -> Option<Event<'a>> {
    let mut growing = Growing::new();
    for plan in &lines.plans {
        growing.restart();
        if let Some(forged) = plan.anchor(line, &mut growing)
            && lines.finish(&mut growing, false, around).is_ok()
        {
            if forged {
                forge(growing.event_mut(), line);
            }
            return Some(growing.into_event());
        }
    }
    growing.restart();
    let mut is_certain = true;
    // Wherever it breaks off.
    let _ = scan::object(line, &mut |path, leaf| {
        let meaning = lines.meaning(path);
        if let Some(meaning) = meaning.filter(|_| is_certain && leaf.counts) {
            growing.put(meaning, leaf.value);
        }
        is_certain &= meaning.is_some_and(|meaning| is_the_gateways(meaning.slot));
    });
    lines.finish(&mut growing, true, around).ok()?;
    Some(growing.into_event())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Opening, Reader, recognise};

    /// A line of a gateway that fills in a template and escapes nothing.
    fn line(agent: &str) -> String {
        format!(
            "{{\"time\":\"2026-03-10T17:00:03Z\",\"ip\":\"192.0.2.7\",\"method\":\"GET\",\"uri\":\"/a\",\"agent\":\"x\",\
             \"user_agent\":\"{agent}\",\"status\":\"403\",\"bytes\":\"9\",\"referer\":\"-\"}}"
        )
    }

    /// What a log of such lines says in one more: client, path, agent, status and size, and whether it is forged.
    fn read(last: &str) -> Option<[String; 5]> {
        let head = [line("curl/8.1"), line("Mozilla/5.0"), String::new()].join("\n");
        let opening = Opening::of(head.as_bytes());
        let reader = Reader::of(recognise(&opening)?, &opening);
        let event = crate::format::Decoder::decode(&reader, last.as_bytes(), Around::alone()).ok()?;
        let text = |field: Option<&[u8]>| String::from_utf8_lossy(field.unwrap_or(b"none")).into_owned();
        let answer = format!("{:?} {:?}", event.status, event.bytes_out);
        let client = event.client.map_or("nobody".to_owned(), |client| client.to_string());
        Some([client, text(event.path), text(event.user_agent), answer, event.is_forged().to_string()])
    }

    fn told(agent: &str, answer: &str, forged: &str) -> [String; 5] {
        ["192.0.2.7", "/a", agent, answer, forged].map(str::to_owned)
    }

    #[test]
    fn quotes_that_leave_one_reading_are_part_of_their_value() {
        let answer = "Some(403) Some(9)";
        for agent in ["curl/8.1", r#"My "good" browser"#] {
            assert_eq!(read(&line(agent)), Some(told(agent, answer, "false")));
        }
        assert_eq!(read(&line(r#"x","status":"#)), Some(told("x", "None Some(9)", "true")));
    }

    #[test]
    fn members_of_a_strangers_making_are_not_believed() {
        for (agent, answer) in [
            (r#"x","status":"200"#, "None Some(9)"),
            (r#"x","status":"200","bytes":"5","referer":"y"#, "None None"),
            (r#"x","Status":"200"#, "None Some(9)"),
            (r#"x","status":200,"y":"z"#, "None Some(9)"),
            (r#"x","ip":"198.51.100.1","user":"root","status":"200"#, "None Some(9)"),
            (r#"x"y","status":"200","bytes":"5","referer":"-"#, "None None"),
        ] {
            let told = read(&line(agent)).unwrap_or_else(|| panic!("{agent} is lost"));
            assert_eq!([&told[0], &told[3], &told[4]], ["192.0.2.7", answer, "true"], "{agent}");
        }
    }

    #[test]
    fn nobody_else_is_blamed_where_the_client_is_forged() {
        let after = |agent: &str| {
            line(agent)
                .replacen("\"ip\":\"192.0.2.7\",", "", 1)
                .replace("\"referer\"", "\"ip\":\"192.0.2.7\",\"referer\"")
        };
        assert_eq!(read(&after("x")).map(|told| told[0].clone()), Some("192.0.2.7".to_owned()));
        assert_eq!(read(&after(r#"x","ip":"198.51.100.1"#)), None);
    }

    #[test]
    fn a_torn_line_keeps_what_the_gateway_wrote_before_it() {
        let whole = line("curl/8.1");
        let torn = &whole[..whole.find("curl").unwrap()];
        assert_eq!(read(torn), Some(told("none", "None None", "false")));
        assert_eq!(read(&torn[..40]), None);
    }

    #[test]
    fn what_most_lines_name_twice_is_their_producers_way() {
        let twice = |first: &str| {
            line("x").replacen("\"method\"", &format!("\"status\":\"{first}\",\"method\""), 1) + "\n"
        };
        let forged = |log: &str| {
            let (opening, mut forged) = (Opening::of(log.as_bytes()), 0);
            let reader = Reader::of(recognise(&opening).unwrap(), &opening);
            crate::format::Decoder::decode_block(&reader, log.as_bytes(), Around::alone(), &mut |decoded| {
                forged += usize::from(decoded.event.is_ok_and(Event::is_forged));
            });
            forged
        };
        assert_eq!(forged(&[twice("200"), twice("200"), twice("200"), twice("404")].concat()), 0);
        let once = line("x") + "\n";
        assert_eq!(forged(&[once.repeat(4), twice("200"), twice("404"), once].concat()), 2);
    }
}
