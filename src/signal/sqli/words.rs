//! The words of SQL that change what a text means.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::token::Function;

/// What a keyword does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// `select`.
    Select,
    /// `union`, `except`, `intersect`.
    Union,
    /// `all`, `distinct`: between `union` and `select`.
    All,
    /// `and`, `or`, `xor`, `having`, `where`, `when`: a condition follows.
    Logic,
    /// `not`, `binary`: before a value.
    Not,
    /// `from`, `into`.
    From,
    /// Begins a statement: `drop`, `insert`, `exec` …
    Statement,
    /// `waitfor`.
    Wait,
    /// `order`, `group`.
    Order,
    /// `by`.
    By,
    /// `limit`, `offset`, `procedure`, `rlike` …: belongs to the end of a query.
    Tail,
    /// `case`.
    Case,
    /// `then`, `else`, `end`.
    Then,
    /// `as`.
    As,
    /// `table`, `database`, `function` …: what a statement is about.
    Kind,
    /// `outfile`, `dumpfile`.
    File,
    /// A literal.
    Literal,
    /// A comparison written as a word.
    Compare,
    /// An operator written as a word.
    Operator,
}

/// What is known of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// What it does, if it is a keyword.
    pub(super) word: Option<Word>,
    /// How much it tells where it is called.
    pub(super) function: Function,
    /// Whether a table or a column is called so that every database of some maker has.
    pub(super) is_catalog: bool,
}

/// Nothing.
const UNKNOWN: Known = Known { word: None, function: Function::Unknown, is_catalog: false };

/// Keywords.
static KEYWORDS: &[(Word, &[&str])] = &[
    (Word::Select, &["select"]),
    (Word::Union, &["union", "except", "intersect"]),
    (Word::All, &["all", "distinct", "distinctrow"]),
    (Word::Logic, &["and", "or", "xor", "having", "where", "when"]),
    (Word::Not, &["not", "binary"]),
    (Word::From, &["from", "into"]),
    (
        Word::Statement,
        &[
            "drop", "insert", "delete", "update", "exec", "execute", "declare", "create", "alter",
            "truncate", "shutdown", "call", "begin", "merge", "grant", "load", "set", "use", "copy",
            "replace", "handler", "while",
        ],
    ),
    (Word::Wait, &["waitfor"]),
    (Word::Order, &["order", "group"]),
    (Word::By, &["by"]),
    (Word::Tail, &["limit", "offset", "procedure"]),
    (Word::Case, &["case"]),
    (Word::Then, &["then", "else", "end"]),
    (Word::As, &["as"]),
    (
        Word::Kind,
        &[
            "table", "database", "function", "view", "user", "index", "trigger", "schema", "delay", "data",
            "master",
        ],
    ),
    (Word::File, &["outfile", "dumpfile"]),
    (Word::Literal, &["null", "true", "false"]),
    (Word::Compare, &["like", "rlike", "regexp", "in", "between", "is", "ilike", "similar"]),
    (Word::Operator, &["div", "mod", "sounds", "collate"]),
];

/// Functions that tell something.
static FUNCTIONS: &[(Function, &[&str])] = &[
    (
        Function::Slow,
        &[
            "sleep",
            "benchmark",
            "pg_sleep",
            "generate_series",
            "randomblob",
            "receive_message",
            "regexp_substring",
        ],
    ),
    (
        Function::Database,
        &[
            "extractvalue",
            "updatexml",
            "load_file",
            "group_concat",
            "concat_ws",
            "unhex",
            "xp_cmdshell",
            "make_set",
            "elt",
            "aes_decrypt",
            "aes_encrypt",
            "json_extract",
            "json_keys",
            "json_depth",
            "json_length",
            "xmltype",
            "utl_inaddr",
            "ctxsys",
            "drithsx",
            "dbms_utility",
            "sqlid_to_sqlhash",
            "crypt_key",
            "fn_varbintohexstr",
            "row_count",
            "found_rows",
            "gtid_subset",
            "convert",
            "cast",
            "ifnull",
            "nullif",
            "coalesce",
            "substring",
            "substr",
            "mid",
            "ascii",
            "ord",
            "nvl",
            "lpad",
            "rpad",
            "current_user",
            "session_user",
            "system_user",
            "exists",
            "pg_read_file",
            "openrowset",
            "bin_to_uuid",
            "name_const",
        ],
    ),
    (
        Function::Common,
        &[
            "char", "chr", "hex", "md5", "version", "database", "user", "count", "concat", "length", "len",
            "rand", "floor", "max", "min", "upper", "lower", "left", "right", "repeat", "reverse", "row",
            "schema", "cos", "sin", "exp", "pow", "now", "uuid", "ltrim", "if", "iif",
        ],
    ),
];

/// Tables and columns that every database of some maker has.
static CATALOG: &[&str] = &[
    "information_schema",
    "sysobjects",
    "syscolumns",
    "sysusers",
    "sysibm",
    "systables",
    "all_users",
    "all_tables",
    "user_tables",
    "pg_catalog",
    "pg_tables",
    "pg_user",
    "pg_shadow",
    "sqlite_master",
    "sqlite_schema",
    "msysobjects",
    "table_schema",
    "table_name",
    "column_name",
    "xp_cmdshell",
    "xp_dirtree",
    "sp_executesql",
    "sp_password",
    "dbms_lock",
    "dbms_pipe",
    "utl_http",
];

/// All of them.
static ALL: LazyLock<HashMap<&[u8], Known, foldhash::fast::FixedState>> = LazyLock::new(|| {
    let mut all = HashMap::default();
    let mut add = |word: &'static str, change: &dyn Fn(&mut Known)| {
        change(all.entry(word.as_bytes()).or_insert(UNKNOWN));
    };
    for (key, words) in KEYWORDS {
        words.iter().for_each(|word| add(word, &|known| known.word = Some(*key)));
    }
    for (function, words) in FUNCTIONS {
        words.iter().for_each(|word| add(word, &|known| known.function = *function));
    }
    for word in CATALOG {
        add(word, &|known| known.is_catalog = true);
    }
    all
});

/// What is known of a word in lower case.
pub(super) fn known(word: &[u8]) -> Known {
    // Single letters stand for columns, and nothing that is known is longer.
    let may_be = (2..=LONGEST).contains(&word.len());
    if may_be { ALL.get(word).copied().unwrap_or(UNKNOWN) } else { UNKNOWN }
}

/// How long a known word is at most.
const LONGEST: usize = 18;

/// Whether the letters of a word change between cases in a way that no writer does: `uNiOn`.
pub(super) fn is_mixed(word: Option<&[u8]>) -> bool {
    let word = word.unwrap_or_default();
    let changes = word.windows(2).filter(|pair| match pair {
        [one, other] => one.is_ascii_lowercase() && other.is_ascii_uppercase(),
        _ => false,
    });
    changes.count() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_whatever_else_it_is() {
        assert!(ALL.keys().all(|word| (2..=LONGEST).contains(&word.len())));
        let user = known(b"user");
        assert_eq!((user.word, user.function), (Some(Word::Kind), Function::Common));
        assert!(known(b"xp_cmdshell").is_catalog && known(b"xp_cmdshell").function == Function::Database);
        assert_eq!(known(b"users"), UNKNOWN);
    }
}
