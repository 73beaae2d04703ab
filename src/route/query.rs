//! What a query string says: a page, an object, an account, a secret. One pass, nothing copied.

use memchr::{memchr, memchr2};

use super::demand;
use super::object::ObjectId;
use crate::hash::Keys;

/// Parameters beyond this many are not looked at.
const MAX_PARAMETERS: usize = 64;
/// Names longer than this mean nothing.
const MAX_NAME: usize = 32;
/// `key`, `code` and `sig` are secrets from this length on; below they are country codes and sort keys.
const MIN_VAGUE_SECRET: usize = 12;
/// A session has so many bytes at least: 64 bits in hexadecimal (OWASP ASVS 3.2.2). Shorter ones number a talk or a term.
const MIN_SESSION: usize = 16;
/// `p` names a page up to here, and beyond it a post (`WordPress` and phpBB name posts so).
const LAST_PAGE: u64 = 10_000;
/// Behind a name that merely ends in `id` (`oldid`, but `paid` as well) or in `number` (`biblionumber`), a number is an object's from so many digits on.
const MIN_DIGITS: usize = 3;
/// The page that a cursor stands for: some later one, which of them nobody can tell.
pub const SOME_LATER_PAGE: u32 = u32::MAX - 1;

/// What the judges may know of a query string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Query<'a> {
    /// The page or offset that is asked for; [`SOME_LATER_PAGE`] where a cursor says so.
    pub page: Option<u32>,
    /// The first id-like parameter.
    pub object: ObjectId,
    /// Whom the first account-like parameter names, as it stands.
    pub account: Option<&'a [u8]>,
    /// The first token or key. Hash it at once.
    pub secret: Option<&'a [u8]>,
    /// The first session. Hash it at once.
    pub session: Option<&'a [u8]>,
    /// The most entries that any parameter asks for; 0 where none says.
    pub demand: u32,
}

/// What a parameter's name says about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Nothing,
    Page,
    Cursor,
    Object,
    Account,
    /// Names an account that is an object as well.
    Both,
    Secret,
    /// A secret only if it is long.
    Vague,
    /// A session if it is one that nobody guesses.
    Session,
    /// How many entries an answer may have.
    PageSize,
    /// What is searched for.
    Search,
    /// The variables of a GraphQL operation, a JSON object.
    Variables,
    /// A page, or an object where the number is larger than any page's.
    PageOrPost,
    /// An object where it is a number of an id's length.
    Numbered,
}

/// Reads `query` (what stands behind the first `?`).
pub fn read<'a>(query: &'a [u8], keys: &Keys) -> Query<'a> {
    let mut read = Query::default();
    let mut rest = query;
    for _ in 0..MAX_PARAMETERS {
        if rest.is_empty() {
            break;
        }
        let (name, behind) = rest.split_at(name_end(rest));
        let value = match behind.split_first() {
            Some((b'=', behind)) => {
                let (value, behind) = behind.split_at(memchr(b'&', behind).unwrap_or(behind.len()));
                rest = behind.get(1..).unwrap_or_default();
                value
            }
            behind => {
                rest = behind.map_or(b"", |(_, behind)| behind);
                b""
            }
        };
        if !name.is_empty() && !value.is_empty() {
            read.note(meaning(name), value, keys);
        }
    }
    read
}

/// Where the name of the first parameter ends.
fn name_end(query: &[u8]) -> usize {
    let ends = |byte: &u8| matches!(byte, b'=' | b'&');
    // Names are so short that looking is cheaper than calling.
    let near = query.iter().take(MAX_NAME).position(ends);
    near.or_else(|| memchr2(b'=', b'&', query)).unwrap_or(query.len())
}

impl<'a> Query<'a> {
    /// Takes in a parameter; the first of a kind stays.
    fn note(&mut self, meaning: Meaning, value: &'a [u8], keys: &Keys) {
        match meaning {
            Meaning::Nothing => {}
            Meaning::Page => {
                let number = ObjectId::of(value, keys).number().and_then(|n| u32::try_from(n).ok());
                self.page = self.page.or(number);
            }
            Meaning::PageOrPost => {
                let is_post = ObjectId::of(value, keys).number().is_some_and(|number| number > LAST_PAGE);
                self.note(if is_post { Meaning::Object } else { Meaning::Page }, value, keys);
            }
            Meaning::Numbered => {
                let object = ObjectId::of(value, keys);
                if value.len() >= MIN_DIGITS && object.number().is_some() {
                    self.object = self.object.or(object);
                }
            }
            Meaning::Cursor => self.page = self.page.or(Some(SOME_LATER_PAGE)),
            Meaning::Object => self.object = self.object.or(ObjectId::of(value, keys)),
            Meaning::Account => self.account = self.account.or(Some(value)),
            Meaning::Both => {
                self.object = self.object.or(ObjectId::of(value, keys));
                self.account = self.account.or(Some(value));
            }
            Meaning::Vague if value.len() < MIN_VAGUE_SECRET => {}
            Meaning::PageSize => self.demand = self.demand.max(demand::entries(value)),
            Meaning::Search => self.demand = self.demand.max(demand::searched(value)),
            Meaning::Variables => {
                self.object =
                    self.object.or(id_among(value).map_or(ObjectId::NONE, |id| ObjectId::of(id, keys)));
            }
            Meaning::Session if !is_random(value) => {}
            Meaning::Session => self.session = self.session.or(Some(value)),
            Meaning::Secret | Meaning::Vague => self.secret = self.secret.or(Some(value)),
        }
    }
}

/// Whether a value may be a session's: long, of letters or signs and digits.
fn is_random(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    value.len() >= MIN_SESSION && digits > 0 && digits < value.len()
}

/// Whether a name ends as those of ids do; `lower` is the same in small letters.
fn ends_as_id(lower: &[u8], name: &[u8]) -> bool {
    lower.ends_with(b"_id") || lower.ends_with(b"-id") || name.ends_with(b"Id") || name.ends_with(b"ID")
}

/// Variables longer than this are not looked at.
const MAX_VARIABLES: usize = 256;

/// The value of the first variable that is an id, `{"orderId":42}`, escaped or not.
fn id_among(variables: &[u8]) -> Option<&[u8]> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let mut rest = variables.get(..MAX_VARIABLES).unwrap_or(variables);
    let mut was_id = false;
    while !rest.is_empty() {
        let between =
            if rest.starts_with(b"%") { 3 } else { usize::from(!rest.first().is_some_and(is_word)) };
        rest = rest.get(between..).unwrap_or_default();
        let (word, behind) = rest.split_at(rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len()));
        if word.is_empty() {
            continue;
        }
        if was_id {
            return Some(word);
        }
        was_id = word == b"id" || ends_as_id(word, word);
        rest = behind;
    }
    None
}

/// Names of what says where a later page begins.
const CURSORS: [&[u8]; 22] = [
    b"cursor",
    b"after",
    b"page_token",
    b"pagetoken",
    b"next_token",
    b"nexttoken",
    b"next_cursor",
    b"continuation",
    b"continuation_token",
    b"continuationtoken",
    b"starting_after",
    b"marker",
    b"scroll_id",
    b"max_id",
    b"min_id",
    b"since_id",
    b"last_id",
    b"after_id",
    b"before_id",
    b"next_id",
    b"page[cursor]",
    b"page[after]",
];

/// What a name says that names a field and how it is compared, `filter[email][_eq]`: whether whoever is looked for is an account.
fn nested(lower: &[u8]) -> Meaning {
    let parts = lower.split(|byte| matches!(byte, b'[' | b']' | b'%'));
    // Of `%5b` the digits stay in front of the name.
    let names = parts.map(|part| part.strip_prefix(b"5b").unwrap_or(part));
    let is_account = |name: &[u8]| matches!(meaning(name), Meaning::Account | Meaning::Both);
    if names.skip(1).any(is_account) { Meaning::Account } else { Meaning::Nothing }
}

/// What `name` says; capitals do not matter, except in `userId` and its like.
fn meaning(name: &[u8]) -> Meaning {
    if name.len() > MAX_NAME {
        return Meaning::Nothing;
    }
    let mut lower = [0; MAX_NAME];
    let lower = &mut lower[..name.len()];
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    match &*lower {
        b"p" => Meaning::PageOrPost,
        b"page" | b"pg" | b"offset" | b"start" | b"skip" | b"from" | b"pageno" | b"page_no"
        | b"pagenumber" | b"page_number" | b"pageindex" | b"page_index" | b"page[number]"
        | b"page[offset]" | b"part" | b"partno" | b"part_number" | b"partnumber" | b"chunk"
        | b"startindex" | b"start_index" | b"paged" => Meaning::Page,
        lower if CURSORS.contains(&lower) => Meaning::Cursor,
        b"username" | b"user_name" | b"login" | b"email" | b"e-mail" | b"mail" | b"emailaddress"
        | b"email_address" | b"phone" | b"phone_number" | b"phonenumber" | b"mobile" | b"msisdn"
        | b"identifier" | b"login_hint" | b"accountname" | b"log" | b"usr" | b"ususers" => Meaning::Account,
        b"user" | b"account" | b"userid" | b"user_id" => Meaning::Both,
        b"id" | b"uid" | b"uuid" | b"guid" | b"order" | b"invoice" | b"doc" | b"document" | b"file"
        | b"customer" | b"record" | b"item" | b"ids" | b"oid" | b"attempt" | b"patient" | b"ticket"
        | b"booking" | b"attachment" => Meaning::Object,
        b"access_token"
        | b"accesstoken"
        | b"id_token"
        | b"refresh_token"
        | b"token"
        | b"auth_token"
        | b"authtoken"
        | b"api_key"
        | b"api-key"
        | b"apikey"
        | b"x-api-key"
        | b"jwt"
        | b"secret"
        | b"client_secret"
        | b"password"
        | b"passwd"
        | b"pwd"
        | b"x-amz-security-token"
        | b"session_token"
        | b"reset_token"
        | b"subscription-key" => Meaning::Secret,
        b"key" | b"code" | b"auth" => Meaning::Vague,
        b"sid" | b"session" | b"session_id" | b"sessionid" | b"sessid" | b"phpsessid" | b"jsessionid" => {
            Meaning::Session
        }
        // A signature says what may be fetched with this address, not who fetches it.
        b"client_id" | b"request_id" | b"trace_id" | b"correlation_id" | b"sig" | b"signature"
        | b"x-amz-signature" | b"x-goog-signature" => Meaning::Nothing,
        lower if ends_as_id(lower, name) => Meaning::Object,
        lower if lower.ends_with(b"id") || lower.ends_with(b"number") => Meaning::Numbered,
        b"variables" => Meaning::Variables,
        lower if lower.ends_with(b"]") || lower.ends_with(b"%5d") => nested(lower),
        lower if demand::is_page_size(lower) => Meaning::PageSize,
        lower if demand::is_search(lower) => Meaning::Search,
        _ => Meaning::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parameters_are_split_at_ampersands_and_then_at_the_first_equals_sign(query in "([p=&7]|[a-z]{30,36}){0,12}") {
            let parameters = query.split('&').take(MAX_PARAMETERS).filter_map(|one| one.split_once('='));
            let pages = parameters.filter(|(name, _)| *name == "p").filter_map(|(_, value)| value.parse().ok());
            let mut pages = pages.filter(|&page: &u32| u64::from(page) <= LAST_PAGE);
            prop_assert_eq!(at(&query).page, pages.next());
        }
    }

    fn at(query: &str) -> Query<'_> {
        read(query.as_bytes(), &Keys::default())
    }

    #[test]
    fn the_largest_demand_of_a_query_counts() {
        for (query, demand) in [
            ("page=7&limit=20", 20),
            ("Limit=20&per_page=50000", 50_000),
            ("q=*&limit=20", demand::EVERYTHING),
            ("q=lamp&page=2", 0),
            ("limit=", 0),
        ] {
            assert_eq!(at(query).demand, demand, "{query}");
        }
    }

    #[test]
    fn a_session_is_one_that_nobody_guesses() {
        for (query, session) in [
            ("sid=a7b20385121e1428a0bc&x=1", Some("a7b20385121e1428a0bc")),
            ("PHPSESSID=q1w2e3r4t5z6u7i8o9p0", Some("q1w2e3r4t5z6u7i8o9p0")),
            ("session=2026-autumn", None),
            ("session_id=1771542600123456", None),
            ("sid=7", None),
        ] {
            assert_eq!(at(query).session, session.map(str::as_bytes), "{query}");
        }
    }

    #[test]
    fn every_meaning_is_found() {
        for (query, page, number, account, secret) in [
            ("page=7&size=20", Some(7), None, None, None),
            ("filter[email][_eq]=amy@x.example", None, None, Some("amy@x.example"), None),
            ("filters%5Busername%5D%5B%24eq%5D=amy", None, None, Some("amy"), None),
            ("filter[title][_eq]=amy", None, None, None, None),
            ("Offset=200&limit=x", Some(200), None, None, None),
            ("page=next", None, None, None, None),
            ("limit=50&cursor=a8f", Some(SOME_LATER_PAGE), None, None, None),
            ("limit=40&max_id=116185568135213661", Some(SOME_LATER_PAGE), None, None, None),
            ("limit=50&cursor=", None, None, None, None),
            ("q=x&orderId=42", None, Some(42), None, None),
            ("invoice_id=42&id=7", None, Some(42), None, None),
            ("paid=1&valid=2", None, None, None, None),
            ("title=Main&oldid=48213", None, Some(48213), None, None),
            ("gclid=Cj0KCQiA&topicid=48213x", None, None, None, None),
            ("mode=view&p=70012", None, Some(70012), None, None),
            ("p=7", Some(7), None, None, None),
            ("user=9", None, Some(9), Some("9"), None),
            ("email=a%40b.example&next=/", None, None, Some("a%40b.example"), None),
            ("username=&login=amy", None, None, Some("amy"), None),
            ("access_token=t0p&user=amy", None, None, Some("amy"), Some("t0p")),
            ("code=DE&key=name", None, None, None, None),
            ("code=SplxlOBeZQQYbYS6WxSbIA", None, None, None, Some("SplxlOBeZQQYbYS6WxSbIA")),
            ("api_key=k1&token=k2", None, None, None, Some("k1")),
            ("session_id=5", None, None, None, None),
            ("Expires=1&Signature=9a09030bd836f0004163", None, None, None, None),
            ("sv=2023&sig=9a09030bd836f0004163f0b72b81da", None, None, None, None),
            ("operationName=Order&variables=%7B%22orderId%22%3A42%7D", None, Some(42), None, None),
            (r#"variables={"first":9,"id":"7"}"#, None, Some(7), None, None),
            ("variables=%7B%22category%22%3A%22sofa%22%7D&op=%", None, None, None, None),
        ] {
            let read = at(query);
            assert_eq!(read.page, page, "{query}");
            assert!(number.is_none() || read.object.number() == number, "{query}");
            assert_eq!(
                read.object.is_some(),
                number.is_some() || account == Some("amy") && query.contains("user="),
                "{query}"
            );
            assert_eq!(read.account, account.map(str::as_bytes), "{query}");
            assert_eq!(read.secret, secret.map(str::as_bytes), "{query}");
        }
    }
}
