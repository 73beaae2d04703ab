//! A plan changes how fast a line is read, and nothing else.

use proptest::prelude::*;

use super::*;

/// What a decoder says about a line, in full.
fn told(event: Result<&Event<'_>, Malformed>) -> String {
    format!("{event:?}")
}

/// What the lines say without any plan, in a source that begins with `head`.
fn slowly(head: &[String], lines: &[String]) -> Vec<String> {
    let slow =
        JsonLines { plans: Vec::new(), ..JsonLines::learn(head.join("\n").as_bytes(), Vec::new(), None) };
    lines
        .iter()
        .map(|line| told(slow.decode(line.as_bytes(), Around::alone()).as_ref().map_err(|&m| m)))
        .collect()
}

/// What they say with the plans of `head`, line by line and as a block.
fn quickly(head: &[String], lines: &[String], end: &str) -> [Vec<String>; 2] {
    let quick = JsonLines::learn(head.join("\n").as_bytes(), Vec::new(), None);
    let alone = lines
        .iter()
        .map(|line| told(quick.decode(line.as_bytes(), Around::alone()).as_ref().map_err(|&m| m)))
        .collect();
    let mut together = Vec::new();
    let block = lines.iter().flat_map(|line| [line, end]).collect::<String>();
    let mut offset = 0;
    quick.decode_block(block.as_bytes(), Around::alone(), &mut |decoded| {
        assert_eq!(decoded.offset, offset);
        assert!(block.as_bytes()[offset..].starts_with(decoded.record));
        offset += decoded.record.len() + 1;
        together.push(told(decoded.event));
    });
    [alone, together]
}

/// Keys of which some mean the same, with values that suit them.
const MEMBERS: [(&str, &[&str]); 24] = [
    ("time_iso8601", &["\"2026-03-10T00:00:00.016Z\"", "\"2026-03-10T00:00:59Z\"", "\"x\"", "1773100800.25"]),
    ("date", &["\"2026/03/10 00:00:01\"", "\"2026-03-10T00:00:01Z\"", "\"Mar 10 00:00:01\""]),
    ("ts", &["1773100800", "\"10/Mar/2026:00:00:01 +0000\"", "null"]),
    (
        "remote_addr",
        &["\"10.0.4.12\"", "\"2001:db8::1\"", "\"a.example\"", "\"-\"", "\"1.2.3.4, 5.6.7.8\"", "\"?\""],
    ),
    ("client_ip", &["\"192.0.2.7:80\"", "null", "[\"192.0.2.9\"]", "[]", "[\"\",\"1.1.1.1\"]"]),
    ("port", &["80"]),
    (
        "http_x_forwarded_for",
        &[
            "\"151.174.83.202\"",
            "\"\"",
            "\"1.1.1.1, 2.2.2.2\"",
            "[\"1.1.1.1\",\"2.2.2.2\"]",
            "[ \"1.1.1.1\" , \"\\\"\",null]",
            "[null,\"3.3.3.3\",]",
            "[[\"1.1.1.1\"],\"2.2.2.2\"]",
        ],
    ),
    (
        "upstream",
        &["\"10.0.0.1:80\"", "[\"10.0.0.1\",\"10.0.0.2\"]", "[{\"ip\":\"10.0.0.1\"},{\"ip\":\"10.0.0.2\"}]"],
    ),
    ("request_method", &["\"GET\"", "\"POST\"", "\"-\"", "\"\""]),
    (
        "request_uri",
        &["\"/\"", "\"/a?b=c\"", "\"\\/a\\\"b\"", "\"/a\\\\\"", "\"https://h.example/x\"", "\"-\""],
    ),
    ("request", &["\"GET /a HTTP/1.1\"", "{\"method\":\"PUT\",\"uri\":\"/u\"}", "{}", "\"\""]),
    ("status", &["200", "\"404\"", "\"-\"", "0", "null", "\"20x\"", "", "1.5", "200 "]),
    ("code", &["201", "null", "[1]", "[]"]),
    ("body_bytes_sent", &["68", "\"20377\"", "-1", "\"x\"", "12345678901"]),
    ("request_length", &["302", "null", "{\"a\":1}"]),
    (
        "request_time",
        &["0.016", "\"0.016\"", "12", "\"12ms\"", "1234567.891", "0.0161", "\"-\"", "1e3", ".016"],
    ),
    ("duration_ms", &["1.234", "5"]),
    ("http_referer", &["\"\"", "\"https://www.magazine.example/content/v1/articles?offset=40&limit=20\""]),
    (
        "http_user_agent",
        &["\"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\"", "\"null\""],
    ),
    ("headers", &["[{\"name\":\"User-Agent\",\"value\":\"curl\"}]", "{\"Host\":\"h\"}"]),
    ("server_protocol", &["\"HTTP/2.0\"", "\"1\"", "\"\u{e9}\""]),
    ("a_key_that_means_nothing_but_is_very_long_indeed", &["\"\"", "true", "\"\\u0041\""]),
    ("jwt_sub", &["\"amy\"", "\"REDACTED\"", "null"]),
    ("logger", &["\"http.log.access\"", "\"http.log.error\"", "\"app\""]),
];

/// The order and spelling of the keys of a line.
#[derive(Clone, Debug)]
struct Shape {
    members: Vec<usize>,
    colon: &'static str,
}

fn shape() -> impl Strategy<Value = Shape> {
    let usual = prop::sample::subsequence((0..MEMBERS.len()).collect::<Vec<_>>(), 8..16);
    let any = prop::collection::vec(0..MEMBERS.len(), 1..14);
    let members = prop_oneof![usual.clone().prop_shuffle(), usual, any];
    (members, prop::sample::select(vec![":", ":", ": ", " :"]))
        .prop_map(|(members, colon)| Shape { members, colon })
}

impl Shape {
    /// A line of this shape. `choices` are mostly zero, so that most values are usual.
    fn line(&self, choices: &[usize]) -> String {
        let member = |(at, &nth): (usize, &usize)| {
            let (key, values) = MEMBERS[nth];
            let choice = choices.get(at).copied().unwrap_or(0);
            format!("\"{key}\"{}{}", self.colon, values[choice % values.len()])
        };
        format!("{{{}}}", self.members.iter().enumerate().map(member).collect::<Vec<_>>().join(","))
    }
}

fn choices() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![3 => Just(0_usize), 2 => 0_usize..9], 16)
}

/// Cuts, blanks and stray bytes.
fn spoilt(line: &str, how: usize) -> String {
    let middle = (0..=line.len() / 2).rev().find(|&at| line.is_char_boundary(at)).unwrap_or(0);
    match how {
        0 => line[..middle].to_owned(),
        1 => format!("  {line} "),
        2 => format!("\u{feff}{line}"),
        3 => format!("{line}x"),
        4 => line.replacen('"', "\\\"", 3),
        5 => line.replacen("\",", "\"},", 1),
        6 => format!("{}\\", &line[..middle]),
        7 => String::new(),
        _ => line.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn with_a_plan_a_line_says_the_same(
        shapes in prop::collection::vec(shape(), 1..4),
        head in prop::collection::vec((0_usize..4, choices()), 1..6),
        lines in prop::collection::vec((0_usize..4, choices(), 0_usize..40), 1..12),
        end in prop::sample::select(vec!["\n", "\r\n"]),
        times in prop::sample::select(vec![1_usize, 1, 20]),
    ) {
        let line = |nth: usize, choices: &[usize]| shapes[nth % shapes.len()].line(choices);
        let head: Vec<String> = head.iter().map(|(nth, choices)| line(*nth, choices)).collect();
        let lines: Vec<String> =
            lines.iter().map(|(nth, choices, how)| spoilt(&line(*nth, choices), *how)).collect();
        // So often that plans are learned on the way.
        let lines: Vec<String> = (0..times).flat_map(|_| lines.iter().cloned()).collect();
        let slowly = slowly(&head, &lines);
        let [alone, together] = quickly(&head, &lines, end);
        prop_assert_eq!(&alone, &slowly);
        prop_assert_eq!(&together, &slowly);
    }
}

#[test]
fn a_plan_reads_what_its_head_did_not_show() {
    let line = |user: &str, status: &str| {
        format!(
            "{{\"ts\":\"2026-03-10T00:00:00.016Z\",\"ip\":\"10.0.4.12\",\"user\":{user},\"method\":\"GET\",\"uri\":\"/a\",\"status\":{status}}}"
        )
    };
    let head = [line("null", "200"), line("\"amy\"", "200")];
    let decoder = JsonLines::learn((head.join("\n") + "\n").as_bytes(), Vec::new(), None);
    assert_eq!(decoder.plans.len(), 1);
    assert!(decoder.plans[0].fits(line("\"b\\\"ob\"", "\"404\"").as_bytes()));
    assert!(!decoder.plans[0].fits(line("{\"name\":\"b\"}", "200").as_bytes()));
    assert!(!decoder.plans[0].fits(line("\"a\nb\"", "200").as_bytes()));
}

#[test]
fn odd_lines_at_the_top_do_not_hide_the_usual_order() {
    let line = |first: &str| {
        format!(
            "{{{first}\"ts\":1773100800,\"ip\":\"10.0.4.12\",\"method\":\"GET\",\"uri\":\"/a\",\"status\":200}}\n"
        )
    };
    let odd = (0..6).map(|nth| line(&format!("\"odd{nth}\":1,")));
    let head: String = odd.chain([line(""), line("")]).collect();
    let decoder = JsonLines::learn(head.as_bytes(), Vec::new(), None);
    assert_eq!(decoder.plans.len(), PLANS);
    assert!(decoder.plans[0].fits(line("").trim_ascii_end().as_bytes()));
}

#[test]
fn an_empty_array_says_nothing() {
    let line = |status: &str| {
        format!(
            "{{\"ts\":1773100800,\"ip\":\"10.0.4.12\",\"method\":\"GET\",\"uri\":\"/a\",\"status\":{status}}}"
        )
    };
    let lines = ["[200]", "[]", "[\"404\"]", "[ ]", "[,200]"].map(line);
    let [alone, together] = quickly(&lines[..1], &lines, "\n");
    assert_eq!(alone, slowly(&lines[..1], &lines));
    assert_eq!(together, alone);
    assert!(!alone[1].contains("aborted"), "{}", alone[1]);
}

#[test]
fn an_instant_is_believed_before_a_time_without_a_zone() {
    let decoder = JsonLines::learn(b"", Vec::new(), None);
    let (local, instant) = ("\"timestamp\":\"2026/03/10 18:00:03\"", "\"ts\":1773162003");
    for times in [[local, instant], [instant, local]] {
        let line = format!("{{{},\"ip\":\"192.0.2.7\",\"method\":\"GET\",\"uri\":\"/a\"}}", times.join(","));
        let event = decoder.decode(line.as_bytes(), Around::alone()).unwrap();
        assert_eq!(event.time.rfc3339(event.time_digits), "2026-03-10T17:00:03Z", "{line}");
    }
}
