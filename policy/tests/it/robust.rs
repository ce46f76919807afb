//! Whatever is fed in, nothing panics, and what is formatted says the same.

use policy::contract::{Contract, Member, PublicKey, Signatures, View};
use policy::document::PolicyDocument;
use policy::format::format;
use policy::problem::Problem;
use policy::testfile::TestFile;
use policy::{explain::explain, lint::lint, sql};
use proptest::prelude::*;

use crate::support::party;

const EXAMPLE: &str = include_str!("../fixtures/language.policy.toml");

/// The example with a piece of it replaced, moved or dropped.
fn mutated() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(String::new()),
        Just("\n".to_owned()),
        Just("true".to_owned()),
        Just("-1".to_owned()),
        Just("\"*\"".to_owned()),
        Just("[1e400, nan]".to_owned()),
        Just("{ a = { b = 1 } }".to_owned()),
        Just("'''".to_owned()),
        Just("é\u{1F339}".to_owned()),
        "[ -~]{0,12}",
    ];
    (0..EXAMPLE.len(), 0..24_usize, piece).prop_map(|(at, length, piece)| {
        let boundary = |mut at: usize| {
            while !EXAMPLE.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (start, end) = (boundary(at), boundary((at + length).min(EXAMPLE.len())));
        format!("{}{piece}{}", &EXAMPLE[..start], &EXAMPLE[end..])
    })
}

fn inside(text: &str, problems: &[Problem]) -> bool {
    let lines = text.lines().count() + 1;
    problems
        .iter()
        .all(|p| p.line >= 1 && p.line <= lines && p.column >= 1 && p.end_column > p.column)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mutated_policies_are_read_or_refused(text in mutated()) {
        match PolicyDocument::parse("t", &text) {
            Ok(document) => {
                prop_assert!(inside(&text, &lint(&document, None)));
                prop_assert!(!explain(&document, None).to_string().is_empty());
                let once = format("t", &text).unwrap();
                prop_assert_eq!(format("t", &once).unwrap(), once);
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                prop_assert!(inside(&text, &problems), "{:#?}", problems);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
        let _ = PolicyDocument::parse("t", &text);
        let _ = Contract::parse("t", &text);
        let _ = Signatures::parse("t", &text);
        let _ = TestFile::parse("t", &text);
        let _ = View::parse(&text);
        let _ = sql::check_expression(&text);
        let _ = sql::columns_read(&text);
    }

    #[test]
    fn contracts_of_any_words_keep_them(name in ".{0,20}", engine in ".{0,20}", broker in ".{0,20}") {
        let mut contract = Contract::new(name);
        contract.measurements.insert(engine);
        let mut member = Member::new(PublicKey([1; 32]), PublicKey([2; 32]));
        member.broker = Some(broker);
        contract.parties.insert(party("a"), member);
        let text = contract.to_toml();
        prop_assert_eq!(Contract::parse("t", &text).unwrap(), contract);
    }
}

#[test]
fn deep_nesting_is_refused_not_followed() {
    let deep = "(".repeat(20_000);
    assert!(sql::check_expression(&deep).is_err());
    let arrays = format!("policy = 1\ntable = \"t\"\nunique = {}", "[".repeat(20_000));
    assert!(PolicyDocument::parse("t", &arrays).is_err());
}

#[test]
fn findings_are_json() {
    let problems =
        PolicyDocument::parse("t.policy.toml", "policy = 1\ntable = \"t\"\ncolums = {}\n")
            .unwrap_err();
    assert_eq!(
        serde_json::to_string(&problems).unwrap(),
        "[{\"severity\":\"error\",\"message\":\"a policy has no key `colums`\",\"help\":\"did you mean `columns`?\",\
         \"file\":\"t.policy.toml\",\"line\":3,\"column\":1,\"end_column\":7}]"
    );
}

#[test]
fn line_ends_of_windows_are_read() {
    let text = EXAMPLE.replace('\n', "\r\n");
    let document = PolicyDocument::parse("t", &text).unwrap();
    let place = document.source.place(&document.columns[1].pattern.span);
    let plain = PolicyDocument::parse("t", EXAMPLE).unwrap();
    assert_eq!(place, plain.source.place(&plain.columns[1].pattern.span));
}
