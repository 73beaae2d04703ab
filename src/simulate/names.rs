//! How a site names objects and people.

use std::fmt::Write as _;

use super::random::mix;
use super::shape::IdStyle;

/// Appends the name of the `nth` object of `kind`, as `style` wants it; a site of another `seed` has others.
pub(super) fn object(path: &mut String, (seed, words): (u64, &[&str]), style: IdStyle, nth: u64, kind: u64) {
    let (high, low) = (mix(seed ^ kind ^ nth), mix(nth ^ kind.rotate_left(17) ^ seed.rotate_left(9)));
    let _ = match style {
        IdStyle::Number => write!(path, "{nth}"),
        IdStyle::Uuid => write!(
            path,
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            0x8000 | low >> 48 & 0x3fff,
            low & 0xffff_ffff_ffff
        ),
        IdStyle::Hex => write!(path, "{high:016x}{:08x}", low >> 32),
        IdStyle::Digest => {
            write!(path, "sha256:{high:016x}{low:016x}{:016x}{:016x}", mix(high), mix(low))
        }
        IdStyle::Slug => {
            slug(path, words, high, nth);
            Ok(())
        }
    };
}

/// Appends two words and a number, as in `linen-shirt-4k2`.
pub(super) fn slug(path: &mut String, words: &[&str], chance: u64, nth: u64) {
    for shift in [3_u32, 21] {
        path.push_str(words[usize::try_from(chance >> shift & 0xffff).unwrap_or(0) % words.len()]);
        path.push('-');
    }
    let _ = write!(path, "{nth:x}");
}

/// Appends the name of a person as `style` wants it; `index` makes it the only one.
pub(super) fn person(name: &mut String, chance: u64, index: u64, style: u64) {
    const FIRST: [&str; 24] = [
        "anna", "li", "max", "omar", "sofia", "jan", "mia", "tom", "eva", "raj", "ines", "paul", "noor",
        "kai", "lena", "hugo", "zoe", "ivan", "maya", "leo", "yuki", "ali", "nina", "ben",
    ];
    const LAST: [&str; 20] = [
        "meyer", "rossi", "novak", "smith", "garcia", "wu", "khan", "silva", "dubois", "larsen", "kowalski",
        "ito", "brown", "jansen", "popov", "haas", "moreau", "costa", "berg", "nagy",
    ];
    let part = |all: &[&'static str], shift: u32| {
        all[usize::try_from(chance >> shift & 0xffff).unwrap_or(0) % all.len()]
    };
    let (first, last) = (part(&FIRST, 0), part(&LAST, 16));
    let _ = match style {
        0 => write!(name, "{first}.{last}{index}@mail.example"),
        1 => write!(name, "{first}{index}@{}.example", part(&["post", "inbox", "corp", "uni"], 32)),
        _ => write!(name, "{first}_{last}{index}"),
    };
}
