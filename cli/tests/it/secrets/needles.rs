//! What is searched for, in every spelling in which it might lie somewhere.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// One spelling of one secret.
pub(super) struct Needle {
    name: String,
    bytes: Vec<u8>,
}

/// Bytes of the shortest needle: shorter ones are found by chance.
const LEAST: usize = 8;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The part of a base 64 text that depends on these bytes alone, if they begin at this offset.
fn base64(bytes: &[u8], offset: usize) -> Vec<u8> {
    let whole = &bytes[(3 - offset) % 3..];
    let groups = whole.chunks_exact(3).map(|three| {
        let number = three
            .iter()
            .fold(0_usize, |n, byte| n << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| ALPHABET[number >> shift & 63])
    });
    groups.flatten().collect()
}

impl Needle {
    fn new(name: String, bytes: Vec<u8>) -> Self {
        assert!(bytes.len() >= LEAST, "{name} would be found by chance");
        Self { name, bytes }
    }

    fn spelt(name: &str, bytes: &[u8]) -> Vec<Self> {
        let mut all = vec![
            Self::new(name.to_owned(), bytes.to_vec()),
            Self::new(
                format!("{name} in hexadecimal"),
                hex::encode(bytes).into_bytes(),
            ),
            Self::new(
                format!("{name} in upper case hexadecimal"),
                hex::encode_upper(bytes).into_bytes(),
            ),
        ];
        for offset in 0..3 {
            all.push(Self::new(
                format!("{name} in base 64"),
                base64(bytes, offset),
            ));
        }
        all
    }

    /// A text: as UTF-8, UTF-16 and their hexadecimal and base 64.
    pub(super) fn of_text(text: &str) -> Vec<Self> {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut all = Self::spelt(text, text.as_bytes());
        all.extend(Self::spelt(&format!("{text} as UTF-16"), &wide));
        all
    }

    /// A key that lies in its file in hexadecimal: raw, written as numbers, and as text.
    pub(super) fn of_key(file: &Path, text: &str) -> Vec<Self> {
        let key = hex::decode(text).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let numbers: Vec<String> = key.iter().map(ToString::to_string).collect();
        let mut all = Self::spelt(&name, &key);
        all.push(Self::new(
            format!("{name} as numbers"),
            numbers.join(", ").into_bytes(),
        ));
        all.push(Self::new(
            format!("{name} as an array"),
            numbers.join(",").into_bytes(),
        ));
        all
    }
}

/// The first of the needles in a text.
pub(super) fn found_in(bytes: &[u8], needles: &[Needle]) -> Option<String> {
    let mut by_start: HashMap<&[u8], Vec<&Needle>> = HashMap::new();
    for needle in needles {
        by_start
            .entry(&needle.bytes[..LEAST])
            .or_default()
            .push(needle);
    }
    for (at, start) in bytes.windows(LEAST).enumerate() {
        let maybe = by_start.get(start).into_iter().flatten();
        let mut found = maybe.filter(|needle| bytes[at..].starts_with(&needle.bytes));
        if let Some(needle) = found.next() {
            return Some(needle.name.clone());
        }
    }
    None
}

/// Every file below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
