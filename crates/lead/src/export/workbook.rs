//! An Excel workbook with one sheet (ECMA-376), written piece by piece while the leads come.
//!
//! Nothing has to be held: rows go out as they are read, and the archive's directory follows at the end (APPNOTE
//! 4.4.4, bit 3). The parts are put into deflate's stored blocks, which cost nothing to make; what carries the file
//! may compress it as any other answer. A library for this weighs a tenth of the Worker.

use jiff::Timestamp;

use super::Cell;
use crate::destinations::message::straight;

/// The most rows a sheet may have, with its heading.
const MOST_ROWS: u64 = 1_048_576;

/// The longest text in a cell, in characters as UTF-16 counts them.
const LONGEST: usize = 32_767;

const SHEET: &str = "xl/worksheets/sheet1.xml";

const PARTS: [(&str, &str); 5] = [
    (
        "[Content_Types].xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="leads" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>"#,
    ),
];

const SHEET_BEGINS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15" baseColWidth="16"/><sheetData>"#;

const SHEET_ENDS: &str = "</sheetData></worksheet>";

/// A workbook on its way out: what each call gives is the next piece of the file.
#[derive(Debug, Default)]
pub struct Workbook {
    archive: Archive,
    rows: u64,
}

impl Workbook {
    /// The file's beginning, with the heading.
    pub fn begin(&mut self, heading: &[String]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, content) in PARTS {
            self.archive.open(name, &mut out);
            self.archive.write(content.as_bytes(), &mut out);
            self.archive.close(&mut out);
        }
        self.archive.open(SHEET, &mut out);
        self.archive.write(SHEET_BEGINS.as_bytes(), &mut out);
        let cells = heading.iter().enumerate().map(|(at, name)| inline(&place(at, 1), name, 1));
        let row = format!("<row r=\"1\">{}</row>", cells.collect::<String>());
        self.archive.write(row.as_bytes(), &mut out);
        self.rows = 1;
        out
    }

    /// Further rows. Those beyond what a sheet may have are left out; [`Workbook::is_full`] says so.
    pub fn rows(&mut self, rows: &[Vec<Cell>]) -> Vec<u8> {
        let mut text = String::new();
        for row in rows {
            if self.is_full() {
                break;
            }
            self.rows = self.rows.saturating_add(1);
            text.push_str(&format!("<row r=\"{}\">", self.rows));
            text.extend(row.iter().enumerate().map(|(at, value)| cell(&place(at, self.rows), value)));
            text.push_str("</row>");
        }
        let mut out = Vec::new();
        self.archive.write(text.as_bytes(), &mut out);
        out
    }

    /// True when the sheet takes no further row.
    pub fn is_full(&self) -> bool {
        self.rows >= MOST_ROWS
    }

    /// The file's end.
    pub fn end(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.archive.write(SHEET_ENDS.as_bytes(), &mut out);
        self.archive.close(&mut out);
        self.archive.end(&mut out);
        out
    }
}

/// `A1` for the first column of the first row.
fn place(column: usize, row: u64) -> String {
    const LETTERS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letter = |at: usize| LETTERS.get(at).copied().map_or('A', char::from);
    let last = letter(column.checked_rem(26).unwrap_or(0));
    match column.checked_div(26).and_then(|before| before.checked_sub(1)) {
        Some(before) => format!("{}{last}{row}", letter(before)),
        None => format!("{last}{row}"),
    }
}

fn cell(place: &str, cell: &Cell) -> String {
    match cell {
        Cell::Text(words) if words.is_empty() => String::new(),
        Cell::Text(words) => inline(place, &straight(words), 0),
        Cell::Phone(phone) => inline(place, phone, 3),
        Cell::Number(number) => format!(r#"<c r="{place}"><v>{number}</v></c>"#),
        Cell::Time(at) => {
            serial_day(at).map(|day| format!(r#"<c r="{place}" s="2"><v>{day:.6}</v></c>"#)).unwrap_or_default()
        }
    }
}

/// A text in its place: by its type it is never a formula.
fn inline(place: &str, words: &str, style: u8) -> String {
    let mut written = String::new();
    let mut length = 0_usize;
    for sign in words.chars() {
        length = length.saturating_add(sign.len_utf16());
        if length > LONGEST {
            break;
        }
        match sign {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '\n' | '\t' => written.push(sign),
            // What XML cannot hold, and a carriage return, which it would change.
            sign if sign.is_control() || matches!(sign, '\u{fffe}' | '\u{ffff}') => {}
            sign => written.push(sign),
        }
    }
    // "_x0041_" would be read as a letter by its number: its first sign is written so itself.
    let written = written.replace("_x", "_x005F_x");
    format!(r#"<c r="{place}" t="inlineStr" s="{style}"><is><t xml:space="preserve">{written}</t></is></c>"#)
}

/// A ZIP archive on its way out.
#[derive(Debug, Default)]
struct Archive {
    at: u64,
    entries: Vec<Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    name: String,
    begins: u64,
    checksum: u32,
    packed: u64,
    size: u64,
}

/// The most a stored block holds.
const BLOCK: usize = 65_535;

/// UTF-8 names, and sizes that follow the content.
const FLAGS: u16 = 0x0808;

/// Midnight of 1 January 1980, which is the first there is: an export does not depend on a clock.
const FIRST_DAY: u16 = 0x21;

impl Archive {
    fn open(&mut self, name: &str, out: &mut Vec<u8>) {
        let before = out.len();
        self.entries.push(Entry { name: name.to_owned(), begins: self.at, checksum: u32::MAX, ..Entry::default() });
        out.extend(0x0403_4b50_u32.to_le_bytes());
        for word in [20, FLAGS, 8, 0, FIRST_DAY] {
            out.extend(word.to_le_bytes());
        }
        out.extend([0; 12]);
        out.extend(u16::try_from(name.len()).unwrap_or_default().to_le_bytes());
        out.extend(0_u16.to_le_bytes());
        out.extend(name.as_bytes());
        self.gone(before, out);
    }

    fn write(&mut self, content: &[u8], out: &mut Vec<u8>) {
        let before = out.len();
        for block in content.chunks(BLOCK) {
            let length = u16::try_from(block.len()).unwrap_or_default();
            out.push(0);
            out.extend(length.to_le_bytes());
            out.extend((!length).to_le_bytes());
            out.extend(block);
        }
        if let Some(entry) = self.entries.last_mut() {
            entry.checksum = content.iter().fold(entry.checksum, |sum, byte| crc32(sum, *byte));
            entry.size = entry.size.saturating_add(content.len() as u64);
            entry.packed = entry.packed.saturating_add(out.len().saturating_sub(before) as u64);
        }
        self.gone(before, out);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        let before = out.len();
        if let Some(entry) = self.entries.last_mut() {
            out.extend([1, 0, 0, 0xff, 0xff]);
            entry.packed = entry.packed.saturating_add(5);
            entry.checksum = !entry.checksum;
            out.extend(0x0807_4b50_u32.to_le_bytes());
            entry.sums(out);
        }
        self.gone(before, out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let (before, begins) = (out.len(), self.at);
        for entry in &self.entries {
            out.extend(0x0201_4b50_u32.to_le_bytes());
            for word in [20, 20, FLAGS, 8, 0, FIRST_DAY] {
                out.extend(word.to_le_bytes());
            }
            entry.sums(out);
            out.extend(u16::try_from(entry.name.len()).unwrap_or_default().to_le_bytes());
            out.extend([0; 12]);
            out.extend(short(entry.begins));
            out.extend(entry.name.as_bytes());
        }
        let size = out.len().saturating_sub(before) as u64;
        let count = u16::try_from(self.entries.len()).unwrap_or_default().to_le_bytes();
        out.extend(0x0605_4b50_u32.to_le_bytes());
        out.extend([0; 4]);
        out.extend(count);
        out.extend(count);
        out.extend(short(size));
        out.extend(short(begins));
        out.extend([0; 2]);
        self.gone(before, out);
    }

    fn gone(&mut self, before: usize, out: &[u8]) {
        self.at = self.at.saturating_add(out.len().saturating_sub(before) as u64);
    }
}

impl Entry {
    fn sums(&self, out: &mut Vec<u8>) {
        out.extend(self.checksum.to_le_bytes());
        out.extend(short(self.packed));
        out.extend(short(self.size));
    }
}

/// Four bytes. A million rows of leads stay far below four gigabytes.
fn short(number: u64) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

/// The next step of CRC-32 (ISO 3309), four bits at a time.
fn crc32(sum: u32, byte: u8) -> u32 {
    const NIBBLES: [u32; 16] = [
        0x0000_0000,
        0x1db7_1064,
        0x3b6e_20c8,
        0x26d9_30ac,
        0x76dc_4190,
        0x6b6b_51f4,
        0x4db2_6158,
        0x5005_713c,
        0xedb8_8320,
        0xf00f_9344,
        0xd6d6_a3e8,
        0xcb61_b38c,
        0x9b64_c2b0,
        0x86d3_d2d4,
        0xa00a_e278,
        0xbdbd_f21c,
    ];
    let step =
        |sum: u32| sum >> 4 ^ usize::try_from(sum & 15).ok().and_then(|at| NIBBLES.get(at)).copied().unwrap_or(0);
    step(step(sum ^ u32::from(byte)))
}

/// Days since 1900 as a spreadsheet counts them; `None` for no time.
fn serial_day(at: &str) -> Option<f64> {
    let milliseconds = at.parse::<Timestamp>().ok()?.as_millisecond();
    #[allow(clippy::cast_precision_loss, clippy::arithmetic_side_effects, reason = "exact far beyond any date")]
    let day = milliseconds as f64 / 86_400_000.0 + 25_569.0;
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_everybody_computes() {
        assert_eq!(!b"123456789".iter().fold(u32::MAX, |sum, byte| crc32(sum, *byte)), 0xcbf4_3926);
    }

    #[test]
    fn columns_are_named_as_spreadsheets_do() {
        assert_eq!([0, 25, 26, 58].map(|column| place(column, 7)), ["A7", "Z7", "AA7", "BG7"]);
    }

    #[test]
    fn text_is_text_whatever_it_holds() {
        let written = inline("A1", "=1+2 <b> & _x0041_ \u{b}\r\n", 0);
        assert!(written.contains(">=1+2 &lt;b&gt; &amp; _x005F_x0041_ \n</t>"), "{written}");
        assert!(inline("A1", &"x".repeat(40_000), 0).len() < 33_000);
    }

    #[test]
    fn days_are_counted_as_a_spreadsheet_does() {
        assert_eq!(serial_day("2026-11-22T12:00:00Z"), Some(46_348.5));
        assert_eq!(serial_day(""), None);
    }
}
