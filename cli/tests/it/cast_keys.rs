//! Keys are compared as they are: a cast makes equal who is not.

use crate::run::{subrosa, world};

fn asked(on: &str) -> (String, i32) {
    let dir = world();
    let sql = format!(
        "SELECT count(*) AS n FROM (SELECT v.patient, max(c.cost) AS m FROM clinic_a.visits v JOIN clinic_a.visits c ON {on} GROUP BY v.patient) AS p"
    );
    let asker = ["lab", "w", "--as", "bob@clinic_b", "-c", &sql];
    let ran = subrosa(dir.path(), &asker);
    (ran.out + &ran.err, ran.code)
}

#[test]
fn who_is_equal_by_a_cast_is_not_equal() {
    let (out, code) = asked("v.patient = c.patient");
    assert_eq!(code, 0, "{out}");
    for on in [
        "CAST(v.patient AS BOOLEAN) = CAST(c.patient AS BOOLEAN)",
        "CAST(CAST(v.patient AS BIGINT) AS BOOLEAN) = CAST(CAST(c.patient AS BIGINT) AS BOOLEAN)",
        "CAST(v.patient AS TINYINT) = CAST(c.patient AS TINYINT)",
        "CAST(v.patient AS DATE) = c.patient",
        "v.patient = CAST(c.patient AS REAL)",
        "v.day = c.patient",
        "CAST(v.patient AS DECIMAL(38, 0)) = CAST(c.patient AS DECIMAL(38, 0)) AND v.day = c.day",
    ] {
        let (out, code) = asked(on);
        assert!(code != 0 && out.contains("E_"), "{on}\n{out}");
    }
}
