//! From a path to its segments, each as it is shown, within the caps of a template.

use super::kind::{self, KIND, kinds};
use super::segment::{Shown, shown};

/// The longest text of a template; what goes beyond is `{rest}`.
pub const MAX_TEXT: usize = 256;
/// The most segments of a template; what goes beyond is `{rest}`.
pub const MAX_SEGMENTS: usize = 16;
/// Stands for all segments beyond the caps.
const REST: &[u8] = b"{rest}";
/// The segments of a path and how they are shown: no empty ones, none beyond the caps, without `;name=value` behind them.
pub(super) struct Segments<'a> {
    rest: &'a [u8],
    text: usize,
    count: usize,
}

/// How much of a template some segments are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Covered {
    text: usize,
    count: usize,
}

impl<'a> Segments<'a> {
    pub(super) fn new(path: &'a [u8]) -> Self {
        Self { rest: path, text: 0, count: 0 }
    }

    /// Those of `path`, which stands behind the slash that ended `behind`.
    pub(super) fn after(behind: Covered, path: &'a [u8]) -> Self {
        Self { rest: path, text: behind.text, count: behind.count }
    }

    /// How much of a template the segments so far are, if none of them depends on what follows.
    pub(super) fn covered(&self) -> Option<Covered> {
        (!self.is_full()).then_some(Covered { text: self.text, count: self.count })
    }

    /// Whether what is left might have to become `{rest}`.
    fn is_full(&self) -> bool {
        self.text > MAX_TEXT - 1 - REST.len() || self.count >= MAX_SEGMENTS
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = (&'a [u8], Shown<'a>);

    #[expect(
        clippy::inline_always,
        reason = "measured: ordinary words cost half if their empty parts are known"
    )]
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        while let [b'/', rest @ ..] = self.rest {
            self.rest = rest;
        }
        if self.rest.is_empty() {
            return None;
        }
        let mut kinds = 0;
        let mut end = 0;
        while let Some(&byte) = self.rest.get(end) {
            let kind = KIND[usize::from(byte)];
            if kind == kind::SLASH {
                break;
            }
            kinds |= kind;
            end += 1;
        }
        let (mut segment, after) = self.rest.split_at(end);
        if kinds & kind::MATRIX != 0 {
            (segment, kinds) = without_matrix(segment);
        }
        let shown = shown(segment, kinds);
        self.count += 1;
        self.text += 1 + shown.len();
        if self.is_full() && !self.fits(after) {
            let rest = std::mem::take(&mut self.rest);
            return Some((rest, Shown::variable(REST)));
        }
        self.rest = after;
        Some((segment, shown))
    }
}

impl Segments<'_> {
    /// Whether the segment in front of `after` may end the template: any but the last must leave room for `{rest}`.
    #[cold]
    fn fits(&self, after: &[u8]) -> bool {
        let is_last = after.iter().all(|&byte| byte == b'/');
        is_last && self.text <= MAX_TEXT
    }
}

/// `segment` up to its first `;` (`;jsessionid=…`); a segment that begins with one stays as it is. With the kinds of its bytes.
#[cold]
fn without_matrix(segment: &[u8]) -> (&[u8], u16) {
    let segment = match memchr::memchr(b';', segment) {
        Some(at) if at > 0 => &segment[..at],
        _ => segment,
    };
    (segment, kinds(segment))
}
