//! The noise of answers, from end to end.

use super::world::{World, ask};

/// Mean and variance.
fn moments(values: &[f64]) -> (f64, f64) {
    let many = f64::from(u32::try_from(values.len()).unwrap());
    let mean = values.iter().sum::<f64>() / many;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, squares / many)
}

#[test]
fn a_count_asked_many_times_in_other_words_has_the_noise_that_its_policy_says() {
    const DRAWS: u32 = 100;
    let world = World::new(("1", "100000"));
    let dir = world.write();
    let texts: Vec<String> = (0..DRAWS)
        .map(|n| format!("SELECT count(*) AS n, {n} AS k FROM bank_a.t"))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let asked = ask(dir.path(), "rita@regulator", &texts);
    let told: Vec<f64> = (0..texts.len()).map(|at| asked.number(at, "n")).collect();
    let payments = &world.payments["bank_a"];
    let mut counted = std::collections::BTreeMap::new();
    for (person, _, _, _) in payments {
        *counted.entry(person).or_insert(0_u32) += 1;
    }
    let truth: u32 = counted.values().map(|rows| (*rows).min(3)).sum();
    let (mean, spread) = moments(&told);
    // One group, three rows of everybody, epsilon 1: discrete Laplace noise of scale 3.
    let alpha = (-1.0_f64 / 3.0).exp();
    let expected = 2.0 * alpha / (1.0 - alpha).powi(2);
    let sigma = (expected / f64::from(DRAWS)).sqrt();
    assert!(
        (mean - f64::from(truth)).abs() < 6.0 * sigma,
        "{mean}, not {truth}"
    );
    assert!(
        (spread / expected - 1.0).abs() < 6.0 * (5.0 / f64::from(DRAWS)).sqrt(),
        "{spread}, not {expected}"
    );
}

#[test]
fn who_is_alone_in_a_group_is_not_shown() {
    let mut world = World::new(("1", "100000"));
    let payments = world.payments.get_mut("bank_a").unwrap();
    payments.push(("p1".to_owned(), "KY", "9.00".to_owned(), 1));
    let dir = world.write();
    let texts: Vec<String> = (0..40)
        .map(|n| format!("SELECT country, count(*) AS n{n} FROM bank_a.t GROUP BY country"))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let asked = ask(dir.path(), "rita@regulator", &texts);
    for answer in &asked.answers {
        let rows = answer.as_ref().unwrap();
        assert!(rows.iter().all(|row| row["country"] != "KY"), "{rows:?}");
    }
}
