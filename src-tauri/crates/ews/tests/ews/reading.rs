//! Whatever arrives, `read` answers: it never panics, and never finds a success that is not there.

use std::time::{Duration, Instant};

use ews::{Body, MAX_BODY, MAX_TEXT, ReadError, read};
use proptest::prelude::*;
use proptest::sample::{Index, select};

// Shape: Microsoft Learn, GetFolder operation, with the header of an Exchange 2019 answer.
const SUCCESS: &str = r#"<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1748" MinorBuildNumber="10" Version="V2017_07_11" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header><s:Body><m:GetFolderResponse xmlns:m="m" xmlns:t="t"><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:Folder><t:FolderId Id="AScAc" ChangeKey="AQAAAB"/></t:Folder></m:Folders></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>"#;

// Shape: Microsoft Learn, "EWS throttling in Exchange": the fault of a spent budget.
const FAULT: &str = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode xmlns:a="t">a:ErrorServerBusy</faultcode><faultstring xml:lang="en-US">The server cannot service this request right now. Try again later.</faultstring><detail><e:ResponseCode xmlns:e="e">ErrorServerBusy</e:ResponseCode><t:MessageXml xmlns:t="t"><t:Value Name="BackOffMilliseconds">297749</t:Value></t:MessageXml></detail></s:Fault></s:Body></s:Envelope>"#;

// Shape: Microsoft Learn, ResolveNames operation; with a character reference and a CDATA section.
const NAMES: &str = r#"<s:Envelope xmlns:s="s"><s:Body><m:ResolveNamesResponse xmlns:m="m" xmlns:t="t"><m:ResponseMessages><m:ResolveNamesResponseMessage ResponseClass="Warning"><m:MessageText>Multiple &#x26; more</m:MessageText><m:ResponseCode>ErrorNameResolutionMultipleResults</m:ResponseCode><m:ResolutionSet><t:Resolution><t:Mailbox><t:Name><![CDATA[User <1>]]></t:Name><t:EmailAddress>user1@contoso.com</t:EmailAddress></t:Mailbox></t:Resolution></m:ResolutionSet></m:ResolveNamesResponseMessage></m:ResponseMessages></m:ResolveNamesResponse></s:Body></s:Envelope>"#;

const SAMPLES: [&str; 3] = [SUCCESS, FAULT, NAMES];

/// Pieces that tend to upset XML readers.
const PIECES: [&str; 20] = [
    "<",
    ">",
    "&",
    ";",
    "\"",
    "'",
    "<!",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE",
    "<?",
    "?>",
    "&#x",
    "&lt;",
    "</s:Body>",
    "\u{0}",
    "\u{FEFF}",
    "xmlns:a=",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(read(&bytes));
    }

    #[test]
    fn any_soup_of_markup_is_survived(soup in proptest::collection::vec(
        prop_oneof![select(&PIECES[..]).prop_map(str::to_owned), "[a-z:/ =]{1,4}"], 0..40,
    )) {
        drop(read(format!("<Envelope>{}", soup.concat()).as_bytes()));
        drop(read(soup.concat().as_bytes()));
    }

    #[test]
    fn bytes_changed_anywhere_are_survived(
        sample in select(&SAMPLES[..]),
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = sample.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        drop(read(&bytes));
    }

    #[test]
    fn pieces_inserted_or_cut_out_are_survived(
        sample in select(&SAMPLES[..]),
        piece in select(&PIECES[..]),
        (from, to) in (any::<Index>(), any::<Index>()),
    ) {
        let (from, to) = (from.index(sample.len()), to.index(sample.len()));
        let mut bytes = sample.as_bytes().to_vec();
        bytes.splice(from.min(to)..from.max(to), piece.bytes());
        drop(read(&bytes));
    }

    #[test]
    fn an_answer_holds_no_text_beyond_the_limit(length in 0usize..20_000, code in "[a-zA-Z:]{0,20}") {
        let text = "x".repeat(length);
        let xml = format!("<Envelope><Body><Fault><faultcode>{code}{text}</faultcode><faultstring>{text}</faultstring><detail><V>{text}</V></detail></Fault></Body></Envelope>");
        let Body::Fault(fault) = read(xml.as_bytes()).expect("a fault").body else { panic!("no fault") };
        let lengths = [fault.fault_code.as_deref(), fault.text.as_deref(), fault.details.value("V")];
        prop_assert!(lengths.into_iter().flatten().all(|text| text.len() <= MAX_TEXT));
    }
}

#[test]
fn the_samples_are_valid() {
    for sample in SAMPLES {
        read(sample.as_bytes()).expect("a mutation of an unreadable sample would prove little");
    }
}

#[test]
fn every_cut_is_recognized_as_one() {
    for sample in SAMPLES {
        // From the second byte on; before that there is nothing, or not yet an element.
        for end in 2..sample.len() {
            let cut = read(&sample.as_bytes()[..end]);
            assert_eq!(
                cut,
                Err(ReadError::Truncated),
                "cut at {end}: {}",
                &sample[..end]
            );
        }
    }
}

#[test]
fn hostile_bodies_are_refused_quickly() {
    let nested = "<a>".repeat(MAX_BODY / 3);
    let wide = format!("<r>{}</r>", "<a/>".repeat(MAX_BODY / 4 - 2));
    let attributes: Vec<_> = (0..MAX_BODY / 12).map(|n| format!(" a{n}=''")).collect();
    let attributes = format!("<r{}/>", attributes.concat());
    assert!(
        attributes.len() <= MAX_BODY,
        "it must fail for its attributes, not its size"
    );
    let references = format!("<r>{}</r>", "&amp;".repeat(MAX_BODY / 5 - 2));
    let bomb = r#"<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><Envelope><Body>&c;</Body></Envelope>"#;
    let begun = Instant::now();
    assert_eq!(read(nested.as_bytes()), Err(ReadError::TooDeep));
    assert!(matches!(
        read(wide.as_bytes()),
        Err(ReadError::TooLarge {
            what: "elements",
            ..
        })
    ));
    assert!(matches!(
        read(attributes.as_bytes()),
        Err(ReadError::TooLarge {
            what: "attributes of an element",
            ..
        })
    ));
    assert!(matches!(
        read(references.as_bytes()),
        Err(ReadError::NotSoap { .. })
    ));
    assert_eq!(read(bomb.as_bytes()), Err(ReadError::Doctype));
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "took {:?}",
        begun.elapsed()
    );
}
