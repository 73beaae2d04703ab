//! Where the quotes, line feeds and backslashes of a window stand: one pass, 64 bytes at a time.
//! The only `unsafe`; a portable version beside it must agree on every input.

#![expect(unsafe_code, reason = "vector loads, and writes into reserved space without a check per mark")]

/// What [`mark`] found, as offsets in the window, ascending.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Quotes and line feeds.
    pub(crate) quotes_and_ends: Vec<u32>,
    /// Line feeds.
    pub(crate) ends: Vec<u32>,
    /// Backslashes.
    pub(crate) backslashes: Vec<u32>,
}

/// The masks of 64 bytes: quotes, line feeds, backslashes; bit *n* stands for byte *n*.
type Masks = [u64; 3];

/// Finds all marks of `window`, which must be shorter than 4 GiB.
pub(crate) fn mark(window: &[u8], marks: &mut Marks) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("popcnt")
    {
        // SAFETY: the processor has what the function was compiled for.
        return unsafe { mark_avx2(window, marks) };
    }
    mark_portable(window, marks);
}

/// Which of sixteen bytes are one of `bytes`: bit *n* stands for byte *n*.
#[inline]
pub(crate) fn places<const N: usize>(text: &[u8; 16], bytes: [u8; N]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{
            _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
            _mm_setzero_si128,
        };
        // SAFETY: every x86-64 has SSE2, and the load lies within the sixteen bytes.
        unsafe {
            let text = _mm_loadu_si128(text.as_ptr().cast());
            let found = bytes.iter().fold(_mm_setzero_si128(), |found, byte| {
                _mm_or_si128(found, _mm_cmpeq_epi8(text, _mm_set1_epi8(byte.cast_signed())))
            });
            _mm_movemask_epi8(found).cast_unsigned()
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    places_portable(text, bytes)
}

/// Where `byte` first stands in `text[..end]`. What stands behind `end` is not looked at, but spares a loop.
#[inline]
pub(crate) fn find(text: &[u8], end: usize, byte: u8) -> Option<usize> {
    let Some(start) = text.first_chunk::<64>().filter(|_| end <= 64) else {
        return memchr::memchr(byte, &text[..end]);
    };
    let (chunks, _) = start.as_chunks::<16>();
    let found = chunks.iter().rev().fold(0, |found, chunk| found << 16 | u64::from(places(chunk, [byte])));
    Some(found.trailing_zeros() as usize).filter(|&at| at < end)
}

/// Which of sixteen bytes are decimal digits: bit *n* stands for byte *n*.
#[inline]
pub(crate) fn digits(text: &[u8; 16]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{
            _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_set1_epi8, _mm_sub_epi8,
        };
        // SAFETY: every x86-64 has SSE2, and the load lies within the sixteen bytes.
        unsafe {
            let values = _mm_sub_epi8(_mm_loadu_si128(text.as_ptr().cast()), _mm_set1_epi8(0x30));
            let small = _mm_min_epu8(values, _mm_set1_epi8(9));
            _mm_movemask_epi8(_mm_cmpeq_epi8(values, small)).cast_unsigned()
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    digits_portable(text)
}

/// [`digits`] without vectors.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn digits_portable(text: &[u8; 16]) -> u32 {
    text.iter().rev().fold(0, |bits, byte| bits << 1 | u32::from(byte.is_ascii_digit()))
}

/// [`places`] without vectors.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn places_portable<const N: usize>(text: &[u8; 16], bytes: [u8; N]) -> u32 {
    let (halves, _) = text.as_chunks::<8>();
    let bits = |half: &[u8; 8]| {
        let half = u64::from_le_bytes(*half);
        bytes.iter().fold(0, |bits, &byte| bits | equal(half, byte))
    };
    let bits = halves.iter().rev().fold(0, |all, half| all << 8 | bits(half));
    u32::try_from(bits).unwrap_or(0)
}

/// [`mark`] without vectors.
fn mark_portable(window: &[u8], marks: &mut Marks) {
    each_chunk(window, marks, |chunk| {
        let (words, _) = chunk.as_chunks::<8>();
        let words = words.iter().enumerate().map(|(nth, word)| (nth * 8, u64::from_le_bytes(*word)));
        words.fold([0; 3], |[quotes, ends, backslashes], (shift, word)| {
            [
                quotes | equal(word, b'"') << shift,
                ends | equal(word, b'\n') << shift,
                backslashes | equal(word, b'\\') << shift,
            ]
        })
    });
}

/// One bit for each of eight bytes that is `byte`.
fn equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differs = word ^ u64::from_le_bytes([byte; 8]);
    // The high bit of each byte is clear where nothing differs.
    let zero = !(((differs & LOW) + LOW) | differs) & !LOW;
    (zero >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn mark_avx2(window: &[u8], marks: &mut Marks) {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8,
    };

    #[target_feature(enable = "avx2")]
    #[inline]
    fn bits(low: __m256i, high: __m256i, byte: u8) -> u64 {
        let wanted = _mm256_set1_epi8(byte.cast_signed());
        let low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)).cast_unsigned();
        let high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)).cast_unsigned();
        u64::from(high) << 32 | u64::from(low)
    }

    // A closure that is inlined nowhere would lose the vector features, so the loop of `each_chunk` is spelt out.
    marks.clear(window.len());
    let (chunks, tail) = window.as_chunks::<64>();
    let last = padded(tail);
    let mut base = 0;
    for chunk in chunks.iter().chain([&last]) {
        // SAFETY: both loads lie within the 64 bytes of the chunk.
        let (low, high) = unsafe {
            let at = chunk.as_ptr();
            (_mm256_loadu_si256(at.cast()), _mm256_loadu_si256(at.add(32).cast()))
        };
        marks.add(base, [bits(low, high, b'"'), bits(low, high, b'\n'), bits(low, high, b'\\')]);
        base += 64;
    }
}

/// Calls `search` for every 64 bytes of `window`, the last of them padded with zeros.
fn each_chunk(window: &[u8], marks: &mut Marks, search: impl Fn(&[u8; 64]) -> Masks) {
    marks.clear(window.len());
    let (chunks, tail) = window.as_chunks::<64>();
    let last = padded(tail);
    let mut base = 0;
    for chunk in chunks.iter().chain([&last]) {
        marks.add(base, search(chunk));
        base += 64;
    }
}

/// `tail` in 64 bytes.
fn padded(tail: &[u8]) -> [u8; 64] {
    let mut last = [0; 64];
    last[..tail.len()].copy_from_slice(tail);
    last
}

impl Marks {
    /// Forgets all, and makes room for the marks of a window of `length` bytes and for one chunk more.
    fn clear(&mut self, length: usize) {
        for places in [&mut self.quotes_and_ends, &mut self.ends, &mut self.backslashes] {
            places.clear();
            places.reserve(length + 64);
        }
    }

    /// Adds those of the chunk at `base`: room for it is left.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "compiled once for each set of vector features")]
    fn add(&mut self, base: u32, [quotes, ends, backslashes]: Masks) {
        append::<4>(&mut self.quotes_and_ends, base, quotes | ends);
        append::<1>(&mut self.ends, base, ends);
        if backslashes != 0 {
            append::<4>(&mut self.backslashes, base, backslashes);
        }
    }
}

/// Appends `base` plus the number of each bit that is set, so many at once.
#[inline(always)]
#[expect(clippy::inline_always, reason = "compiled once for each set of vector features")]
fn append<const AT_ONCE: usize>(into: &mut Vec<u32>, base: u32, mut bits: u64) {
    const { assert!(64 % AT_ONCE == 0) };
    let count = bits.count_ones() as usize;
    let length = into.len();
    assert!(into.capacity() - length >= 64, "room was made for every byte of the window");
    let mut written = 0;
    // The first go is without a look at the count, which no branch predictor knows.
    while written == 0 || written < count {
        for nth in written..written + AT_ONCE {
            // SAFETY: `written` is a multiple of `AT_ONCE` below 64, so `nth < 64`, and there is room for 64.
            // What lies beyond `count` is never part of the vector.
            unsafe { into.as_mut_ptr().add(length + nth).write(base + bits.trailing_zeros()) };
            bits &= bits.wrapping_sub(1);
        }
        written += AT_ONCE;
    }
    // SAFETY: `count` places behind `length` were written just now.
    unsafe { into.set_len(length + count) };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(window: &[u8]) -> Marks {
        let of = |fits: fn(u8) -> bool| {
            (0_u32..).zip(window).filter(|&(_, &byte)| fits(byte)).map(|(at, _)| at).collect()
        };
        Marks {
            quotes_and_ends: of(|byte| byte == b'"' || byte == b'\n'),
            ends: of(|byte| byte == b'\n'),
            backslashes: of(|byte| byte == b'\\'),
        }
    }

    fn agree(window: &[u8]) {
        let (mut fast, mut portable) = (Marks::default(), Marks::default());
        mark(window, &mut fast);
        mark_portable(window, &mut portable);
        assert_eq!(fast, plain(window));
        assert_eq!(portable, plain(window));
    }

    #[test]
    fn a_window_of_nothing_but_marks_is_marked() {
        for length in [0, 1, 8, 63, 64, 65, 127, 128, 1000, 40_000] {
            agree(&vec![b'"'; length]);
            agree(&vec![b'\n'; length]);
            agree(&vec![b'\\'; length]);
            agree(&vec![0x22 ^ 0x80; length]);
        }
    }

    proptest! {
        #[test]
        fn a_byte_is_found_before_the_end_alone(text in "[ab]{0,30}[ab?]{0,60}", end in 0_usize..90) {
            let end = end.min(text.len());
            prop_assert_eq!(find(text.as_bytes(), end, b'?'), text[..end].find('?'));
        }

        #[test]
        fn sixteen_bytes_are_searched_alike(text: [u8; 16], byte: u8) {
            let bytes = [byte, text[7]];
            prop_assert_eq!(places(&text, bytes), places_portable(&text, bytes));
            let plain = text.iter().rev().fold(0, |bits, here| bits << 1 | u32::from(bytes.contains(here)));
            prop_assert_eq!(places(&text, bytes), plain);
            prop_assert_eq!(digits(&text), digits_portable(&text));
            let text = text.map(|byte| byte & 0x1f | 0x20);
            prop_assert_eq!(digits(&text), digits_portable(&text));
        }

        #[test]
        fn vectors_and_plain_code_agree(window in prop::collection::vec(
            prop_oneof![Just(b'"'), Just(b'\n'), Just(b'\\'), Just(0xa2), Just(0x23), any::<u8>()], 0..400))
        {
            agree(&window);
        }
    }
}
