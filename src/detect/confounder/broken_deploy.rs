//! A page that names files which are not there: everybody misses the same ones.

use crate::collect::Missed;
use crate::detect::World;
use crate::detect::statistics::permille;
use crate::hash::TemplateHash;
use crate::incident::ConfounderNote;

/// A path that this many clients miss is the site's mistake.
const COMMON: u64 = 3;

/// Which share of a client's missing paths others miss as well.
pub(super) fn of_misses(world: &World<'_>, missed: &Missed) -> Option<ConfounderNote> {
    let popularity: Vec<u64> = missed
        .templates
        .iter()
        .filter_map(|(template, _)| world.tally().routes.missed_by(TemplateHash(template)))
        .collect();
    let common = popularity.iter().filter(|&&clients| clients >= COMMON).count() as u64;
    let share = permille(common, popularity.len() as u64);
    (common > 0).then(|| {
        super::note(
            "broken-deploy",
            share / 10,
            format!("{} % of the missing paths are missed by others too", share / 10),
        )
    })
}
