use crate::event::Event;
use crate::signal::{Class, Reader, Signals};

/// The score of SQL in a value.
fn score(value: &str) -> u8 {
    let encoded: String = value.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02x}"));
    let query = format!("q={encoded}");
    let event = Event { query: Some(query.as_bytes()), ..Event::default() };
    Signals::of(Reader::default().read(&event)).score(Class::Sqli)
}

#[test]
fn sql_is_seen_in_place_of_a_number_and_behind_each_quote() {
    for attack in [
        "7 union select name, secret from staff",
        "7/**/uNiOn/**/aLl/**/sElEcT/**/null,null",
        "7 /*!50000union*/ /*!50000select*/ 1,2,3",
        "7 union -- x\n select 1,2",
        "0 or 3=3",
        "7 and 5>4",
        "7 and not 4=9",
        "x' or 'k'='k",
        "x') or ('k' like 'k",
        "x\" or \"k\"=\"k\" -- ",
        "x' or 1 -- ",
        "x' || 'a' = 'xa",
        "admin'-- ",
        "7; drop table staff",
        "7; exec xp_dirtree 'c:'",
        "7'; waitfor delay '0:0:9'--",
        "7 and sleep(9)",
        "7-benchmark(900000,sha1(7))",
        "7 and (select count(*) from staff) > 3",
        "7 procedure analyse(extractvalue(9,concat(0x3a,version())),1)",
        "7 into outfile '/srv/x.php'",
        "7 order by 9-- ",
        "case when 3=3 then 1 else 0 end",
        "@@version",
        "x' and substring(password,1,1)='a",
        "iif(8=8,1,0)",
    ] {
        assert!(score(attack) >= 50, "{attack}: {}", score(attack));
    }
}

#[test]
fn words_that_sql_shares_with_people_stay_silent() {
    for harmless in [
        "union jack mug",
        "select comfort pillow",
        "O'Neill jacket",
        "5 or 6 apples",
        "rock & roll",
        "rock 'n' roll",
        "the union select committee",
        "women's and men's shoes",
        "drop table lamp",
        "insert coin; update your life",
        "order by phone",
        "it's 5 o'clock",
        "d'Artagnan or d'Alembert",
        "\"exact phrase\" and \"another one\"",
        "15\" laptop and 17\" laptop",
        "group by 4 people",
        "x > 3 and y < 5",
        "price=10 and color=red",
        "where is wally?",
        "case 5 and then some",
        "delete account -- please",
        "a -- b -- c",
        "C# or F#",
        "select one from the list",
        "2024-01-02--2024-02-03",
        "name eq 'Anna' and age gt 5",
        "status:open and label:\"good first\"",
        "{\"name\":\"O'Brien\",\"or\":1}",
        "like a rolling stone",
        "sleep (the band)",
    ] {
        assert!(score(harmless) < 50, "{harmless}: {}", score(harmless));
    }
}

#[test]
fn hiding_makes_it_worse() {
    assert!(score("7 union select 1,2") < score("7/**/uNiOn/**/sElEcT/**/1,2"));
}
