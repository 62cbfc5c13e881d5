//! Paths and headers: what an author may write, and how values get into them.

use crate::message::{Message, message};

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
pub(super) fn check(path: &str) -> Result<(), Message> {
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(message!(
            "http_path",
            "{path:?} 须以一个 / 开头；它之前的地址属于连接",
            "{path:?} must begin with one /; the address before it is the connection's"
        ));
    }
    let (mut rest, mut plain) = (path, String::new());
    while let Some(start) = rest.find("{{") {
        check_literal(&rest[..start])?;
        plain.push_str(&rest[..start]);
        plain.push('x');
        let end = rest[start..].find("}}");
        let end = end.ok_or_else(|| message!("http_path", "{{{{ 没有对应的 }}}}", "a {{{{ without }}}}"))?;
        rest = &rest[start + end + 2..];
    }
    check_literal(rest)?;
    plain.push_str(rest);
    check_segments(&plain)
}

fn check_literal(text: &str) -> Result<(), Message> {
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let is_hex = |offset: usize| bytes.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
        match byte {
            b'?' => {
                return Err(message!(
                    "http_path",
                    "路径中没有 ?；其后的内容写在 query 下",
                    "a path has no ?; write what follows it under query"
                ));
            }
            b'#' => return Err(message!("http_path", "路径中没有 #", "a path has no #")),
            b'{' | b'}' => {
                return Err(message!(
                    "http_path",
                    "路径中只能用 {{{{ … }}}}，不能用 {{% … %}} 和 {{# … #}}",
                    "in a path only {{{{ … }}}} can stand, no {{% … %}} and no {{# … #}}"
                ));
            }
            b'%' if is_hex(1) && is_hex(2) => {}
            _ if is_unreserved(byte) || b"!$&'()*+,;=:@/".contains(&byte) => {}
            _ => {
                return Err(message!(
                    "http_path",
                    "{character:?} 不能直接写在路径中，请写作 %XX",
                    "{character:?} can't stand in a path as it is; write it as %XX",
                    character = text[at..].chars().next().unwrap_or_default()
                ));
            }
        }
    }
    Ok(())
}

/// No part may be `.` or `..`, which would name another path; nor empty, save the last.
pub(super) fn check_segments(path: &str) -> Result<(), Message> {
    let segments: Vec<_> = path.split('/').skip(1).collect();
    for (index, segment) in segments.iter().enumerate() {
        if is_dots(segment) {
            return Err(message!(
                "http_path",
                "路径中有 {segment:?}，会指向别处",
                "the path has the part {segment:?}, which would lead elsewhere"
            ));
        }
        if segment.is_empty() && index + 1 < segments.len() {
            return Err(message!("http_path", "路径中有空的一段", "the path has an empty part"));
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
pub(super) fn check_header(name: &str) -> Result<(), Message> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || name.len() > 100 || !name.chars().all(is_token) {
        return Err(message!("http_header", "{name:?} 不是请求头的名称", "{name:?} is no name of a header"));
    }
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "authorization" | "proxy-authorization" | "cookie" | "host" => Err(message!(
            "http_header",
            "{name} 属于连接：密钥和地址登记在连接中，不写在技能里",
            "{name} is the connection's: secrets and address are registered there, never written in a skill"
        )),
        "content-length" | "connection" | "keep-alive" | "proxy-connection" | "proxy-authenticate" | "te"
        | "trailer" | "transfer-encoding" | "upgrade" | "expect" => {
            Err(message!(
                "http_header",
                "{name} 由发送方式决定，请去掉",
                "{name} follows from how the request is sent; leave it out"
            ))
        }
        "idempotency-key" => Err(message!(
            "http_header",
            "{name} 每次执行都会发送，请去掉；对方支持时写 idempotent: true",
            "{name} is sent with every run; leave it out, and say idempotent: true if it is honoured"
        )),
        _ if lower.starts_with("webhook-") => Err(message!(
            "http_header",
            "{name} 属于连接的签名，请去掉",
            "{name} is part of the connection's signature; leave it out"
        )),
        _ => Ok(()),
    }
}

/// Checks a whole header's value.
pub(super) fn check_header_value(value: &str) -> Result<(), Message> {
    if value.len() > super::MAX_HEADER {
        return Err(message!(
            "http_header",
            "值有 {length} 字节，最多 {most} 字节",
            "the value has {length} bytes; at most {most}",
            length = value.len(),
            most = super::MAX_HEADER
        ));
    }
    match value.chars().find(|c| !matches!(c, ' '..='~')) {
        Some(c) => Err(message!(
            "http_header",
            "{c:?} 不能写在请求头中，请放在 body 或 query 里",
            "{c:?} can't stand in a header; send the value in the body or the query"
        )),
        None => Ok(()),
    }
}
