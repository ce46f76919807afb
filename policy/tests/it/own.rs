//! The terms of lists about own entities: nothing of them has a default, and nothing is read as something weaker.

use policy::document::PolicyDocument;

const LIST: &str = "exact = true\nhistory = \"off\"\nanswer = { own = \"t\", others = 3 }\nrows = 50\n\
     confirm = { uetr = \"uetr\", id = \"other\" }\n";

fn parse(columns: &str, terms: &str) -> Result<PolicyDocument, Vec<String>> {
    let text = format!(
        "policy = 1\ntable = \"t\"\n[columns]\n{columns}\n[[approve]]\nname = \"q\"\nsql = \"q.sql\"\n{terms}"
    );
    let parsed = PolicyDocument::parse("t.policy.toml", &text);
    parsed.map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

const OWN: &str = "id = { unit = \"acct\", own = true }";

#[test]
fn a_list_has_all_its_terms() {
    let policy = parse(OWN, LIST).unwrap();
    let list = policy.approve[0].own_list().unwrap();
    assert_eq!((list.table.as_str(), list.others, list.rows), ("t", 3, 50));
    assert_eq!(list.confirm["id"], "other");
    let changes = [
        (
            "rows = 50\n",
            "",
            "a list needs `own`, `others`, `rows` and `confirm`",
        ),
        (
            "confirm = { uetr = \"uetr\", id = \"other\" }\n",
            "",
            "a list needs `own`, `others`, `rows` and `confirm`",
        ),
        (
            ", others = 3",
            "",
            "a list needs `own`, `others`, `rows` and `confirm`",
        ),
        ("others = 3", "others = 0", "others"),
        ("rows = 50", "rows = 0", "rows"),
        ("uetr = \"uetr\", ", "", "the own column and a reference"),
        (
            "{ own = \"t\", others = 3 }",
            "\"own\"",
            "a list needs `own` and `others`",
        ),
        (
            "{ own = \"t\", others = 3 }",
            "\"aggregate\"",
            "`rows` is of lists about own entities",
        ),
        (
            "exact = true",
            "min_contributors = 5",
            "`min_contributors` is not of lists",
        ),
        (
            "exact = true",
            "support = \"waived\"",
            "`support` is not of lists",
        ),
    ];
    for (from, to, expected) in changes {
        assert!(LIST.contains(from), "{from}");
        let wrong = parse(OWN, &LIST.replace(from, to)).unwrap_err().join("\n");
        assert!(wrong.contains(expected), "{to}: {wrong}");
    }
}

#[test]
fn own_entities_stand_in_one_column_of_a_space() {
    let two = |space: &str| format!("{OWN}\nto = {{ unit = \"{space}\", own = true }}");
    assert!(parse(&two("person"), LIST).is_ok());
    let wrong = parse(&two("acct"), LIST).unwrap_err().join("\n");
    assert!(
        wrong.contains("`to` is the second `own` column of unit `acct`"),
        "{wrong}"
    );
}
