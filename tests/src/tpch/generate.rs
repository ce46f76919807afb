//! The tables as Parquet, as the benchmark's own generator makes them.

use std::fs::{File, create_dir_all};
use std::path::Path;

use arrow::array::RecordBatchReader;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use tpchgen::generators::{
    CustomerGenerator, LineItemGenerator, NationGenerator, OrderGenerator, PartGenerator,
    PartSuppGenerator, RegionGenerator, SupplierGenerator,
};
use tpchgen_arrow::{
    CustomerArrow, LineItemArrow, NationArrow, OrderArrow, PartArrow, PartSuppArrow, RegionArrow,
    SupplierArrow,
};

/// Writes every table into a folder.
pub fn write_tables(folder: &Path, scale: f64) {
    create_dir_all(folder).unwrap();
    let write = |table: &str, rows: &mut dyn RecordBatchReader| {
        write_table(&folder.join(format!("{table}.parquet")), rows);
    };
    write(
        "nation",
        &mut NationArrow::new(NationGenerator::new(scale, 1, 1)),
    );
    write(
        "region",
        &mut RegionArrow::new(RegionGenerator::new(scale, 1, 1)),
    );
    write("part", &mut PartArrow::new(PartGenerator::new(scale, 1, 1)));
    write(
        "supplier",
        &mut SupplierArrow::new(SupplierGenerator::new(scale, 1, 1)),
    );
    write(
        "partsupp",
        &mut PartSuppArrow::new(PartSuppGenerator::new(scale, 1, 1)),
    );
    write(
        "customer",
        &mut CustomerArrow::new(CustomerGenerator::new(scale, 1, 1)),
    );
    write(
        "orders",
        &mut OrderArrow::new(OrderGenerator::new(scale, 1, 1)),
    );
    write(
        "lineitem",
        &mut LineItemArrow::new(LineItemGenerator::new(scale, 1, 1)),
    );
}

fn write_table(path: &Path, rows: &mut dyn RecordBatchReader) {
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(zstd).build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, rows.schema(), Some(properties)).unwrap();
    for batch in rows {
        writer.write(&batch.unwrap()).unwrap();
    }
    writer.close().unwrap();
}
