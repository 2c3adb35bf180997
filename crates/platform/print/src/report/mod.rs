//! A report of many pages: a title, paragraphs, tables. A tagged PDF that says of itself, and is checked to be, PDF/UA-1
//! (ISO 14289-1): headings, table headers, reading order, language and an outline are there for screen readers.

mod draw;
mod layout;

use crate::fonts::fonts;
use galen_kernel::Fault;

/// What a report says.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Its language, as BCP 47 writes it.
    pub language: &'static str,
    /// Whether that is written from right to left: pages are mirrored.
    pub is_right_to_left: bool,
    /// What it is.
    pub title: String,
    /// Whom it is about, in parts: stands on every page, so that a page on its own cannot be taken for somebody else's.
    pub about: Vec<String>,
    /// When it was made: stands at the foot of every page.
    pub foot: String,
    /// "Page {page} of {pages}", in its language.
    pub page_of: &'static str,
    /// Before the first section.
    pub lead: Vec<String>,
    /// Its sections, in order.
    pub sections: Vec<Section>,
}

/// A section: a heading, paragraphs, and a table where there are rows.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Paragraphs below it.
    pub notes: Vec<String>,
    /// The table's columns; the first one names the row. Without any title there is no row of headers.
    pub columns: Vec<Column>,
    /// A text for each column.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its header.
    pub title: &'static str,
    /// Its share of the width; those of a table add up to 1.
    pub share: f32,
}

/// The report as PDF. A fault when it cannot be made; nothing of the report is in it.
pub fn report(report: &Report) -> Result<Vec<u8>, Fault> {
    let fonts = fonts()?;
    let laid = layout::lay(fonts, report);
    draw::draw(fonts, report, &laid)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PARTS: [Column; 3] = [
        Column { title: "Test", share: 0.4 },
        Column { title: "Result", share: 0.4 },
        Column { title: "Date", share: 0.2 },
    ];

    fn sample(rows: Vec<Vec<String>>) -> Report {
        Report {
            language: "en",
            title: "Health record".to_owned(),
            about: vec!["SMITH, Anna".to_owned(), "Born 07-Feb-1970".to_owned()],
            foot: "Printed 27-Nov-2026".to_owned(),
            page_of: "Page {page} of {pages}",
            lead: vec!["What is written down.".to_owned()],
            sections: vec![
                Section {
                    title: "Test results".to_owned(),
                    notes: vec!["The newest is first.".to_owned()],
                    columns: PARTS.to_vec(),
                    rows,
                },
                Section {
                    title: "Allergies".to_owned(),
                    notes: vec!["None.".to_owned()],
                    ..Section::default()
                },
            ],
            ..Report::default()
        }
    }

    fn row(texts: [&str; 3]) -> Vec<String> {
        texts.map(str::to_owned).to_vec()
    }

    #[test]
    fn whatever_a_record_says_becomes_an_accessible_pdf() {
        let hostile = [
            "",
            "   ",
            "two\nlines\tand a tab",
            "emoji 😀 and 🩺",
            "private \u{e000} use",
            "\u{0}\u{7}\u{200f}\u{feff}\u{ffff}",
            "محمد خان 5.4 mmol/L",
            "欧阳伟 प्रिया 김지우",
            "e\u{301}\u{302}\u{303}",
        ];
        let rows = hostile.iter().map(|text| row([text, "5.4 mmol/L", "01-Jan-2026"])).collect();
        let mut asked = sample(rows);
        for is_right_to_left in [false, true] {
            asked.is_right_to_left = is_right_to_left;
            let pdf = report(&asked).unwrap();
            let text = String::from_utf8_lossy(&pdf);
            assert!(pdf.starts_with(b"%PDF-") && text.contains("pdfuaid"), "{is_right_to_left}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn no_text_keeps_a_report_from_being_accessible(texts in proptest::collection::vec(any::<String>(), 3), mirrored: bool) {
            let mut asked = sample(vec![texts.clone()]);
            asked.is_right_to_left = mirrored;
            asked.about = texts;
            let pdf = report(&asked).unwrap();
            prop_assert!(String::from_utf8_lossy(&pdf).contains("pdfuaid"));
        }
    }

    #[test]
    fn every_row_is_printed_however_many_and_however_long_they_are() {
        let mut rows: Vec<Vec<String>> = (0..400).map(|n| row([&format!("Test {n}"), "1", "2026"])).collect();
        rows.push(row(["Long", &"A sentence of a report. ".repeat(600), "2026"]));
        let asked = sample(rows);
        let laid = layout::lay(fonts().unwrap(), &asked);
        assert!(laid.pages.len() > 10);
        let words = |laid: &layout::Laid| -> usize {
            let lines = laid.pages.iter().flatten().filter_map(|item| match item {
                layout::Item::Line(line) if line.leaf.is_some() => Some(line.text.split_whitespace().count()),
                _ => None,
            });
            lines.sum()
        };
        let said: usize = asked
            .sections
            .iter()
            .flat_map(|s| s.rows.iter().flatten())
            .map(|t| t.split_whitespace().count())
            .sum();
        // Headings, notes, the lead and the headers come on top.
        assert_eq!(words(&laid), said + "Health record SMITH, Anna Born 07-Feb-1970 What is written down. Test results The newest is first. Test Result Date Allergies None.".split_whitespace().count());
        for item in laid.pages.iter().flatten() {
            if let layout::Item::Line(line) = item {
                assert!(line.y > 0.0 && line.y < layout::HEIGHT, "{}", line.y);
            }
        }
        assert!(report(&asked).unwrap().starts_with(b"%PDF-"));
    }

    #[test]
    fn a_report_of_nothing_is_still_one() {
        assert!(
            report(&Report {
                language: "en",
                title: "Empty".to_owned(),
                page_of: "{page}/{pages}",
                ..Report::default()
            })
            .unwrap()
            .starts_with(b"%PDF-")
        );
    }
}
