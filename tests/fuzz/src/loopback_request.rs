//! Any program and any page can send a request to the port that a sign-in waits at. Whatever it holds: only
//! one of our own host and port with the path `/` is an answer, however it arrives, and no code is shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth::loopback::request::{MAX_HEAD, Parameters, Parsed, Refusal, parse};

/// The port of the seeds.
const PORT: u16 = 5000;
/// Longest value of a parameter that may come out.
const LONGEST: usize = 8 * 1024;

fuzz_target!(|head: &[u8]| {
    let parsed = parse(head, PORT);
    match &parsed {
        Parsed::Answer(parameters) => answer(head, parameters),
        Parsed::Incomplete => return assert!(head.len() < MAX_HEAD, "nobody is read for ever"),
        Parsed::Refused(Refusal::TooLong) => return assert!(head.len() >= MAX_HEAD),
        Parsed::Refused(_) => {}
    }
    if head.len() < MAX_HEAD {
        let more = [head, b"code=injected&state=s\r\n\r\n"].concat();
        assert_eq!(parse(&more, PORT), parsed, "what follows a head is never read");
    }
    // What comes in pieces is judged as what comes at once.
    for end in [head.len() / 4, head.len() / 2, head.len().saturating_sub(1)] {
        let piece = parse(&head[..end], PORT);
        assert!(piece == Parsed::Incomplete || piece == parsed, "{end}: {piece:?}, then {parsed:?}");
    }
});

/// What an answer is, told from the bytes without a reader of HTTP.
fn answer(head: &[u8], parameters: &Parameters) {
    let text: String = head.iter().map(|byte| char::from(*byte)).collect();
    let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    let first = lines.find(|line| !line.is_empty()).unwrap_or_default();
    assert!(first.starts_with("GET /?"), "{first:?}");
    let headers: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    let values = |name: &str| -> Vec<String> {
        let split = headers.iter().filter_map(|line| line.split_once(':'));
        split
            .filter(|(found, _)| found.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_ascii_lowercase())
            .collect()
    };
    let own = ["localhost:5000", "127.0.0.1:5000", "[::1]:5000"];
    let hosts = values("host");
    assert!(hosts.len() == 1 && own.contains(&hosts[0].as_str()), "{hosts:?}");
    for origin in values("origin") {
        let host = origin.strip_prefix("http://");
        assert!(host.is_some_and(|host| own.contains(&host)), "{origin:?}");
    }
    assert!(values("transfer-encoding").is_empty(), "a body is never read");
    assert!(values("content-length").iter().all(|length| length == "0"));

    let Parameters { state, code, iss, error, error_description } = parameters;
    for value in [state, code, iss, error, error_description].into_iter().flatten() {
        assert!(value.len() <= LONGEST, "{} bytes", value.len());
    }
    assert_eq!(format!("{parameters:?}"), "Parameters(…)", "no code is shown");
    assert_eq!(
        parse(head, PORT + 1),
        Parsed::Refused(Refusal::Foreign),
        "the answer is for this port alone"
    );
}
