//! What a GraphQL request does: its path says nothing, its operation says all.

/// Names longer than this are no names.
const LONGEST: usize = 64;

/// The parameters that name it.
const NAMES: [&[u8]; 3] = [b"op", b"operationName", b"operation"];

/// The path of a GraphQL request with the name of its operation as an action behind it, `/graphql:Login`; `None` where it is
/// no such request, or its query does not say.
pub fn operation(path: &[u8], query: &[u8]) -> Option<Vec<u8>> {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    if !path.ends_with(b"/graphql") {
        return None;
    }
    let named = query.split(|&b| b == b'&').find_map(|one| {
        let (name, value) = one.split_at_checked(one.iter().position(|&b| b == b'=')?)?;
        NAMES.contains(&name).then(|| value.get(1..).unwrap_or_default())
    })?;
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let fits = (1..=LONGEST).contains(&named.len()) && named.iter().all(is_name);
    fits.then(|| [path, b":", named].concat())
}

#[cfg(test)]
mod tests {
    use super::operation;

    #[test]
    fn an_operation_stands_behind_the_path_and_only_where_its_query_names_it() {
        let of = |path: &str, query: &str| operation(path.as_bytes(), query.as_bytes());
        assert_eq!(of("/graphql", "op=Login").as_deref(), Some(&b"/graphql:Login"[..]));
        assert_eq!(
            of("/api/graphql/", "x=1&operationName=sign_in").as_deref(),
            Some(&b"/api/graphql:sign_in"[..])
        );
        assert_eq!(of("/graphql", "op=a/b"), None);
        assert_eq!(of("/graphql", "query=op"), None);
        assert_eq!(of("/login", "op=Login"), None);
    }
}
