//! Whoever answers for `autodiscover.xml`: reading it does not panic, and a URL or address that
//! comes out of it is one word.

#![no_main]

mod rules;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| rules::autodiscover_pox(body));
