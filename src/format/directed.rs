//! Directives in the middle of a block, for formats that are asked about single lines of it.

use super::Around;

/// What a directive that is followed begins with; what changes nothing is a comment.
const KEYWORDS: [&[u8]; 6] = [b"#Fields", b"#fields", b"#Date", b"#Start-Date", b"#GMT-Offset", b"#Software"];

/// The directives in force at a line of a block: the last of each keyword.
pub(super) struct Directed<'a> {
    around: Around<'a>,
    /// By keyword, once one of them came in this block.
    lines: [&'a [u8]; KEYWORDS.len()],
    has_changed: bool,
}

impl<'a> Directed<'a> {
    /// Those at the start of a block.
    pub(super) fn new(around: Around<'a>) -> Self {
        let mut directed = Self { around, lines: [b""; KEYWORDS.len()], has_changed: false };
        around.directives.split(|&byte| byte == b'\n').for_each(|line| directed.pass(line));
        directed.has_changed = false;
        directed
    }

    /// Passes a line.
    pub(super) fn pass(&mut self, line: &'a [u8]) {
        if line.first() == Some(&b'#')
            && let Some(nth) = KEYWORDS.iter().rposition(|keyword| line.starts_with(keyword))
        {
            (self.lines[nth], self.has_changed) = (line, true);
        }
    }

    /// What stands around the next line.
    pub(super) fn around(&mut self) -> Around<'a> {
        if std::mem::take(&mut self.has_changed) {
            self.around.directives = self.around.scratch.keep(&self.lines.join(&b'\n'));
        }
        self.around
    }
}
