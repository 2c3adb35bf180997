//! Parquet, read back by its own reader.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use super::{ROW_GROUP_BYTES_MAX, ROW_GROUP_ROWS_MAX};
use crate::{Format, TableWriter};
use galen_fhir::Json;
use galen_fhir::views::View;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

const VIEW: &str = r#"{"resource":"Observation","select":[{"column":[
    {"name":"id","path":"id"},
    {"name":"on","path":"status = 'final'","type":"boolean"},
    {"name":"number","path":"value.ofType(integer)","type":"integer"},
    {"name":"decimal","path":"value.ofType(Quantity).value","type":"decimal"},
    {"name":"code","path":"code","type":"CodeableConcept"},
    {"name":"codes","path":"code.coding.code","collection":true,"type":"code"}]}]}"#;

fn json(text: &str) -> Json {
    galen_fhir::json::parse(text.as_bytes()).unwrap()
}

fn table(view: &View, resources: impl Iterator<Item = Json>) -> (Vec<u8>, usize) {
    let mut table = TableWriter::new(Format::Parquet, view.columns()).unwrap();
    let (mut out, mut most) = (Vec::new(), 0);
    for resource in resources {
        for row in view.run(&resource, None).unwrap() {
            table.write(&row).unwrap();
            most = most.max(table.ready());
            out.extend(table.take().unwrap());
        }
    }
    out.extend(table.finish().unwrap());
    (out, most)
}

#[test]
fn every_kind_of_column_is_read_back() {
    let view = View::read(&json(VIEW)).unwrap();
    let resources = [
        r#"{"resourceType":"Observation","id":"1","status":"final","valueInteger":7,
            "code":{"coding":[{"code":"a"},{"code":"b"}]}}"#,
        r#"{"resourceType":"Observation","id":"2","status":"amended","valueQuantity":{"value":1.50},"code":{"text":"t"}}"#,
        r#"{"resourceType":"Observation","id":"3","code":{"coding":[{"code":"c"}]}}"#,
    ];
    let (bytes, _) = table(&view, resources.iter().map(|text| json(text)));
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let rows: Vec<Vec<Field>> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().into_columns().into_iter().map(|(_, field)| field).collect())
        .collect();
    let text = |text: &str| Field::Str(text.to_owned());
    assert_eq!(rows[0][..3], [text("1"), Field::Bool(true), Field::Long(7)]);
    assert_eq!(rows[1][..4], [text("2"), Field::Bool(false), Field::Null, Field::Double(1.5)]);
    assert_eq!((&rows[2][1], &rows[2][3]), (&Field::Null, &Field::Null));
    let lists: Vec<String> = rows.iter().map(|row| row[5].to_string()).collect();
    assert_eq!(lists, ["[\"a\", \"b\"]", "[]", "[\"c\"]"]);
    assert!(rows[1][4].to_string().contains(r#"{"text":"t"}"#), "{}", rows[1][4]);
}

#[test]
fn a_large_table_is_many_groups_and_little_memory() {
    let view = View::read(&json(VIEW)).unwrap();
    let count = ROW_GROUP_ROWS_MAX * 2 + 1;
    let resource = |place: usize| {
        json(&format!(
            r#"{{"resourceType":"Observation","id":"{place}","valueInteger":{place},"code":{{"text":"x"}}}}"#
        ))
    };
    let (bytes, most) = table(&view, (0..count).map(resource));
    assert!(most < ROW_GROUP_BYTES_MAX, "{most}");
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    assert!(reader.num_row_groups() >= 3);
    assert_eq!(reader.metadata().file_metadata().num_rows(), i64::try_from(count).unwrap());
    let numbers = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns()[2].1.clone());
    assert!(numbers.enumerate().all(|(place, number)| number == Field::Long(i64::try_from(place).unwrap())));
}

#[test]
fn a_table_of_no_rows_has_its_columns() {
    let view = View::read(&json(VIEW)).unwrap();
    let (bytes, _) = table(&view, std::iter::empty());
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
    assert_eq!(reader.metadata().file_metadata().schema().get_fields().len(), 6);
}
