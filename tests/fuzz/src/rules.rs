//! What holds for every answer that is read, whatever it was read from.

#![expect(dead_code, reason = "every target uses some of the rules")]

use ews::autodiscover::{MAX_URL, pox, soap};
use ews::{Body, DirectoryAddress, MAX_TEXT, ResponseClass, ResponseCode, ResponseMessage};

/// Texts end up in terminals and windows: no control characters, no end without.
pub fn text(text: &str) {
    assert!(text.len() <= MAX_TEXT, "{} bytes", text.len());
    let odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n');
    assert!(!text.contains(odd), "{text:?}");
}

/// URLs and addresses to go on with are one word.
pub fn target(target: &str) {
    assert!(!target.is_empty() && target.len() <= MAX_URL, "{target:?}");
    let odd = |c: char| c.is_whitespace() || c.is_control();
    assert!(!target.contains(odd), "{target:?}");
}

pub fn ews(body: &[u8]) {
    match ews::read(body) {
        Ok(answer) => match answer.body {
            Body::Messages(messages) => {
                assert!(!messages.is_empty(), "all of none is no success");
                messages.iter().for_each(message);
            }
            Body::Fault(fault) => refusal(&fault),
        },
        Err(error) => text(&error.to_string()),
    }
}

pub fn autodiscover_soap(body: &[u8]) {
    let answer = match soap::read(body) {
        Ok(answer) => answer,
        Err(error) => return text(&error.to_string()),
    };
    match answer.body {
        soap::Body::Fault(fault) => refusal(&fault),
        soap::Body::Response { users, .. } => users.iter().for_each(user),
    }
}

pub fn autodiscover_pox(body: &[u8]) {
    match pox::read(body) {
        Ok(pox::Answer::Settings(settings)) => {
            let urls = settings.endpoints.iter();
            urls.for_each(|endpoint| target(&endpoint.url));
            settings.smtp_address.iter().for_each(|address| text(address));
        }
        Ok(pox::Answer::RedirectAddress(to) | pox::Answer::RedirectUrl(to)) => target(&to),
        Ok(pox::Answer::Refused(refusal)) => refusal.message.iter().for_each(|m| text(m)),
        Err(error) => text(&error.to_string()),
    }
}

fn message(message: &ResponseMessage) {
    let success = message.class == ResponseClass::Success && message.code == ResponseCode::NoError;
    assert_eq!(message.is_success(), success);
    if !success {
        assert!(
            message.deciding_code() != ResponseCode::NoError || message.code == ResponseCode::NoError,
            "an error never turns into a success"
        );
    }
    message.text.iter().for_each(|words| text(words));
    details(&message.details);
    assert!(message.folder_ids.iter().all(|id| !id.id.trim().is_empty()));
    assert!(message.item_ids.iter().all(|id| !id.id.trim().is_empty()));
    let lists = [&message.resolutions, &message.room_lists, &message.rooms, &message.members];
    for address in lists.into_iter().flatten() {
        assert_ne!(*address, DirectoryAddress::default(), "nobody is no entry");
        address.smtp_address().into_iter().for_each(text);
    }
    message.primary_address().into_iter().for_each(text);
}

fn refusal(fault: &ews::Fault) {
    assert_ne!(fault.code, ResponseCode::NoError, "a fault is never a success");
    assert_ne!(fault.deciding_code(), ResponseCode::NoError);
    fault.text.iter().for_each(|words| text(words));
    details(&fault.details);
}

fn details(details: &ews::Details) {
    for (name, value) in details.iter() {
        text(name);
        text(value);
    }
}

fn user(user: &soap::UserAnswer) {
    let urls = [user.internal_ews_url(), user.external_ews_url()];
    for url in urls.into_iter().flatten() {
        assert_eq!(user.code, soap::ErrorCode::NoError, "an error has no endpoint");
        target(url);
    }
    let redirects = [user.redirect_address(), user.redirect_url()];
    assert!(redirects.iter().flatten().count() <= 1, "one way to go on");
    redirects.into_iter().flatten().for_each(target);
    user.message.iter().for_each(|words| text(words));
    user.settings.values().for_each(|value| text(value));
}
