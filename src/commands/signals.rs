//! The first SIGINT or SIGTERM asks the work to end and to be reported; the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use gatehound::error::Error;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Whether a signal came, and which.
pub(super) struct Signals {
    stop: Arc<AtomicBool>,
    which: Arc<AtomicUsize>,
}

impl Signals {
    /// Listens from now on; until then a signal ends the program.
    pub(super) fn listen() -> Result<Self, Error> {
        let signals = Self { stop: Arc::default(), which: Arc::default() };
        let listen = |signal: i32| {
            let code = 128 + signal;
            flag::register_conditional_shutdown(signal, code, Arc::clone(&signals.stop))?;
            let number = usize::try_from(signal).unwrap_or_default();
            flag::register_usize(signal, Arc::clone(&signals.which), number)?;
            flag::register(signal, Arc::clone(&signals.stop))
        };
        for signal in [SIGINT, SIGTERM] {
            listen(signal).map_err(|cause| Error::io("signals", cause))?;
        }
        Ok(signals)
    }

    /// What work looks at.
    pub(super) fn stop(&self) -> &AtomicBool {
        &self.stop
    }

    /// The signal that came.
    pub(super) fn came(&self) -> Option<u8> {
        let which = self.which.load(Ordering::Relaxed);
        self.stop.load(Ordering::Relaxed).then(|| u8::try_from(which).unwrap_or(2))
    }
}
