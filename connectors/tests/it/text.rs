//! Any CSV that the usual writer writes comes back value for value.

use arrow::array::{Array, AsArray};
use proptest::prelude::*;

use crate::party::Party;

const POLICY: &str = r#"
policy = 1
table = "t"
[disclosure]
min_contributors = 10
jitter = false
history = "off"
noise = "off"
[columns]
u = { unit = "person" }
"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn texts_survive_quotes_commas_and_line_breaks(
        rows in prop::collection::vec(prop::collection::vec("[a-z,\"\r\n é]{0,6}", 2), 0..40),
        crlf in any::<bool>(),
    ) {
        let party = Party::new();
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let path = party.path("t.csv");
        let mut writer = csv::WriterBuilder::new().terminator(end).from_path(&path).unwrap();
        writer.write_record(["u", "one", "two"]).unwrap();
        for (at, row) in rows.iter().enumerate() {
            writer.write_record([&format!("p{at}"), &row[0], &format!("{}x", row[1])]).unwrap();
        }
        writer.flush().unwrap();
        drop(writer);
        let sealed = party.seal("t.csv", POLICY).unwrap();
        let opened = party.open(&sealed);
        prop_assert_eq!(opened.num_rows(), rows.len());
        let text = |column: usize, at: usize| {
            let column = opened.column(column).as_string::<i32>();
            column.is_valid(at).then(|| column.value(at).to_owned())
        };
        for (at, row) in rows.iter().enumerate() {
            prop_assert_eq!(text(1, at), Some(row[0].clone()).filter(|v| !v.is_empty()));
            prop_assert_eq!(text(2, at), Some(format!("{}x", row[1])));
        }
    }
}
