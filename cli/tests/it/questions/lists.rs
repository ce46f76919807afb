//! Lists that weigh the rows of a few: whose numbers were lost on the way, whose key is no text, that are looked up by what a condition
//! made, or that stand behind another list. And rows that a branch of a union holds once more.

use super::few::told;
use super::whereabouts::few_look_the_same;
use super::world::{World, Written, exact};

const POLICY: &str = r#"person = { unit = "person", join = "person" }
n = { measure = [0, 1000], filter = true, dimension = true }
kind = { filter = true, dimension = true }
country = { filter = true, dimension = true }
flag = { filter = true, dimension = true }
d = { filter = true, dimension = true }"#;

/// Thirty persons with three payments each; of the first of so many the country, the flag and the day are others.
fn world(few: usize) -> World {
    let row = |person: usize, n: usize| {
        let other = n == 1 && person < few;
        let (country, day) = if other { ("KY", 2) } else { ("LU", 1) };
        let kind = if person.is_multiple_of(2) { "x" } else { "y" };
        format!("p{person},{n},{kind},{country},{other},2024-01-0{day}")
    };
    let rows = (0..30).flat_map(|person| (1..=3).map(move |n| row(person, n)));
    let codes = ["LU,1", "KY,1000", "DE,1"].map(str::to_owned).to_vec();
    World::written(
        "rita@r",
        &[
            Written {
                owner: "a",
                name: "t",
                policy: exact(POLICY),
                csv: ("person,n,kind,country,flag,d", rows.collect()),
                more: "",
            },
            Written {
                owner: "r",
                name: "pub",
                policy: "policy = 1\ntable = \"pub\"\n[disclosure]\nmin_contributors = 1\n[columns]\ncode = { unique = true }\nw = {}\n".to_owned(),
                csv: ("code,w", codes),
                more: "",
            },
        ],
    )
}

#[test]
fn a_list_whose_numbers_were_lost_does_not_find_them_beside_another() {
    let grouped = "(SELECT k, max(w) AS w, max(o) AS o FROM (VALUES ('LU', 1, 1), ('KY', 1000, 1)) v(k, w, o) GROUP BY k)";
    let united = "(SELECT 'LU' AS k, 1 AS w, 1 AS o UNION ALL SELECT 'KY', 1000, 1)";
    let distinct =
        "(SELECT DISTINCT k, w, o FROM (VALUES ('LU', 1, 1), ('KY', 1000, 1)) v(k, w, o))";
    let joined = "(SELECT g.k, g.w, y.o FROM (SELECT DISTINCT k, w FROM (VALUES ('LU', 1), ('KY', 1000)) v(k, w)) g CROSS JOIN (VALUES (1)) y(o))";
    let world = world(1);
    for lost in [grouped, united, distinct, joined] {
        for one in ["(VALUES (1))", "(VALUES (1), (2))"] {
            let sql = format!(
                "SELECT sum(u.w) AS v FROM a.t t JOIN (SELECT g.k, g.w FROM {one} one(x) JOIN {lost} g ON one.x = g.o) u ON t.country = u.k"
            );
            assert_eq!(told(&world.ask(&[&sql])[0]), "E_JOIN", "{sql}");
        }
    }
    let beside = "SELECT sum(x.w) AS v FROM a.t t JOIN (SELECT p.code, u.w FROM r.pub p \
        JOIN (SELECT DISTINCT k, w FROM (VALUES ('LU', 1), ('KY', 1000)) v(k, w)) u ON p.code = u.k) x ON t.country = x.code";
    assert_eq!(told(&world.ask(&[beside])[0]), "E_JOIN");
}

#[test]
fn what_weighs_is_an_arm_whatever_it_is() {
    let of_two = "(SELECT code, w FROM (SELECT code, 1 AS w FROM r.pub WHERE code <> 'KY' UNION ALL SELECT code, 1000 FROM r.pub WHERE code = 'KY') GROUP BY code, w)";
    let chosen = "(SELECT code, CASE WHEN code = 'KY' THEN 1000 ELSE 1 END AS w FROM r.pub)";
    few_look_the_same(
        world,
        &[
            "SELECT sum(v.w) AS v FROM a.t t JOIN (VALUES ('LU', 1), ('KY', 1000)) v(k, w) ON t.country = v.k".to_owned(),
            format!("SELECT sum(x.w) AS v FROM a.t t JOIN (SELECT p.code, u.w FROM {chosen} p JOIN {of_two} u ON p.code = u.code AND p.w = u.w) x ON t.country = x.code"),
            "SELECT sum(1 + 1000 * CAST(v.k AS DOUBLE)) AS v FROM a.t t JOIN (VALUES (true), (false)) v(k) ON t.flag = v.k".to_owned(),
            "SELECT sum((v.k - DATE '2024-01-01') * 1000 + 1) AS v FROM a.t t JOIN (VALUES (DATE '2024-01-01'), (DATE '2024-01-02')) v(k) ON t.d = v.k".to_owned(),
        ],
    );
}

#[test]
fn what_a_condition_made_is_an_arm_where_it_is_looked_up() {
    let made =
        "(SELECT CASE WHEN country = 'KY' THEN 'y' WHEN n = 1 THEN 'x' ELSE 'y' END AS g FROM a.t)";
    let code = "(SELECT CASE WHEN country = 'KY' THEN 'KY' WHEN n = 1 THEN 'LU' ELSE 'KY' END AS g FROM a.t)";
    few_look_the_same(
        world,
        &[
            format!(
                "SELECT sum(v.w) AS v FROM {made} t JOIN (VALUES ('x', 1), ('y', 1000)) v(k, w) ON t.g = v.k"
            ),
            format!("SELECT sum(p.w) AS v FROM {code} t JOIN r.pub p ON t.g = p.code"),
            format!(
                "SELECT count(*) AS v FROM {made} t JOIN (VALUES ('y'), ('z')) v(k) ON t.g = v.k"
            ),
            format!(
                "SELECT count(*) AS v FROM {made} t WHERE g IN (SELECT column1 FROM (VALUES ('y'), ('z')))"
            ),
            format!(
                "SELECT count(*) AS v FROM {made} t WHERE g NOT IN (SELECT column1 FROM (VALUES ('x'), ('z')))"
            ),
        ],
    );
}

#[test]
fn whether_a_list_has_a_match_is_an_arm_behind_another_list_too() {
    few_look_the_same(
        world,
        &[
            "SELECT count(*) AS v FROM a.t t LEFT JOIN (VALUES ('x'), ('y')) v1(k) ON t.kind = v1.k LEFT JOIN (VALUES ('LU')) v2(k) ON t.country = v2.k WHERE v2.k IS NULL OR t.n = 3".to_owned(),
        ],
    );
}

/// The few have a row once more, and a window there tells them apart from the rest.
#[test]
fn a_window_in_one_branch_of_a_union_parts_nobody() {
    let few = "(SELECT person, n AS x, n AS o FROM a.t WHERE country = 'KY')";
    let seen = format!(
        "SELECT person, count(x) OVER (PARTITION BY person, o ORDER BY o) AS x, o FROM {few}"
    );
    let all = format!("({seen} UNION ALL SELECT person, n AS x, n AS o FROM a.t)");
    few_look_the_same(
        world,
        &[format!(
            "SELECT count(*) AS v FROM (SELECT person, min(x) OVER (PARTITION BY person) AS x, o FROM {all})"
        )],
    );
}

/// A row that is held twice stands in one order for everybody, whatever literals the question holds.
#[test]
fn the_order_of_a_row_held_twice_is_no_matter_of_literals() {
    let spelt = |literal: usize| {
        format!(
            "SELECT sum(x) AS v FROM (SELECT person, count(x) OVER (PARTITION BY person ORDER BY o DESC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS x, o \
             FROM (SELECT person, {literal} AS x, n AS o FROM a.t WHERE country = 'KY' UNION ALL SELECT person, n AS x, n AS o FROM a.t) q) z WHERE o = 2"
        )
    };
    let statements: Vec<String> = (1..=20).map(spelt).collect();
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    for few in [1, 2, 4] {
        let answers: Vec<String> = world(few).ask(&statements).iter().map(told).collect();
        assert!(
            answers.iter().all(|one| *one == answers[0]),
            "{few}: {answers:?}"
        );
    }
}
