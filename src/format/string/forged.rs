//! Lines of a string whose producer escapes nothing, taken apart in two ways.

use crate::event::{Event, Malformed};
use crate::format::fields::forge;

/// What is certain of a line that can be taken apart from the left and from the right: where the two say the same of what the
/// gateway answered, or one alone says anything, that; else the line is forged.
pub(super) fn or_one<'a>(
    left: Result<Event<'a>, Malformed>,
    right: Result<Event<'a>, Malformed>,
    line: &'a [u8],
) -> Result<Event<'a>, Malformed> {
    let (mut left, right) = match (left, right) {
        (Ok(left), Ok(right)) => (left, right),
        (one, Err(_)) => return one,
        (Err(_), other) => return other,
    };
    let answer = |event: &Event<'_>| (event.status, event.bytes_out, event.bytes_in, event.duration);
    let who = |event: &Event<'a>| (event.time, event.client, event.client_name);
    if who(&left) != who(&right) {
        return Err(Malformed::Client);
    }
    if answer(&left) != answer(&right) {
        forge(&mut left, line);
        (left.bytes_in, left.duration) = (None, None);
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use crate::format::{Around, from_string};

    const STRING: &str = r#"log_format x escape=none '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';"#;

    /// What a line says that goes on with `rest`: path, status, agent, and whether it is forged.
    fn read(rest: &str) -> [String; 4] {
        let line = format!("192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] {rest}");
        let decoder = from_string(STRING).unwrap();
        let event =
            decoder.decode(line.as_bytes(), Around::alone()).unwrap_or_else(|why| panic!("{why:?}: {line}"));
        let text = |field: Option<&[u8]>| String::from_utf8_lossy(field.unwrap_or(b"none")).into_owned();
        [
            text(event.path),
            format!("{:?}", event.status),
            text(event.user_agent),
            event.is_forged().to_string(),
        ]
    }

    #[test]
    fn a_line_with_two_answers_is_forged_and_quotes_alone_are_not() {
        for (rest, told) in [
            (r#""GET /a HTTP/1.1" 200 5 "-" "curl""#, ["/a", "Some(200)", "curl", "false"]),
            (
                r#""GET /a HTTP/1.1" 200 5 "-" "My "good" browser""#,
                ["/a", "Some(200)", r#"My "good" browser"#, "false"],
            ),
            (r#""GET /a" b HTTP/1.1" 404 5 "-" "curl""#, [r#"/a" b"#, "Some(404)", "curl", "false"]),
        ] {
            assert_eq!(read(rest), told, "{rest}");
        }
        for rest in [
            r#""GET /a" 200 5 "-" "nice HTTP/1.1" 404 9 "-" "real""#,
            r#""GET /a HTTP/1.1" 404 9 "-" "real" 200 5 "-" "nice""#,
        ] {
            let [path, status, _, forged] = read(rest);
            assert_eq!([&*path, &*status, &*forged], ["/a", "None", "true"], "{rest}");
        }
    }
}
