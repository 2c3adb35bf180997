//! JSON to bytes: compact, or indented for people. Numbers leave as they came.

use super::Json;

const INDENT: &[u8] = b"  ";

pub(super) fn compact(value: &Json, out: &mut Vec<u8>) {
    match value {
        Json::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                compact(item, out);
            }
            out.push(b']');
        }
        Json::Object(object) => {
            out.push(b'{');
            for (at, (name, value)) in object.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                string(name, out);
                out.push(b':');
                compact(value, out);
            }
            out.push(b'}');
        }
        scalar => self::scalar(scalar, out),
    }
}

fn scalar(value: &Json, out: &mut Vec<u8>) {
    match value {
        Json::Bool(true) => out.extend_from_slice(b"true"),
        Json::Bool(false) => out.extend_from_slice(b"false"),
        Json::Number(text) => out.extend_from_slice(text.as_bytes()),
        Json::String(text) => string(text, out),
        _ => out.extend_from_slice(b"null"),
    }
}

pub(super) fn pretty(value: &Json, depth: usize, out: &mut Vec<u8>) {
    match value {
        Json::Array(items) if !items.is_empty() => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                line(at, depth + 1, out);
                pretty(item, depth + 1, out);
            }
            end(depth, b']', out);
        }
        Json::Object(object) if !object.is_empty() => {
            out.push(b'{');
            for (at, (name, value)) in object.iter().enumerate() {
                line(at, depth + 1, out);
                string(name, out);
                out.extend_from_slice(b": ");
                pretty(value, depth + 1, out);
            }
            end(depth, b'}', out);
        }
        other => compact(other, out),
    }
}

fn line(at: usize, depth: usize, out: &mut Vec<u8>) {
    if at > 0 {
        out.push(b',');
    }
    out.push(b'\n');
    out.extend(std::iter::repeat_n(INDENT, depth).flatten());
}

fn end(depth: usize, bracket: u8, out: &mut Vec<u8>) {
    out.push(b'\n');
    out.extend(std::iter::repeat_n(INDENT, depth).flatten());
    out.push(bracket);
}

/// Only quotes, backslashes and control characters need escaping; runs between them are copied whole.
fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        let (plain, tail) = rest.split_at(at);
        out.extend_from_slice(plain);
        if let Some((&byte, tail)) = tail.split_first() {
            escape(byte, out);
            rest = tail;
        }
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            let hex = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}
