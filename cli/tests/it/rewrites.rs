//! What a refusal says would be allowed instead is allowed: put in its place, the question is let in.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use connectors::shape_of;
use engine::{Agreed, Asked, Judge, Refusal, visible_columns};
use policy::document::PolicyDocument;
use policy::ident::{PartyId, Principal, TableRef};
use policy::table::TablePolicy;

const POLICY: &str = r#"policy = 1
table = "t"
[columns]
person = { unit = "person" }
amount = { filter = 100 }
price = { filter = 0.25, measure = [0, 1000] }
n = { filter = 7, dimension = 10 }
ts = { filter = "1 hour", dimension = "month" }
late = { filter = "month", dimension = "year" }
week = { filter = "1 week" }
days = { filter = "3 days" }
day = { filter = "quarter", dimension = "quarter" }
channel = { filter = ["CARD", "WIRE"], dimension = true }
"Odd Name" = { filter = 5 }
"#;

fn judge() -> (Judge, Asked) {
    let moment = || DataType::Timestamp(TimeUnit::Microsecond, None);
    let decimal = || DataType::Decimal128(18, 2);
    let fields = [
        ("person", DataType::Utf8),
        ("amount", decimal()),
        ("price", decimal()),
        ("n", DataType::Int64),
        ("ts", moment()),
        ("late", moment()),
        ("week", moment()),
        ("days", moment()),
        ("day", DataType::Date32),
        ("channel", DataType::Utf8),
        ("Odd Name", DataType::Int64),
    ];
    let fields = fields.map(|(name, data_type)| Field::new(name, data_type, true));
    let shapes: Vec<_> = fields.iter().map(shape_of).collect();
    let schema = Arc::new(Schema::new(fields.to_vec()));
    let document = PolicyDocument::parse("t.policy.toml", POLICY).unwrap();
    let [bank, desk] = ["bank", "desk"].map(|name| PartyId::new(name).unwrap());
    let policy = TablePolicy::resolve(&document, &bank, &shapes, &[]).unwrap();
    let table: TableRef = policy.table.clone();
    let tables = BTreeMap::from([(table, (policy, visible_columns(&schema, &document)))]);
    let principal = Principal::parse("dora@desk").unwrap();
    let agreed = Agreed {
        parties: vec![bank, desk.clone()],
        principals: [principal.clone()].into(),
        ..Agreed::default()
    };
    let asked = Asked {
        principal,
        purpose: None,
        recipient: desk,
        today: chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
    };
    (Judge::new(&agreed, tables).unwrap(), asked)
}

/// What a refusal offers, as it is written between backticks.
fn offered(refusal: &Refusal) -> Vec<String> {
    let Refusal::Denied(denial) = refusal else {
        panic!("{refusal}");
    };
    let help = denial.help.clone().unwrap_or_default();
    let parts = help.split('`').skip(1).step_by(2);
    parts.map(ToOwned::to_owned).collect()
}

struct Tried {
    refused: usize,
    rewritten: usize,
}

/// Asks a question, and again with each rewrite in the place of what was refused.
fn tries(pieces: &[String], whole: impl Fn(&str) -> String) -> Tried {
    let (judge, asked) = judge();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut tried = Tried {
        refused: 0,
        rewritten: 0,
    };
    for piece in pieces {
        let sql = whole(piece);
        let Err(refusal) = runtime.block_on(judge.admits(&sql, &asked)) else {
            continue;
        };
        tried.refused += 1;
        let rewrites = offered(&refusal);
        assert!(!rewrites.is_empty(), "{sql}: {refusal:?}");
        for rewrite in rewrites {
            let sql = whole(&rewrite);
            let judged = runtime.block_on(judge.admits(&sql, &asked));
            assert!(judged.is_ok(), "{piece} → {sql}: {judged:?}");
            tried.rewritten += 1;
        }
    }
    tried
}

/// Numbers that are the same in every run.
fn numbers() -> impl FnMut(u64) -> u64 {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

#[test]
fn conditions_off_the_grid() {
    let mut random = numbers();
    let mut pieces = Vec::new();
    let operators = ["=", "<>", "<", "<=", ">", ">="];
    for round in 0..90 {
        let op = operators[round % operators.len()];
        let (whole, cents) = (random(2_000_000), random(100));
        let sign = ["", "-"][usize::try_from(random(2)).unwrap()];
        for column in ["amount", "price", "n", "\"Odd Name\""] {
            let fraction = if column == "amount" || column == "price" {
                format!(".{cents:02}")
            } else {
                String::new()
            };
            pieces.push(format!("{column} {op} {sign}{whole}{fraction}"));
            pieces.push(format!("{sign}{whole}{fraction} {op} {column}"));
        }
        let (year, month, day) = (1960 + random(100), 1 + random(12), 1 + random(28));
        let (hour, minute, second) = (random(24), random(60), random(60));
        let date = format!("{year}-{month:02}-{day:02}");
        for column in ["ts", "late", "week", "days"] {
            pieces.push(format!(
                "{column} {op} TIMESTAMP '{date} {hour:02}:{minute:02}:{second:02}'"
            ));
        }
        pieces.push(format!("day {op} DATE '{date}'"));
        pieces.push(format!("channel {op} 'X{whole}'"));
    }
    let tried = tries(&pieces, |piece| {
        format!("SELECT count(*) AS n FROM bank.t AS x WHERE {piece}")
    });
    assert!(tried.refused > 900, "{}", tried.refused);
    assert!(tried.rewritten > 1_500, "{}", tried.rewritten);
}

#[test]
fn keys_finer_than_the_grain() {
    let units = [
        "second", "minute", "hour", "day", "week", "month", "quarter",
    ];
    let mut pieces: Vec<String> = Vec::new();
    for column in ["ts", "late", "day"] {
        pieces.push(column.to_owned());
        pieces.extend(
            units
                .iter()
                .map(|unit| format!("date_trunc('{unit}', {column})")),
        );
    }
    pieces.extend((1..30).map(|step| format!("floor(n / {step}) * {step}")));
    let tried = tries(&pieces, |piece| {
        format!("SELECT {piece} AS part, count(*) AS people FROM bank.t GROUP BY 1")
    });
    assert!(tried.refused > 40, "{}", tried.refused);
}

/// Refused questions, and what is offered instead of them.
const INSTEAD: [(&str, &str); 20] = [
    (
        "SELECT person, amount FROM bank.t",
        "SELECT count(*) AS n FROM bank.t",
    ),
    (
        "SELECT channel, person FROM bank.t ORDER BY person",
        "SELECT channel, count(*) AS n FROM bank.t GROUP BY 1",
    ),
    (
        "SELECT * FROM bank.t WHERE n >= 7",
        "SELECT count(*) AS n FROM bank.t WHERE n >= 7",
    ),
    (
        "SELECT channel, max(price) AS top, count(*) AS n FROM bank.t GROUP BY 1",
        "SELECT channel, avg(price) AS top, count(*) AS n FROM bank.t GROUP BY 1",
    ),
    (
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS middle FROM bank.t",
        "SELECT avg(price) AS middle FROM bank.t",
    ),
    (
        "SELECT count(*) AS n FROM (SELECT * FROM bank.t ORDER BY amount DESC LIMIT 10) AS x",
        "SELECT count(*) AS n FROM (SELECT * FROM bank.t) AS x",
    ),
    (
        "SELECT max(n) AS most FROM (SELECT channel, count(*) AS n FROM bank.t GROUP BY channel) AS x",
        "WITH x AS MATERIALIZED (SELECT channel, count(*) AS n FROM bank.t GROUP BY channel) SELECT max(n) AS most FROM x",
    ),
    (
        "WITH x AS (SELECT channel, count(*) AS n FROM bank.t GROUP BY 1) SELECT max(n) AS most FROM x",
        "WITH x AS MATERIALIZED (SELECT channel, count(*) AS n FROM bank.t GROUP BY 1) SELECT max(n) AS most FROM x",
    ),
    (
        "SELECT channel, count(*) AS n FROM bank.t GROUP BY ROLLUP (channel)",
        "SELECT channel, count(*) AS n FROM bank.t GROUP BY channel",
    ),
    (
        "SELECT channel, week, count(*) AS n FROM bank.t GROUP BY 2, 1 ORDER BY 2, 1",
        "SELECT channel, count(*) AS n FROM bank.t GROUP BY 1 ORDER BY 1",
    ),
    (
        "SELECT week, channel, count(*) AS n FROM bank.t GROUP BY 2, 1 ORDER BY 3",
        "SELECT channel, count(*) AS n FROM bank.t GROUP BY 1 ORDER BY 2",
    ),
    (
        "SELECT count(*) AS n FROM bank.t WHERE person LIKE 'a%' AND n >= 7",
        "SELECT count(*) AS n FROM bank.t WHERE n >= 7",
    ),
    (
        "SELECT sum(exp(price)) AS grown, sum(price) AS price FROM bank.t",
        "SELECT sum(price) AS price FROM bank.t",
    ),
    (
        "SELECT sum(price * price * price) AS cubes FROM bank.t",
        "SELECT count(*) AS cubes FROM bank.t",
    ),
    (
        "SELECT count(*) AS n FROM bank.t AS a FULL JOIN bank.t AS b ON a.person = b.person",
        "SELECT count(*) AS n FROM bank.t AS a LEFT OUTER JOIN bank.t AS b ON a.person = b.person",
    ),
    (
        "SELECT count(*) AS n FROM bank.t WHERE amount >= 9999.37 AND n >= 7",
        "SELECT count(*) AS n FROM bank.t WHERE amount >= 9900 AND n >= 7",
    ),
    (
        "SELECT date_trunc('day', ts) AS part, count(*) AS n FROM bank.t GROUP BY date_trunc('day', ts)",
        "SELECT date_trunc('month', ts) AS part, count(*) AS n FROM bank.t GROUP BY date_trunc('month', ts)",
    ),
    (
        "SELECT ts, count(*) AS n FROM bank.t GROUP BY 1 ORDER BY 1",
        "SELECT date_trunc('month', ts), count(*) AS n FROM bank.t GROUP BY 1 ORDER BY 1",
    ),
    ("SELECT nothing FROM bank.t", ""),
    ("SELECT count(*) FROM bank.t", ""),
];

#[test]
fn whole_questions_that_are_offered() {
    let (judge, asked) = judge();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (sql, instead) in INSTEAD {
        let found = runtime.block_on(judge.nearest(sql, &asked));
        assert_eq!(found.unwrap_or_default(), instead, "{sql}");
    }
}
