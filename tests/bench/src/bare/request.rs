//! The little of HTTP/1.1 that is needed: where a request ends, whether it is authenticated, and
//! for which mailbox it asks. Nothing is copied and nothing is checked.

/// A request at the beginning of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request<'a> {
    /// It carries `Authorization`, with whatever value.
    pub(crate) authenticated: bool,
    /// The client wants no further answer on this connection.
    pub(crate) last: bool,
    pub(crate) body: &'a [u8],
    /// Bytes that it takes in the buffer.
    pub(crate) length: usize,
}

impl<'a> Request<'a> {
    /// The first request of the buffer, once all of it is there.
    pub(crate) fn read(buffer: &'a [u8]) -> Option<Self> {
        let (mut authenticated, mut last, mut length) = (false, false, 0_usize);
        let mut rest = buffer;
        loop {
            let end = rest.iter().position(|&byte| byte == b'\n')?;
            let line = rest[..end].trim_ascii_end();
            rest = &rest[end + 1..];
            if line.is_empty() {
                break;
            }
            match line.first().map(u8::to_ascii_lowercase) {
                Some(b'a') => authenticated |= value(line, b"authorization").is_some(),
                Some(b'c') => {
                    if let Some(text) = value(line, b"content-length") {
                        length = std::str::from_utf8(text).ok()?.parse().ok()?;
                    } else if let Some(text) = value(line, b"connection") {
                        last = text.eq_ignore_ascii_case(b"close");
                    }
                }
                _ => {}
            }
        }
        let head = buffer.len() - rest.len();
        let body = rest.get(..length)?;
        Some(Self {
            authenticated,
            last,
            body,
            length: head + length,
        })
    }

    /// The impersonated address; a request that impersonates nobody has none.
    pub(crate) fn mailbox(&self) -> Option<&'a [u8]> {
        impersonated(self.body, b"SmtpAddress>")
            .or_else(|| impersonated(self.body, b"PrimarySmtpAddress>"))
    }

    /// The default folder asked for; the Inbox where it is asked for otherwise.
    pub(crate) fn folder(&self) -> &'a [u8] {
        let body = self.body;
        find(body, b"DistinguishedFolderId ")
            .and_then(|at| {
                let rest = &body[at..];
                let from = find(rest, b"Id=\"")? + 4;
                let end = rest[from..].iter().position(|&byte| byte == b'"')?;
                Some(&rest[from..from + end])
            })
            .unwrap_or(b"inbox")
    }
}

fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (key, rest) = line.split_at_checked(name.len())?;
    let rest = rest.strip_prefix(b":")?;
    key.eq_ignore_ascii_case(name).then(|| rest.trim_ascii())
}

fn impersonated<'a>(body: &'a [u8], tag: &[u8]) -> Option<&'a [u8]> {
    let start = find(body, tag)? + tag.len();
    let end = body[start..].iter().position(|&byte| byte == b'<')?;
    Some(&body[start..start + end])
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut from = 0;
    while let Some(at) = text
        .get(from..)?
        .iter()
        .position(|&byte| byte == first)
        .map(|at| at + from)
    {
        if text[at..].starts_with(what) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &[u8] = b"POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\nAUTHORIZATION: Basic eDp5\r\n\
        Content-Length: 67\r\n\r\n<t:SmtpAddress>a@b.c</t:SmtpAddress><DistinguishedFolderId Id=\"x\"/>";

    #[test]
    fn a_request_is_read_once_it_is_whole() {
        for end in 0..POST.len() {
            assert_eq!(Request::read(&POST[..end]), None, "{end} bytes are not all");
        }
        let two = [POST, POST].concat();
        let request = Request::read(&two).expect("it is whole");
        assert_eq!(request.length, POST.len());
        assert!(request.authenticated && !request.last);
        assert_eq!(request.mailbox(), Some(&b"a@b.c"[..]));
        assert_eq!(request.folder(), b"x");
    }

    #[test]
    fn a_request_without_a_body_asks_for_nobody() {
        let request = Request::read(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").expect("whole");
        assert!(!request.authenticated && request.last);
        assert_eq!(request.mailbox(), None);
        assert_eq!(request.folder(), b"inbox");
    }
}
