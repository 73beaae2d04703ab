//! How much memory a scan takes: before it is more than it may be, the evidence about keys goes to disk.

use crate::error::Error;
use crate::tally::{Sorted, Tally};

use super::BLOCKS_A_ROUND;
use crate::source::BLOCK_SIZE;

/// How much memory the process may take, as far as evidence about keys decides it.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Bytes of the whole process.
    pub most: u64,
    /// Less evidence than this stays in memory, whatever there is beside it; else runs would be many and small.
    pub least: u64,
}

/// What a scan takes beside the evidence about keys, where the system does not tell how much the process takes.
const BESIDE: u64 = 128 << 20;

/// Judging takes memory, too: so much of all, in percent, may be taken before it begins.
const READING: u64 = 75;

/// So many runs become one, so that few files are open.
const RUNS: usize = 64;

/// What is looked up while judging stays at hand, up to this share of all memory and within these bounds.
const CACHE_SHARE: u64 = 16;
const CACHE: std::ops::RangeInclusive<u64> = 4 << 20..=256 << 20;

/// Sends the evidence of one scan to disk in time.
pub(super) struct Keeper {
    memory: Option<Memory>,
    runs: Vec<Sorted>,
    /// What the process took at the last look, and the most it ever did.
    held: u64,
    peak: u64,
    /// How much evidence there was when it first became too much. What was freed then is used again, and not given back, so
    /// what the process takes tells little from then on.
    room: u64,
}

impl Keeper {
    /// Of a scan that may take so much.
    pub(super) fn new(memory: Option<Memory>) -> Self {
        Self { memory, runs: Vec::new(), held: 0, peak: 0, room: 0 }
    }

    /// How many blocks each of these workers may take in a round, which all are in memory.
    pub(super) fn blocks(&self, threads: usize) -> usize {
        let Some(memory) = self.memory else { return BLOCKS_A_ROUND };
        let share = memory.most / 32 / (threads.max(1) * BLOCK_SIZE) as u64;
        usize::try_from(share).unwrap_or(usize::MAX).clamp(1, BLOCKS_A_ROUND)
    }

    /// Sends all evidence about keys to disk, if it would be too much after one more round.
    pub(super) fn look(&mut self, tally: &mut Tally) -> Result<(), Error> {
        let Some(Memory { most, least }) = self.memory else { return Ok(()) };
        let most = most / 100 * READING;
        let known = process_memory("VmRSS:");
        if known.is_some_and(|held| held + held.saturating_sub(self.held) <= most) {
            self.held = known.unwrap_or(0);
            return Ok(());
        }
        let size = tally.size() as u64;
        let held = known.unwrap_or(size + BESIDE);
        let grew = held > self.peak + most / 32;
        self.held = held;
        self.peak = self.peak.max(held);
        if size <= least || size < self.room && !grew || known.is_none() && held <= most {
            return Ok(());
        }
        self.room = size.min(most);
        self.write(tally)?;
        if self.runs.len() == RUNS {
            self.runs = vec![Sorted::merge(std::mem::take(&mut self.runs))?];
        }
        self.held = process_memory("VmRSS:").unwrap_or(0);
        Ok(())
    }

    fn write(&mut self, tally: &mut Tally) -> Result<(), Error> {
        self.runs.push(Sorted::write(&mut tally.shards)?);
        Ok(())
    }

    /// Leaves the tally as judges find it: every key once, in memory or on disk.
    pub(super) fn finish(mut self, tally: &mut Tally) -> Result<(), Error> {
        let Some(memory) = self.memory.filter(|_| !self.runs.is_empty()) else {
            tally.settle();
            return Ok(());
        };
        self.write(tally)?;
        let cache = (memory.most / CACHE_SHARE).clamp(*CACHE.start(), *CACHE.end());
        let sorted = Sorted::merge(self.runs)?;
        tally.sorted = Some(sorted.with_cache(usize::try_from(cache).unwrap_or(usize::MAX)));
        Ok(())
    }
}

/// What the process takes by one measure of Linux, in bytes: `VmRSS:` now, `VmHWM:` at most until now.
pub fn process_memory(measure: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(measure))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
