//! What an endpoint is for, read from the words of its template and the method; the user may override it.

use std::ops::BitOr;

use globset::GlobBuilder;
use regex::bytes::Regex;
use serde::{Deserialize, Serialize};

use super::classify;
use crate::error::Error;

/// What an endpoint is for. Conservative: where words leave a doubt it is `Other`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum EndpointClass {
    /// Nothing below.
    #[default]
    Other,
    /// Takes credentials.
    Login,
    /// Hands out or refreshes tokens.
    Token,
    /// Starts or ends a change of password.
    PasswordReset,
    /// Creates an account.
    Registration,
    /// Tells whether an account exists.
    AccountLookup,
    /// Takes a second factor.
    Mfa,
    /// Ends a session.
    Logout,
    /// Gives data away in bulk.
    Export,
    /// Answers probes.
    Health,
    /// A file that is the same for everybody.
    Static,
    /// Answers a question in free words.
    Search,
    /// For the staff.
    Admin,
}

impl EndpointClass {
    /// Every class, in the order of their numbers.
    pub const ALL: [Self; 13] = [
        Self::Other,
        Self::Login,
        Self::Token,
        Self::PasswordReset,
        Self::Registration,
        Self::AccountLookup,
        Self::Mfa,
        Self::Logout,
        Self::Export,
        Self::Health,
        Self::Static,
        Self::Search,
        Self::Admin,
    ];

    /// Its name, as the configuration and the outputs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Login => "login",
            Self::Token => "token",
            Self::PasswordReset => "password-reset",
            Self::Registration => "registration",
            Self::AccountLookup => "account-lookup",
            Self::Mfa => "mfa",
            Self::Logout => "logout",
            Self::Export => "export",
            Self::Health => "health",
            Self::Static => "static",
            Self::Search => "search",
            Self::Admin => "admin",
        }
    }
}

/// The method of a request (RFC 9110 §9, RFC 5789).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[repr(u8)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
    /// `HEAD`.
    Head,
    /// `OPTIONS`.
    Options,
    /// `CONNECT`.
    Connect,
    /// `TRACE`.
    Trace,
    /// Any other, or none.
    #[default]
    Other,
}

impl Method {
    /// Every method, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Get,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
        Self::Head,
        Self::Options,
        Self::Connect,
        Self::Trace,
        Self::Other,
    ];

    /// The method that a log calls so; capitals matter, as in HTTP.
    pub fn of(name: &[u8]) -> Self {
        match name {
            b"GET" => Self::Get,
            b"POST" => Self::Post,
            b"PUT" => Self::Put,
            b"PATCH" => Self::Patch,
            b"DELETE" => Self::Delete,
            b"HEAD" => Self::Head,
            b"OPTIONS" => Self::Options,
            b"CONNECT" => Self::Connect,
            b"TRACE" => Self::Trace,
            _ => Self::Other,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Connect => "CONNECT",
            Self::Trace => "TRACE",
            Self::Other => "OTHER",
        }
    }
}

/// A set of methods, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Methods(pub u16);

impl Methods {
    /// All of them.
    pub const ALL: Self = Self((1 << 10) - 1);
    /// Those that only read.
    pub const READ: Self = Self(Self::of(Method::Get).0 | Self::of(Method::Head).0);
    /// Those that can carry a form.
    pub const SEND: Self =
        Self(Self::of(Method::Post).0 | Self::of(Method::Put).0 | Self::of(Method::Patch).0);
    /// Those that change something.
    pub const CHANGE: Self = Self(Self::SEND.0 | Self::DELETE.0);
    /// `POST` alone.
    pub const POST: Self = Self::of(Method::Post);
    /// `DELETE` alone.
    pub const DELETE: Self = Self::of(Method::Delete);

    /// `method` alone.
    pub const fn of(method: Method) -> Self {
        Self(1 << method as u16)
    }

    /// Whether `method` is among them.
    pub fn has(self, method: Method) -> bool {
        self.0 & Self::of(method).0 != 0
    }

    /// These without `others`.
    #[must_use]
    pub fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

impl BitOr for Methods {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What the user said about one kind of route.
struct Override {
    methods: Methods,
    template: Regex,
    class: EndpointClass,
}

/// Tells the class of every route.
#[derive(Default)]
pub struct Classes {
    overrides: Vec<Override>,
}

impl Classes {
    /// Classes by words, unless one of `overrides` fits: a method or `*`, a glob over the template's text (`*` one segment,
    /// `**` any number; braces stand for themselves, as in `/users/{id}`), the class. The first that fits wins.
    pub fn new(overrides: &[(&str, &str, EndpointClass)]) -> Result<Self, Error> {
        let compile = |&(method, glob, class): &(&str, &str, EndpointClass)| {
            Ok(Override { methods: methods(method)?, template: template_pattern(glob)?, class })
        };
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for one in overrides.iter().map(compile) {
            match one {
                Ok(one) => good.push(one),
                Err(error) => bad.push(error),
            }
        }
        if bad.is_empty() { Ok(Self { overrides: good }) } else { Err(Error::Several(bad)) }
    }

    /// The class of a route. A login is one only with a method that carries credentials; for a `GET` whose query names an
    /// account ask again as `POST`.
    pub fn class(&self, method: Method, template_text: &[u8]) -> EndpointClass {
        self.by_user(method, template_text).unwrap_or_else(|| classify::class(method, template_text))
    }

    /// Whether the user said anything about routes.
    pub(super) fn has_overrides(&self) -> bool {
        !self.overrides.is_empty()
    }

    /// The class of a route, if the user said it.
    pub(super) fn by_user(&self, method: Method, template_text: &[u8]) -> Option<EndpointClass> {
        let fits = |one: &&Override| one.methods.has(method) && one.template.is_match(template_text);
        self.overrides.iter().find(fits).map(|one| one.class)
    }
}

/// The methods that an override names.
fn methods(pattern: &str) -> Result<Methods, Error> {
    if pattern == "*" {
        return Ok(Methods::ALL);
    }
    let known = Method::ALL.map(Method::name);
    match Method::ALL.iter().find(|method| method.name().eq_ignore_ascii_case(pattern)) {
        Some(&method) => Ok(Methods::of(method)),
        None => Err(Error::unknown("method", pattern, &known)),
    }
}

/// A glob over a template's text: `*` one segment, `**` any number; braces stand for themselves, as in `/users/{id}`.
pub fn template_pattern(glob: &str) -> Result<Regex, Error> {
    let literal_braces = glob.replace('{', "\u{1}").replace('}', "[}]").replace('\u{1}', "[{]");
    let wrong = |cause: &dyn std::fmt::Display| Error::usage(format!("bad route pattern `{glob}`: {cause}"));
    let glob = GlobBuilder::new(&literal_braces)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map_err(|cause| wrong(&cause))?;
    Regex::new(glob.regex()).map_err(|cause| wrong(&cause))
}
