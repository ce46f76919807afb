//! Where places tell which rows a window's value is of, a row more moves all others: whose it is stands behind the value, wherever the row is.

use super::few::told;
use super::whereabouts::{few_look_the_same, world};
use super::world::{World, Written, exact};

/// Thirty persons with the number 4 at bank a, of whom so many paid a fee; forty with 1, 3 and 5 at bank b.
fn between(few: usize) -> World {
    let a: Vec<_> = (0..30)
        .map(|person| (person, 3 * usize::from(person < few), 4))
        .collect();
    let b = (0..40).flat_map(|person| [1, 3, 5].map(|n| (person, 0, n)));
    world(&a, &b.collect::<Vec<_>>())
}

const BOTH: &str = "(SELECT person, n FROM a.t WHERE fee > 0 UNION ALL SELECT person, n FROM b.t)";

#[test]
fn rows_between_a_row_and_its_frame_are_seen() {
    let calls = [
        "lag(n, 2) OVER (PARTITION BY person ORDER BY n)",
        "lag(n, 3) OVER (PARTITION BY person ORDER BY n)",
        "max(n) OVER (PARTITION BY person ORDER BY n ROWS BETWEEN 2 PRECEDING AND 2 PRECEDING)",
        "max(n) OVER (PARTITION BY person ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING)",
        "max(n) OVER (PARTITION BY person ORDER BY n GROUPS BETWEEN 2 PRECEDING AND 2 PRECEDING)",
        "count(*) OVER (PARTITION BY person ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING)",
        "count(*) OVER (PARTITION BY person ORDER BY n GROUPS BETWEEN 3 PRECEDING AND 2 PRECEDING)",
        "sum(n) OVER (PARTITION BY person ORDER BY n DESC ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING)",
    ];
    let of = |call: &&str, told: &str| {
        format!("SELECT {told} AS v FROM (SELECT n, {call} AS l FROM {BOTH}) WHERE n = 5")
    };
    let attacks: Vec<String> = calls
        .iter()
        .flat_map(|call| ["sum(l)", "count(l)", "count(*)"].map(|told| of(call, told)))
        .collect();
    few_are_nobody(between, &attacks);
}

#[test]
fn groups_of_equal_rows_have_places_too() {
    let mixed = |few: usize| {
        let a: Vec<_> = (0..30)
            .map(|person| (person, 3 * usize::from(person < few), 2))
            .collect();
        let b = (0..40).flat_map(|person| [1, 3].map(|n| (person, 0, n)));
        world(&a, &b.collect::<Vec<_>>())
    };
    let frames = [
        "BETWEEN 1 PRECEDING AND 1 PRECEDING",
        "BETWEEN 1 PRECEDING AND CURRENT ROW",
    ];
    let attacks: Vec<String> = frames
        .iter()
        .flat_map(|frame| ["count(*)", "sum(w)", "count(w)"].map(|told| {
            format!("SELECT {told} AS v FROM (SELECT n, sum(n) OVER (PARTITION BY person ORDER BY n GROUPS {frame}) AS w FROM {BOTH}) WHERE n = 3")
        }))
        .collect();
    few_are_nobody(mixed, &attacks);
}

/// Thirty persons of three payments, of whom so many have their second in KY; the few's is there twice, by a UNION ALL.
fn twice(amounts: [usize; 3]) -> impl Fn(usize) -> World {
    move |few| {
        let rows = (0..30).flat_map(|person| {
            let country = |payment| {
                if payment == 1 && person < few {
                    "KY"
                } else {
                    "LU"
                }
            };
            [0, 1, 2].map(|at| {
                format!(
                    "p{person},{},{}.00,{},15",
                    country(at),
                    amounts[at],
                    10 * at
                )
            })
        });
        World::written(
            "rita@regulator",
            &[Written {
                owner: "bank",
                name: "t",
                policy: exact(ONE_BANK),
                csv: ("person,country,amount,m,fee", rows.collect()),
                more: "types = { amount = \"decimal(18,2)\" }",
            }],
        )
    }
}

const ONE_BANK: &str = r#"person = { unit = "person" }
country = { filter = true, dimension = true }
amount = { measure = [0, 300000], filter = true }
m = { measure = [0, 1000], filter = true }
fee = { measure = [0, 1000], filter = true }
"#;

fn beside(x: &str) -> String {
    format!(
        "(SELECT person, amount AS x, m AS o FROM bank.t UNION ALL SELECT person, {x}, fee FROM bank.t WHERE country = 'KY')"
    )
}

#[test]
fn a_row_that_is_there_by_an_arm_moves_the_frames_that_skip_it() {
    let rows = beside("amount");
    let frames = [
        "ROWS BETWEEN 2 PRECEDING AND 2 PRECEDING",
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING",
        "GROUPS BETWEEN 2 PRECEDING AND 2 PRECEDING",
    ];
    let attacks: Vec<String> = frames
        .iter()
        .flat_map(|frame| ["sum", "avg", "max", "min"].map(|call| {
            format!("SELECT sum(l) AS v FROM (SELECT o, {call}(x) OVER (PARTITION BY person ORDER BY o {frame}) AS l FROM {rows}) WHERE o = 20")
        }))
        .collect();
    few_are_nobody(twice([1, 100_000, 1]), &attacks);
}

#[test]
fn a_row_of_nothing_pushes_others_out_of_a_frame() {
    let frames = [
        "ROWS BETWEEN 2 PRECEDING AND CURRENT ROW",
        "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
        "GROUPS BETWEEN 2 PRECEDING AND CURRENT ROW",
    ];
    let calls = ["min(x)", "sum(x)", "avg(x)", "count(x)", "max(x)"];
    let of = |x: &str, call: &str, frame: &str| {
        let rows = beside(x);
        format!(
            "SELECT sum(l) AS v FROM (SELECT o, {call} OVER (PARTITION BY person ORDER BY o {frame}) AS l FROM {rows}) WHERE o = 20"
        )
    };
    let mut attacks = Vec::new();
    for (x, call) in calls
        .into_iter()
        .flat_map(|call| [("NULL", call), ("0", call)])
    {
        // A minimum of 0 adds nothing to a sum: they are left out among many, which is no secret kept.
        if (x, call) != ("0", "min(x)") {
            attacks.extend(frames.map(|frame| of(x, call, frame)));
        }
    }
    few_are_nobody(twice([1, 100_000, 100_000]), &attacks);
}

/// Asserts that one, two and four of few look the same, whatever many do.
fn few_are_nobody(world: impl Fn(usize) -> World, attacks: &[String]) {
    let statements: Vec<&str> = attacks.iter().map(String::as_str).collect();
    let [one, two, four] = [1, 2, 4].map(|few| world(few).ask(&statements));
    for (((sql, one), two), four) in attacks.iter().zip(&one).zip(&two).zip(&four) {
        assert!(one.code().is_none(), "{sql}: {}", told(one));
        assert_eq!((told(one), told(one)), (told(two), told(four)), "{sql}");
    }
}

/// Enough of them are told.
#[test]
fn many_between_are_told() {
    let lag = format!(
        "SELECT sum(l) AS v FROM (SELECT n, lag(n, 2) OVER (PARTITION BY person ORDER BY n) AS l FROM {BOTH}) WHERE n = 5"
    );
    few_look_the_same(between, &[lag]);
}
