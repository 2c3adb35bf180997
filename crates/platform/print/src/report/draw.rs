//! From places to PDF: pages are drawn, and the structure is put together from what was drawn.

use super::Report;
use super::layout::{Block, HEIGHT, Item, Laid, Leaves, Line, MARGIN, Tone, WIDTH};
use crate::fonts::write;
use crate::text::{Fonts, Weight};
use galen_kernel::Fault;
use krilla::color::rgb;
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{Metadata, TextDirection};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree,
};
use krilla::{Document, SerializeSettings};
use std::num::NonZeroU16;

const STRONG: (u8, u8, u8) = (0x14, 0x20, 0x28);
const QUIET: (u8, u8, u8) = (0x45, 0x55, 0x60);
const RULE: (u8, u8, u8) = (0xd5, 0xdd, 0xe2);
const BAND: (u8, u8, u8) = (0xee, 0xf3, 0xf6);
const RULE_HEIGHT: f32 = 0.6;
const FOOT_SIZE: f32 = 8.0;

/// The PDF of a report in its places. One that a font's oddity keeps from being PDF/UA has all its tags still, and does not
/// say of itself that it is: nobody is left without their record for it.
pub(super) fn draw(fonts: &Fonts, report: &Report, laid: &Laid) -> Result<Vec<u8>, Fault> {
    let checked = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|e| Fault::new("report", format!("{e:?}")))?;
    made(fonts, report, laid, checked).or_else(|_| made(fonts, report, laid, Configuration::default()))
}

fn made(fonts: &Fonts, report: &Report, laid: &Laid, configuration: Configuration) -> Result<Vec<u8>, Fault> {
    let broken = |why: String| Fault::new("report", why);
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let direction =
        if report.is_right_to_left { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
    let metadata = Metadata::new().title(report.title.clone()).language(report.language.to_owned());
    document.set_metadata(metadata.text_direction(direction));
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| broken("its size".to_owned()))?;
    let mut drawn: Vec<Option<Identifier>> = vec![None; laid.leaves];
    for (number, items) in laid.pages.iter().enumerate() {
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        for item in items {
            draw_item(&mut surface, fonts, item, &mut drawn);
        }
        draw_foot(&mut surface, fonts, report, (number + 1, laid.pages.len()));
        surface.finish();
        page.finish();
    }
    document.set_outline(outline(laid));
    document.set_tag_tree(structure(report, laid, &mut drawn));
    // The refusal of a validator may quote the text it is about.
    document.finish().map_err(|_| broken("it cannot be written".to_owned()))
}

fn draw_item(surface: &mut Surface<'_>, fonts: &Fonts, item: &Item, drawn: &mut [Option<Identifier>]) {
    match item {
        Item::Line(line) => {
            let tag = match line.leaf {
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
            };
            let identifier = surface.start_tagged(tag);
            draw_line(surface, fonts, line);
            surface.end_tagged();
            if let Some(place) = line.leaf.and_then(|leaf| drawn.get_mut(leaf)) {
                *place = Some(identifier);
            }
        }
        Item::Rule(y) => fill(surface, *y, RULE_HEIGHT, RULE),
        Item::Band(y, height) => fill(surface, *y, *height, BAND),
    }
}

fn draw_line(surface: &mut Surface<'_>, fonts: &Fonts, line: &Line) {
    ink(surface, if line.tone == Tone::Strong { STRONG } else { QUIET });
    write(surface, fonts, (line.x, line.y), (&line.text, line.weight, line.size));
}

fn draw_foot(surface: &mut Surface<'_>, fonts: &Fonts, report: &Report, (page, pages): (usize, usize)) {
    let number = report.page_of.replace("{page}", &page.to_string()).replace("{pages}", &pages.to_string());
    let after = |text: &str| WIDTH - MARGIN - fonts.width(text, Weight::Plain, FOOT_SIZE);
    let foot = fonts.printable(&report.foot);
    let places = if report.is_right_to_left { (after(&foot), MARGIN) } else { (MARGIN, after(&number)) };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::PageNumber)));
    ink(surface, QUIET);
    let y = HEIGHT - MARGIN * 0.75;
    write(surface, fonts, (places.0, y), (&foot, Weight::Plain, FOOT_SIZE));
    write(surface, fonts, (places.1, y), (&number, Weight::Plain, FOOT_SIZE));
    surface.end_tagged();
}

fn ink(surface: &mut Surface<'_>, (red, green, blue): (u8, u8, u8)) {
    surface.set_fill(Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }));
}

/// Across the page, between the margins; for the eye only.
fn fill(surface: &mut Surface<'_>, y: f32, height: f32, colour: (u8, u8, u8)) {
    let Some(rect) = Rect::from_xywh(MARGIN, y, WIDTH - 2.0 * MARGIN, height) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    let Some(path) = path.finish() else { return };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    ink(surface, colour);
    surface.draw_path(&path);
    surface.end_tagged();
}

/// The title and, below it, the sections.
fn outline(laid: &Laid) -> Outline {
    let mut outline = Outline::new();
    for block in &laid.blocks {
        if let Block::Heading(_, title, _, (page, y)) = block {
            let place = XyzDestination::new(*page, Point::from_xy(MARGIN, *y));
            outline.push_child(OutlineNode::new(title.clone(), place));
        }
    }
    outline
}

fn structure(report: &Report, laid: &Laid, drawn: &mut [Option<Identifier>]) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(report.language.to_owned()));
    for block in &laid.blocks {
        match block {
            Block::Heading(level, title, leaves, _) => {
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                tree.push(group(TagGroup::new(Tag::Hn(level, Some(title.clone()))), leaves, drawn));
            }
            Block::Paragraph(leaves) => tree.push(group(TagGroup::new(Tag::P), leaves, drawn)),
            Block::Table(headers, rows) => tree.push(table(headers, rows, drawn)),
        }
    }
    tree
}

fn group(mut group: TagGroup, leaves: &Leaves, drawn: &mut [Option<Identifier>]) -> TagGroup {
    for leaf in leaves {
        if let Some(identifier) = drawn.get_mut(*leaf).and_then(Option::take) {
            group.push(Node::from(identifier));
        }
    }
    group
}

fn table(headers: &[Leaves], rows: &[Vec<Leaves>], drawn: &mut [Option<Identifier>]) -> TagGroup {
    let mut table = TagGroup::new(Tag::Table);
    if !headers.is_empty() {
        let mut row = TagGroup::new(Tag::TR);
        for leaves in headers {
            row.push(group(TagGroup::new(Tag::TH(TableHeaderScope::Column)), leaves, drawn));
        }
        let mut head = TagGroup::new(Tag::THead);
        head.push(row);
        table.push(head);
    }
    let mut body = TagGroup::new(Tag::TBody);
    for cells in rows {
        let mut row = TagGroup::new(Tag::TR);
        for (column, leaves) in cells.iter().enumerate() {
            let cell = match column {
                0 => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
                _ => TagGroup::new(Tag::TD),
            };
            row.push(group(cell, leaves, drawn));
        }
        body.push(row);
    }
    table.push(body);
    table
}
