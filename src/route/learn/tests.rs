//! Populations of a few hundred templates, and what becomes of them.

use std::collections::BTreeSet;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use proptest::prelude::*;

use super::*;
use crate::hash::TemplateHash;
use crate::route::class::Method;

/// What a log of so many clients saw.
#[derive(Default)]
struct Site {
    seen: Vec<(String, &'static str, u64)>,
    clients: u64,
}

impl Site {
    fn of(clients: u64) -> Self {
        Self { clients, ..Self::default() }
    }

    /// Adds templates: methods (`GET,POST`), then how many clients each has.
    fn with(mut self, methods: &'static str, templates: impl IntoIterator<Item = (String, u64)>) -> Self {
        self.seen.extend(templates.into_iter().map(|(text, clients)| (text, methods, clients)));
        self
    }

    /// What `of` makes of the site.
    fn told<L>(&self, of: impl Fn(&[Seen<'_>], u64, &Keys) -> L) -> L {
        let mut all = Methods::default();
        let seen: Vec<Seen> = self
            .seen
            .iter()
            .map(|(text, methods, clients)| {
                all = Methods::default();
                for method in methods.split(',') {
                    all = all | Methods::of(Method::of(method.as_bytes()));
                }
                Seen { text: text.as_bytes(), methods: all, clients: *clients }
            })
            .collect();
        of(&seen, self.clients, &Keys::default())
    }

    fn learned(&self) -> Learned {
        self.told(learn)
    }

    /// Learns and compares with learning spelt out; says how many templates became others.
    fn compare(&self) -> usize {
        let (learned, plain) = (self.learned(), self.told(oracle::learn));
        assert!(learned.texts().eq(plain.texts()));
        let unseen = |text: &str| [text.to_owned(), format!("{text}/zz"), format!("{text}x")];
        let texts: BTreeSet<String> = self.seen.iter().flat_map(|(text, ..)| unseen(text)).collect();
        let hashes = texts.iter().map(|text| hash(text));
        let hashes = hashes.flat_map(|one| [one, TemplateHash(one.0 >> 32 << 32), TemplateHash(one.0 << 32)]);
        hashes.fold(0, |changed, one| {
            let folded = learned.fold(one);
            assert_eq!(folded, plain.fold(one));
            assert_eq!(learned.text(folded), plain.text(folded));
            changed + usize::from(folded != one)
        })
    }

    /// The same with every number of clients times `by` tenths, at least one.
    fn scaled(&self, by: u64) -> Self {
        let scale = |clients: u64| (clients * by / 10).max(1);
        let seen = self.seen.iter().map(|(text, methods, c)| (text.clone(), *methods, scale(*c))).collect();
        Self { seen, clients: scale(self.clients) }
    }

    /// All templates after folding, each once.
    fn folded(&self) -> BTreeSet<String> {
        let learned = self.learned();
        self.seen.iter().map(|(text, ..)| becomes(&learned, text)).collect()
    }
}

fn hash(text: &str) -> TemplateHash {
    crate::route::template::hash_of_text(text.as_bytes(), &Keys::default())
}

fn becomes(learned: &Learned, text: &str) -> String {
    let folded = learned.fold(hash(text));
    learned.text(folded).map_or_else(|| text.to_owned(), |text| String::from_utf8(text.to_vec()).unwrap())
}

/// A made-up word, different for every number, of letters only.
fn word(mut number: usize) -> String {
    let mut word = String::from("zu");
    for _ in 0..5 {
        word.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
        number /= 26;
    }
    word
}

/// `count` templates under `prefix`, the first touched by `top` clients, the others ever less (Zipf).
fn zipf(prefix: &str, suffix: &str, count: usize, top: u64) -> Vec<(String, u64)> {
    (0..count).map(|n| (format!("{prefix}{}{suffix}", word(n)), (top / (n as u64 + 1)).max(1))).collect()
}

fn users() -> Site {
    let (repos, stars) = (zipf("/users/", "/repos", 200, 80), zipf("/users/", "/stars", 60, 40));
    let me = ["/users/me", "/users/search", "/login"].map(|text| (text.to_owned(), 900));
    Site::of(1000)
        .with("GET", zipf("/users/", "", 300, 100))
        .with("GET,POST", repos)
        .with("GET", stars)
        .with("GET,PUT", me)
}

fn slugs() -> Site {
    Site::of(2000)
        .with("GET", zipf("/products/", "", 400, 150))
        .with("GET", zipf("/static/img/", ".png", 90, 200))
        .with("GET,POST", [("/products".to_owned(), 1500), ("/products/featured".to_owned(), 1200)])
        .with("POST", [("/products/import".to_owned(), 3)])
}

/// Sixty resources, as a real API has them side by side.
fn resources() -> Site {
    let named = |suffix: &'static str, top| zipf("/api/", suffix, 60, top);
    Site::of(1000)
        .with("GET,POST", named("", 800))
        .with("GET,PUT,DELETE", named("/{id}", 700))
        .with("GET", named("/{id}/history", 90))
}

/// Thirty pages of a server that answers 200 to everything, and a word list.
fn soft_404() -> Site {
    let pages = (0..40).map(|n| (format!("/page-{}", word(n + 9000)), 100 + n as u64 * 10));
    Site::of(5000).with("GET", pages).with("GET", zipf("/", "", 4000, 1))
}

#[test]
fn values_become_names() {
    let set = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(
        users().folded(),
        set(&[
            "/users/{name}",
            "/users/{name}/repos",
            "/users/{name}/stars",
            "/users/me",
            "/users/search",
            "/login"
        ])
    );
    assert_eq!(
        slugs().folded(),
        set(&[
            "/products/{name}",
            "/static/img/{name}.png",
            "/products",
            "/products/featured",
            "/products/import"
        ])
    );
}

#[test]
fn values_below_values_are_found() {
    let mut projects = Vec::new();
    for owner in 0..200 {
        for project in 0..3 {
            for below in ["", "/issues", "/issues/{id}"] {
                projects.push((format!("/{}/{}{below}", word(owner), word(1000 + owner * 3 + project)), 2));
            }
        }
    }
    let folded = Site::of(3000).with("GET", projects).folded();
    let expected = ["/{name}/{name}", "/{name}/{name}/issues", "/{name}/{name}/issues/{id}"];
    assert_eq!(folded, expected.map(str::to_owned).into());
}

#[test]
fn sixty_resources_stay() {
    let site = resources();
    assert_eq!(site.folded().len(), site.seen.len());
    assert_eq!(site.learned().texts().count(), 0);
}

#[test]
fn a_page_that_many_clients_touch_stays_among_values() {
    let busy = [("/products/bestsellers".to_owned(), 400)];
    let site = Site::of(2000).with("GET", zipf("/products/", "", 400, 150)).with("GET", busy);
    assert_eq!(site.folded(), ["/products/{name}", "/products/bestsellers"].map(str::to_owned).into());
}

#[test]
fn a_value_that_was_never_asked_for_itself_is_one_too() {
    let asked = zipf("/users/", "", 100, 9).into_iter().chain(zipf("/users/", "/repos", 100, 9));
    let never = (500..520).map(|n| (format!("/users/{}/repos", word(n)), 1));
    let folded = Site::of(1000).with("GET", asked.chain(never)).folded();
    assert_eq!(folded, ["/users/{name}", "/users/{name}/repos"].map(str::to_owned).into());
}

#[test]
fn procedures_and_what_most_clients_touch_stay() {
    let procedures = (0..100).map(|n| (format!("/rpc/{}", word(n)), 5));
    let pages = (0..50).map(|n| (format!("/help/{}", word(n)), 100));
    let site = Site::of(1000).with("POST", procedures).with("GET", pages);
    assert_eq!(site.folded().len(), 150);
}

#[test]
fn a_word_list_does_not_fold_real_pages_away() {
    let folded = soft_404().folded();
    assert_eq!(folded.len(), 41, "{folded:?}");
    assert!(
        folded.contains("/{name}") && folded.iter().filter(|text| text.starts_with("/page-")).count() == 40
    );
}

#[test]
fn the_amount_of_traffic_does_not_matter() {
    for site in [users(), slugs(), resources(), soft_404()] {
        let folded = site.folded();
        for tenths in [1, 3, 20, 100] {
            assert_eq!(site.scaled(tenths).folded(), folded, "{tenths} tenths");
        }
    }
}

#[test]
fn the_order_does_not_matter() {
    let (site, mut back) = (users(), users());
    back.seen.reverse();
    let (forth, back) = (site.learned(), back.learned());
    assert!(forth.texts().count() > 2);
    assert!(forth.texts().eq(back.texts()));
    for (text, ..) in &site.seen {
        assert_eq!(forth.fold(hash(text)), back.fold(hash(text)));
    }
}

#[test]
fn unseen_siblings_are_values_where_their_parent_s_children_are() {
    let learned = users().learned();
    assert_eq!(becomes(&learned, "/users/never-seen"), "/users/{name}");
    assert_eq!(becomes(&learned, "/users/me"), "/users/me");
    assert_eq!(becomes(&learned, "/orders/never-seen"), "/orders/never-seen");
    let root = Site::of(900).with("GET", zipf("/", "", 300, 40)).learned();
    assert_eq!(becomes(&root, "/never-seen"), "/{name}");
}

#[test]
fn a_folded_template_has_the_hash_of_its_text() {
    let learned = users().learned();
    let folded = learned.fold(hash("/users/zuaaaaa/repos"));
    assert_eq!(folded, hash("/users/{name}/repos"));
}

#[test]
fn whole_sites_are_learned_as_if_spelt_out() {
    for site in [users(), slugs(), resources(), soft_404()] {
        site.compare();
    }
    assert!(users().compare() > 1000);
}

/// Two names below `/shop/` whose templates have the same hash.
fn one_hash(before: &str) -> (String, String) {
    let mut known: HashMap<TemplateHash, String, RandomState> = HashMap::default();
    let pair = (0..).find_map(|nth| {
        let name = format!("{before}{}", word(nth));
        let other = known.insert(hash(&format!("/shop/{name}")), name.clone())?;
        Some((name, other))
    });
    pair.unwrap()
}

#[test]
fn of_two_templates_with_one_hash_the_same_wins_in_any_order() {
    // Names in front of `{name}` and behind it.
    for (one, other) in [one_hash(""), one_hash("~")] {
        for (value, place) in [(&one, &other), (&other, &one)] {
            let seen = |name: &str, clients| [(format!("/shop/{name}"), clients)];
            let mut site = Site::of(1000)
                .with("GET", seen(value, 1))
                .with("GET", seen(place, 900))
                .with("GET", zipf("/shop/", "", 300, 40))
                .with("GET", zipf("/shop/", "/parts", 100, 40));
            assert!(site.compare() > 300);
            site.seen.reverse();
            site.compare();
        }
    }
}

/// One part of a random site.
fn part() -> impl Strategy<Value = Vec<(String, &'static str, u64)>> {
    let above = prop::sample::select(vec!["", "/api", "/api/v1", "/{id}", "/users/{name}", "//a-b"]);
    let below =
        prop::sample::select(vec!["", "", ".png", ".php", "/parts", "/parts/{id}", "/own-", "{id}", "/"]);
    let methods = prop::sample::select(vec!["GET", "GET", "GET,POST", "POST", "HEAD,GET", ""]);
    let count = prop::sample::select(vec![1_usize, 3, 40, 140, 200]);
    let clients = prop::sample::select(vec![0_u64, 1, 2, 50, 400]);
    let first = prop::sample::select(vec![0_usize, 0, 100, 150]);
    (above, below, methods, count, clients, first, any::<bool>()).prop_map(
        |(above, below, methods, count, clients, first, thins_out)| {
            let text = |nth: usize| match below {
                "/own-" => format!("{above}/{}/{}", word(first + nth), word(7000 + nth)),
                _ => format!("{above}/{}{below}", word(first + nth)),
            };
            let rank = |nth: usize| if thins_out { nth as u64 + 1 } else { 1 };
            (0..count).map(|nth| (text(nth), methods, clients / rank(nth))).collect()
        },
    )
}

/// Words that may be no values, and texts that are odd.
const ODD: [&str; 12] = [
    "/",
    "",
    "/users/me",
    "/api/v1",
    "/api/login.php",
    "/{name}",
    "/{name}.png",
    "/zu{id}",
    "/api/{name}/parts",
    "/v1.2",
    "/a.b.c",
    "/x:search",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_site_is_learned_as_if_spelt_out(
        parts in prop::collection::vec(part(), 1..7),
        odd in prop::sample::subsequence(&ODD, 0..4),
        clients in 1_u64..2000,
    ) {
        let mut site = Site::of(clients);
        site.seen.extend(parts.into_iter().flatten());
        site.seen.extend(odd.into_iter().map(|text| (text.to_owned(), "GET", 3)));
        site.compare();
    }
}
