//! Room for the words of many keys: buffers of a few sizes, cut from pages and used again.

use super::packed::LONGEST;
use super::shard::HELD;

/// Words of a page.
const PAGE: usize = 1 << 13;

/// Every size begins at a multiple of this many words.
const GRAIN: usize = 2;

/// Sizes of buffers in words, ascending; all are multiples of [`GRAIN`]. Most keys have one or two requests of five or six
/// words, so the small sizes are near each other.
const SIZES: [usize; 15] = [4, 6, 10, 16, 24, 32, 48, 64, 96, 128, 192, 288, 432, 648, 1280];

/// What a key may hold fits into the largest buffer.
const _: () = assert!(HELD as usize * LONGEST <= SIZES[SIZES.len() - 1] && SIZES[SIZES.len() - 1] <= PAGE);

/// A buffer: where it begins, in grains, and below these 28 bits the number of its size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buffer(u32);

/// How many bits the number of a size has.
const SIZE_BITS: u32 = 4;

impl Buffer {
    /// A buffer without room.
    pub(crate) const NONE: Self = Self((1 << SIZE_BITS) - 1);

    /// The buffer of a size that begins at a grain.
    fn new(at: u32, size: usize) -> Self {
        Self(at << SIZE_BITS | u32::try_from(size).expect("there are few sizes"))
    }

    /// The number of its size.
    #[inline]
    fn size(self) -> usize {
        (self.0 & Self::NONE.0) as usize
    }

    /// How many words it has room for.
    #[inline]
    fn room(self) -> usize {
        SIZES.get(self.size()).copied().unwrap_or(0)
    }
}

/// Pages, and the buffers in them that nobody uses.
#[derive(Default)]
pub(crate) struct Arena {
    pages: Vec<Box<[u64]>>,
    /// How many words of the last page are given away.
    used: usize,
    free: [Vec<u32>; SIZES.len()],
}

impl Arena {
    /// How many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        let free: usize = self.free.iter().map(Vec::capacity).sum();
        self.pages.len() * PAGE * size_of::<u64>() + free * size_of::<u32>()
    }

    /// The first `length` words of a buffer.
    #[inline]
    pub(crate) fn words(&self, buffer: Buffer, length: usize) -> &[u64] {
        if length == 0 {
            return &[];
        }
        let (page, from) = place(buffer);
        &self.pages[page][from..from + length]
    }

    /// The last of `length` words of a buffer; anything where there is none. Only worth asking to have it at hand.
    #[inline]
    pub(crate) fn last(&self, buffer: Buffer, length: usize) -> u64 {
        let (page, from) = place(buffer);
        self.pages.get(page).map_or(0, |page| page[from + length.saturating_sub(1)])
    }

    /// Appends to a buffer that holds `length` words; it moves where it has no room.
    #[inline]
    pub(crate) fn append(&mut self, buffer: &mut Buffer, length: usize, words: &[u64]) {
        let needed = length + words.len();
        if needed > buffer.room() {
            self.grow(buffer, length, needed);
        }
        let (page, from) = place(*buffer);
        self.pages[page][from + length..from + needed].copy_from_slice(words);
    }

    /// Moves a buffer to where there is room for `needed` words.
    fn grow(&mut self, buffer: &mut Buffer, length: usize, needed: usize) {
        let size = SIZES.iter().position(|&size| size >= needed).expect("no key holds more words");
        let new = Buffer::new(self.allot(size), size);
        let ((page, from), (new_page, new_from)) = (place(*buffer), place(new));
        if page == new_page {
            self.pages[page].copy_within(from..from + length, new_from);
        } else if let Ok([old, new]) = self.pages.get_disjoint_mut([page, new_page]) {
            new[new_from..new_from + length].copy_from_slice(&old[from..from + length]);
        }
        self.release(std::mem::replace(buffer, new));
    }

    /// Somewhere with room of this size.
    fn allot(&mut self, size: usize) -> u32 {
        if let Some(at) = self.free[size].pop() {
            return at;
        }
        if self.pages.is_empty() || self.used + SIZES[size] > PAGE {
            self.pages.push(vec![0; PAGE].into_boxed_slice());
            self.used = 0;
        }
        let at = (self.pages.len() - 1) * PAGE + self.used;
        self.used += SIZES[size];
        let grain = u32::try_from(at / GRAIN).ok().filter(|grain| grain.leading_zeros() >= SIZE_BITS);
        grain.expect("an arena of less than 4 GiB")
    }

    /// Lets others use a buffer.
    pub(crate) fn release(&mut self, buffer: Buffer) {
        if buffer.room() > 0 {
            self.free[buffer.size()].push(buffer.0 >> SIZE_BITS);
        }
    }
}

/// The page of a buffer, and where in it the buffer begins.
#[inline]
fn place(buffer: Buffer) -> (usize, usize) {
    let at = (buffer.0 >> SIZE_BITS) as usize * GRAIN;
    (at / PAGE, at % PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_grow_and_are_used_again_without_touching_each_other() {
        let mut arena = Arena::default();
        let mut buffers = vec![(Buffer::NONE, Vec::new()); 40];
        for round in 0..60_u64 {
            for (number, (buffer, written)) in (0_u64..).zip(&mut buffers) {
                let words: Vec<u64> = (0..=(round + number) % 13).map(|nth| nth * number).collect();
                arena.append(buffer, written.len(), &words);
                written.extend(words);
                if round == 30 && number % 3 == 0 {
                    arena.release(std::mem::replace(buffer, Buffer::NONE));
                    written.clear();
                }
            }
            for (buffer, written) in &buffers {
                assert_eq!(arena.words(*buffer, written.len()), written.as_slice());
            }
        }
        assert!(SIZES.iter().all(|size| size % GRAIN == 0) && SIZES.is_sorted());
    }
}
