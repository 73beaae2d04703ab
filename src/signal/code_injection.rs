//! Code injection: PHP, Java and its expression languages, Node, Python, and expressions of templates.

use super::decode::base64;
use super::gate::Bytes;
use super::piece::{Piece, Seen, stronger, strongest};
use super::scan::{Lower, Pairs, Words, after, calls, holds, holds_any, is_name, words};

/// Functions of PHP that run or reveal; none is a word.
static PHP: Words = Words::of(&[
    "shell_exec",
    "passthru",
    "proc_open",
    "popen",
    "pcntl_exec",
    "base64_decode",
    "file_get_contents",
    "file_put_contents",
    "phpinfo",
    "call_user_func",
    "create_function",
    "gzinflate",
    "str_rot13",
    "var_dump",
    "highlight_file",
    "fsockopen",
]);

/// The same, but words.
static WORDS: Words = Words::of(&["eval", "system", "assert", "exec"]);

/// Names that only the insides of Java's, Python's and Node's run times have.
static INSIDES: Words = Words::of(&[
    "java.lang.",
    "getruntime(",
    "processbuilder",
    "class.module.classloader",
    "classloader.resources",
    "t(java",
    "#_memberaccess",
    "#context[",
    "@java.",
    "ognl.",
    "#request.",
    "javax.script",
    "freemarker.template",
    "child_process",
    "process.mainmodule",
    "process.env",
    "process.binding",
    "global.process",
    "__import__",
    "__class__",
    "__globals__",
    "__builtins__",
    "__subclasses__",
    "__mro__",
    "os.system",
    "os.popen",
    "subprocess.",
    "_self.env",
    "__proto__[",
    "__proto__.",
    "constructor.prototype",
    "constructor[prototype]",
    "getclass()",
    "forname(",
    ".getinputstream",
    "rce.class",
]);

/// What starts a program, by one of [`INSIDES`] and another part: code that holds both does nothing else.
static STARTS: &[(&str, &str)] = &[
    ("getruntime(", ".exec("),
    ("processbuilder", ".start("),
    ("child_process", "exec"),
    ("child_process", "spawn"),
    ("__import__", "popen("),
    ("__import__", "system("),
    ("__globals__", "popen("),
    ("__subclasses__", "popen"),
    ("subprocess.", "check_output("),
    ("subprocess.", "popen("),
];

/// The strongest sign of code in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    let lower = piece.lower;
    let pairs = Pairs::of(piece.name);
    let name = Lower::new(piece.name, &pairs);
    let (inside, named) = (holds_any(lower, &INSIDES), holds_any(name, &INSIDES));
    let (has_angle, opens) = (piece.kinds.any(Bytes::ANGLE), piece.kinds.any(Bytes::PAREN));
    let fixed = strongest([
        (has_angle && holds_any(lower, words!["<?php", "<?=", "<%=", "<% "]), "gh-code-tag", 75),
        (
            has_angle && holds(lower, b"<?") && holds(lower, b"?>") && !holds(lower, b"<?xml"),
            "gh-code-tag",
            60,
        ),
        (opens && calls(lower, &PHP), "gh-code-php-call", if has_sign(piece) { 65 } else { 50 }),
        (opens && calls(lower, &WORDS), "gh-code-php-call", if has_sign(piece) { 65 } else { 40 }),
        (
            holds_any(lower, words!["auto_prepend_file", "allow_url_include", "disable_functions="]),
            "gh-code-php-setting",
            85,
        ),
        (inside && is_code(piece) || named, "gh-code-inside", 75),
        (inside && starts_program(lower) || named && starts_program(name), "gh-code-run", 92),
        (
            (has_angle || opens)
                && holds_any(lower, words!["<#assign", "<#list", "<@ex", "#set($", "#set ($"]),
            "gh-code-directive",
            80,
        ),
        (piece.name.starts_with(b"__proto__") || holds(name, b"[prototype]"), "gh-code-prototype", 75),
    ]);
    let fixed = stronger(fixed, is_serialized(piece).then(|| Seen::new("gh-code-object", 75)));
    stronger(fixed, if piece.kinds.any(Bytes::BRACE) { expressions(&lower) } else { None })
}

/// Whether code starts a program.
fn starts_program(lower: Lower<'_>) -> bool {
    STARTS.iter().any(|(one, other)| holds(lower, one.as_bytes()) && holds(lower, other.as_bytes()))
}

/// An object as a language writes it down to build it again: PHP's `O:4:"Name":1:{`, Java's and .NET's streams, Python's pickles.
fn is_serialized(piece: &Piece<'_>) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let php = piece.kinds.any(Bytes::BRACE)
        && ["o:", "c:"].iter().any(|mark| {
            after(piece.lower, mark).any(|rest| {
                let length = digits(rest);
                length > 0
                    && rest.get(length..).is_some_and(|rest| rest.starts_with(b":\""))
                    && memchr::memmem::find(rest, b"\":").and_then(|at| rest.get(at + 2..)).is_some_and(
                        |rest| {
                            let length = digits(rest);
                            length > 0 && rest.get(length..).is_some_and(|rest| rest.starts_with(b":{"))
                        },
                    )
            })
        });
    php || base64::is_stream(piece.text)
}

/// Whether something beside the call is written as code.
fn has_sign(piece: &Piece<'_>) -> bool {
    piece.kinds.any(Bytes::QUOTE.or(Bytes::SEMICOLON).or(Bytes::DOLLAR))
}

/// Whether a name of the insides is used, not only named.
fn is_code(piece: &Piece<'_>) -> bool {
    piece.kinds.any(Bytes::PAREN.or(Bytes::BRACE).or(Bytes::BRACKET).or(Bytes::EQUAL)) || has_sign(piece)
}

/// Expressions of templates that compute: `{{7*7}}`, `${x.y()}`, `#{…}`, `{% import … %}`.
fn expressions(lower: &[u8]) -> Option<Seen> {
    let mut best = None;
    for at in memchr::memchr_iter(b'{', lower).take(32) {
        let body = lower.get(at + 1..).unwrap_or_default();
        let body = body.get(..200.min(body.len())).unwrap_or_default();
        let before = at.checked_sub(1).and_then(|before| lower.get(before)).copied();
        let seen = match (before, body.first()) {
            (_, Some(b'{')) => {
                inside(body.get(1..).unwrap_or_default(), b"}}").map(|kind| (kind, "gh-code-template"))
            }
            (Some(b'$' | b'#' | b'*' | b'@' | b'%' | b'~'), _) => {
                inside(body, b"}").map(|kind| (kind, "gh-code-expression"))
            }
            (_, Some(b'%')) => {
                directive(body.get(1..).unwrap_or_default()).map(|kind| (kind, "gh-code-directive"))
            }
            _ => None,
        };
        best = stronger(best, seen.map(|(score, rule)| Seen::new(rule, score)));
    }
    best
}

/// How strong the expression before `end` is: numbers that are computed say it all, a name says nothing.
fn inside(body: &[u8], end: &[u8]) -> Option<u8> {
    let length = memchr::memmem::find(body, end).or((end.len() == 1).then_some(body.len()))?;
    let body = body.get(..length)?.trim_ascii();
    let is_sum = body.first().is_some_and(u8::is_ascii_digit)
        && body.last().is_some_and(|last| last.is_ascii_digit() || *last == b'\'')
        && body.iter().any(|byte| matches!(byte, b'*' | b'+' | b'-' | b'/' | b'%'))
        && body.iter().all(|byte| {
            byte.is_ascii_digit() || matches!(byte, b'*' | b'+' | b'-' | b'/' | b'%' | b' ' | b'\'' | b'.')
        });
    let opens = memchr::memchr(b'(', body);
    let is_call = opens.is_some_and(|at| at > 0 && body.get(at - 1).copied().is_some_and(is_name))
        && body.contains(&b')');
    match () {
        () if is_sum => Some(80),
        () if is_call => Some(70),
        () if holds_any(
            body,
            words!["__", "self.", "config.", "request.", "constructor", "|attr", "runtime"],
        ) =>
        {
            Some(70)
        }
        () => None,
    }
}

/// How strong a directive `{% … %}` is.
fn directive(body: &[u8]) -> Option<u8> {
    let body = body.get(..memchr::memmem::find(body, b"%}")?)?.trim_ascii();
    let starts = |some: &[&str]| some.iter().any(|word| body.starts_with(word.as_bytes()));
    match () {
        () if starts(&["import ", "include ", "extends ", "debug"]) => Some(65),
        () if starts(&["for ", "set ", "if ", "with "]) => Some(40),
        () => None,
    }
}
