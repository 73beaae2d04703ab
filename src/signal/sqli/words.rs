//! The words of SQL that change what a text means.

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

/// What a word in lower case does, if it is a keyword.
pub(super) fn find(word: &[u8]) -> Option<Word> {
    Some(match word {
        b"select" => Word::Select,
        b"union" | b"except" | b"intersect" => Word::Union,
        b"all" | b"distinct" | b"distinctrow" => Word::All,
        b"and" | b"or" | b"xor" | b"having" | b"where" | b"when" => Word::Logic,
        b"not" | b"binary" => Word::Not,
        b"from" | b"into" => Word::From,
        b"drop" | b"insert" | b"delete" | b"update" | b"exec" | b"execute" | b"declare" | b"create"
        | b"alter" | b"truncate" | b"shutdown" | b"call" | b"begin" | b"merge" | b"grant" | b"load"
        | b"set" | b"use" | b"copy" | b"replace" | b"handler" | b"while" => Word::Statement,
        b"waitfor" => Word::Wait,
        b"order" | b"group" => Word::Order,
        b"by" => Word::By,
        b"limit" | b"offset" | b"procedure" => Word::Tail,
        b"case" => Word::Case,
        b"then" | b"else" | b"end" => Word::Then,
        b"as" => Word::As,
        b"table" | b"database" | b"function" | b"view" | b"user" | b"index" | b"trigger" | b"schema"
        | b"delay" | b"data" | b"master" => Word::Kind,
        b"outfile" | b"dumpfile" => Word::File,
        b"null" | b"true" | b"false" => Word::Literal,
        b"like" | b"rlike" | b"regexp" | b"in" | b"between" | b"is" | b"ilike" | b"similar" => Word::Compare,
        b"div" | b"mod" | b"sounds" | b"collate" => Word::Operator,
        _ => return None,
    })
}

/// How much a function tells by its name in lower case.
pub(super) fn function(word: &[u8]) -> Function {
    match word {
        b"sleep" | b"benchmark" | b"pg_sleep" | b"generate_series" | b"randomblob" | b"receive_message"
        | b"regexp_substring" => Function::Slow,
        b"extractvalue" | b"updatexml" | b"load_file" | b"group_concat" | b"concat_ws" | b"unhex"
        | b"xp_cmdshell" | b"make_set" | b"elt" | b"aes_decrypt" | b"aes_encrypt" | b"json_extract"
        | b"json_keys" | b"json_depth" | b"json_length" | b"xmltype" | b"utl_inaddr" | b"ctxsys"
        | b"drithsx" | b"dbms_utility" | b"sqlid_to_sqlhash" | b"crypt_key" | b"fn_varbintohexstr"
        | b"row_count" | b"found_rows" | b"gtid_subset" | b"convert" | b"cast" | b"ifnull" | b"nullif"
        | b"coalesce" | b"substring" | b"substr" | b"mid" | b"ascii" | b"ord" | b"nvl" | b"lpad"
        | b"rpad" | b"current_user" | b"session_user" | b"system_user" | b"exists" | b"pg_read_file"
        | b"openrowset" | b"bin_to_uuid" | b"name_const" => Function::Database,
        b"char" | b"chr" | b"hex" | b"md5" | b"version" | b"database" | b"user" | b"count" | b"concat"
        | b"length" | b"len" | b"rand" | b"floor" | b"max" | b"min" | b"upper" | b"lower" | b"left"
        | b"right" | b"repeat" | b"reverse" | b"row" | b"schema" | b"cos" | b"sin" | b"exp" | b"pow"
        | b"now" | b"uuid" | b"ltrim" | b"if" | b"iif" => Function::Common,
        _ => Function::Unknown,
    }
}

/// Whether a name in lower case is a table or a column that every database of some maker has.
pub(super) fn is_catalog(word: &[u8]) -> bool {
    matches!(
        word,
        b"information_schema"
            | b"sysobjects"
            | b"syscolumns"
            | b"sysusers"
            | b"sysibm"
            | b"systables"
            | b"all_users"
            | b"all_tables"
            | b"user_tables"
            | b"pg_catalog"
            | b"pg_tables"
            | b"pg_user"
            | b"pg_shadow"
            | b"sqlite_master"
            | b"sqlite_schema"
            | b"msysobjects"
            | b"table_schema"
            | b"table_name"
            | b"column_name"
            | b"xp_cmdshell"
            | b"xp_dirtree"
            | b"sp_executesql"
            | b"sp_password"
            | b"dbms_lock"
            | b"dbms_pipe"
            | b"utl_http"
    )
}

/// Whether the letters of a word change between cases in a way that no writer does: `uNiOn`.
pub(super) fn is_mixed(word: Option<&[u8]>) -> bool {
    let word = word.unwrap_or_default();
    let changes = word.windows(2).filter(|pair| match pair {
        [one, other] => one.is_ascii_lowercase() && other.is_ascii_uppercase(),
        _ => false,
    });
    changes.count() > 0
}
