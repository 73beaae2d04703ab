//! What detectors ask of a class: is this a door, and what happens at it?

use super::{EndpointClass, Method};

impl EndpointClass {
    /// Whether accounts are opened or asked for here.
    pub fn is_door(self) -> bool {
        self.takes_credentials() || self.tells_of_accounts()
    }

    /// Whether right credentials open something here.
    pub fn takes_credentials(self) -> bool {
        matches!(self, Self::Login | Self::Token | Self::Mfa)
    }

    /// Whether an answer here may tell that an account exists, without opening it.
    pub fn tells_of_accounts(self) -> bool {
        matches!(self, Self::PasswordReset | Self::Registration | Self::AccountLookup)
    }

    /// The class with this number.
    pub fn from_number(number: u16) -> Self {
        Self::ALL.get(usize::from(number)).copied().unwrap_or(Self::Other)
    }

    /// Whether what is asked for here may be somebody's own.
    pub fn has_objects(self) -> bool {
        !self.is_door() && !matches!(self, Self::Static | Self::Health | Self::Search)
    }

    /// This class if it is a door, else none: a `GET` that names an account counts only there.
    #[must_use]
    pub fn door_or_other(self) -> Self {
        if self.is_door() { self } else { Self::Other }
    }
}

/// Whether a path is where accounts are kept, one or all: whoever asks it for one by name is told whether there is one.
pub fn keeps_accounts(path: &[u8]) -> bool {
    const ACCOUNTS: [&[u8]; 8] =
        [b"user", b"users", b"account", b"accounts", b"people", b"members", b"profile", b"profiles"];
    let last =
        path.strip_suffix(b"/").unwrap_or(path).rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    ACCOUNTS.iter().any(|word| last.eq_ignore_ascii_case(word))
}

impl Method {
    /// The method with this number.
    pub fn from_number(number: u8) -> Self {
        Self::ALL.get(usize::from(number)).copied().unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_kept_where_the_last_word_says_so() {
        assert!(keeps_accounts(b"/rest/api/user") && keeps_accounts(b"/Users/"));
        assert!(!keeps_accounts(b"/users/7") && !keeps_accounts(b"/userguide") && !keeps_accounts(b"/"));
    }
}
