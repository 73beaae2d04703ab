//! All rules that were loaded, ready to be matched, and the correlations that count their matches.

use std::collections::BTreeMap;

use super::correlation::{self, Correlation, Named, Note, Pending, compile};
use super::facts::Facts;
use super::filter::Filter;
use super::place::{Mistake, Refusal};
use super::rule::Rule;
use crate::hash::Keys;

/// All rules that were loaded, the weightiest first, ready to be matched. A rule's number is its place among them.
#[derive(Debug, Default)]
pub struct Rules {
    all: Vec<Rule>,
    pub(super) filter: Filter,
    correlations: Vec<Correlation>,
    /// By rule: the correlations that note its matches, each with the role that it plays there. Empty where there are none.
    noting: Vec<Vec<(u16, u16)>>,
    /// The correlations, each behind those that it looks at.
    in_order: Vec<u16>,
}

/// There are no more rules than numbers for them.
const MOST: usize = u16::MAX as usize;

impl Rules {
    /// Orders rules and prepares them; of several with one id the last given stays. What cannot be taken is told.
    pub(super) fn new(rules: Vec<Rule>, pending: Vec<Pending>) -> (Self, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let by_id: BTreeMap<String, Rule> = rules.into_iter().map(|rule| (rule.id.clone(), rule)).collect();
        let mut rules: Vec<Rule> = by_id.into_values().collect();
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.level));
        if let Some(rule) = rules.get(MOST) {
            let message = format!("more than {MOST} rules; this one and all that weigh less are left out");
            mistakes.push(Mistake { path: rule.path.clone(), line: 0, message });
        }
        rules.truncate(MOST);
        let filter = Filter::new(rules.iter().map(|rule| &rule.expr));
        let mut rules = Self { all: rules, filter, ..Self::default() };
        rules.correlate(pending, &mut mistakes);
        (rules, mistakes)
    }

    /// Compiles the correlations; one that cannot be judged is told, and those that look at it with it.
    fn correlate(&mut self, pending: Vec<Pending>, mistakes: &mut Vec<Mistake>) {
        let by_id: BTreeMap<String, Pending> =
            pending.into_iter().map(|one| (one.id().to_owned(), one)).collect();
        let mut pending: Vec<Pending> = by_id.into_values().collect();
        for one in pending.split_off(pending.len().min(correlation::MOST)) {
            let message = format!("more than {} correlations; this one is left out", correlation::MOST);
            mistakes.push(one.page().mistake(&one.rule.title, "correlation", message));
        }
        // What is refused is no longer there to be named, so the rest is compiled once more.
        loop {
            let named = Named::of(&self.all, &pending);
            let mut refused = None;
            let mut compiled = Vec::new();
            for (number, one) in pending.iter().enumerate() {
                match compile(&one.rule, &pending, &named) {
                    Ok(made) => compiled.push(made),
                    Err(refusal) => {
                        refused = Some((number, refusal));
                        break;
                    }
                }
            }
            let refused = refused.or_else(|| {
                let circle = self.put_in_order(&compiled.iter().map(|(one, _)| one).collect::<Vec<_>>())?;
                Some((
                    circle,
                    Refusal::new("rules", "it looks at itself, by way of the correlations that it names"),
                ))
            });
            let Some((number, Refusal { near, message })) = refused else {
                return self.take(compiled, &pending);
            };
            let one = pending.remove(number);
            mistakes.push(one.page().mistake(&one.rule.title, &near, message));
        }
    }

    /// Sorts the numbers of `all`, each behind those that it looks at; the number of one that looks at itself, if one does.
    fn put_in_order(&mut self, all: &[&Correlation]) -> Option<usize> {
        self.in_order.clear();
        while self.in_order.len() < all.len() {
            let is_ready = |number: u16| {
                let mut others = all.get(usize::from(number)).into_iter().flat_map(|one| one.others());
                !self.in_order.contains(&number) && others.all(|(other, ..)| self.in_order.contains(&other))
            };
            let ready: Vec<u16> = (0..).take(all.len()).filter(|&number| is_ready(number)).collect();
            if ready.is_empty() {
                return (0..all.len())
                    .find(|&number| !self.in_order.iter().any(|&one| usize::from(one) == number));
            }
            self.in_order.extend(ready);
        }
        None
    }

    /// Takes correlations in. What is only counted by others is told only where one of those says so.
    fn take(&mut self, compiled: Vec<(Correlation, Vec<(u16, u16)>)>, pending: &[Pending]) {
        let generates = |number: u16| pending.get(usize::from(number)).is_some_and(|one| one.rule.generate);
        if !compiled.is_empty() {
            self.noting = vec![Vec::new(); self.all.len()];
        }
        let mut counted: BTreeMap<u16, bool> = BTreeMap::new();
        for ((correlation, noted), number) in compiled.into_iter().zip(0..) {
            for (rule, role) in noted {
                self.noting.get_mut(usize::from(rule)).into_iter().for_each(|all| all.push((number, role)));
            }
            for (other, ..) in correlation.others() {
                *counted.entry(other).or_default() |= generates(number);
            }
            self.correlations.push(correlation);
        }
        for (rule, noting) in self.all.iter_mut().zip(&self.noting) {
            rule.is_told = noting.is_empty() || noting.iter().any(|&(number, _)| generates(number));
        }
        for ((one, number), written) in self.correlations.iter_mut().zip(0..).zip(pending) {
            one.is_told = counted.get(&number).copied().unwrap_or(true);
            one.path.clone_from(&written.path);
        }
    }

    /// Whether there is nothing to match.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The rule with this number.
    pub fn get(&self, number: u16) -> Option<&Rule> {
        self.all.get(usize::from(number))
    }

    /// All of them, the weightiest first.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.all.iter()
    }

    /// How many must be looked at for every line, since nothing that they need could be looked for.
    pub fn unfiltered(&self) -> usize {
        self.filter.unfiltered()
    }

    /// The correlations by number, each behind those that it looks at.
    pub fn correlations(&self) -> impl Iterator<Item = (u16, &Correlation)> {
        self.in_order.iter().filter_map(|&number| Some((number, self.correlations.get(usize::from(number))?)))
    }

    /// Whether matches are noted.
    #[inline]
    pub fn correlates(&self) -> bool {
        !self.noting.is_empty()
    }

    /// Those of some rules that are told by themselves.
    pub fn told(&self, matching: &[u16]) -> Vec<u16> {
        let is_told = |number: &u16| self.get(*number).is_some_and(|rule| rule.is_told);
        matching.iter().copied().filter(is_told).collect()
    }

    /// Appends what correlations note of a line that matches these rules.
    pub fn note(&self, matching: &[u16], facts: &Facts<'_>, keys: &Keys, notes: &mut Vec<Note>) {
        for &rule in matching {
            for &(number, role) in self.noting.get(usize::from(rule)).into_iter().flatten() {
                let correlation = self.correlations.get(usize::from(number));
                notes.extend(correlation.and_then(|one| one.note(number, role, facts, keys)));
            }
        }
    }
}
