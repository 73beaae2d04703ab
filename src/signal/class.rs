//! What kinds of attack a single request can show; the names are those of `gatehound.event.v1`.

/// A kind of attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// SQL written where a value was expected.
    Sqli,
    /// HTML or script that a browser would run.
    Xss,
    /// A path that leaves its folder.
    PathTraversal,
    /// A file of the server's, or one from elsewhere, named as a value.
    FileInclusion,
    /// Commands of a shell.
    CommandInjection,
    /// Code of PHP, Java, Node, or of a template.
    CodeInjection,
    /// A look-up through Java's naming interface.
    Jndi,
    /// A URL that makes the server ask inside its own network.
    Ssrf,
    /// A session forced upon somebody.
    SessionFixation,
    /// Operators or code of a document database.
    Nosql,
    /// Parts of an LDAP filter (RFC 4515).
    Ldap,
    /// Commands of mail protocols, or headers of a mail.
    Mail,
    /// Server-side includes, edge-side includes.
    Ssi,
    /// XML that names external entities.
    Xxe,
    /// What breaks HTTP itself.
    Protocol,
    /// A tool that names itself or its call-back host.
    Scanner,
    /// A file that was never meant to be served.
    SensitiveFile,
    /// A door that an intruder left.
    Webshell,
    /// A rule of the user's.
    Sigma,
}

impl Class {
    /// How many there are.
    pub const COUNT: usize = Self::Sigma as usize + 1;

    /// Every class, in the order of their numbers.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Sqli,
        Self::Xss,
        Self::PathTraversal,
        Self::FileInclusion,
        Self::CommandInjection,
        Self::CodeInjection,
        Self::Jndi,
        Self::Ssrf,
        Self::SessionFixation,
        Self::Nosql,
        Self::Ldap,
        Self::Mail,
        Self::Ssi,
        Self::Xxe,
        Self::Protocol,
        Self::Scanner,
        Self::SensitiveFile,
        Self::Webshell,
        Self::Sigma,
    ];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqli => "sqli",
            Self::Xss => "xss",
            Self::PathTraversal => "path-traversal",
            Self::FileInclusion => "file-inclusion",
            Self::CommandInjection => "command-injection",
            Self::CodeInjection => "code-injection",
            Self::Jndi => "jndi",
            Self::Ssrf => "ssrf",
            Self::SessionFixation => "session-fixation",
            Self::Nosql => "nosql",
            Self::Ldap => "ldap",
            Self::Mail => "mail",
            Self::Ssi => "ssi",
            Self::Xxe => "xxe",
            Self::Protocol => "protocol",
            Self::Scanner => "scanner",
            Self::SensitiveFile => "sensitive-file",
            Self::Webshell => "webshell",
            Self::Sigma => "sigma",
        }
    }

    /// What it is called in a sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sqli => "SQL injection",
            Self::Xss => "cross-site scripting",
            Self::PathTraversal => "path traversal",
            Self::FileInclusion => "file inclusion",
            Self::CommandInjection => "command injection",
            Self::CodeInjection => "code injection",
            Self::Jndi => "JNDI look-up",
            Self::Ssrf => "server-side request forgery",
            Self::SessionFixation => "session fixation",
            Self::Nosql => "NoSQL injection",
            Self::Ldap => "LDAP injection",
            Self::Mail => "mail injection",
            Self::Ssi => "server-side includes",
            Self::Xxe => "XML external entities",
            Self::Protocol => "protocol abuse",
            Self::Scanner => "a scanner that names itself",
            Self::SensitiveFile => "files that should not be there",
            Self::Webshell => "web shells",
            Self::Sigma => "rules",
        }
    }
}
