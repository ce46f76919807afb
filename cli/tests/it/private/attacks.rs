//! What an asker tries against one entity: each comes to nothing, or is paid for.

use super::world::{SILENT, World, ask};

const RITA: &str = "rita@regulator";

#[test]
fn rows_of_nobody_and_of_absent_names_change_nothing() {
    let texts = [
        "SELECT country, count(*) n, sum(amount) s FROM bank_a.t GROUP BY country",
        "SELECT count(*) n FROM (SELECT person, count(*) k FROM bank_a.t GROUP BY person)",
        "SELECT count(DISTINCT person) n FROM bank_a.t",
    ];
    let mut world = World::new(SILENT);
    let before = ask(world.write().path(), RITA, &texts);
    let payments = world.payments.get_mut("bank_a").unwrap();
    for at in 0..40 {
        payments.push((String::new(), "LU", "150.00".to_owned(), at));
        payments.push(("CASH".to_owned(), "KY", "150.00".to_owned(), at));
    }
    let after = ask(world.write().path(), RITA, &texts);
    assert!(
        before.answers.iter().all(Option::is_some),
        "{:?}",
        before.refusals
    );
    assert_eq!(before.answers, after.answers);
}

#[test]
fn values_far_out_of_bounds_and_beyond_their_type_fail_nothing() {
    let mut world = World::new(SILENT);
    let payments = world.payments.get_mut("bank_a").unwrap();
    for at in 0..50 {
        let amount = format!("{}.00", "9".repeat(27));
        payments.push((format!("x{at}"), "LU", amount, at));
    }
    let dir = world.write();
    let asked = ask(
        dir.path(),
        RITA,
        &[
            "SELECT sum(amount) s FROM bank_a.t WHERE amount > 1000",
            "SELECT sum(amount * amount) s FROM bank_a.t WHERE amount > 1000",
            "SELECT avg(amount) s FROM bank_a.t WHERE amount > 1000",
        ],
    );
    // Fifty people of one payment each, brought to 200.
    assert!(
        (asked.number(0, "s") - 10_000.0).abs() < 0.1,
        "{:?}",
        asked.answers
    );
    assert!(
        (asked.number(1, "s") - 2_000_000.0).abs() < 1.0,
        "{:?}",
        asked.answers
    );
    assert!(
        (asked.number(2, "s") - 200.0).abs() < 0.1,
        "{:?}",
        asked.answers
    );
}

#[test]
fn groups_beyond_the_limit_do_not_count_however_they_are_made() {
    let mut world = World::new(SILENT);
    world.payments.get_mut("bank_a").unwrap().clear();
    // Forty people with a row in each of three countries, of whom two count.
    for person in 0..40 {
        for (at, country) in ["LU", "DE", "FR"].into_iter().enumerate() {
            let amount = format!("{}.00", 10 * (at + 1));
            let row = (format!("p{person}"), country, amount, 1);
            world.payments.get_mut("bank_a").unwrap().push(row);
        }
    }
    let dir = world.write();
    let texts = [
        "SELECT country, count(*) n FROM bank_a.t GROUP BY country",
        "SELECT amount > 20 AS k, count(*) n FROM bank_a.t GROUP BY amount > 20",
        "SELECT c.name, count(*) n FROM bank_a.t t JOIN regulator.c c ON t.country = c.code GROUP BY c.name",
        "SELECT country, r, count(*) n FROM (SELECT person, country, count(*) OVER (PARTITION BY person) r FROM bank_a.t) GROUP BY country, r",
        "SELECT x.country, y.country AS z, count(*) n FROM bank_a.t x JOIN bank_a.t y ON x.person = y.person GROUP BY x.country, y.country",
        "SELECT country, v.i, count(*) n FROM bank_a.t CROSS JOIN (VALUES (1), (2), (3), (4)) v(i) GROUP BY country, v.i",
    ];
    let asked = ask(dir.path(), RITA, &texts);
    for (at, sql) in texts.iter().enumerate() {
        let Some(rows) = &asked.answers[at] else {
            assert_eq!(
                asked.code(at),
                Some("E_ROLE_DIM"),
                "{sql}: {:?}",
                asked.refusals[at]
            );
            continue;
        };
        let all: f64 = rows.iter().map(|row| row["n"].as_f64().unwrap()).sum();
        // Two groups, three rows in each.
        assert!(all <= 40.0 * 6.0, "{sql}: {all}");
        let groups: f64 = rows.len().to_string().parse().unwrap();
        assert!(all <= 40.0 * 2.0 * 3.0_f64.min(groups), "{sql}: {all}");
    }
    let all: f64 = asked.answers[0]
        .as_ref()
        .unwrap()
        .iter()
        .map(|row| row["n"].as_f64().unwrap())
        .sum();
    assert!(
        (all - 80.0).abs() < 0.5,
        "two of the three rows of each: {all}"
    );
}

#[test]
fn what_stands_above_sees_noised_values_alone() {
    let world = World::new(("0.01", "10"));
    let dir = world.write();
    // The truth is 75 payments; with noise of scale 300, HAVING goes by what is told.
    let texts: Vec<String> = (0..40)
        .map(|n| format!("SELECT count(*) AS n{n} FROM bank_a.t HAVING count(*) > 74"))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let asked = ask(dir.path(), RITA, &texts);
    let passed = asked
        .answers
        .iter()
        .filter(|rows| !rows.as_ref().unwrap().is_empty())
        .count();
    assert!((5..=35).contains(&passed), "{passed} of 40 passed");
    for (at, rows) in asked.answers.iter().enumerate() {
        let told = rows
            .as_ref()
            .unwrap()
            .iter()
            .map(|row| row[&format!("n{at}")].as_f64().unwrap());
        assert!(told.into_iter().all(|told| told > 74.0));
    }
}
