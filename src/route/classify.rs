//! The class of a template by its words, last word first.

use super::class::{EndpointClass, Method, Methods};
use super::lists::{
    ADMIN, COLLECTIONS, EXPORTED, HEALTH, LONGEST, Lists, PROGRAMS, ROOT_FILES, STATIC, STATIC_FOLDERS,
    STRUCTURE, TAILS,
};
use super::words::{WORDS, Word};

/// Only so many segments in front of the last word say what it is about.
const NEAR: usize = 4;

/// The class of `template_text` when asked with `method`.
pub(super) fn class(method: Method, template_text: &[u8]) -> EndpointClass {
    let mut words = Words::default();
    let segments = template_text.split(|&b| b == b'/').filter(|segment| !segment.is_empty());
    segments.for_each(|segment| words.add(segment));
    words.class(method)
}

/// Whether a literal segment is a word that routes are made of, so that no learning may take it for a value.
pub(super) fn is_known(segment: &[u8]) -> bool {
    let action = segment.rsplit(|&b| b == b':').next().unwrap_or(segment);
    let lists = word(action);
    lists.last != 0 || lists.has(COLLECTIONS | HEALTH | ADMIN | STATIC_FOLDERS | STRUCTURE)
}

/// What the words of a template say, as far as it is known.
#[derive(Clone, Copy, Default)]
pub(super) struct Words {
    count: usize,
    /// The lists of the last word.
    last: Lists,
    /// The lists of all words in front of it.
    before: Lists,
    /// Of the nearest words in front of it, each: what they make of a last word.
    near: [u64; NEAR],
    /// The lists of the last segment's extension, if it has one.
    extension: Option<Lists>,
    ends_in_variable: bool,
    has_variable: bool,
}

impl Words {
    /// One segment further, as it is shown.
    pub(super) fn add(&mut self, segment: &[u8]) {
        (self.extension, self.ends_in_variable) = (None, false);
        if memchr::memchr3(b'.', b':', b'{', segment).is_none() {
            self.push(or_tail(lists(segment), segment));
            return;
        }
        self.extension = extension(segment).map(|(_, lists)| lists);
        self.ends_in_variable = is_variable(segment);
        self.has_variable |= segment.contains(&b'{');
        // `/login/index.php` is the program of `/login`.
        if self.count > 0 && is_index(segment) {
            return;
        }
        if !self.ends_in_variable {
            // `accounts:signUp` is two words.
            segment.split(|&b| b == b':').for_each(|part| self.push(or_tail(word(part), part)));
        }
    }

    /// The class of what is asked with `method`.
    pub(super) fn class(&self, method: Method) -> EndpointClass {
        let reads = Methods::READ.has(method);
        if reads && (self.extension_is(STATIC) || self.is_static_file()) {
            return EndpointClass::Static;
        }
        if let Some(class) = self.by_last_word(method) {
            return class;
        }
        if method == Method::Post && !self.ends_in_variable && self.last.has(COLLECTIONS) {
            EndpointClass::Registration
        } else if reads && !self.has_variable && self.last.has(HEALTH) {
            EndpointClass::Health
        } else if reads && self.count > 0 && self.extension_is(EXPORTED) {
            EndpointClass::Export
        } else if self.before.has(ADMIN) || self.last.has(ADMIN) {
            EndpointClass::Admin
        } else {
            EndpointClass::Other
        }
    }

    /// One word further.
    fn push(&mut self, word: Lists) {
        self.near[self.count % NEAR] = self.last.after;
        self.before.add(self.last);
        self.last = word;
        self.count += 1;
    }

    fn extension_is(&self, list: u16) -> bool {
        self.extension.is_some_and(|extension| extension.has(list))
    }

    /// Whether a file lies in a folder of static files.
    fn is_static_file(&self) -> bool {
        let is_root_file = self.count == 1 && self.last.has(ROOT_FILES);
        is_root_file || (self.extension.is_some() && self.before.has(STATIC_FOLDERS))
    }

    /// What the last word means, given those in front of it.
    fn by_last_word(&self, method: Method) -> Option<EndpointClass> {
        let near = self.near.iter().fold(0, |all, after| all | after);
        let fits = |known: &Word, nth: u32| {
            known.methods.has(method) && (known.after.is_empty() || near >> nth & 1 != 0)
        };
        let mut candidates = self.last.last;
        let known = loop {
            let nth = candidates.trailing_zeros();
            let known = WORDS.get(nth as usize)?;
            if fits(known, nth) {
                break known;
            }
            candidates &= candidates - 1;
        };
        // `/login/{tenant}` still takes credentials, but nothing is posted to `/signup/{id}` to create an account.
        let stands_last = matches!(known.class, EndpointClass::Registration | EndpointClass::Search)
            && self.ends_in_variable;
        (!stands_last).then_some(known.class)
    }
}

/// Whether a segment is the program that answers for its folder.
fn is_index(segment: &[u8]) -> bool {
    extension(segment)
        .is_some_and(|(stem, extension)| stem.eq_ignore_ascii_case(b"index") && extension.has(PROGRAMS))
}

/// Whether a segment is a value and nothing else.
fn is_variable(segment: &[u8]) -> bool {
    segment.starts_with(b"{") && segment.ends_with(b"}")
}

/// The last extension of a segment: what stands in front of its dot, and which lists hold it.
fn extension(segment: &[u8]) -> Option<(&[u8], Lists)> {
    let at = memchr::memrchr(b'.', segment).filter(|&at| at > 0)?;
    let extension = &segment[at + 1..];
    let fits = (1..=11).contains(&extension.len()) && extension.iter().all(u8::is_ascii_alphanumeric);
    fits.then(|| (&segment[..at], lists(extension)))
}

/// The lists of a segment as they have it: small letters, without `-` and `_` and without a program's extension.
fn word(segment: &[u8]) -> Lists {
    match extension(segment) {
        Some((stem, extension)) if extension.has(PROGRAMS | EXPORTED) => lists(stem),
        _ => lists(segment),
    }
}

/// What is known of a segment; if nothing is, what the last of its words say that stand together in [`TAILS`].
fn or_tail(known: Lists, segment: &[u8]) -> Lists {
    if known != Lists::default() {
        return known;
    }
    let stem = extension(segment).map_or(segment, |(stem, _)| stem);
    let starts = memchr::memchr2_iter(b'-', b'_', stem).map(|joint| &stem[joint + 1..]);
    let tail = starts.map(lists).find(|tail| tail.has(TAILS));
    tail.map_or(known, Lists::as_words)
}

/// The lists of a text without its `-` and `_`, in small letters.
fn lists(text: &[u8]) -> Lists {
    let mut word = [0; LONGEST];
    let mut length = 0;
    for byte in text.iter().filter(|byte| !matches!(byte, b'-' | b'_')) {
        let Some(place) = word.get_mut(length) else { return Lists::default() };
        *place = byte.to_ascii_lowercase();
        length += 1;
    }
    Lists::of(&word[..length])
}

#[cfg(test)]
mod tests {
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
             /u/login/password /login/index.php /my-account/ /graphql:Login /auth \
             /rest/auth/1/session /signin.aspx /konto/anmeldenAction.do /connexion \
             /index.php/s/{token}/authenticate/showShare /auth/email /kunden-login \
             /intern/staff_login.aspx /cgi-bin/koha/mainpage.pl /cgi-bin/koha/opac-user.pl \
             /cgi-bin/koha/ilsdi.pl:AuthenticatePatron /backend_9fk/admin/ /administrator/index.php \
             /SOGo/connect",
        ),
        (
            Token,
            "POST",
            "/oauth/token /oauth2/token /connect/token /token /oauth2/v2.0/token /auth/v1/token \
             /realms/shop/protocol/openid-connect/token /rest/V1/integration/customer/token \
             /v3/auth/tokens /wp-json/jwt-auth/v1/token /services/oauth2/token /sanctum/token \
             /oauth2/{uuid}/token",
        ),
        (
            PasswordReset,
            "POST",
            "/forgot-password /password/reset /password/email /reset-password \
             /accounts/password_reset /auth/v1/recover /dbconnections/change_password /users/password \
             /v1/accounts:sendOobCode /realms/shop/login-actions/reset-credentials \
             /customer/account/forgotpasswordpost /password/reset/{token} /lost-password \
             /cgi-bin/koha/opac-password-recovery.pl /api/auth/reset /auth/v2/username-recovery \
             /account/forgot_username",
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
             /Account/IsEmailFree.ashx /api/v1/password/forgot/check /v1/recipients/lookup \
             /api/phone-number-exists /.well-known/webfinger /:author:lookup /api/invites/check /cgi-bin/ilsdi.pl:LookupPatron",
        ),
        (AccountLookup, "POST", "/common/GetCredentialType /v1/accounts:lookup /email/exists"),
        (
            Mfa,
            "POST",
            "/mfa /login/otp /auth/v1/otp /2fa/verify /api/v1/authn/factors/{token}/verify \
             /two-factor-challenge /users/two_factor /verify-otp /auth/v1/verify /login/2fa \
             /account/{id}/pin/verify /players/{id}/transfer-pin/verify /tresor-pin/check",
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
        (
            Other,
            "POST",
            "/orders /users/{id} /app.js /soap /logins-report /verify /api/availability /api/auth/refresh \
             /api/token/refresh /messages/{id}/pin /shop/hat-pin /order-verify",
        ),
        (Admin, "POST", "/admin/users/{id}/notes"),
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
