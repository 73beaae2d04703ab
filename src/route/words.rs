//! The words that tell what an endpoint is for. A word is a segment in small letters without `-`, `_` and extension; a list
//! of them is one text with blanks between.

use super::class::{EndpointClass as Class, Methods};

/// A request that can carry a form or a body.
const SEND: Methods = Methods::SEND;
/// Any method.
const ANY: Methods = Methods::ALL;

/// What a last word means with these methods.
pub(super) struct Word {
    pub(super) class: Class,
    pub(super) methods: Methods,
    pub(super) last: &'static str,
    /// One of these must stand in front of it somewhere; empty: no need.
    pub(super) after: &'static str,
}

const fn word(class: Class, methods: Methods, last: &'static str) -> Word {
    Word { class, methods, last, after: "" }
}

/// Words that are put together of a noun and what is done with it: `isEmailFree`, `username-recovery`. They mean what the first
/// of [`WORDS`] of their class means that stands alone.
pub(super) struct Compound {
    pub(super) class: Class,
    before: &'static str,
    behind: &'static str,
}

/// What a person is known by.
const KNOWN_BY: &str = "email emailaddress user username userid login loginname account accountname phone \
     phonenumber mobile nickname customer customernumber member membernumber";

pub(super) static COMPOUNDS: &[Compound] = &[
    Compound {
        class: Class::AccountLookup,
        before: "- is does has check",
        behind: "free taken exists exist available availability unique registered inuse",
    },
    Compound {
        class: Class::PasswordReset,
        before: "forgot forgotten lost recover remind retrieve",
        behind: "-",
    },
    Compound { class: Class::PasswordReset, before: "-", behind: "recovery reminder retrieval forgotten" },
];

impl Compound {
    /// All of its words; `-` stands for nothing.
    pub(super) fn all(&self) -> impl Iterator<Item = String> {
        let parts =
            |list: &'static str| list.split_ascii_whitespace().map(|part| part.trim_start_matches('-'));
        parts(self.before).flat_map(move |before| {
            let of_noun = move |noun| parts(self.behind).map(move |behind| [before, noun, behind].concat());
            parts(KNOWN_BY).flat_map(of_noun)
        })
    }
}

/// In this order; the first that fits decides.
pub(super) static WORDS: &[Word] = &[
    word(Class::Logout, ANY, "logout signout logoff endsession revoke logoutall signoff"),
    word(Class::Logout, Methods::DELETE, "session sessions"),
    Word { class: Class::Login, methods: SEND, last: "password", after: "login signin logon" },
    word(
        Class::PasswordReset,
        SEND,
        "forgotpassword passwordforgot forgotpasswordpost forgottenpassword passwordreset \
     resetpassword resetpasswordpost lostpassword passwordrecovery recoverpassword recover \
     recovery forgot changepassword passwordchange resetcredentials sendoobcode sendresetlink \
     requestpasswordreset updatepassword setpassword",
    ),
    Word {
        class: Class::PasswordReset,
        methods: SEND,
        last: "reset email change request confirm forgot new",
        after: "password passwords forgotpassword passwordreset",
    },
    Word { class: Class::PasswordReset, methods: SEND, last: "reset", after: "auth authentication" },
    word(Class::PasswordReset, SEND, "password passwords"),
    Word {
        class: Class::Mfa,
        methods: SEND,
        last: "verify challenge validate confirm login check send resend code",
        after: MFA,
    },
    // A PIN that is asked for beside the login: of a parent, of a transfer, of a card. Messages are pinned, too.
    Word { class: Class::Mfa, methods: SEND, last: "verify validate check unlock", after: PINS },
    // What a code opens or gives: a parcel's details, a voucher's worth.
    word(Class::Mfa, SEND, "unlock redeem redeemcode redeemvoucher redeemcoupon applycoupon applyvoucher"),
    word(Class::Mfa, SEND, MFA),
    word(
        Class::Mfa,
        SEND,
        "verifyotp verifymfa verify2fa mfaverify otpverify sendotp verifytotp mfachallenge \
     twofactorchallenge verificationcode smscode verifycode verifypin pinverify checkpin \
     pincheck validatepin",
    ),
    Word { class: Class::Mfa, methods: SEND, last: "verify", after: "auth authn login signin" },
    // Whoever refreshes a token sends the one that it has: there is nothing to guess, and an old one is refused for days.
    word(Class::Other, SEND, "refreshtoken tokenrefresh"),
    Word { class: Class::Other, methods: SEND, last: "refresh", after: AUTH },
    word(Class::Token, SEND, "token accesstoken oauthtoken authtoken gettoken"),
    Word { class: Class::Token, methods: SEND, last: "tokens exchange accesstokens", after: AUTH },
    Word {
        class: Class::AccountLookup,
        methods: ANY,
        last: "exists exist lookup check available availability isavailable",
        after: NOUNS,
    },
    word(
        Class::AccountLookup,
        ANY,
        "checkemail checkusername checkuser checkaccount checkphone emailcheck usernamecheck \
     usernameavailable emailavailable isemailavailable isusernameavailable \
     usernameavailability emailexists userexists usernameexists accountexists finduser \
     lookupuser userlookup accountlookup accountslookup emaillookup validateemail \
     validateusername getcredentialtype webfinger lookuppatron",
    ),
    word(
        Class::Registration,
        SEND,
        "register registration registrations signup createaccount createuser adduser newuser \
     selfregister signupnewuser join enroll accountcreate createpost wpsignup registeruser \
     useradd",
    ),
    Word {
        class: Class::Registration,
        methods: SEND,
        last: "create new",
        after: "user users account customer",
    },
    word(
        Class::Login,
        SEND,
        "login signin logon loginpost logincheck dologin userlogin authlogin wplogin xmlrpc \
     jsecuritycheck jspringsecuritycheck jacegisecuritycheck auth authn authenticate \
     authentication doauthentication signinwithpassword signinwithcustomtoken verifypassword \
     passwordlogin loginaction sso weblogin adminlogin ajaxlogin basicauth ldaplogin \
     identifier kerberoslogin clientlogin accountlogin customerlogin memberlogin checkpassword \
     authenticateuser authenticatepatron",
    ),
    // The same in other languages: German, Dutch, French, Spanish, Portuguese, Italian, Polish, Swedish, Danish, Czech.
    word(
        Class::Login,
        Methods::POST,
        "anmelden anmeldenaction einloggen inloggen aanmelden connexion seconnecter iniciarsesion \
     iniciarsessao accedi logowanie zaloguj zalogujsie loggain logind prihlaseni prihlasit",
    ),
    // Nextcloud takes the password of a shared folder so.
    Word { class: Class::Login, methods: Methods::POST, last: "showshare", after: "authenticate" },
    // WooCommerce and its kin show the form of the login where the account is shown to whoever is logged in.
    word(Class::Login, Methods::POST, "myaccount"),
    // AD FS takes names and passwords at its sign-in page itself, Okta where whoever comes is identified.
    Word { class: Class::Login, methods: Methods::POST, last: "ls identify answer", after: "adfs idx" },
    // MediaWiki is asked for accounts so.
    Word { class: Class::AccountLookup, methods: ANY, last: "users", after: "query" },
    word(Class::Login, Methods::POST, "session sessions"),
    Word {
        class: Class::Login,
        methods: SEND,
        last: "credentials password callback local verify submit",
        after: "signin login logon authenticate callback",
    },
    // What a login asks for, where there is one for each: `/auth/email` beside `/auth/google`.
    Word {
        class: Class::Login,
        methods: SEND,
        last: "local ldap email emailpassword username",
        after: "auth",
    },
    // Koha's staff log in at the page that they want to see, and its readers at the page of their account.
    Word { class: Class::Login, methods: Methods::POST, last: "mainpage opacuser", after: "koha" },
    // SOGo takes names and passwords so.
    Word { class: Class::Login, methods: Methods::POST, last: "connect", after: "sogo" },
    // So do those who run Magento, Joomla and phpMyAdmin.
    word(Class::Login, Methods::POST, "admin administrator phpmyadmin pma"),
    word(
        Class::Export,
        ANY,
        "export exports download downloads dump backup backups report reports bulkexport \
     exportall exportcsv downloadall bulkdownload dataexport takeout extract mysqldump",
    ),
    word(
        Class::Search,
        ANY,
        "search find query autocomplete suggest suggestions typeahead msearch searchresults",
    ),
];

/// Second factors.
const MFA: &str = "mfa otp totp 2fa twofactor twofactorauth factor factors twofactorauthentication";
/// What is typed as a short number.
const PINS: &str = "pin pincode passcode";
/// Roots under which tokens are handed out.
const AUTH: &str = "auth oauth oauth2 token authentication identity login session jwt";
/// What an account is called.
const NOUNS: &str = "user users account accounts email emails username usernames member members customer \
     customers identity phone login auth profile profiles signup register author invite \
     invites invitation invitations onboarding patron patrons subscriber subscribers \
     recipient recipients client clients contact guest guests patient patients student students \
     employee employees resident residents citizen citizens player players forgot forgotpassword recovery";

/// Words that still say what an endpoint is for behind others: `/staff-login`, `/opac-password-recovery.pl`.
pub(super) static TAILS: &str = "login signin logon passwordrecovery passwordreset resetpassword forgotpassword lostpassword \
     pin pincode passcode otp";

/// Last words that create an account when posted to, with nothing behind them.
pub(super) static COLLECTIONS: &str = "users signups";

/// Last words of a probe, where the template has no variable.
pub(super) static HEALTH: &str = "health healthz healthcheck livez liveness live readyz readiness ready ping status \
     metrics heartbeat alive isalive up statusz nginxstatus stubstatus serverstatus \
     prometheus";

/// A segment that stands for a part of the site only its staff should see.
pub(super) static ADMIN: &str = "admin administrator administration wpadmin adminapi adminer phpmyadmin pma actuator \
     manager management backoffice superadmin sysadmin adminpanel cpanel backend jmxconsole";

/// A segment under which static files lie.
pub(super) static STATIC_FOLDERS: &str = "assets static dist wpincludes nextstatic fonts img images css js";

/// Extensions of static files.
pub(super) static STATIC: &str = "js mjs css map png jpg jpeg gif svg webp avif ico bmp woff woff2 ttf otf eot wasm mp4 \
     webm mp3 webmanifest";

/// Extensions of data that was taken out in one piece.
pub(super) static EXPORTED: &str = "csv xls xlsx sql bak dump parquet ndjson tgz";

/// Extensions that name the program and not what it sends; they are no part of a word.
pub(super) static PROGRAMS: &str =
    "php asp aspx ashx asmx jsp do action cgi pl cfm html htm json xml owa jspx py";

/// Files that lie in the root of a site and are the same for everybody.
pub(super) static ROOT_FILES: &str = "robots.txt favicon.ico";

/// Words of a route that no value is named after, beside those above.
pub(super) static STRUCTURE: &str = "api rest graphql rpc oauth oauth2 me self webhook webhooks wellknown list config \
     settings upload uploads swagger openapi docs";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_written_as_it_is_compared() {
        let lists =
            [HEALTH, ADMIN, STATIC_FOLDERS, STATIC, EXPORTED, PROGRAMS, STRUCTURE, COLLECTIONS, TAILS];
        let words = WORDS.iter().flat_map(|word| [word.last, word.after]);
        for word in lists.into_iter().chain(words).flat_map(str::split_ascii_whitespace) {
            assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{word}");
        }
    }
}
