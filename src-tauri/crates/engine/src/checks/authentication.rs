//! The truth table of schemes: what replies say about how a server is logged on to. Reads only; what
//! to send is decided in `mechanism` and `overture`.

use contract::{BindingLookedAt, ChannelBinding, RunAuthentication, ServerDomain};
use exchange::{Challenge, LogOnReport, NtlmWord, Reply};
use jiff::Timestamp;

use super::redact::Redactor;

/// First build with Extended Protection switched on by its setup: Exchange 2019 CU14.
/// <https://learn.microsoft.com/exchange/plan-and-deploy/post-installation-tasks/security-best-practices/exchange-extended-protection>
const BINDS_BY_DEFAULT: [u32; 3] = [15, 2, 1544];

/// What a 401 without credentials tells: offer, build, clock.
pub(super) fn of_challenge(reply: &Reply, now: Timestamp) -> RunAuthentication {
    RunAuthentication {
        offered: if reply.status == 401 {
            reply.headers.schemes()
        } else {
            Vec::new()
        },
        server_version: build(reply),
        clock_skew_seconds: http_skew(reply, now),
        ..RunAuthentication::default()
    }
}

/// The word under which an NTLM challenge can be asked for.
pub(super) fn ntlm_word(offered: &[String]) -> Option<NtlmWord> {
    [NtlmWord::Ntlm, NtlmWord::Negotiate]
        .into_iter()
        .find(|word| {
            offered
                .iter()
                .any(|scheme| scheme.eq_ignore_ascii_case(word.as_str()))
        })
}

/// Domain and clock from an NTLM challenge; its clock is finer than HTTP's.
pub(super) fn note_challenge(found: &mut RunAuthentication, challenge: &Challenge, now: Timestamp) {
    let skew = challenge.time.and_then(|time| {
        let time = i64::try_from(time.as_secs()).ok()?;
        time.checked_sub(now.as_second())
    });
    found.clock_skew_seconds = skew.or(found.clock_skew_seconds);
    let domain = ServerDomain {
        netbios: challenge.netbios_domain.clone(),
        dns: challenge.dns_domain.clone(),
        forest: challenge.dns_tree.clone(),
        computer: challenge.dns_computer.clone(),
    };
    if domain != ServerDomain::default() {
        found.domain = Some(domain);
    }
}

/// The channel binding of a log-on, and whether such a server looks at it.
pub(super) fn binding(report: &LogOnReport, version: Option<&str>) -> ChannelBinding {
    let looked_at = match report.binding {
        None => BindingLookedAt::No,
        Some(_) if version.is_some_and(binds_by_default) => BindingLookedAt::ByDefault,
        Some(_) => BindingLookedAt::Unknown,
    };
    ChannelBinding {
        sent: report.binding.is_some(),
        hash: report.binding.map(|hash| hash.as_str().to_owned()),
        looked_at,
    }
}

/// Takes the secret of the run out of everything a server named.
pub(super) fn clean(found: &mut RunAuthentication, redactor: &Redactor) {
    let texts = found
        .offered
        .iter_mut()
        .chain(found.server_version.iter_mut());
    let named = found.domain.iter_mut().flat_map(|domain| {
        let ServerDomain {
            netbios,
            dns,
            forest,
            computer,
        } = domain;
        [netbios, dns, forest, computer].into_iter().flatten()
    });
    for text in texts.chain(named) {
        *text = redactor.clean(std::mem::take(text));
    }
}

/// One sentence about what a server says before any log-on.
pub(super) fn offer_sentence(host: &str, found: &RunAuthentication) -> String {
    let offer = found.offered.join(", ");
    let build = found
        .server_version
        .as_deref()
        .map(|version| format!(" Exchange {version}."))
        .unwrap_or_default();
    let skew = found
        .clock_skew_seconds
        .filter(|seconds| seconds.abs() >= 120)
        .map(|seconds| format!(" Its clock is {} of this computer's.", ahead(seconds)))
        .unwrap_or_default();
    format!("{host} asks for a sign-in and offers {offer}.{build}{skew}")
}

/// `5 min ahead`, `3 h behind`.
fn ahead(seconds: i64) -> String {
    let (minutes, way) = (
        seconds.abs() / 60,
        if seconds > 0 { "ahead" } else { "behind" },
    );
    if minutes < 120 {
        format!("{minutes} min {way}")
    } else {
        format!("{} h {way}", minutes / 60)
    }
}

/// The typed name with the server's domain before it, where it has neither.
pub(super) fn suggest_account(account: &str, found: &RunAuthentication) -> Option<String> {
    let netbios = found.domain.as_ref()?.netbios.as_deref()?;
    let bare = !account.is_empty() && !account.contains(['\\', '@']);
    bare.then(|| format!("{netbios}\\{account}"))
}

/// `X-OWA-Version` stands on the 401 of patched servers.
fn build(reply: &Reply) -> Option<String> {
    let text = reply.headers.first("x-owa-version")?.trim();
    let sound = text.len() <= 32 && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    (sound && !text.is_empty()).then(|| text.to_owned())
}

fn http_skew(reply: &Reply, now: Timestamp) -> Option<i64> {
    let theirs = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(reply.headers.first("date")?.trim())
        .ok()?;
    theirs.as_second().checked_sub(now.as_second())
}

fn binds_by_default(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse::<u32>);
    let mut next = || numbers.next().and_then(Result::ok).unwrap_or_default();
    [next(), next(), next()] >= BINDS_BY_DEFAULT
}

#[cfg(test)]
mod tests {
    use super::{binds_by_default, suggest_account};
    use contract::{RunAuthentication, ServerDomain};

    #[test]
    fn builds_bind_by_default_from_2019_cu14_on() {
        for (version, binds) in [
            ("15.2.1544.4", true),
            ("15.2.2562.17", true),
            ("15.2.1258.12", false),
            ("15.1.2507.6", false),
            ("nonsense", false),
        ] {
            assert_eq!(binds_by_default(version), binds, "{version}");
        }
    }

    #[test]
    fn a_bare_name_gets_the_domain_of_the_server() {
        let found = RunAuthentication {
            domain: Some(ServerDomain {
                netbios: Some("CONTOSO".to_owned()),
                ..ServerDomain::default()
            }),
            ..RunAuthentication::default()
        };
        assert_eq!(
            suggest_account("svc", &found).as_deref(),
            Some("CONTOSO\\svc")
        );
        assert_eq!(suggest_account("CONTOSO\\svc", &found), None);
        assert_eq!(suggest_account("svc@contoso.com", &found), None);
    }
}
