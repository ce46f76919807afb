//! Random tables of many types, in several files of several row groups, some columns hidden.

use std::fs::File;
use std::sync::Arc;

use arrow::array::types::TimestampMicrosecondType;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    Float64Array, Int64Array, LargeStringArray, NullArray, RecordBatch, StringArray,
    StringViewArray, TimestampMicrosecondArray,
};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Int32Type, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
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
amount = { measure = [0, 1000] }
"v_*" = { dimension = true }
"#;

/// One row: what is NULL, and from what its values are made.
type Row = (Vec<bool>, i32, String);

fn batch(rows: &[Row]) -> RecordBatch {
    let null = |row: &Row, column: usize| row.0[column % row.0.len()];
    let some = |column: usize| {
        rows.iter()
            .map(move |row| Some(row).filter(|row| !null(row, column)))
    };
    let texts = |column| some(column).map(|row| row.map(|row| row.2.clone()));
    let numbers = |column| some(column).map(|row| row.map(|row| row.1));
    let wide = |column| numbers(column).map(|n| n.map(i64::from));
    let dictionary: DictionaryArray<Int32Type> = {
        let all: Vec<Option<String>> = texts(3).collect();
        all.iter().map(Option::as_deref).collect()
    };
    let moments: TimestampMicrosecondArray = wide(4).map(|n| n.map(|n| n * 7_000_003)).collect();
    let decimals: Decimal128Array = numbers(5).map(|n| n.map(i128::from)).collect();
    let units: StringArray = rows.iter().map(|row| Some(row.1.to_string())).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("u", Arc::new(units)),
        ("large", Arc::new(texts(1).collect::<LargeStringArray>())),
        ("v_view", Arc::new(texts(2).collect::<StringViewArray>())),
        ("v_coded", Arc::new(dictionary)),
        (
            "zoned",
            Arc::new(moments.with_timezone("Europe/Luxembourg")),
        ),
        (
            "v_decimal",
            Arc::new(decimals.with_precision_and_scale(12, 3).unwrap()),
        ),
        ("v_day", Arc::new(numbers(6).collect::<Date32Array>())),
        (
            "v_truth",
            Arc::new(
                numbers(7)
                    .map(|n| n.map(|n| n % 2 == 0))
                    .collect::<BooleanArray>(),
            ),
        ),
        (
            "amount",
            Arc::new(
                numbers(8)
                    .map(|n| n.map(|n| f64::from(n) / 2.0))
                    .collect::<Float64Array>(),
            ),
        ),
        ("whole", Arc::new(wide(9).collect::<Int64Array>())),
        ("v_nothing", Arc::new(NullArray::new(rows.len()))),
        ("v_a.b \"c\"", Arc::new(wide(0).collect::<Int64Array>())),
    ];
    let columns = columns
        .into_iter()
        .map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

/// What a column of the source is in a sealed table.
fn expected(column: &ArrayRef, name: &str) -> ArrayRef {
    match name {
        // the moment stays what it is: the zone is taken off, the hands of the clock are not moved
        "zoned" => {
            let zoned = column.as_primitive::<TimestampMicrosecondType>().clone();
            Arc::new(zoned.with_timezone_opt::<String>(None))
        }
        "amount" => cast(column, &DataType::Decimal128(38, 6)).unwrap(),
        "large" | "v_view" | "v_coded" | "v_nothing" => cast(column, &DataType::Utf8).unwrap(),
        _same => Arc::clone(column),
    }
}

fn write(party: &Party, file: usize, rows: &[Row]) -> RecordBatch {
    let batch = batch(rows);
    let path = party.path(&format!("data/{file:03}.parquet"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(17));
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties.build())).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    batch
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_is_sealed_opens_to_the_same_values(
        files in prop::collection::vec(
            prop::collection::vec(
                (prop::collection::vec(prop::bool::weighted(0.2), 10), any::<i32>(), "\\PC{0,8}"),
                0..60,
            ),
            1..4,
        )
    ) {
        let party = Party::new();
        let written: Vec<RecordBatch> =
            files.iter().enumerate().map(|(at, rows)| write(&party, at, rows)).collect();
        let whole = concat_batches(&written[0].schema(), &written).unwrap();
        let sealed = party.seal("data", POLICY).unwrap();
        let opened = party.open(&sealed);
        prop_assert_eq!(sealed.findings.rows, whole.num_rows() as u64);
        prop_assert_eq!(opened.num_rows(), whole.num_rows());
        let schema = opened.schema();
        for (at, field) in whole.schema().fields().iter().enumerate() {
            prop_assert_eq!(schema.field(at).name(), field.name());
            prop_assert_eq!(opened.column(at), &expected(whole.column(at), field.name()));
        }
    }
}

fn parquet_of(party: &Party, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    std::fs::create_dir_all(party.path("data")).unwrap();
    let file = File::create(party.path("data/1.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn numbers_that_are_none_become_null_and_are_counted() {
    let party = Party::new();
    let amounts = Float64Array::from(vec![1.5, f64::NAN, f64::INFINITY, 1e300, -0.000_000_4]);
    let units = StringArray::from(vec!["a", "b", "c", "d", "e"]);
    parquet_of(
        &party,
        vec![("u", Arc::new(units)), ("amount", Arc::new(amounts))],
    );
    let sealed = party.seal("data", POLICY).unwrap();
    let remarks = sealed.findings.remarks();
    assert_eq!(
        remarks,
        ["`amount`: 3 values are no exact number (NaN, infinite or too large) and sealed as NULL"]
    );
    assert_eq!(party.open(&sealed).column(1).null_count(), 3);
}

#[test]
fn moments_beyond_what_a_timestamp_holds_are_refused() {
    let party = Party::new();
    let moments = arrow::array::TimestampSecondArray::from(vec![i64::MAX / 10, 0]);
    let units = StringArray::from(vec!["a", "b"]);
    parquet_of(
        &party,
        vec![
            ("u", Arc::new(units)),
            ("amount", Arc::new(Int64Array::from(vec![1, 2]))),
            (
                "at",
                cast(&moments, &DataType::Timestamp(TimeUnit::Millisecond, None)).unwrap(),
            ),
        ],
    );
    let sealed = party.seal("data", POLICY);
    assert!(sealed.is_ok(), "a NULL is no such moment");
    let moments = arrow::array::TimestampMillisecondArray::from(vec![i64::MAX / 10, 0]);
    let units = StringArray::from(vec!["a", "b"]);
    parquet_of(
        &party,
        vec![
            ("u", Arc::new(units)),
            ("amount", Arc::new(Int64Array::from(vec![1, 2]))),
            ("at", Arc::new(moments)),
        ],
    );
    let refused = party.seal("data", POLICY).err().unwrap().to_string();
    assert_eq!(
        refused,
        "bank_a.t: `at`: 1 value lies beyond what its type can be sealed as"
    );
}

#[test]
fn nested_columns_are_refused_by_name_all_at_once() {
    let party = Party::new();
    let lists =
        arrow::array::ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)])]);
    let one = || Arc::new(Int64Array::from(vec![1]));
    let fields = arrow::array::StructArray::from(vec![(
        Arc::new(arrow::datatypes::Field::new("x", DataType::Int64, true)),
        one() as ArrayRef,
    )]);
    parquet_of(
        &party,
        vec![
            ("u", Arc::new(StringArray::from(vec!["a"]))),
            ("amount", one()),
            ("tags", Arc::new(lists)),
            ("address", Arc::new(fields)),
            (
                "v_blob",
                Arc::new(arrow::array::BinaryArray::from(vec![&b"x"[..]])),
            ),
        ],
    );
    let refused = party.seal("data", POLICY).err().unwrap().to_string();
    for column in [
        "`tags` has the nested type",
        "`address` has the nested type",
        "`v_blob` has type Binary",
    ] {
        assert!(refused.contains(column), "{refused}");
    }
}

#[test]
fn files_of_different_schemas_are_no_table() {
    let party = Party::new();
    parquet_of(
        &party,
        vec![
            ("u", Arc::new(StringArray::from(vec!["a"]))),
            ("amount", Arc::new(Int64Array::from(vec![1]))),
        ],
    );
    std::fs::rename(party.path("data/1.parquet"), party.path("data/0.parquet")).unwrap();
    parquet_of(
        &party,
        vec![
            ("u", Arc::new(StringArray::from(vec!["a"]))),
            ("amount", Arc::new(Float64Array::from(vec![1.0]))),
        ],
    );
    let refused = party.seal("data", POLICY).err().unwrap().to_string();
    assert!(
        refused.ends_with("1.parquet: column `amount` has type Float64, but it has Int64 in 0.parquet; a table has one schema"),
        "{refused}"
    );
}

#[test]
fn a_refused_version_leaves_nothing_and_the_next_one_is_fresh() {
    let party = Party::new();
    let policy = POLICY.replace(
        "{ unit = \"person\" }",
        "{ unit = \"person\", unique = true }",
    );
    let write = |units: Vec<&str>| {
        let amounts = Int64Array::from(vec![1; units.len()]);
        parquet_of(
            &party,
            vec![
                ("u", Arc::new(StringArray::from(units))),
                ("amount", Arc::new(amounts)),
            ],
        );
    };
    write(vec!["a", "b", "a"]);
    let refused = party.seal("data", &policy).err().unwrap().to_string();
    assert_eq!(
        refused,
        "bank_a.t: `u` is declared unique, but 1 row repeats an earlier value"
    );
    write(vec!["a", "b", "c"]);
    let sealed = party.seal("data", &policy).unwrap();
    assert_eq!(party.open(&sealed).num_rows(), 3);
    assert_eq!(sealed.findings.unique, [["u"]]);
}
