//! The API under attack: one shape, with the choices that a seed makes for it.

use std::fmt::Write as _;
use std::rc::Rc;

use super::answer::{Answer, login_answers};
use super::names;
use super::random::{Rng, mix};
use super::shape::{IdStyle, SHAPES, Scope, Shape};

/// How a list is paged.
#[derive(Clone, Copy, Debug)]
enum Paging {
    Page,
    Offset,
    Cursor,
}

/// One API. Paths are made by the methods, so that people, look-alikes and attackers speak of the same routes.
#[derive(Debug)]
pub(super) struct Site {
    seed: u64,
    /// What kind of API it is.
    pub shape: &'static Shape,
    /// What every path of the API begins with; may be empty.
    pub prefix: &'static str,
    /// The referer of its own pages.
    pub web: Rc<str>,
    /// The login route.
    pub login: String,
    /// What a refused login looks like.
    pub refused: Answer,
    /// What an accepted login looks like.
    pub accepted: Answer,
    /// What an unknown path looks like.
    pub missing: Answer,
    /// What somebody else's object looks like to those who may not read it.
    pub forbidden: Answer,
    /// How many web assets a page loads; zero for an API without pages.
    pub assets: u64,
    /// How many entries the catalogue has.
    pub catalogue_size: u64,
    /// How many accounts there are.
    pub accounts: u64,
    catalogue_ids: IdStyle,
    /// How owned objects are named.
    pub owned_ids: IdStyle,
    paging: Paging,
    /// The first of the numbered objects.
    pub numbered_from: u64,
    account_style: u64,
}

/// The median size of a numbered object.
pub(super) const NUMBERED_BYTES: u64 = 6_000;
/// How many objects of one kind an account has.
pub(super) const OWNED_EACH: u64 = 12;

/// A prime that never divides the number of objects, so that multiplying by it is a bijection of them.
const STRIDE: u64 = 7_919;

/// How many accounts a site has for so many people of a day.
fn accounts_for(people: u64) -> u64 {
    let accounts = (people * 3).max(4000);
    if accounts.is_multiple_of(STRIDE) { accounts + 1 } else { accounts }
}

impl Site {
    /// The site of `seed`, with room for `people`.
    pub(super) fn new(seed: u64, people: u64) -> Self {
        let mut rng = Rng::new(seed, 0x5173);
        let shape = *rng.pick(SHAPES);
        let prefix = *rng.pick(shape.prefixes);
        let login = format!("{prefix}{}", rng.pick(shape.logins));
        let (refused, accepted) = login_answers(&mut rng);
        Self {
            seed: rng.next(),
            shape,
            prefix,
            web: Rc::from(format!("{}/", shape.web)),
            login,
            refused,
            accepted,
            missing: Answer { status: 404, bytes: rng.between(9, 600) },
            forbidden: Answer { status: *rng.pick(&[403, 403, 404]), bytes: rng.between(20, 200) },
            assets: if rng.chance(700) { rng.between(3, 12) } else { 0 },
            catalogue_size: rng.spread(1500, 20_000),
            accounts: accounts_for(people),
            catalogue_ids: *rng.pick(shape.catalogue_ids),
            owned_ids: *rng.pick(shape.owned_ids),
            paging: *rng.pick(&[Paging::Page, Paging::Offset, Paging::Cursor]),
            numbered_from: rng.spread(1_000, 5_000_000),
            account_style: rng.below(3),
        }
    }

    /// The name of account `index`: an e-mail address or a user name, as the site wants it.
    pub(super) fn account(&self, index: u64) -> Rc<str> {
        let mut name = String::with_capacity(32);
        names::person(&mut name, mix(self.seed ^ index ^ 0xacc0), index, self.account_style);
        Rc::from(name)
    }

    /// A name that is no account here, as lists from elsewhere are full of.
    pub(super) fn stranger(&self, rng: &mut Rng) -> Rc<str> {
        let mut name = String::with_capacity(32);
        let chance = rng.next();
        names::person(&mut name, chance, self.accounts + chance % 9_000_000, self.account_style);
        Rc::from(name)
    }

    /// A web asset; its name changes with every release.
    pub(super) fn asset(&self, nth: u64) -> String {
        const KINDS: [&str; 6] = ["js", "css", "woff2", "svg", "png", "js"];
        let kind = KINDS[usize::try_from(nth % 6).unwrap_or(0)];
        format!(
            "/assets/{}.{:08x}.{kind}",
            ["app", "vendor", "main", "icons"][usize::try_from(nth % 4).unwrap_or(0)],
            mix(self.seed ^ nth) >> 32
        )
    }

    /// The list of the catalogue.
    pub(super) fn catalogue(&self, page: u64, limit: u64) -> String {
        self.paged(self.shape.catalogue, page, limit)
    }

    /// One entry of the catalogue.
    pub(super) fn entry(&self, nth: u64) -> String {
        let mut path = format!("{}/{}/", self.prefix, self.shape.catalogue);
        names::object(&mut path, (self.seed, self.shape.words), self.catalogue_ids, nth, 0xca7a);
        path
    }

    /// A search.
    pub(super) fn search(&self, rng: &mut Rng) -> String {
        let (one, two) = (rng.pick(self.shape.words), rng.pick(self.shape.words));
        format!("{}/search?q={one}+{two}&page={}", self.prefix, 1 + rng.popular(6))
    }

    /// The list of what `account` owns.
    pub(super) fn own_list(&self, account: u64) -> String {
        let mut path = self.owned_base(account);
        path.push_str("?sort=-created");
        path
    }

    /// The `nth` of the objects that `account` owns.
    pub(super) fn own(&self, account: u64, nth: u64) -> String {
        let mut path = self.owned_base(account);
        path.push('/');
        let key = self.spot(account * OWNED_EACH + nth % OWNED_EACH);
        names::object(
            &mut path,
            (self.seed, self.shape.words),
            self.owned_ids,
            self.numbered_from + 77_000 + key,
            0x0b1e,
        );
        path
    }

    /// The numbered object with this number: ownership is scattered over all accounts.
    pub(super) fn numbered(&self, number: u64) -> String {
        format!("{}/{}/{number}", self.prefix, self.shape.numbered)
    }

    /// The number of the `nth` numbered object of `account`.
    pub(super) fn number_of(&self, account: u64, nth: u64) -> u64 {
        self.numbered_from + self.spot(account * OWNED_EACH + nth % OWNED_EACH)
    }

    /// The list of records that staff and partners page through.
    pub(super) fn records(&self, page: u64, limit: u64) -> String {
        self.paged(self.shape.records, page, limit)
    }

    /// A report as a file.
    pub(super) fn export(&self, month: u64) -> String {
        format!(
            "{}/reports/export?from={}-{:02}-01&format=csv",
            self.prefix,
            2020 + month / 12 % 6,
            1 + month % 12
        )
    }

    /// One's own profile.
    pub(super) fn profile(&self) -> String {
        format!("{}/me", self.prefix)
    }

    /// Where a forgotten password is asked for.
    pub(super) fn reset(&self) -> String {
        format!("{}/password/reset", self.prefix)
    }

    /// Where an account is made.
    pub(super) fn register(&self) -> String {
        format!("{}/users", self.prefix)
    }

    /// Whether a name is taken.
    pub(super) fn look_up(&self, name: &str) -> String {
        format!("{}/users/available?name={}", self.prefix, name.replace('@', "%40"))
    }

    /// Whether this entry of the catalogue has been taken out, though links to it remain.
    pub(super) fn is_gone(&self, entry: u64) -> bool {
        self.catalogue_size <= entry || mix(self.seed ^ entry ^ 0x60e).is_multiple_of(70)
    }

    /// The size of the answer to `target`: the same for the same target, from a heavy tail.
    pub(super) fn size(&self, target: &str, median: u64) -> u64 {
        let mut rng = Rng::new(self.seed, super::random::name_seed(target));
        rng.log_normal(median, 0.6).max(20)
    }

    /// How many objects of one kind there are.
    pub(super) fn objects(&self) -> u64 {
        self.accounts * OWNED_EACH
    }

    /// A bijection of the objects, so that neighbours belong to different people.
    fn spot(&self, key: u64) -> u64 {
        let all = self.objects();
        key % all * STRIDE % all
    }

    fn owned_base(&self, account: u64) -> String {
        let mut path = String::with_capacity(96);
        path.push_str(self.prefix);
        match self.shape.scope {
            Scope::Flat => {}
            Scope::User(segment) => {
                let _ = write!(path, "/{segment}/");
                let name = self.account(account);
                path.push_str(name.split('@').next().unwrap_or(&name));
            }
            Scope::Tenant(segment) => {
                let tenant = account / 20;
                let _ = write!(path, "/{segment}/");
                names::slug(&mut path, self.shape.words, mix(self.seed ^ tenant), tenant);
            }
        }
        let _ = write!(path, "/{}", self.shape.owned);
        path
    }

    fn paged(&self, list: &str, page: u64, limit: u64) -> String {
        let prefix = self.prefix;
        match self.paging {
            Paging::Page => format!("{prefix}/{list}?page={page}&limit={limit}"),
            Paging::Offset => format!("{prefix}/{list}?offset={}&limit={limit}", page * limit),
            Paging::Cursor if page == 0 => format!("{prefix}/{list}?limit={limit}"),
            Paging::Cursor => format!("{prefix}/{list}?limit={limit}&cursor={:016x}", mix(self.seed ^ page)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn seeds_draw_every_shape_and_every_refusal() {
        let sites: Vec<Site> = (0..200).map(|seed| Site::new(seed, 1000)).collect();
        let shapes: BTreeSet<&str> = sites.iter().map(|site| site.shape.host).collect();
        let refusals: BTreeSet<u16> = sites.iter().map(|site| site.refused.status).collect();
        assert_eq!(shapes.len(), SHAPES.len());
        assert_eq!(refusals, BTreeSet::from([200, 302, 400, 401, 403, 422]));
        assert!(sites.iter().all(|site| site.refused != site.accepted));
    }

    #[test]
    fn objects_of_different_people_differ() {
        for seed in 0..20 {
            let site = Site::new(seed, 300);
            let owned: BTreeSet<String> = (0..500)
                .flat_map(|account| (0..OWNED_EACH).map(move |nth| (account, nth)))
                .map(|(a, n)| site.own(a, n))
                .collect();
            assert_eq!(owned.len(), 500 * 12, "seed {seed}");
        }
    }
}
