//! A page of text: lines that fit its width, a column of labels, colours where they are allowed.

use std::fmt::Write;

use anstyle::{AnsiColor, Style as Ansi};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::incident::Severity;
use crate::text::Escaped;

/// Where the column of labels begins.
pub(super) const MARGIN: usize = 4;
/// How wide the column of labels is.
pub(super) const LABEL: usize = 10;
/// Values are no wider than this: longer lines are hard to read.
const SENTENCE: usize = 110;

/// How something is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// As the terminal draws.
    Plain,
    /// A title.
    Strong,
    /// What may be skipped.
    Faint,
    /// Something to copy: an option, a line of configuration.
    Copy,
    /// In the colour of a severity.
    Severity(Severity),
    /// The word for a severity.
    Badge(Severity),
}

impl Ink {
    fn ansi(self) -> Ansi {
        let plain = Ansi::new();
        match self {
            Self::Plain => plain,
            Self::Strong => plain.bold(),
            Self::Faint => plain.dimmed(),
            Self::Copy => plain.fg_color(Some(AnsiColor::Cyan.into())),
            Self::Badge(Severity::Critical) => plain
                .bold()
                .fg_color(Some(AnsiColor::BrightWhite.into()))
                .bg_color(Some(AnsiColor::Red.into())),
            Self::Badge(severity @ (Severity::High | Severity::Medium)) => {
                Self::Severity(severity).ansi().bold()
            }
            Self::Badge(severity) | Self::Severity(severity) => match severity {
                Severity::Critical | Severity::High => plain.fg_color(Some(AnsiColor::Red.into())),
                Severity::Medium => plain.fg_color(Some(AnsiColor::Yellow.into())),
                Severity::Low => plain.fg_color(Some(AnsiColor::Blue.into())),
                Severity::Info => plain.dimmed(),
            },
        }
    }
}

/// Lines on their way to the sink.
pub(super) struct Page {
    /// How many columns there are.
    width: usize,
    color: bool,
    text: String,
}

impl Page {
    pub(super) fn new(width: usize, color: bool) -> Self {
        Self { width: width.clamp(60, 200), color, text: String::new() }
    }

    /// What has been written so far; the page is empty again.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// How many columns a row has for its value.
    pub(super) fn room(&self) -> usize {
        (self.width - MARGIN - LABEL).min(SENTENCE)
    }

    /// How many columns a line has for a value that is worth the whole terminal.
    pub(super) fn full_room(&self) -> usize {
        self.width - MARGIN - LABEL
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// One line of pieces that the caller made fit.
    pub(super) fn line(&mut self, pieces: &[(Ink, &str)]) {
        for &(ink, piece) in pieces {
            self.put(ink, piece);
        }
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        self.text.push('\n');
    }

    /// A label and its value, which goes on under itself.
    pub(super) fn row(&mut self, label: &str, value: &str) {
        self.row_in(Ink::Plain, label, value);
    }

    /// As [`Page::row`], with the value in `ink`.
    pub(super) fn row_in(&mut self, ink: Ink, label: &str, value: &str) {
        let mut label = label;
        for line in wrap(value, self.room()) {
            self.labelled(label, &[(ink, &line)]);
            label = "";
        }
    }

    /// A label and pieces that the caller made fit into [`Page::room`].
    pub(super) fn labelled(&mut self, label: &str, pieces: &[(Ink, &str)]) {
        let label = format!("{:MARGIN$}{label:LABEL$}", "");
        let mut all = vec![(Ink::Faint, &*label)];
        all.extend(pieces);
        self.line(&all);
    }

    /// A label and pieces that stay whole, with gaps between them.
    pub(super) fn pieces(&mut self, label: &str, pieces: &[(Ink, String)]) {
        const GAP: &str = "   ";
        let mut label = label;
        let mut line: Vec<(Ink, &str)> = Vec::new();
        let mut used = 0;
        for (ink, piece) in pieces {
            if !line.is_empty() && used + GAP.len() + columns(piece) > self.room() {
                self.labelled(label, &line);
                (label, used) = ("", 0);
                line.clear();
            }
            if !line.is_empty() {
                line.push((Ink::Plain, GAP));
                used += GAP.len();
            }
            line.push((*ink, piece));
            used += columns(piece);
        }
        self.labelled(label, &line);
    }

    /// The one way to the sink. Whatever was not [`shown`] before, for the sake of its width, is harmless after.
    fn put(&mut self, ink: Ink, piece: &str) {
        let (ansi, harmless) = (ink.ansi(), Escaped(piece.as_bytes()));
        let written = if self.color && ink != Ink::Plain && !piece.trim().is_empty() {
            write!(self.text, "{ansi}{harmless}{ansi:#}")
        } else {
            write!(self.text, "{harmless}")
        };
        written.expect("a string takes whatever is written");
    }
}

/// Words of a stranger, harmless.
pub(super) fn shown(bytes: impl AsRef<[u8]>) -> String {
    Escaped(bytes.as_ref()).to_string()
}

/// How many columns `text` takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// `text` in lines of at most `width` columns, broken at blanks; a word that is too long is broken anywhere. A number and
/// its unit stay together.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in glued(text) {
        let gap = usize::from(!line.is_empty());
        if columns(&line) + gap + columns(&word) > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for character in word.chars() {
            if columns(&line) + character.width().unwrap_or(0) > width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.push(line);
    lines
}

/// The words of `text`, a number and its unit as one.
fn glued(text: &str) -> Vec<String> {
    const UNITS: [&str; 11] = ["%", "d", "h", "min", "s", "ms", "kB", "MB", "GB", "TB", "–"];
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let bare = word.trim_end_matches([',', '.', ';', ':', ')']);
        match words.last_mut() {
            Some(last) if UNITS.contains(&bare) && last.ends_with(|c: char| c.is_ascii_digit()) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.into()),
        }
    }
    words
}

/// `text`, cut to `width` columns; a cut shows as `…`.
pub(super) fn fit(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.into();
    }
    let mut kept = String::new();
    let mut left = width.saturating_sub(1);
    for character in text.chars() {
        let wide = character.width().unwrap_or(0);
        if wide > left {
            break;
        }
        left -= wide;
        kept.push(character);
    }
    kept.push('…');
    kept
}

/// As many of `items` as fit into `width` columns, at least one, then how many more of `total` there are.
pub(super) fn list(items: impl IntoIterator<Item = String>, total: u64, width: usize) -> String {
    let mut text = String::new();
    let mut left = total;
    for item in items {
        let tail = if left > 1 {
            format!(" and {} more", crate::output::words::number(left - 1))
        } else {
            String::new()
        };
        let gap = if text.is_empty() { "" } else { ", " };
        let fits = columns(&text) + gap.len() + columns(&item) + tail.len() <= width;
        if !fits && !text.is_empty() {
            break;
        }
        text.push_str(gap);
        text.push_str(&fit(&item, width.saturating_sub(tail.len()).max(12)));
        left = left.saturating_sub(1);
    }
    match (left, text.is_empty()) {
        (0, _) | (_, true) => text,
        (left, false) => format!("{text} and {} more", crate::output::words::number(left)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_but_not_inside_a_quantity() {
        assert_eq!(wrap("it took 2 h 34 min, then", 14), ["it took 2 h", "34 min, then"]);
        assert_eq!(wrap("a share of 99.4 % fails", 15), ["a share of", "99.4 % fails"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("日本語日本語", 4), ["日本", "語日", "本語"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn a_long_list_says_how_many_it_leaves_out() {
        let items = |total: u64| (1..=total.min(5)).map(|n| format!("10.0.0.{n}"));
        assert_eq!(list(items(2), 2, 80), "10.0.0.1, 10.0.0.2");
        assert_eq!(list(items(450), 450, 32), "10.0.0.1, 10.0.0.2 and 448 more");
        assert_eq!(list(items(450), 450, 10), "10.0.0.1 and 449 more");
        assert_eq!(list(["x".repeat(90)], 1, 20).len(), 22, "19 letters and an ellipsis of three bytes");
    }

    #[test]
    fn no_colour_means_no_escape_sequence() {
        for color in [false, true] {
            let mut page = Page::new(80, color);
            page.line(&[(Ink::Badge(Severity::Critical), "CRITICAL"), (Ink::Plain, "  ")]);
            assert_eq!(page.take().contains('\x1b'), color);
        }
    }

    #[test]
    fn whatever_reaches_the_page_is_harmless() {
        let mut page = Page::new(80, false);
        page.line(&[(Ink::Plain, "a\x1b[2J\u{202e}b\n")]);
        assert_eq!(page.take(), "a\\u{1b}[2J\\u{202e}b\\n\n");
    }
}
