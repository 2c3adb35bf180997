//! Rows as JSON: an array of objects, or an object a line. Every column is in every object.

use galen_fhir::Json;
use galen_fhir::views::{Cell, Column};

pub(crate) struct JsonRows {
    /// `"name":` of each column, with what goes before it.
    starts: Vec<Vec<u8>>,
    is_array: bool,
    has_rows: bool,
    out: Vec<u8>,
}

impl JsonRows {
    pub(crate) fn new(columns: &[Column], is_array: bool) -> Self {
        let start = |(place, column): (usize, &Column)| {
            let mut start = if place == 0 { b"{".to_vec() } else { b",".to_vec() };
            Json::from(&*column.name).write(&mut start);
            start.push(b':');
            start
        };
        let starts = columns.iter().enumerate().map(start).collect();
        let out = if is_array { b"[".to_vec() } else { Vec::new() };
        Self { starts, is_array, has_rows: false, out }
    }

    pub(crate) fn write(&mut self, row: &[Cell]) {
        if self.is_array && self.has_rows {
            self.out.extend_from_slice(b",\n");
        }
        self.has_rows = true;
        for (start, cell) in self.starts.iter().zip(row) {
            self.out.extend_from_slice(start);
            cell.write_json(&mut self.out);
        }
        self.out.extend_from_slice(if self.is_array { b"}" } else { b"}\n" });
    }

    pub(crate) fn ready(&self) -> usize {
        self.out.len()
    }

    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        if self.is_array {
            self.out.extend_from_slice(b"]\n");
        }
        self.out
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use crate::{Format, TableWriter};
    use galen_fhir::views::View;

    fn written(format: Format, count: usize) -> String {
        let json = |text: &str| galen_fhir::json::parse(text.as_bytes()).unwrap();
        let view = View::read(&json(
            r#"{"resource":"Patient","select":[{"column":[{"name":"id","path":"id"},{"name":"active","path":"active"},
            {"name":"given","path":"name.given","collection":true},{"name":"half","path":"1.50"}]}]}"#,
        ))
        .unwrap();
        let mut table = TableWriter::new(format, view.columns()).unwrap();
        let mut out = Vec::new();
        for place in 0..count {
            let patient =
                format!(r#"{{"resourceType":"Patient","id":"p\"{place}","name":[{{"given":["A","ü"]}}]}}"#);
            for row in view.run(&json(&patient), None).unwrap() {
                table.write(&row).unwrap();
                assert!(table.ready() > 0);
                out.extend(table.take().unwrap());
            }
        }
        out.extend(table.finish().unwrap());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_have_every_column_and_keep_decimals() {
        assert_eq!(
            written(Format::Ndjson, 2),
            "{\"id\":\"p\\\"0\",\"active\":null,\"given\":[\"A\",\"ü\"],\"half\":1.50}\n\
             {\"id\":\"p\\\"1\",\"active\":null,\"given\":[\"A\",\"ü\"],\"half\":1.50}\n"
        );
        assert_eq!(written(Format::Ndjson, 0), "");
    }

    #[test]
    fn an_array_is_json_however_many_rows_it_has() {
        for count in [0, 1, 3] {
            let json = galen_fhir::json::parse(written(Format::Json, count).as_bytes()).unwrap();
            assert_eq!(json.items().len(), count);
        }
    }
}
