//! How far the reading is: a bar on a thread of its own, and an end to waiting when a signal comes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use gatehound::source::{Feed, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the bar moves, and how soon a signal is heard while a pipe is silent.
const EVERY: Duration = Duration::from_millis(100);
/// A scan that takes no longer shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);

/// Does `work` while another thread watches `feed`: shows the bar if it is `shown`, and stops the feed on a signal.
pub(super) fn watching<T>(
    feed: &Feed,
    lines: &AtomicU64,
    stop: &AtomicBool,
    shown: bool,
    work: impl FnOnce() -> T,
) -> T {
    std::thread::scope(|scope| {
        let (finished, over) = channel();
        scope.spawn(move || watch(feed, lines, stop, shown, &over));
        let done = work();
        drop(finished);
        done
    })
}

fn watch(feed: &Feed, lines: &AtomicU64, stop: &AtomicBool, shown: bool, over: &Receiver<()>) {
    let began = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    while over.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
        if stop.load(Ordering::Relaxed) {
            feed.stop();
        }
        if shown && PATIENCE < began.elapsed() {
            let progress = feed.progress();
            let bar = bar.get_or_insert_with(|| new_bar(progress, began));
            let seconds = began.elapsed().as_secs().max(1);
            bar.set_position(progress.done);
            bar.set_message(format!("{} lines/s", rounded(lines.load(Ordering::Relaxed) / seconds)));
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn new_bar(progress: Progress, began: Instant) -> ProgressBar {
    let bar = match progress.total {
        Some(total) => ProgressBar::new(total)
            .with_style(style("{bar:30} {percent:>3} %  {bytes} of {total_bytes}  {msg}  {eta} left")),
        None => ProgressBar::no_length().with_style(style("{spinner} {bytes} in {elapsed}  {msg}")),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.with_elapsed(began.elapsed())
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// `1.2 M`, `340 k`.
fn rounded(number: u64) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..1_000_000 => format!("{} k", number / 1000),
        _ => format!("{}.{} M", number / 1_000_000, number / 100_000 % 10),
    }
}
