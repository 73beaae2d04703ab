//! Which orders of keys a source has is learned from its head.

use std::cmp::Reverse;
use std::sync::Arc;

use super::doubled::Members;
use super::plan::Plan;
use super::producers::Producer;
use super::{Given, JsonLines, scan, trimmed};
use crate::format::slot::Growing;
use crate::format::{Around, Clock, Scratch};

/// How many orders of keys are learned from a head.
pub(super) const PLANS: usize = 4;
/// How many lines of a head are looked at for them.
const LINES: usize = 100;
/// From so many lines on, most of them tell what a producer does.
const MOSTLY: usize = 4;

/// One order of keys in a head.
struct Order {
    plan: Plan,
    lines: usize,
    /// Whether it names a member twice.
    doubles: bool,
}

impl JsonLines {
    /// A decoder that knows the orders of keys that are most frequent in `head`.
    pub(in crate::format) fn learn(head: &[u8], given: Given, producer: Option<&'static Producer>) -> Self {
        let clock = Clock::default();
        let mut decoder = Self {
            plans: Vec::new(),
            given,
            producer,
            bit: producer.map_or(0, Producer::bit),
            doubles: true,
            clock,
        };
        let scratch = Scratch::default();
        let whole = memchr::memrchr(b'\n', head).map_or(head, |end| &head[..end]);
        let mut orders: Vec<Order> = Vec::new();
        for line in whole.split(|&byte| byte == b'\n').take(LINES).filter_map(trimmed) {
            if let Some(order) = orders.iter_mut().find(|order| order.plan.fits(line)) {
                order.lines += 1;
            } else if decoder.by_keys(line, &mut Growing::new(), Around::nothing(&scratch)).is_ok() {
                let doubles = decoder.members(line).repeat();
                orders.extend(decoder.plan(line).map(|plan| Order { plan, lines: 1, doubles }));
            }
        }
        let count = |wanted: fn(&Order) -> bool| {
            orders.iter().filter(|order| wanted(order)).map(|order| order.lines).sum::<usize>()
        };
        let (all, twice) = (count(|_| true), count(|order| order.doubles));
        decoder.doubles = twice >= MOSTLY && twice * 2 > all;
        // Else a stranger wrote these lines.
        orders.retain(|order| decoder.doubles || !order.doubles);
        orders.sort_by_key(|order| Reverse(order.lines));
        decoder.plans = orders.into_iter().map(|order| Arc::new(order.plan)).take(PLANS).collect();
        decoder
    }

    /// The plan of a line; where members stand twice, no plan could tell whether they differ.
    pub(super) fn plan(&self, line: &[u8]) -> Option<Plan> {
        let may_be_usual = self.doubles || !self.members(line).repeat();
        may_be_usual.then(|| Plan::learn(line, |path| self.meaning(path)))?
    }

    /// The members of a line.
    fn members(&self, line: &[u8]) -> Members {
        let mut members = Members::default();
        // What cannot be read to its end has none that count.
        let _ = scan::object(line, &mut |path, leaf| {
            if let Some(meaning) = self.meaning(path) {
                members.pass(path, &leaf, meaning);
            }
        });
        members
    }
}
