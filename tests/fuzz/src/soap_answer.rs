//! Every reader of XML over the same bytes, that of EWS first: none panics, no success comes out of
//! nothing, no identity is empty, and every text may be shown.

#![no_main]

mod rules;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    rules::ews(body);
    rules::autodiscover_soap(body);
    rules::autodiscover_pox(body);
});
