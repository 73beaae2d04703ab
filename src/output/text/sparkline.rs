//! Requests over time as a line of blocks.

use crate::incident::Activity;

/// From a little to the most.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Where nothing happened.
const NOTHING: char = '·';

/// `activity` in at most `columns` characters; neighbouring steps are summed where there are more. Empty if there is but
/// one step, which has no shape.
pub(super) fn sparkline(activity: &Activity, columns: usize) -> String {
    if activity.requests.len() < 2 || columns == 0 {
        return String::new();
    }
    let each = activity.requests.len().div_ceil(columns);
    let heights: Vec<u64> = activity
        .requests
        .chunks(each)
        .map(|steps| steps.iter().fold(0, |sum: u64, &step| sum.saturating_add(step)))
        .collect();
    let most = heights.iter().copied().max().unwrap_or(0).max(1);
    heights.iter().map(|&height| block(height, most)).collect()
}

/// The block for `height` where `most` is the highest; whatever happened is seen.
fn block(height: u64, most: u64) -> char {
    match (u128::from(height) * 8).div_ceil(u128::from(most)) {
        0 => NOTHING,
        eighths => usize::try_from(eighths - 1).ok().and_then(|nth| BLOCKS.get(nth)).map_or('█', |&b| b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_kept_whatever_the_width() {
        let activity = |requests: &[u64]| Activity { requests: requests.to_vec(), ..Activity::default() };
        let cases: [(&[u64], usize, &str); 6] = [
            (&[1, 4, 8, 0, 2], 10, "▁▄█·▂"),
            (&[1, 1, 0, 0, 4, 4], 3, "▂·█"),
            (&[1, 1_000_000], 2, "▁█"),
            (&[0, 0], 2, "··"),
            (&[7], 10, ""),
            (&[u64::MAX, u64::MAX, 0], 2, "█·"),
        ];
        for (requests, columns, wanted) in cases {
            assert_eq!(sparkline(&activity(requests), columns), wanted, "{requests:?}");
        }
    }
}
