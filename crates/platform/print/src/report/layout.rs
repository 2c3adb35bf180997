//! Where everything stands: lines on pages, and which of them make up a heading, a paragraph, a cell.

use super::{Report, Section};
use crate::text::{Fonts, Weight};

/// Points of a millimetre.
const MM: f32 = 72.0 / 25.4;
pub(super) const WIDTH: f32 = 210.0 * MM;
pub(super) const HEIGHT: f32 = 297.0 * MM;
pub(super) const MARGIN: f32 = 18.0 * MM;
/// Where text begins, below whom it is about.
const TOP: f32 = 26.0 * MM;
/// Where text ends, above the foot.
const BOTTOM: f32 = HEIGHT - 24.0 * MM;
const LEADING: f32 = 1.4;
const TITLE_SIZE: f32 = 20.0;
const HEADING_SIZE: f32 = 13.0;
const TEXT_SIZE: f32 = 10.0;
const CELL_SIZE: f32 = 9.0;
const SMALL_SIZE: f32 = 8.0;
/// Between columns.
const GAP: f32 = 8.0;
/// Above and below a row's text.
const PAD: f32 = 4.0;
/// What a heading needs below it on its page.
const KEEP: f32 = 64.0;
/// What an empty cell says.
const NOTHING: &str = "–";
/// Most lines of one paragraph or cell; a text beyond it says that it goes on. More than any record has.
const LINES_MAX: usize = 2_000;

/// How strong something is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Strong,
    Quiet,
}

/// A line of text.
#[derive(Debug)]
pub(super) struct Line {
    /// The number of its leaf in the structure; what belongs to the page only has none.
    pub(super) leaf: Option<usize>,
    pub(super) x: f32,
    /// Its baseline.
    pub(super) y: f32,
    pub(super) text: String,
    pub(super) weight: Weight,
    pub(super) size: f32,
    pub(super) tone: Tone,
}

/// What is on a page.
#[derive(Debug)]
pub(super) enum Item {
    Line(Line),
    /// A line across the page at this height.
    Rule(f32),
    /// A band across the page: top and height.
    Band(f32, f32),
}

/// The leaves of one text.
pub(super) type Leaves = Vec<usize>;

/// What the lines make up.
#[derive(Debug)]
pub(super) enum Block {
    /// Level, text, leaves, page and height.
    Heading(u16, String, Leaves, (usize, f32)),
    Paragraph(Leaves),
    /// Headers, which may be none; rows of cells.
    Table(Vec<Leaves>, Vec<Vec<Leaves>>),
}

/// A report in its places.
#[derive(Debug, Default)]
pub(super) struct Laid {
    pub(super) pages: Vec<Vec<Item>>,
    pub(super) blocks: Vec<Block>,
    /// How many leaves there are.
    pub(super) leaves: usize,
}

/// Puts a report in its places.
pub(super) fn lay(fonts: &Fonts, report: &Report) -> Laid {
    let mut pen = Pen { fonts, report, laid: Laid::default(), y: 0.0 };
    pen.turn();
    pen.heading(1, &report.title, TITLE_SIZE);
    pen.about_paragraph();
    for text in &report.lead {
        pen.paragraph(text, Weight::Plain);
    }
    for section in &report.sections {
        pen.section(section);
    }
    pen.laid
}

struct Pen<'p> {
    fonts: &'p Fonts,
    report: &'p Report,
    laid: Laid,
    y: f32,
}

impl Pen<'_> {
    /// A new page.
    fn turn(&mut self) {
        let is_first = self.laid.pages.is_empty();
        self.laid.pages.push(Vec::new());
        self.y = if is_first { MARGIN } else { TOP };
        if !is_first {
            let y = MARGIN + SMALL_SIZE;
            self.about(y, (Weight::Plain, SMALL_SIZE, Tone::Quiet), false);
            self.put(Item::Rule(y + 4.0));
        }
    }

    fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.turn();
        }
    }

    fn put(&mut self, item: Item) {
        if let Some(page) = self.laid.pages.last_mut() {
            page.push(item);
        }
    }

    /// One line in its column: at the side where its language begins.
    fn line(
        &mut self,
        leaf: Option<usize>,
        (x, room): (f32, f32),
        y: f32,
        text: &str,
        (weight, size, tone): (Weight, f32, Tone),
    ) {
        let x = if self.report.is_right_to_left {
            WIDTH - x - self.fonts.width(text, weight, size).min(room)
        } else {
            x
        };
        self.put(Item::Line(Line { leaf, x, y, text: text.to_owned(), weight, size, tone }));
    }

    /// A line that is a leaf of the structure.
    fn leaf(&mut self, place: (f32, f32), y: f32, text: &str, look: (Weight, f32, Tone)) -> usize {
        let number = self.laid.leaves;
        self.laid.leaves += 1;
        self.line(Some(number), place, y, text, look);
        number
    }

    /// Lines of a text; all but the last end with the space at which they were broken, for who reads them aloud.
    fn lines(&self, text: &str, weight: Weight, size: f32, room: f32) -> Vec<String> {
        let mut lines = self.fonts.wrap(&self.fonts.printable(text), weight, size, room, LINES_MAX);
        let before_last = lines.len().saturating_sub(1);
        for line in lines.iter_mut().take(before_last) {
            line.push(' ');
        }
        lines
    }

    /// Lines across the page, on as many pages as they need.
    fn block(&mut self, text: &str, look: (Weight, f32, Tone)) -> Leaves {
        let (weight, size, _) = look;
        let room = WIDTH - 2.0 * MARGIN;
        let mut leaves = Vec::new();
        for line in self.lines(text, weight, size, room) {
            self.room(size * LEADING);
            leaves.push(self.leaf((MARGIN, room), self.y + size, &line, look));
            self.y += size * LEADING;
        }
        leaves
    }

    fn heading(&mut self, level: u16, title: &str, size: f32) {
        self.room(KEEP);
        let at = (self.laid.pages.len().saturating_sub(1), self.y);
        let leaves = self.block(title, (Weight::Bold, size, Tone::Strong));
        if !leaves.is_empty() {
            self.laid.blocks.push(Block::Heading(level, title.to_owned(), leaves, at));
        }
        self.y += size * 0.3;
    }

    fn paragraph(&mut self, text: &str, weight: Weight) {
        let leaves = self.block(text, (weight, TEXT_SIZE, Tone::Quiet));
        if !leaves.is_empty() {
            self.laid.blocks.push(Block::Paragraph(leaves));
            self.y += TEXT_SIZE * 0.4;
        }
    }

    /// Whom it is about, part after part in the direction of the language: joined into one text, a Latin name would turn an
    /// Arabic line around.
    fn about(&mut self, y: f32, look: (Weight, f32, Tone), is_read: bool) -> Leaves {
        let (weight, size, _) = look;
        let (mut x, mut leaves) = (MARGIN, Vec::new());
        for part in &self.report.about {
            let part = self.fonts.printable(part);
            let room = (WIDTH - MARGIN - x).max(size);
            let Some(line) = self.fonts.wrap(&part, weight, size, room, 1).pop() else { continue };
            if is_read {
                leaves.push(self.leaf((x, room), y, &line, look));
            } else {
                self.line(None, (x, room), y, &line, look);
            }
            x += self.fonts.width(&line, weight, size) + 2.0 * GAP;
        }
        leaves
    }

    fn about_paragraph(&mut self) {
        let leaves = self.about(self.y + TEXT_SIZE, (Weight::Bold, TEXT_SIZE, Tone::Strong), true);
        if !leaves.is_empty() {
            self.laid.blocks.push(Block::Paragraph(leaves));
            self.y += TEXT_SIZE * (LEADING + 0.4);
        }
    }

    fn section(&mut self, section: &Section) {
        self.y += HEADING_SIZE;
        self.heading(2, &section.title, HEADING_SIZE);
        for note in &section.notes {
            self.paragraph(note, Weight::Plain);
        }
        if section.rows.is_empty() {
            return;
        }
        let places = places(section);
        let headers = self.headers(section, &places, true);
        let mut rows = Vec::with_capacity(section.rows.len());
        for row in &section.rows {
            rows.push(self.row(section, row, &places));
        }
        self.laid.blocks.push(Block::Table(headers, rows));
    }

    /// The row of headers. Those repeated on further pages are for the eye only.
    fn headers(&mut self, section: &Section, places: &[(f32, f32)], is_first: bool) -> Vec<Leaves> {
        if section.columns.iter().all(|column| column.title.is_empty()) {
            return Vec::new();
        }
        let texts: Vec<Vec<String>> = section
            .columns
            .iter()
            .zip(places)
            .map(|(column, (_, room))| self.lines(column.title, Weight::Bold, SMALL_SIZE, *room))
            .collect();
        let count = texts.iter().map(Vec::len).max().unwrap_or(0);
        let height = lines_height(count, SMALL_SIZE) + 2.0 * PAD;
        self.put(Item::Band(self.y, height));
        let look = (Weight::Bold, SMALL_SIZE, Tone::Quiet);
        let mut leaves = vec![Vec::new(); texts.len()];
        for ((lines, place), leaves) in texts.iter().zip(places).zip(&mut leaves) {
            for (number, line) in lines.iter().enumerate() {
                let y = self.y + PAD + SMALL_SIZE + lines_height(number, SMALL_SIZE);
                if is_first {
                    leaves.push(self.leaf(*place, y, line, look));
                } else {
                    self.line(None, *place, y, line, look);
                }
            }
        }
        self.y += height;
        leaves
    }

    /// A row; it stays on one page where it fits on one.
    fn row(&mut self, section: &Section, row: &[String], places: &[(f32, f32)]) -> Vec<Leaves> {
        let weight = |column: usize| if column == 0 { Weight::Bold } else { Weight::Plain };
        let cells: Vec<Vec<String>> = row
            .iter()
            .zip(places)
            .enumerate()
            .map(|(column, (text, (_, room)))| {
                // A cell without anything in it would be no cell to who has the table read aloud.
                let text = if text.trim().is_empty() { NOTHING } else { text };
                self.lines(text, weight(column), CELL_SIZE, *room)
            })
            .collect();
        let count = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let height = lines_height(count, CELL_SIZE) + 2.0 * PAD;
        if self.y + height > BOTTOM && (height <= BOTTOM - TOP || self.y + KEEP > BOTTOM) {
            self.turn();
            self.headers(section, places, false);
        }
        let mut leaves = vec![Vec::new(); cells.len()];
        self.y += PAD;
        for number in 0..count {
            if self.y + CELL_SIZE * LEADING > BOTTOM {
                self.turn();
                self.headers(section, places, false);
                self.y += PAD;
            }
            for (column, ((lines, place), leaves)) in cells.iter().zip(places).zip(&mut leaves).enumerate() {
                if let Some(line) = lines.get(number) {
                    let look = (weight(column), CELL_SIZE, Tone::Strong);
                    leaves.push(self.leaf(*place, self.y + CELL_SIZE, line, look));
                }
            }
            self.y += CELL_SIZE * LEADING;
        }
        self.y += PAD;
        self.put(Item::Rule(self.y));
        leaves
    }
}

#[allow(clippy::cast_precision_loss)] // lines are far fewer than the 2^24 that f32 holds exactly
fn lines_height(count: usize, size: f32) -> f32 {
    count as f32 * size * LEADING
}

/// Where each column begins, and its room.
fn places(section: &Section) -> Vec<(f32, f32)> {
    let whole = WIDTH - 2.0 * MARGIN;
    let mut x = MARGIN;
    let mut places = Vec::with_capacity(section.columns.len());
    for column in &section.columns {
        let width = whole * column.share;
        places.push((x, width - GAP));
        x += width;
    }
    places
}
