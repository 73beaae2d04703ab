//! Where blocks wait between those who decode and those who parse.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::block::Block;
use crate::error::Error;

/// How many decoded blocks wait for workers at most.
const IN_FLIGHT: usize = 8;

/// Where decoded blocks wait for workers.
#[derive(Debug, Default)]
pub(super) struct Bay {
    state: Mutex<State>,
    came: Condvar,
    left: Condvar,
}

#[derive(Debug, Default)]
struct State {
    ready: VecDeque<Result<Block, Error>>,
    decoding: usize,
    closed: bool,
}

impl Bay {
    /// One more thread will push.
    pub(super) fn open(&self) {
        self.state().decoding += 1;
    }

    /// A thread pushes no more.
    pub(super) fn done(&self) {
        self.state().decoding -= 1;
        self.came.notify_all();
    }

    /// Nobody waits any more: whoever pushes may stop, and whoever takes gets what is ready.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.left.notify_all();
        self.came.notify_all();
    }

    /// Waits for room. `false` once the bay is closed.
    pub(super) fn push(&self, block: Result<Block, Error>) -> bool {
        let is_full = |state: &mut State| !state.closed && IN_FLIGHT <= state.ready.len();
        let mut state = self.left.wait_while(self.state(), is_full).unwrap_or_else(PoisonError::into_inner);
        state.ready.push_back(block);
        self.came.notify_one();
        !state.closed
    }

    /// Pushes what a worker has already in its hands: waiting for room might be waiting for itself.
    pub(super) fn push_at_once(&self, block: Block) {
        self.state().ready.push_back(Ok(block));
        self.came.notify_one();
    }

    /// A block, if one is ready.
    pub(super) fn try_take(&self) -> Option<Result<Block, Error>> {
        let block = self.state().ready.pop_front()?;
        self.left.notify_one();
        Some(block)
    }

    /// Waits for a block; `None` when none will come.
    pub(super) fn take(&self) -> Option<Result<Block, Error>> {
        let is_empty = |state: &mut State| state.ready.is_empty() && 0 < state.decoding && !state.closed;
        let mut state = self.came.wait_while(self.state(), is_empty).unwrap_or_else(PoisonError::into_inner);
        let block = state.ready.pop_front();
        self.left.notify_one();
        block
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
