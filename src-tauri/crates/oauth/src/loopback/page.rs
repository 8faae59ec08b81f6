//! What the browser shows after the sign-in: plain HTML without script, style or link. Its texts are
//! constants: nothing of the request is shown.

use super::request::Refusal;

/// A page of the listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// Tokens came.
    Finished,
    /// They did not; the program says why.
    Failed,
    /// The answer has another `state`.
    Discarded,
    /// No answer at all.
    Refused(Refusal),
}

impl Page {
    /// Status line, headers and body.
    pub(crate) fn response(self) -> String {
        let (status, title, text) = self.words();
        let body = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>\n"
        );
        let allow = if status.starts_with("405") {
            "Allow: GET\r\n"
        } else {
            ""
        };
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n{allow}Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Finished => (
                "200 OK",
                "Sign-in finished",
                "You can close this window and return to Understudy.",
            ),
            Self::Failed => (
                "200 OK",
                "Sign-in failed",
                "Understudy says why. You can close this window.",
            ),
            Self::Discarded => (
                "400 Bad Request",
                "Discarded",
                "The answer didn't belong to this sign-in and was discarded. You can close this window.",
            ),
            Self::Refused(refusal) => {
                let status = match refusal {
                    Refusal::Malformed => "400 Bad Request",
                    Refusal::Foreign => "403 Forbidden",
                    Refusal::NotHere => "404 Not Found",
                    Refusal::Method => "405 Method Not Allowed",
                    Refusal::TooLong => "431 Request Header Fields Too Large",
                };
                (status, "Nothing here", "There is nothing to see here.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Page;
    use crate::loopback::request::Refusal;

    #[test]
    fn a_page_can_run_load_and_keep_nothing() {
        for page in [
            Page::Finished,
            Page::Failed,
            Page::Discarded,
            Page::Refused(Refusal::Method),
        ] {
            let response = page.response();
            let (head, body) = response.split_once("\r\n\r\n").unwrap();
            for header in [
                "default-src 'none'",
                "no-store",
                "no-referrer",
                "nosniff",
                "Connection: close",
            ] {
                assert!(head.contains(header), "{page:?} lacks {header}");
            }
            assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())));
            assert!(!body.contains("<script") && !body.contains("href"));
        }
        assert!(
            Page::Refused(Refusal::Method)
                .response()
                .contains("Allow: GET")
        );
    }
}
