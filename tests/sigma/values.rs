//! Values of a rule as a log would hold them, and what breaks them.

use rsigma_parser::{DetectionItem, Modifier, SigmaString, SigmaValue, SpecialChar, StringPart};

use crate::traffic::{Dice, PADS};

/// A value as text, wildcards filled in, encoded as its modifiers say.
pub(crate) fn written(value: &SigmaValue, item: &DetectionItem, dice: &mut Dice) -> String {
    let has = |modifier| item.field.modifiers.contains(&modifier);
    let text = match value {
        SigmaValue::String(text) => filled(text, dice),
        SigmaValue::Null => String::new(),
        other => other.to_string(),
    };
    if has(Modifier::Re) {
        return unescaped(&text, dice);
    }
    if has(Modifier::Cidr) {
        return text.split('/').next().unwrap_or_default().to_owned();
    }
    let wide = |high_first: bool| -> Vec<u8> {
        let bytes = |unit: u16| if high_first { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    };
    let bytes = match () {
        () if has(Modifier::Utf16be) => wide(true),
        () if has(Modifier::Wide) => wide(false),
        () => text.clone().into_bytes(),
    };
    match () {
        () if has(Modifier::Base64) => base64(&bytes),
        () if has(Modifier::Base64Offset) => base64(&[b"xyz"[..dice.below(3)].to_vec(), bytes].concat()),
        () if has(Modifier::WindAsh) && dice.below(2) == 0 => {
            text.replace('-', dice.pick(&["/", "\u{2013}", "\u{2014}"]))
        }
        () => text,
    }
}

/// Text with something in the place of each wildcard.
fn filled(text: &SigmaString, dice: &mut Dice) -> String {
    let part = |part: &StringPart| match part {
        StringPart::Plain(text) => text.clone(),
        StringPart::Special(SpecialChar::WildcardMulti) => dice.pick(PADS).to_owned(),
        StringPart::Special(SpecialChar::WildcardSingle) => dice.pick(&["x", "\u{e4}", "", "xy"]).to_owned(),
    };
    text.parts.iter().map(part).collect()
}

/// Something near to what a regular expression matches: the first of its choices, its signs filled in.
fn unescaped(regex: &str, dice: &mut Dice) -> String {
    use regex_syntax::hir::{ClassUnicodeRange, Hir, HirKind};
    fn one(hir: &Hir, dice: &mut Dice, out: &mut Vec<u8>) {
        match hir.kind() {
            HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
            HirKind::Class(class) => {
                let first = match class {
                    regex_syntax::hir::Class::Unicode(class) => {
                        class.ranges().first().map(ClassUnicodeRange::start)
                    }
                    regex_syntax::hir::Class::Bytes(class) => {
                        class.ranges().first().map(|range| char::from(range.start()))
                    }
                };
                let first = first.filter(|first| *first > ' ').unwrap_or('a');
                out.extend(first.encode_utf8(&mut [0; 4]).as_bytes());
            }
            HirKind::Repetition(some) => {
                let times = some.min as usize + dice.below(2);
                (0..times.min(40)).for_each(|_| one(&some.sub, dice, out));
            }
            HirKind::Capture(capture) => one(&capture.sub, dice, out),
            HirKind::Concat(all) => all.iter().for_each(|part| one(part, dice, out)),
            HirKind::Alternation(any) => one(&any[dice.below(any.len())], dice, out),
            HirKind::Empty | HirKind::Look(_) => {}
        }
    }
    let mut out = Vec::new();
    if let Ok(hir) = regex_syntax::parse(regex) {
        one(&hir, dice, &mut out);
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A word for the record.
pub(crate) fn word(value: &SigmaValue, dice: &mut Dice, words: &mut Vec<u8>) {
    let text = match value {
        SigmaValue::String(text) => filled(text, dice),
        other => other.to_string(),
    };
    words.extend(text.bytes());
    words.extend(dice.pick(PADS).bytes());
}

/// Breaks a text in one place: case, encoding, a byte too few, a byte too many, bytes that are no UTF-8.
pub(crate) fn broken(text: &mut Vec<u8>, dice: &mut Dice) {
    let at = if text.is_empty() { 0 } else { dice.below(text.len()) };
    match dice.below(9) {
        0 => text.make_ascii_uppercase(),
        1 => text.make_ascii_lowercase(),
        2 if !text.is_empty() => {
            text.remove(at);
        }
        3 if !text.is_empty() => {
            let code = format!("%{:02x}", text[at]);
            text.splice(at..=at, code.into_bytes());
        }
        4 => text.insert(at, [0xff, 0xc3, 0xe2, 0x80, 0x00][dice.below(5)]),
        5 => {
            text.splice(at..at, dice.pick(&["\u{e4}", "\u{c4}", "\u{1f600}", "\u{130}", "\u{3a3}"]).bytes());
        }
        6 => text.truncate(at),
        7 => text.iter_mut().step_by(2).for_each(u8::make_ascii_uppercase),
        _ => text.insert(at, b'x'),
    }
}

/// Base64 of `bytes` (RFC 4648 §4), one bit group after the other.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    while !bits.len().is_multiple_of(6) {
        bits.push(0);
    }
    let digit = |six: &[u8]| six.iter().fold(0, |number, bit| number * 2 + usize::from(*bit));
    let mut out: String = bits.chunks(6).map(|six| char::from(DIGITS[digit(six)])).collect();
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}
