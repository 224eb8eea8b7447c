//! The limit to measure against: reads answers and writes CSV or vCard 3.0 with code that knows
//! these very files and does nothing else.
//!
//! It takes JSON as the emulated API spells it, believes that it is well formed, classifies by the
//! `saved` flag alone, and neither guards nor cleans. What it writes for made-up people has the
//! columns and properties of the real thing, not always its bytes. Do not use it for
//! anything but this.
//!
//! With `duties` it also does what the real thing owes whatever the format: it checks that the text
//! is UTF-8, gives each id once, and flushes the output to disk.
//!
//! ```console
//! cargo run --release --bin by_hand -- csv answers.ndjson contacts.csv
//! cargo run --release --bin by_hand -- csv answers.ndjson contacts.csv duties
//! ```

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::process::ExitCode;

/// Read and written in blocks of this size.
const BLOCK: usize = 256 << 10;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let (format, from, to, duties) = match args[..] {
        [format, from, to] => (format, from, to, None),
        [format, from, to, "duties"] => (format, from, to, Some(Duties::default())),
        _ => {
            eprintln!("usage: by_hand csv|vcard FROM TO [duties]");
            return ExitCode::from(2);
        }
    };
    let done = match format {
        "csv" => run(from, to, duties, CSV_HEADER, csv_line),
        _ => run(from, to, duties, b"", card),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is owed whatever the format.
#[derive(Default)]
struct Duties {
    seen: HashSet<u64>,
}

impl Duties {
    fn is_new(&mut self, id: &[u8]) -> bool {
        let number = id
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .fold(1, |number: u64, digit| {
                number * 10 + u64::from(digit - b'0')
            });
        let lid = u64::from(id.ends_with(b"d")) << 63;
        self.seen.insert(number | lid)
    }
}

fn run(
    from: &str,
    to: &str,
    mut duties: Option<Duties>,
    head: &[u8],
    write: fn(&Row<'_>, &mut Vec<u8>),
) -> io::Result<()> {
    let mut answers = BufReader::with_capacity(BLOCK, File::open(from)?);
    let mut file = File::create(to)?;
    let mut out = head.to_vec();
    let mut line = Vec::new();
    while answers.read_until(b'\n', &mut line)? > 0 {
        if duties.is_some() {
            simdutf8::basic::from_utf8(&line).map_err(io::Error::other)?;
        }
        let mut at = find(&line, 0, b'[') + 1;
        while line[at] == b'{' {
            let mut row = Row::default();
            // Behind the comma, or the end of the list.
            at = row.read(&line, at + 1) + 1;
            if duties.as_mut().is_none_or(|duties| duties.is_new(row.id)) {
                write(&row, &mut out);
            }
            if out.len() >= BLOCK {
                flush(&mut out, &mut file)?;
            }
        }
        line.clear();
    }
    flush(&mut out, &mut file)?;
    if duties.is_some() {
        file.sync_all()?;
    }
    Ok(())
}

fn flush(out: &mut Vec<u8>, file: &mut File) -> io::Result<()> {
    file.write_all(out)?;
    out.clear();
    Ok(())
}

/// A contact's texts, still escaped as JSON has them.
#[derive(Default)]
struct Row<'a> {
    id: &'a [u8],
    name: &'a [u8],
    pushname: &'a [u8],
    saved: Option<bool>,
    is_business: Option<bool>,
}

impl<'a> Row<'a> {
    /// Reads the fields from behind `{`; returns the place behind `}`.
    fn read(&mut self, json: &'a [u8], mut at: usize) -> usize {
        loop {
            let key_end = find(json, at + 1, b'"');
            let key = &json[at + 1..key_end];
            at = key_end + 2;
            if json[at] == b'"' {
                let end = end_of_text(json, at + 1);
                let text = &json[at + 1..end];
                match key {
                    b"id" => self.id = text,
                    b"name" => self.name = text,
                    b"pushname" => self.pushname = text,
                    _ => {}
                }
                at = end + 1;
            } else {
                let flag = json[at] == b't';
                match key {
                    b"saved" => self.saved = Some(flag),
                    b"is_business" => self.is_business = Some(flag),
                    _ => {}
                }
                while !matches!(json[at], b',' | b'}') {
                    at += 1;
                }
            }
            at += 1;
            if json[at - 1] == b'}' {
                return at;
            }
        }
    }

    fn digits(&self) -> Option<&'a [u8]> {
        (!self.id.contains(&b'@')).then_some(self.id)
    }

    fn shown(&self) -> &'a [u8] {
        [self.name, self.pushname, self.id]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }
}

fn find(bytes: &[u8], mut at: usize, wanted: u8) -> usize {
    while bytes[at] != wanted {
        at += 1;
    }
    at
}

fn end_of_text(json: &[u8], mut at: usize) -> usize {
    loop {
        match json[at] {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Undoes the escapes that the emulated API uses: those of one character.
fn unescaped(text: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = text.iter();
    std::iter::from_fn(move || {
        Some(match *rest.next()? {
            b'\\' => match *rest.next()? {
                b'n' => b'\n',
                b't' => b'\t',
                other => other,
            },
            byte => byte,
        })
    })
}

const CSV_HEADER: &[u8] = b"id,kind,phone,display_name,name,pushname,saved,standing,can_edit,can_delete,can_create,is_business\r\n";

fn csv_line(row: &Row<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(row.id);
    match row.digits() {
        Some(digits) => {
            out.extend_from_slice(b",phone,+");
            out.extend_from_slice(digits);
        }
        None => out.extend_from_slice(b",lid,"),
    }
    for text in [row.shown(), row.name, row.pushname] {
        out.push(b',');
        cell(text, out);
    }
    out.extend_from_slice(match (row.saved, row.digits()) {
        (Some(true), _) => b",true,saved,true,true,false,",
        (Some(false), Some(_)) => b",false,discovered,false,false,true,",
        (Some(false), None) => b",false,discovered,false,false,false,",
        (None, _) => b",,unknown,false,false,false,",
    });
    out.extend_from_slice(match row.is_business {
        Some(true) => b"true\r\n",
        Some(false) => b"false\r\n",
        None => b"\r\n",
    });
}

fn cell(text: &[u8], out: &mut Vec<u8>) {
    if !text.iter().any(|byte| matches!(byte, b',' | b'\\')) {
        out.extend_from_slice(text);
        return;
    }
    out.push(b'"');
    for byte in unescaped(text) {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

fn card(row: &Row<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:");
    value(row.shown(), 3, out);
    out.extend_from_slice(b"\r\nN:;");
    value(row.shown(), 3, out);
    out.extend_from_slice(b";;;\r\n");
    if let Some(digits) = row.digits() {
        out.extend_from_slice(b"TEL;TYPE=CELL:+");
        out.extend_from_slice(digits);
        out.extend_from_slice(b"\r\n");
    }
    if row.saved == Some(true) {
        out.extend_from_slice(
            b"CATEGORIES:WhatsApp saved\r\nNOTE:WhatsApp: saved in the address book.",
        );
    } else {
        out.extend_from_slice(
            b"CATEGORIES:WhatsApp discovered\r\nNOTE:WhatsApp: in a group or chat.\\nSave it to edit or delete it.",
        );
    }
    if !row.pushname.is_empty() && row.shown() != row.pushname {
        out.extend_from_slice(b"\\nName on WhatsApp: ");
        value(row.pushname, 60, out);
    }
    out.extend_from_slice(
        b"\r\nPRODID:-//whapi-export//EN\r\nUID:urn:uuid:00000000-0000-5000-8000-",
    );
    out.extend_from_slice(&row.id[..row.id.len().min(12)]);
    out.extend_from_slice(b"\r\nEND:VCARD\r\n");
}

/// Escapes and folds.
fn value(text: &[u8], mut octets: usize, out: &mut Vec<u8>) {
    if text.len() + octets < 75 && !text.iter().any(|byte| matches!(byte, b',' | b';' | b'\\')) {
        out.extend_from_slice(text);
        return;
    }
    for byte in unescaped(text) {
        // Room for the longest character and an escape; not inside of a character.
        if octets > 68 && byte & 0xc0 != 0x80 {
            out.extend_from_slice(b"\r\n ");
            octets = 1;
        }
        if matches!(byte, b',' | b';' | b'\\') {
            out.push(b'\\');
            octets += 1;
        }
        out.push(byte);
        octets += 1;
    }
}
