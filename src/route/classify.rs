//! The class of a template by its words, last word first.

use std::sync::LazyLock;

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::class::{EndpointClass, Method, Methods};
use super::words::{
    ADMIN, COLLECTIONS, EXPORTED, HEALTH, PROGRAMS, STATIC, STATIC_FOLDERS, STRUCTURE, WORDS, holds,
};

/// Only so many segments in front of the last word say what it is about.
const NEAR: usize = 4;
/// No word is longer.
const LONGEST_WORD: usize = 32;

/// The class of `template_text` when asked with `method`.
pub(super) fn class(method: Method, template_text: &[u8]) -> EndpointClass {
    let segments: Vec<&[u8]> = template_text.split(|&b| b == b'/').filter(|s| !s.is_empty()).collect();
    let reads = Methods::READ.has(method);
    let extension = segments.last().and_then(|last| extension(last));
    let has_extension = |known| extension.as_deref().is_some_and(|e| holds(known, e));
    // `accounts:signUp` is two words.
    let words: Vec<String> = segments
        .iter()
        .filter(|s| !is_variable(s))
        .flat_map(|segment| segment.split(|&b| b == b':'))
        .map(word)
        .collect();
    let ends_in_variable = segments.last().is_some_and(|last| is_variable(last));
    let has_variable = segments.iter().any(|segment| segment.contains(&b'{'));

    if reads && (has_extension(STATIC) || is_static_file(&words, extension.is_some())) {
        return EndpointClass::Static;
    }
    if let Some(class) = by_last_word(method, &words, ends_in_variable) {
        return class;
    }
    let Some(last) = words.last() else { return EndpointClass::Other };
    if method == Method::Post && !ends_in_variable && holds(COLLECTIONS, last) {
        EndpointClass::Registration
    } else if reads && !has_variable && holds(HEALTH, last) {
        EndpointClass::Health
    } else if reads && has_extension(EXPORTED) {
        EndpointClass::Export
    } else if words.iter().any(|word| holds(ADMIN, word)) {
        EndpointClass::Admin
    } else {
        EndpointClass::Other
    }
}

/// Words that routes are made of.
static KNOWN: LazyLock<HashSet<&[u8], RandomState>> = LazyLock::new(|| {
    let lists = [COLLECTIONS, HEALTH, ADMIN, STATIC_FOLDERS, STRUCTURE];
    let lists = WORDS.iter().map(|word| word.last).chain(lists);
    lists.flat_map(str::split_ascii_whitespace).map(str::as_bytes).collect()
});

/// Whether a literal segment is a word that routes are made of, so that no learning may take it for a value.
pub(super) fn is_known(segment: &[u8]) -> bool {
    let action = segment.rsplit(|&b| b == b':').next().unwrap_or(segment);
    // No word has a dot. Whether this extension belongs to the word is asked only where the rest is one.
    let stem = memchr::memrchr(b'.', action).map_or(action, |at| &action[..at]);
    is_word(stem) && (stem.len() == action.len() || KNOWN.contains(word(action).as_bytes()))
}

/// Whether the letters of `stem` are a word that routes are made of. Allocates nothing.
fn is_word(stem: &[u8]) -> bool {
    let (mut letters, mut length) = ([0; LONGEST_WORD], 0);
    for byte in stem.iter().filter(|b| !b"-_".contains(b)) {
        let Some(place) = letters.get_mut(length) else { return false };
        *place = byte.to_ascii_lowercase();
        length += 1;
    }
    KNOWN.contains(&letters[..length])
}

/// What the last word means, given those in front of it.
fn by_last_word(method: Method, words: &[String], ends_in_variable: bool) -> Option<EndpointClass> {
    let (last, before) = words.split_last()?;
    let near = &before[before.len().saturating_sub(NEAR)..];
    let fits = |known: &&super::words::Word| {
        known.methods.has(method)
            && holds(known.last, last)
            && (known.after.is_empty() || near.iter().any(|word| holds(known.after, word)))
    };
    let class = WORDS.iter().find(fits)?.class;
    // `/login/{tenant}` still takes credentials, but nothing is posted to `/signup/{id}` to create an account.
    let stands_last =
        matches!(class, EndpointClass::Registration | EndpointClass::Search) && ends_in_variable;
    (!stands_last).then_some(class)
}

/// Whether a file lies in a folder of static files.
fn is_static_file(words: &[String], has_extension: bool) -> bool {
    let in_folder = words.iter().rev().skip(1).any(|word| holds(STATIC_FOLDERS, word));
    let is_root_file = matches!(words, [only] if only == "robots.txt" || only == "favicon.ico");
    is_root_file || (has_extension && in_folder)
}

/// Whether a segment is a value and nothing else.
fn is_variable(segment: &[u8]) -> bool {
    segment.starts_with(b"{") && segment.ends_with(b"}")
}

/// The last extension of a segment, in small letters.
fn extension(segment: &[u8]) -> Option<String> {
    let at = memchr::memrchr(b'.', segment).filter(|&at| at > 0)?;
    let extension = &segment[at + 1..];
    let fits = (1..=11).contains(&extension.len()) && extension.iter().all(u8::is_ascii_alphanumeric);
    fits.then(|| String::from_utf8_lossy(extension).to_ascii_lowercase())
}

/// A segment as the tables have it: small letters, without `-` and `_` and without a program's extension.
fn word(segment: &[u8]) -> String {
    let stem = match extension(segment) {
        Some(e) if holds(PROGRAMS, &e) || holds(EXPORTED, &e) => &segment[..segment.len() - e.len() - 1],
        _ => segment,
    };
    let letters = stem.iter().filter(|b| !b"-_".contains(b)).map(u8::to_ascii_lowercase);
    String::from_utf8_lossy(&letters.collect::<Vec<u8>>()).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::class::Classes;
    use super::EndpointClass::{
        AccountLookup, Admin, Export, Health, Login, Logout, Mfa, Other, PasswordReset, Registration, Search,
        Static, Token,
    };
    use super::*;

    /// Real spellings of every class.
    const SPELLINGS: &[(EndpointClass, &str, &str)] = &[
        (
            Login,
            "POST",
            "/login /Account/Login /api/v1/sign-in /users/sign_in /accounts/login /wp-login.php \
             /xmlrpc.php /j_spring_security_check /app/j_security_check /j_acegi_security_check \
             /realms/{uuid}/login-actions/authenticate /realms/shop/login-actions/authenticate \
             /api/v4/session /api/sessions /customer/account/loginPost /usernamepassword/login \
             /co/authenticate /v1/accounts:signInWithPassword /api/v1/authn \
             /api/auth/callback/credentials /owa/auth.owa /nf/auth/doAuthentication.do \
             /remote/logincheck /admin/login /login/{id} /user/login /api/auth/local \
             /u/login/password /auth /rest/auth/1/session /signin.aspx",
        ),
        (
            Token,
            "POST",
            "/oauth/token /oauth2/token /connect/token /token /oauth2/v2.0/token /auth/v1/token \
             /realms/shop/protocol/openid-connect/token /rest/V1/integration/customer/token \
             /v3/auth/tokens /wp-json/jwt-auth/v1/token /services/oauth2/token /api/token/refresh \
             /sanctum/token /api/auth/refresh /oauth2/{uuid}/token",
        ),
        (
            PasswordReset,
            "POST",
            "/forgot-password /password/reset /password/email /reset-password \
             /accounts/password_reset /auth/v1/recover /dbconnections/change_password /users/password \
             /v1/accounts:sendOobCode /realms/shop/login-actions/reset-credentials \
             /customer/account/forgotpasswordpost /password/reset/{token} /lost-password",
        ),
        (
            Registration,
            "POST",
            "/register /api/signup /sign-up /users /api/v1/users /auth/v1/signup \
             /dbconnections/signup /v1/accounts:signUp /customer/account/createpost \
             /users/registration /realms/shop/login-actions/registration /accounts/signup \
             /wp-signup.php /account/create",
        ),
        (
            AccountLookup,
            "GET",
            "/api/check-email /username-available /users/exists /users/exists/{email} /users/lookup \
             /api/account/lookup/{email} /rest/V1/customers/isEmailAvailable /auth/check \
             /.well-known/webfinger",
        ),
        (AccountLookup, "POST", "/common/GetCredentialType /v1/accounts:lookup /email/exists"),
        (
            Mfa,
            "POST",
            "/mfa /login/otp /auth/v1/otp /2fa/verify /api/v1/authn/factors/{token}/verify \
             /two-factor-challenge /users/two_factor /verify-otp /auth/v1/verify /login/2fa",
        ),
        (Logout, "POST", "/logout /users/sign_out /realms/shop/protocol/openid-connect/logout /signoff"),
        (Logout, "DELETE", "/api/session /users/sign_out /sessions/{id}"),
        (
            Export,
            "GET",
            "/api/orders/export /export.csv /orders.csv /download/{id} /reports/{id} /backup.sql \
             /api/reports /files/{id}/download /db.sql",
        ),
        (
            Health,
            "GET",
            "/healthz /health /livez /readyz /ping /status /metrics /actuator/health /up \
             /nginx_status /api/v1/health",
        ),
        (
            Static,
            "GET",
            "/app.js /assets/{asset}.css /favicon.ico /static/js/{asset}.js /fonts/a.woff2 \
             /robots.txt /wp-admin/css/login.min.css /logo.PNG /static/data.json",
        ),
        (Search, "GET", "/search /api/products/search /index/_search /autocomplete"),
        (
            Admin,
            "GET",
            "/admin /wp-admin/users.php /api/admin/users/{id} /actuator/env /phpMyAdmin/index.php",
        ),
        (
            Other,
            "GET",
            "/ /login /api/v1/orders/{id} /orders/{id}/status /dns/lookup /users /v1/users/{id} \
             /assets /oauth/token /api/css /author/page /{id}.pdf /blog/login-tips /register",
        ),
        (Other, "POST", "/orders /users/{id} /app.js /soap /logins-report /verify /api/availability"),
    ];

    #[test]
    fn real_spellings_have_their_class() {
        for (expected, method, templates) in SPELLINGS {
            for template in templates.split_whitespace() {
                let class = Classes::default().class(Method::of(method.as_bytes()), template.as_bytes());
                assert_eq!(class, *expected, "{method} {template}");
            }
        }
    }

    /// [`is_known`] spelt out.
    fn is_in_a_list(segment: &str) -> bool {
        let word = word(segment.rsplit(':').next().unwrap().as_bytes());
        let mut lists =
            WORDS.iter().map(|word| word.last).chain([COLLECTIONS, HEALTH, ADMIN, STATIC_FOLDERS, STRUCTURE]);
        lists.any(|list| holds(list, &word))
    }

    #[test]
    fn every_known_word_is_known() {
        assert!(KNOWN.len() > 200);
        for word in KNOWN.iter().map(|word| std::str::from_utf8(word).unwrap()) {
            assert!(word.len() <= LONGEST_WORD, "{word}");
            for spelling in [word, &format!("-{word}.php"), &format!("a:{word}_.CSV")] {
                assert!(is_known(spelling.as_bytes()) && is_in_a_list(spelling), "{spelling}");
            }
            assert!(!is_known(format!("{word}.png").as_bytes()), "{word}");
        }
    }

    proptest! {
        #[test]
        fn a_word_is_known_if_a_list_has_it(
            before in prop::sample::select(vec!["", "x:", "-", "a.", ":"]),
            word in prop::sample::select(vec!["login", "Log-In", "me", "users", "zz", "", "health", "lo\u{e9}gin"]),
            after in prop::sample::select(vec!["", ".php", ".csv", ".png", ".", ":", "s", ".php.html", "..csv"]),
        ) {
            let segment = format!("{before}{word}{after}");
            prop_assert_eq!(is_known(segment.as_bytes()), is_in_a_list(&segment));
        }
    }

    #[test]
    fn what_the_user_says_wins() {
        let classes = Classes::new(&[
            ("POST", "/users/{id}/verify", Mfa),
            ("*", "/intern/**", Admin),
            ("get", "/*/feed", Export),
        ])
        .unwrap();
        assert_eq!(classes.class(Method::Post, b"/users/{id}/verify"), Mfa);
        assert_eq!(classes.class(Method::Post, b"/users/id/verify"), Other);
        assert_eq!(classes.class(Method::Delete, b"/intern/a/b"), Admin);
        assert_eq!(classes.class(Method::Get, b"/a/feed"), Export);
        assert_eq!(classes.class(Method::Get, b"/a/b/feed"), Other);
    }

    #[test]
    fn every_bad_override_is_named() {
        let error = Classes::new(&[("PSOT", "/a", Login), ("*", "/a[", Login)]).err().unwrap().to_string();
        assert!(error.contains("did you mean `POST`"), "{error}");
        assert!(error.contains("/a["), "{error}");
    }
}
