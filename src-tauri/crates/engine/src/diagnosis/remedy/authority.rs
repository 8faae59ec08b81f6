//! The way to the authority that issues access tokens: looks from this computer, and no change anywhere.

use contract::Cause;

use super::quoted;
use super::step::{Shell, Step, look};

/// The looks for a cause that came from this host.
pub(super) fn steps(cause: Cause, host: &str) -> Vec<Step> {
    let (name, port) = place(host);
    let resolve = look(format!("Resolve-DnsName {}", quoted(name))).at(Shell::Here);
    let reach = look(format!("Test-NetConnection {} -Port {port}", quoted(name))).at(Shell::Here);
    match cause {
        Cause::DnsNotFound => vec![resolve],
        Cause::TcpRefused => vec![reach],
        Cause::TcpTimeout => vec![reach, resolve],
        Cause::ProxyFailed => vec![
            look(format!(
                "[System.Net.WebRequest]::GetSystemWebProxy().GetProxy({}).AbsoluteUri",
                quoted(&format!("https://{host}/"))
            ))
            .at(Shell::Here)
            .note("The proxy that Windows takes; the address itself stands for none."),
            look("netsh winhttp show proxy").at(Shell::Here),
            reach,
        ],
        _ => Vec::new(),
    }
}

/// Name and port, the usual one where none is written.
fn place(host: &str) -> (&str, u16) {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) => (name, port.parse().ok()),
        None => (host, None),
    };
    match port {
        Some(port) => (name, port),
        None => (host, 443),
    }
}

#[cfg(test)]
mod tests {
    use contract::Cause;

    use super::{place, steps};

    #[test]
    fn nothing_is_to_be_done_at_exchange() {
        for cause in Cause::ALL {
            for step in steps(*cause, "login.example") {
                let step = format!("{step:?}");
                assert!(
                    step.contains("login.example") || step.contains("winhttp"),
                    "{step}"
                );
                for word in ["shell: Exchange", "EWS", "W3SVC", "SCHANNEL"] {
                    assert!(!step.contains(word), "{cause}: {step}");
                }
            }
        }
    }

    #[test]
    fn a_port_is_told_from_an_address() {
        assert_eq!(place("login.example"), ("login.example", 443));
        assert_eq!(place("adfs.example:8443"), ("adfs.example", 8443));
        assert_eq!(place("[2001:db8::1]"), ("[2001:db8::1]", 443));
    }
}
