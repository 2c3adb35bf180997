//! Rows as CSV.

use csv::{Writer, WriterBuilder};
use galen_fhir::views::{Cell, Column};
use galen_kernel::Fault;

pub(crate) struct CsvRows {
    writer: Writer<Vec<u8>>,
}

fn writer() -> Writer<Vec<u8>> {
    WriterBuilder::new().has_headers(false).from_writer(Vec::new())
}

fn fault(error: impl std::error::Error + Send + Sync + 'static) -> Fault {
    Fault::new("csv", error)
}

impl CsvRows {
    pub(crate) fn new(columns: &[Column], header: bool) -> Result<Self, Fault> {
        let mut rows = Self { writer: writer() };
        if header {
            let names = columns.iter().map(|column| column.name.as_bytes());
            rows.writer.write_record(names).map_err(fault)?;
        }
        Ok(rows)
    }

    pub(crate) fn write(&mut self, row: &[Cell]) -> Result<(), Fault> {
        for cell in row {
            let text = cell.to_text().unwrap_or_default();
            self.writer.write_field(text.as_bytes()).map_err(fault)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(fault)
    }

    pub(crate) fn ready(&self) -> usize {
        self.writer.get_ref().len()
    }

    pub(crate) fn take(&mut self) -> Result<Vec<u8>, Fault> {
        std::mem::replace(&mut self.writer, writer()).into_inner().map_err(|e| fault(e.into_error()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use crate::{Format, TableWriter};
    use galen_fhir::views::View;

    fn written(header: bool) -> String {
        let json = |text: &str| galen_fhir::json::parse(text.as_bytes()).unwrap();
        let view = View::read(&json(
            r#"{"resource":"Patient","select":[{"column":[{"name":"id","path":"id"},{"name":"active","path":"active"},
            {"name":"family","path":"name.first().family"},{"name":"given","path":"name.given","collection":true}]}]}"#,
        ))
        .unwrap();
        let mut table = TableWriter::new(Format::Csv { header }, view.columns()).unwrap();
        let mut out = table.take().unwrap();
        for patient in [
            r#"{"resourceType":"Patient","id":"1","active":true,"name":[{"family":"O, \"N\"\nM","given":["A","B"]}]}"#,
            r#"{"resourceType":"Patient","id":"2"}"#,
        ] {
            for row in view.run(&json(patient), None).unwrap() {
                table.write(&row).unwrap();
            }
        }
        out.extend(table.finish().unwrap());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_would_break_a_line_is_quoted_and_no_value_is_empty() {
        let rows = "1,true,\"O, \"\"N\"\"\nM\",\"[\"\"A\"\",\"\"B\"\"]\"\n2,,,[]\n";
        assert_eq!(written(false), rows);
        assert_eq!(written(true), format!("id,active,family,given\n{rows}"));
    }
}
