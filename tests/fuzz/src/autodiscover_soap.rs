//! Whoever answers for `autodiscover.svc`: reading it does not panic, a URL that comes out of it is
//! one word, and none comes out of an error.

#![no_main]

mod rules;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| rules::autodiscover_soap(body));
