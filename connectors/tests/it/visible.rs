//! A table of which nothing is visible is no table.

use crate::party::Party;

#[test]
fn a_table_without_a_visible_column_is_refused_at_its_name() {
    let party = Party::new();
    std::fs::write(party.path("t.csv"), "country\nLU\n").unwrap();
    let policy = "policy = 1\ntable = \"t\"\n[disclosure]\nmin_contributors = 1\n[columns]\ncountry = { hidden = true }\n";
    let refused = party.seal("t.csv", policy).unwrap_err().to_string();
    assert!(refused.contains("policy.toml:2"), "{refused}");
    assert!(
        refused.contains("no column of the table is visible"),
        "{refused}"
    );
}
