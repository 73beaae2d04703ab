//! What is asked of a path that says nothing because one program answers for everything: its query says all.

/// Operations longer than this are none.
const LONGEST: usize = 64;

/// Parameters beyond this many are not looked at.
const MAX_PARAMETERS: usize = 16;

/// The parameters that name the operation of a GraphQL request.
const NAMES: [&[u8]; 3] = [b"op", b"operationName", b"operation"];

/// The parameters that name what a program is to do, in the order in which they say more: `mode` of phpBB, `title`,
/// `action` and `list` of `MediaWiki`, `do` of `vBulletin`, `action` of SMF, `route` of `OpenCart`, `view` and `task` of
/// Joomla, `controller` of `PrestaShop`, `_task` of Roundcube, `service` of Koha's ILS-DI, `cmd` of ILIAS.
const STEERING: [&[u8]; 16] = [
    b"route",
    b"r",
    b"module",
    b"controller",
    b"page",
    b"view",
    b"title",
    b"_task",
    b"task",
    b"mode",
    b"do",
    b"act",
    b"action",
    b"list",
    b"service",
    b"cmd",
];

/// Who is asked for by number, an author, in `WordPress`: what is answered tells his name, or that there is none.
const AUTHOR: &[u8] = b"author";

/// The path of a request with the name of its operation as an action behind it, `/graphql:Login`, `/ucp.php:login`; `None`
/// where its path says enough, or its query does not say.
pub fn operation(path: &[u8], query: &[u8]) -> Option<Vec<u8>> {
    if is_graphql(path) {
        let bare = path.strip_suffix(b"/").unwrap_or(path);
        let mut named = parameters(query).filter(|(name, _)| NAMES.contains(name));
        let named = named.next().map(|(_, value)| value)?;
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let fits = (1..=LONGEST).contains(&named.len()) && named.iter().all(is_name);
        return fits.then(|| [bare, b":", named].concat());
    }
    if !is_for_everything(path) {
        return None;
    }
    let steps = parameters(query).take(MAX_PARAMETERS).filter_map(|(name, value)| {
        if name == AUTHOR && !value.is_empty() && value.iter().all(u8::is_ascii_digit) {
            return Some((STEERING.len(), b"author:lookup".to_vec()));
        }
        let nth = STEERING.iter().position(|known| *known == name)?;
        // A page of a wiki may be called anything; those that do something stand in a namespace.
        let value = words(value).filter(|words| name != b"title" || words.contains(&b':'))?;
        Some((nth, value))
    });
    let mut steps: Vec<(usize, Vec<u8>)> = steps.collect();
    steps.sort_by_key(|&(nth, _)| nth);
    let said = steps.iter().flat_map(|(_, words)| [&b":"[..], words]);
    (!steps.is_empty()).then(|| [path].into_iter().chain(said).collect::<Vec<_>>().concat())
}

/// Whether GraphQL answers at `path`.
fn is_graphql(path: &[u8]) -> bool {
    path.strip_suffix(b"/").unwrap_or(path).ends_with(b"/graphql")
}

/// Extensions of programs that may answer for everything.
const PROGRAMS: [&[u8]; 10] =
    [b"php", b"asp", b"aspx", b"do", b"action", b"cgi", b"pl", b"jsp", b"cfm", b"py"];

/// Whether one program may answer for everything at `path`: it is a folder, or a program's file.
fn is_for_everything(path: &[u8]) -> bool {
    let near = &path[path.len().saturating_sub(7)..];
    let extension = memchr::memrchr(b'.', near).map(|at| &near[at + 1..]);
    path.ends_with(b"/") || extension.is_some_and(|extension| PROGRAMS.contains(&extension))
}

/// The names and values of `query`, as they stand.
fn parameters(query: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    query.split(|&b| b == b'&').filter_map(|one| {
        let (name, value) = one.split_at_checked(one.iter().position(|&b| b == b'=')?)?;
        Some((name, value.get(1..).unwrap_or_default()))
    })
}

/// A value that is made of words: `Special%3AUserLogin`, `account/login` and `user.login` with a colon between the words.
fn words(value: &[u8]) -> Option<Vec<u8>> {
    if !(1..=LONGEST).contains(&value.len()) {
        return None;
    }
    let mut words = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [first, behind @ ..] = rest {
        rest = behind;
        match (first, behind) {
            (b'%', [b'3', b'a' | b'A', behind @ ..] | [b'2', b'f' | b'F', behind @ ..]) => {
                words.push(b':');
                rest = behind;
            }
            (b'/' | b'.' | b':', _) => words.push(b':'),
            (b'_' | b'-' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9', _) => words.push(*first),
            _ => return None,
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::operation;

    fn of(path: &str, query: &str) -> Option<String> {
        operation(path.as_bytes(), query.as_bytes()).map(|path| String::from_utf8(path).unwrap())
    }

    #[test]
    fn an_operation_stands_behind_the_path_and_only_where_its_query_names_it() {
        assert_eq!(of("/graphql", "op=Login").as_deref(), Some("/graphql:Login"));
        assert_eq!(of("/api/graphql/", "x=1&operationName=sign_in").as_deref(), Some("/api/graphql:sign_in"));
        assert_eq!(of("/graphql", "op=a/b"), None);
        assert_eq!(of("/graphql", "query=op"), None);
        assert_eq!(of("/login", "op=Login"), None);
    }

    #[test]
    fn a_program_that_answers_for_everything_is_told_by_its_query_what_to_do() {
        assert_eq!(of("/ucp.php", "mode=login").as_deref(), Some("/ucp.php:login"));
        assert_eq!(
            of("/index.php", "title=Special%3AUserLogin&returnto=Main").as_deref(),
            Some("/index.php:Special:UserLogin")
        );
        assert_eq!(of("/", "route=account/login").as_deref(), Some("/:account:login"));
        assert_eq!(of("/api.php", "list=users&action=query").as_deref(), Some("/api.php:query:users"));
    }

    #[test]
    fn an_author_that_is_asked_for_by_number_is_looked_up() {
        assert_eq!(of("/", "author=7").as_deref(), Some("/:author:lookup"));
        assert_eq!(of("/blog/index.php", "author=12").as_deref(), Some("/blog/index.php:author:lookup"));
        assert_eq!(of("/", "author=kafka"), None);
        assert_eq!(of("/api/books", "author=7"), None);
    }

    #[test]
    fn a_resource_a_title_in_free_words_and_a_value_that_is_no_word_say_nothing() {
        assert_eq!(of("/api/orders", "action=login"), None);
        assert_eq!(of("/index.php", "title=Login"), None);
        assert_eq!(of("/index.php", "mode=log+in"), None);
        assert_eq!(of("/index.php", "q=login"), None);
    }
}
