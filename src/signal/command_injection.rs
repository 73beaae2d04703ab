//! Command injection: a sign of the shell, and a command behind it.

use super::gate::Bytes;
use super::piece::{Field, Piece, Seen, stronger, strongest};
use super::scan::{Lower, Names, holds, holds_any, is_name, name, places, skip_blanks, words};

/// Commands that are no words of a language.
static STRONG: Names = Names::of(&[
    b"wget",
    b"curl",
    b"uname",
    b"whoami",
    b"ifconfig",
    b"ipconfig",
    b"netstat",
    b"nslookup",
    b"powershell",
    b"pwsh",
    b"bash",
    b"zsh",
    b"chmod",
    b"chown",
    b"traceroute",
    b"tracert",
    b"netcat",
    b"ncat",
    b"telnet",
    b"tftp",
    b"python",
    b"python3",
    b"perl",
    b"busybox",
    b"systeminfo",
    b"tasklist",
    b"certutil",
    b"bitsadmin",
    b"mkfifo",
    b"printenv",
    b"lsb_release",
    b"sudo",
    b"crontab",
    b"useradd",
    b"wmic",
    b"cscript",
    b"mshta",
    b"regsvr32",
    b"rundll32",
    b"gcc",
    b"nohup",
    b"xargs",
    b"awk",
    b"sed",
    b"grep",
    b"phpinfo",
    b"getent",
    b"dpkg",
    b"ps",
    b"pwd",
    b"ls",
    b"nc",
]);

/// Commands that are words as well: what follows them decides.
static WEAK: Names = Names::of(&[
    b"cat",
    b"id",
    b"dir",
    b"echo",
    b"sleep",
    b"ping",
    b"type",
    b"more",
    b"less",
    b"head",
    b"tail",
    b"find",
    b"rm",
    b"cp",
    b"mv",
    b"touch",
    b"kill",
    b"set",
    b"env",
    b"net",
    b"php",
    b"ruby",
    b"node",
    b"sh",
    b"cmd",
    b"dig",
    b"host",
    b"ssh",
    b"date",
    b"who",
    b"w",
    b"sort",
    b"tee",
    b"exec",
    b"system",
    b"reboot",
    b"shutdown",
    b"del",
    b"copy",
    b"read",
    b"nl",
]);

/// The strongest sign of a shell in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    let has = |kinds| piece.kinds.any(kinds);
    let fixed = strongest([
        (
            has(Bytes::PAREN) && holds_any(piece.lower, words!["() {", "(){"]) && holds(piece.lower, b":;"),
            "gh-command-shellshock",
            90,
        ),
        (
            has(Bytes::DOLLAR.or(Bytes::SLASH))
                && holds_any(piece.lower, words!["$ifs", "${ifs", "$@|", "/dev/tcp/", "/dev/udp/"]),
            "gh-command-shell-variable",
            80,
        ),
        (
            holds_any(piece.lower, words!["cmd.exe", "cmd /c", "cmd/c", "powershell -", "powershell.exe"]),
            "gh-command-windows",
            75,
        ),
        (has(Bytes::BRACE) && braces(&piece.lower), "gh-command-braces", 75),
        (
            has(Bytes::SLASH) && binary(piece.lower),
            "gh-command-binary",
            if piece.field == Field::Path { 60 } else { 65 },
        ),
    ]);
    if piece.field == Field::Referer {
        return fixed;
    }
    let signs = Bytes::JOIN.or(Bytes::SEMICOLON).or(Bytes::QUOTE).or(Bytes::DOLLAR).or(Bytes::CONTROL);
    if !piece.kinds.any(signs) {
        return fixed;
    }
    // Agents have semicolons of their own.
    let is_prose = piece.field == Field::UserAgent;
    let mut best = fixed;
    for (at, &sign) in piece.lower.iter().enumerate() {
        let is_sign = match sign {
            b'|' | b'&' | b'\n' | b'`' => true,
            b';' => !is_prose,
            b'(' => at > 0 && piece.lower.get(at - 1) == Some(&b'$'),
            b'\'' => at == 0,
            _ => false,
        };
        if is_sign {
            let rest = piece.lower.get(at + 1..).unwrap_or_default();
            best = stronger(best, behind(sign, piece.lower.get(..at).unwrap_or_default(), rest));
        }
    }
    best
}

/// A command behind a sign.
fn behind(sign: u8, before: &[u8], rest: &[u8]) -> Option<Seen> {
    let near = rest.get(..64.min(rest.len())).unwrap_or_default();
    let is_tight = near.first().is_some_and(|byte| !byte.is_ascii_whitespace());
    let command = skip_signs(near);
    let word = name(command);
    let behind = command.get(word.len()..).unwrap_or_default();
    let is_inside = matches!(sign, b'`' | b'(' | b'\'');
    let closes = match sign {
        b'`' => behind.contains(&b'`'),
        b'(' => behind.contains(&b')'),
        b'\'' => skip_blanks(behind) == b"'",
        _ => false,
    };
    if is_inside && !closes {
        return None;
    }
    if is_pattern(near) {
        return Some(Seen::new("gh-command-pattern", 75));
    }
    let is_strong = STRONG.contains(word);
    if !is_strong && !WEAK.contains(word) {
        return None;
    }
    let given = is_given(behind);
    let ends = skip_blanks(behind)
        .first()
        .is_none_or(|byte| matches!(byte, b';' | b'|' | b'&' | b'`' | b')' | b'\'' | b'#'));
    // `; copy & paste`: what is chained must be a command itself.
    if let Some(next) = skip_blanks(behind).strip_prefix(b"&").filter(|_| !is_strong) {
        let next = name(skip_signs(next));
        if !next.is_empty() && !STRONG.contains(next) && !WEAK.contains(next) {
            return None;
        }
    }
    let is_alone = skip_blanks(behind).is_empty() && is_tight;
    let is_host =
        || std::str::from_utf8(before).is_ok_and(|before| before.parse::<std::net::IpAddr>().is_ok());
    let is_line = || sign == b'\n' && SHORT.contains(&word) && !before.iter().any(u8::is_ascii_whitespace);
    let is_behind =
        before.ends_with(b")") || before.ends_with(b"'") || before.ends_with(b"\"") || before.is_empty();
    let score = match (is_strong, given, ends) {
        (true, true, _) => 75,
        (true, false, true) => 70,
        (false, true, _) => 65,
        (false, false, true) if is_inside => 65,
        (false, false, true) if is_behind || !skip_blanks(behind).is_empty() => 55,
        (false, false, true) if is_alone && sign != b'&' && (is_host() || is_line()) => 60,
        (false, false, true) if is_tight && sign != b'&' => 35,
        _ => return None,
    };
    Some(Seen::new("gh-command-chained", score))
}

/// Commands that need nothing, and that no second line of a text is.
static SHORT: &[&[u8]] = &[b"id", b"env", b"dir", b"w"];

/// Braces that the shell makes blanks of: `{cat,/srv/key}`.
fn braces(lower: &[u8]) -> bool {
    memchr::memchr_iter(b'{', lower).take(32).any(|at| {
        let body = lower.get(at + 1..).unwrap_or_default();
        let word = name(body);
        let given = body.get(word.len()..).unwrap_or_default();
        (STRONG.contains(word) || WEAK.contains(word)) && matches!(given, [b',', b'/' | b'-' | b'.', ..])
    })
}

/// A path that the shell fills in: `/???/c?t`.
fn is_pattern(near: &[u8]) -> bool {
    if near.first() != Some(&b'/') {
        return false;
    }
    let path = near.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let count = |wanted: u8| memchr::memchr_iter(wanted, path).count();
    count(b'/') > 1 && count(b'?') > 2
}

/// What stands between a sign and the command: blanks, further signs, a folder of binaries.
fn skip_signs(near: &[u8]) -> &[u8] {
    let signs = near
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'|' | b'&' | b'+' | b'"' | b'('))
        .count();
    let rest = near.get(signs..).unwrap_or_default();
    if rest.first() != Some(&b'/') {
        return rest;
    }
    [&b"/usr/local/bin/"[..], b"/usr/bin/", b"/usr/sbin/", b"/bin/", b"/sbin/"]
        .iter()
        .find_map(|folder| rest.strip_prefix(*folder))
        .unwrap_or(rest)
}

/// Whether what follows a command is given to it: an option, a path, a number, a variable, a URL, a file.
fn is_given(behind: &[u8]) -> bool {
    let given = skip_blanks(behind);
    let blank = given.len() < behind.len();
    match given.first() {
        Some(b'/' | b'-' | b'$' | b'*' | b'<' | b'.') => {
            blank || behind.starts_with(b"<") || behind.starts_with(b"$")
        }
        Some(b'0'..=b'9') => blank,
        Some(b'a'..=b'z') if blank => {
            let word = given
                .iter()
                .take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b';' | b'|' | b'"'));
            let word = given.get(..word.count()).unwrap_or_default();
            holds(word, b"://") || matches!(word, [b'a'..=b'z', b':', ..]) || word.contains(&b'/')
        }
        _ => false,
    }
}

/// A binary named with its folder.
fn binary(lower: Lower<'_>) -> bool {
    ["/bin/", "/sbin/"].iter().any(|folder| {
        places(lower, folder.as_bytes()).any(|at| {
            let word = name(lower.get(at + folder.len()..).unwrap_or_default());
            let before = at.checked_sub(1).and_then(|before| lower.get(before)).copied();
            let is_root = before.is_none_or(|byte| !is_name(byte))
                || lower.get(..at).unwrap_or_default().ends_with(b"/usr");
            is_root && (STRONG.contains(word) || WEAK.contains(word))
        })
    })
}
