//! Reads a request from a connection.

use std::io::BufRead;

pub(super) struct Call {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) token: String,
    pub(super) body: Vec<u8>,
}

pub(super) fn read_call(reader: &mut impl BufRead) -> std::io::Result<Option<Call>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default();
    let url = url::Url::parse(&format!("http://x{target}")).unwrap();
    let mut call = Call {
        method,
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        token: String::new(),
        body: Vec::new(),
    };
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let header = header.trim_end();
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').unwrap();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => call.body = vec![0; value.trim().parse().unwrap()],
            "authorization" => {
                call.token = value.trim().trim_start_matches("Bearer ").to_owned();
            }
            _ => {}
        }
    }
    reader.read_exact(&mut call.body)?;
    Ok(Some(call))
}
