//! Which kinds of bytes a text has: one pass, so that what can show nothing is not looked at.

/// A set of kinds of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bytes(u32);

impl Bytes {
    pub(super) const NONE: Self = Self(0);
    /// `'`, `"` and the backtick.
    pub(super) const QUOTE: Self = Self(1);
    /// `<` and `>`.
    pub(super) const ANGLE: Self = Self(1 << 1);
    /// `(` and `)`.
    pub(super) const PAREN: Self = Self(1 << 2);
    /// `{` and `}`.
    pub(super) const BRACE: Self = Self(1 << 3);
    /// `[` and `]`.
    pub(super) const BRACKET: Self = Self(1 << 4);
    /// `$`.
    pub(super) const DOLLAR: Self = Self(1 << 5);
    /// `;`.
    pub(super) const SEMICOLON: Self = Self(1 << 6);
    /// `|` and `&`.
    pub(super) const JOIN: Self = Self(1 << 7);
    /// `/` and `\`.
    pub(super) const SLASH: Self = Self(1 << 8);
    /// `\`.
    pub(super) const BACKSLASH: Self = Self(1 << 9);
    /// `:`.
    pub(super) const COLON: Self = Self(1 << 10);
    /// `=`.
    pub(super) const EQUAL: Self = Self(1 << 11);
    /// `#`, `*`, `@`, `!`, `^`, `~`.
    pub(super) const SIGN: Self = Self(1 << 12);
    /// A blank, or `+` which may stand for one.
    pub(super) const BLANK: Self = Self(1 << 13);
    /// Control characters, line ends among them.
    pub(super) const CONTROL: Self = Self(1 << 14);
    /// `%`.
    pub(super) const PERCENT: Self = Self(1 << 15);
    /// Bytes beyond ASCII.
    pub(super) const HIGH: Self = Self(1 << 16);
    /// `.`.
    pub(super) const DOT: Self = Self(1 << 17);

    /// What a code of some language is written with, and names and numbers are not.
    pub(super) const CODE: Self = Self(
        Self::QUOTE.0
            | Self::ANGLE.0
            | Self::PAREN.0
            | Self::BRACE.0
            | Self::BRACKET.0
            | Self::DOLLAR.0
            | Self::SEMICOLON.0
            | Self::JOIN.0
            | Self::BACKSLASH.0
            | Self::CONTROL.0
            | Self::SIGN.0,
    );

    /// The kinds of bytes that `text` has.
    pub(super) fn of(text: &[u8]) -> Self {
        Self(text.iter().fold(0, |all, &byte| all | KINDS[usize::from(byte)]))
    }

    /// Whether any of `other` is among them.
    pub(super) const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both together.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What each byte is.
static KINDS: [u32; 256] = kinds();

const fn kinds() -> [u32; 256] {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let kind = kind(byte as u8);
        kinds[byte] = kind;
        byte += 1;
    }
    kinds
}

const fn kind(byte: u8) -> u32 {
    let kind = match byte {
        b'\'' | b'"' | b'`' => Bytes::QUOTE,
        b'<' | b'>' => Bytes::ANGLE,
        b'(' | b')' => Bytes::PAREN,
        b'{' | b'}' => Bytes::BRACE,
        b'[' | b']' => Bytes::BRACKET,
        b'$' => Bytes::DOLLAR,
        b';' => Bytes::SEMICOLON,
        b'|' | b'&' => Bytes::JOIN,
        b'/' => Bytes::SLASH,
        b'\\' => Bytes::BACKSLASH.or(Bytes::SLASH),
        b':' => Bytes::COLON,
        b'=' => Bytes::EQUAL,
        b'#' | b'*' | b'@' | b'!' | b'^' | b'~' => Bytes::SIGN,
        b' ' | b'+' => Bytes::BLANK,
        b'%' => Bytes::PERCENT,
        b'.' => Bytes::DOT,
        0..=0x1f | 0x7f => Bytes::CONTROL,
        0x80.. => Bytes::HIGH,
        _ => Bytes::NONE,
    };
    kind.0
}
