//! The clock: an owner may ask it of its own tables, and nobody may compare others' rows with it.

use super::world::{Outcome, World, Written, exact};

const POLICY: &str = r#"person = { unit = "person", join = "person" }
day = { filter = "day" }
[access]
owner = "full""#;

fn asked_by(asker: &'static str) -> Vec<Outcome> {
    let row = |person: usize| {
        format!(
            "p{person},{}-01-01T00:00:00",
            if person < 10 { 2020 } else { 2090 }
        )
    };
    let table = Written {
        owner: "a",
        name: "t",
        policy: exact(POLICY),
        csv: ("person,day", (0..30).map(row).collect()),
        more: "",
    };
    World::written(asker, &[table]).ask(&[
        "SELECT count(*) AS v FROM a.t WHERE day < now()",
        "SELECT count(*) AS v FROM a.t WHERE day < current_date",
        "SELECT now() = now() AS v",
    ])
}

fn said(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Answered(line) => line,
        Outcome::Refused(code) => code,
    }
}

#[test]
fn an_owner_asks_the_clock_and_nobody_else_does() {
    let own = asked_by("ann@a");
    let own: Vec<&str> = own.iter().map(said).collect();
    assert_eq!(own, [r#"[{"v":10}]"#, r#"[{"v":10}]"#, r#"[{"v":true}]"#]);
    let others = asked_by("rita@regulator");
    let others: Vec<&str> = others.iter().map(said).collect();
    assert_eq!(others, ["E_FN", "E_FN", r#"[{"v":true}]"#]);
}
