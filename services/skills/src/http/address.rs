//! Paths and headers: what an author may write, and how values get into them.

/// Everything but letters, digits and `-._~` as `%XX`.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_unreserved(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Checks the path of a manifest. Between its `{{ … }}` only characters of a path may stand, so that neither statements
/// nor the end of an expression can hide in them.
pub(super) fn check(path: &str) -> Result<(), String> {
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(format!("{path:?} must begin with one /; the address before it is the connection's"));
    }
    let (mut rest, mut plain) = (path, String::new());
    while let Some(start) = rest.find("{{") {
        check_literal(&rest[..start])?;
        plain.push_str(&rest[..start]);
        plain.push('x');
        let end = rest[start..].find("}}").ok_or("a {{ without }}")?;
        rest = &rest[start + end + 2..];
    }
    check_literal(rest)?;
    plain.push_str(rest);
    check_segments(&plain)
}

fn check_literal(text: &str) -> Result<(), String> {
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let is_hex = |offset: usize| bytes.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
        match byte {
            b'?' => return Err("a path has no ?; write what follows it under query".into()),
            b'#' => return Err("a path has no #".into()),
            b'{' | b'}' => return Err("in a path only {{ … }} can stand, no {% … %} and no {# … #}".into()),
            b'%' if is_hex(1) && is_hex(2) => {}
            _ if is_unreserved(byte) || b"!$&'()*+,;=:@/".contains(&byte) => {}
            _ => {
                return Err(format!(
                    "{:?} can't stand in a path as it is; write it as %XX",
                    text[at..].chars().next().unwrap_or_default()
                ));
            }
        }
    }
    Ok(())
}

/// No part may be `.` or `..`, which would name another path; nor empty, save the last.
pub(super) fn check_segments(path: &str) -> Result<(), String> {
    let segments: Vec<_> = path.split('/').skip(1).collect();
    for (index, segment) in segments.iter().enumerate() {
        if is_dots(segment) {
            return Err(format!("the path has the part {segment:?}, which would lead elsewhere"));
        }
        if segment.is_empty() && index + 1 < segments.len() {
            return Err("the path has an empty part".into());
        }
    }
    Ok(())
}

fn is_dots(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == "." || plain == ".."
}

/// A value for the path, encoded. Dots between slashes are refused although the slashes are encoded: some receivers
/// decode them before they look where the path leads.
pub(super) fn segment(value: &str) -> Result<String, String> {
    if value.is_empty() {
        return Err("a value in the path is empty".into());
    }
    if value.chars().any(char::is_control) {
        return Err("a value in the path has a control character".into());
    }
    if value.split(['/', '\\', ';']).any(is_dots) {
        return Err(format!("{value:?} can't stand in a path"));
    }
    Ok(encode(value))
}

/// Checks the name of a header in a manifest.
pub(super) fn check_header(name: &str) -> Result<(), String> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || name.len() > 100 || !name.chars().all(is_token) {
        return Err(format!("{name:?} is no name of a header"));
    }
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "authorization" | "proxy-authorization" | "cookie" | "host" => Err(format!(
            "{name} is the connection's: secrets and address are registered there, never written in a skill"
        )),
        "content-length" | "connection" | "keep-alive" | "proxy-connection" | "proxy-authenticate" | "te"
        | "trailer" | "transfer-encoding" | "upgrade" | "expect" => {
            Err(format!("{name} follows from how the request is sent; leave it out"))
        }
        "idempotency-key" => {
            Err(format!("{name} is sent with every run; leave it out, and say idempotent: true if it is honoured"))
        }
        _ if lower.starts_with("webhook-") => {
            Err(format!("{name} is part of the connection's signature; leave it out"))
        }
        _ => Ok(()),
    }
}

/// Checks a whole header's value.
pub(super) fn check_header_value(value: &str) -> Result<(), String> {
    if value.len() > super::MAX_HEADER {
        return Err(format!("the value has {} bytes; at most {}", value.len(), super::MAX_HEADER));
    }
    match value.chars().find(|c| !matches!(c, ' '..='~')) {
        Some(c) => Err(format!("{c:?} can't stand in a header; send the value in the body or the query")),
        None => Ok(()),
    }
}
