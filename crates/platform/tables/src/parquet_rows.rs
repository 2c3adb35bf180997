//! Rows as Apache Parquet: a row group at a time, so memory does not grow with the table.

use galen_fhir::views::{Cell, Column, ColumnKind};
use galen_kernel::Fault;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;

/// Most rows of a row group.
pub const ROW_GROUP_ROWS_MAX: usize = 50_000;
/// Most bytes of the values of a row group, before it is encoded.
pub const ROW_GROUP_BYTES_MAX: usize = 16 << 20;
/// What a value costs beside its text.
const VALUE_BYTES: usize = 32;

/// Levels at which a value is there, of a plain column and of a list.
const PLAIN_PRESENT: i16 = 1;
const LIST_EMPTY: i16 = 1;
const LIST_PRESENT: i16 = 2;

fn fault(error: ParquetError) -> Fault {
    Fault::new("parquet", error)
}

pub(crate) struct ParquetRows {
    file: SerializedFileWriter<Vec<u8>>,
    columns: Vec<Buffer>,
    rows: usize,
    bytes: usize,
}

/// The values of a column that are in no row group yet.
struct Buffer {
    is_list: bool,
    values: Values,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

enum Values {
    Booleans(Vec<bool>),
    Integers(Vec<i64>),
    Doubles(Vec<f64>),
    Texts(Vec<ByteArray>),
}

impl ParquetRows {
    pub(crate) fn new(columns: &[Column]) -> Result<Self, Fault> {
        let fields: Result<Vec<TypePtr>, ParquetError> = columns.iter().map(field).collect();
        let schema = fields.and_then(|fields| Type::group_type_builder("view").with_fields(fields).build());
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let schema = Arc::new(schema.map_err(fault)?);
        let file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).map_err(fault)?;
        Ok(Self { file, columns: columns.iter().map(Buffer::new).collect(), rows: 0, bytes: 0 })
    }

    pub(crate) fn write(&mut self, row: &[Cell]) -> Result<(), Fault> {
        for (buffer, cell) in self.columns.iter_mut().zip(row) {
            self.bytes += buffer.push(cell);
        }
        self.rows += 1;
        if self.rows >= ROW_GROUP_ROWS_MAX || self.bytes >= ROW_GROUP_BYTES_MAX {
            self.end_group()?;
        }
        Ok(())
    }

    fn end_group(&mut self) -> Result<(), Fault> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group().map_err(fault)?;
        for buffer in &mut self.columns {
            let Some(column) = group.next_column().map_err(fault)? else { break };
            buffer.pour(column).map_err(fault)?;
        }
        group.close().map_err(fault)?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    pub(crate) fn ready(&self) -> usize {
        self.file.inner().len()
    }

    pub(crate) fn take(&mut self) -> Vec<u8> {
        // The file counts what it wrote; where that went is its owner's.
        std::mem::take(self.file.inner_mut())
    }

    pub(crate) fn finish(mut self) -> Result<Vec<u8>, Fault> {
        self.end_group()?;
        self.file.into_inner().map_err(fault)
    }
}

/// A column of the schema; a list has the three levels that the format asks for.
fn field(column: &Column) -> Result<TypePtr, ParquetError> {
    if !column.is_collection {
        return leaf(&column.name, column.kind, Repetition::OPTIONAL);
    }
    let element = leaf("element", column.kind, Repetition::REQUIRED)?;
    let list = Type::group_type_builder("list")
        .with_repetition(Repetition::REPEATED)
        .with_fields(vec![element])
        .build()?;
    let whole = Type::group_type_builder(&column.name)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(Some(LogicalType::List))
        .with_fields(vec![Arc::new(list)])
        .build()?;
    Ok(Arc::new(whole))
}

fn leaf(name: &str, kind: ColumnKind, repetition: Repetition) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match kind {
        ColumnKind::Boolean => (Physical::BOOLEAN, None),
        ColumnKind::Integer => (Physical::INT64, None),
        ColumnKind::Decimal => (Physical::DOUBLE, None),
        ColumnKind::Complex => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
        ColumnKind::Text | ColumnKind::Any => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let builder = Type::primitive_type_builder(name, physical).with_repetition(repetition);
    Ok(Arc::new(builder.with_logical_type(logical).build()?))
}

impl Buffer {
    fn new(column: &Column) -> Self {
        let values = match column.kind {
            ColumnKind::Boolean => Values::Booleans(Vec::new()),
            ColumnKind::Integer => Values::Integers(Vec::new()),
            ColumnKind::Decimal => Values::Doubles(Vec::new()),
            ColumnKind::Text | ColumnKind::Any | ColumnKind::Complex => Values::Texts(Vec::new()),
        };
        Self { is_list: column.is_collection, values, definitions: Vec::new(), repetitions: Vec::new() }
    }

    /// Adds a cell; answers what it costs.
    fn push(&mut self, cell: &Cell) -> usize {
        if !self.is_list {
            let present = self.values.push(cell);
            self.definitions.push(if present.is_some() { PLAIN_PRESENT } else { 0 });
            return VALUE_BYTES + present.unwrap_or(0);
        }
        let Cell::List(items) = cell else {
            self.definitions.push(0);
            self.repetitions.push(0);
            return VALUE_BYTES;
        };
        let mut cost = VALUE_BYTES;
        let mut count = 0;
        for item in items.iter() {
            let Some(bytes) = self.values.push(item) else { continue };
            self.definitions.push(LIST_PRESENT);
            self.repetitions.push(i16::from(count > 0));
            count += 1;
            cost += VALUE_BYTES + bytes;
        }
        if count == 0 {
            self.definitions.push(LIST_EMPTY);
            self.repetitions.push(0);
        }
        cost
    }

    /// Writes everything into a column of a row group, and forgets it.
    fn pour(&mut self, mut column: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let definitions = Some(self.definitions.as_slice());
        let repetitions = self.is_list.then_some(self.repetitions.as_slice());
        match &mut self.values {
            Values::Booleans(values) => {
                column.typed::<BoolType>().write_batch(values, definitions, repetitions)?;
                values.clear();
            }
            Values::Integers(values) => {
                column.typed::<Int64Type>().write_batch(values, definitions, repetitions)?;
                values.clear();
            }
            Values::Doubles(values) => {
                column.typed::<DoubleType>().write_batch(values, definitions, repetitions)?;
                values.clear();
            }
            Values::Texts(values) => {
                column.typed::<ByteArrayType>().write_batch(values, definitions, repetitions)?;
                values.clear();
            }
        }
        self.definitions.clear();
        self.repetitions.clear();
        column.close()
    }
}

impl Values {
    /// Adds a value that is one of the column's kind; answers the bytes of its text.
    fn push(&mut self, cell: &Cell) -> Option<usize> {
        match (self, cell) {
            (_, Cell::Null) => None,
            (Self::Booleans(values), Cell::Boolean(value)) => {
                values.push(*value);
                Some(0)
            }
            (Self::Integers(values), Cell::Integer(value)) => {
                values.push(*value);
                Some(0)
            }
            (Self::Doubles(values), Cell::Decimal(text)) => {
                values.push(text.parse().ok()?);
                Some(0)
            }
            (Self::Texts(values), cell) => {
                let text = cell.to_text()?;
                values.push(ByteArray::from(text.as_bytes().to_vec()));
                Some(text.len())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
