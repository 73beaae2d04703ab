//! Whether several takers that stand out by a little are led by one hand: they are alike in more than how much they took.

use super::Theft;
use crate::detect::one_agent::share_an_agent;
use crate::detect::story;
use crate::detect::{Actor, World};
use crate::evidence::Span;
use crate::request::Client;
use crate::series::Evidence;

/// Whether takers share a principal, an agent that few others have, or their time. Of people who happened to take much on
/// one day each comes when he likes and with what he has.
pub(super) fn is_one_hand(world: &World<'_>, pool: &[Theft]) -> bool {
    let clients: Vec<Client> = pool
        .iter()
        .filter_map(|theft| match theft.taker {
            Actor::Client(client) => Some(client),
            Actor::Principal(_) => None,
        })
        .collect();
    clients.len() < pool.len()
        || share_their_time(pool)
        || story::common_principal(world, &clients).is_some()
        || share_an_agent(world, &clients)
}

/// Whether half of the takers were there for half of the time at least.
fn share_their_time(pool: &[Theft]) -> bool {
    let mut all = Span::default();
    for theft in pool {
        all.merge(theft.volume.span);
    }
    let long = pool.iter().filter(|theft| theft.volume.span.micros() * 2 >= all.micros()).count();
    long * 2 >= pool.len()
}
