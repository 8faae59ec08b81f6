//! Any web server at the host of a mail domain may answer the question for an endpoint. Whatever it
//! says, reading it does not panic, and a URL that comes out of it is one word.

#![no_main]

mod rules;

use ews::autodiscover::json::{self, Answer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    match json::read(body) {
        Ok(Answer::Endpoint { url }) => rules::target(&url),
        Ok(Answer::Refused { code, message }) => {
            assert!(!code.is_empty(), "a refusal says something");
            rules::text(&code);
            message.iter().for_each(|message| rules::text(message));
        }
        Err(error) => rules::text(&error.to_string()),
    }
});
