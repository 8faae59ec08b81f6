//! For the tests of the operations: reads one answer from the part that differs. Not shipped.

use crate::{Body, ResponseMessage, read};

/// The only response message of an answer with `response` as the content of its SOAP body.
pub(crate) fn message(response: &str) -> ResponseMessage {
    let answer = format!(
        r#"<s:Envelope xmlns:s="s"><s:Body xmlns:m="m" xmlns:t="t">{response}</s:Body></s:Envelope>"#
    );
    match read(answer.as_bytes()).expect("a readable answer").body {
        Body::Messages(mut messages) if messages.len() == 1 => messages.remove(0),
        other => panic!("not one message: {other:?}"),
    }
}

/// The same, for operations that wrap their messages: `name` is the operation's.
pub(crate) fn wrapped(name: &str, inner: &str) -> ResponseMessage {
    message(&format!(
        "<m:{name}Response><m:ResponseMessages>{inner}</m:ResponseMessages></m:{name}Response>"
    ))
}
