//! Getting a ticket: the log-on to the realm (AS exchange), then the ticket for the service (TGS exchange),
//! through referrals to other realms (RFC 4120 §3, RFC 6806). Messages and keys are made by `sspi` and its
//! `picky-krb`; AES only. The password never leaves: a time stamp is encrypted with a key made from it.

use picky_asn1::wrapper::Optional;
use picky_krb::messages::{AsRep, KdcReqBody, TgsRep};
use serde::Serialize;
use sspi::kerberos::EncryptionParams;
use sspi::kerberos::client::generators as make;
use sspi::{ClientRequestFlags, Secret};

use super::answer::{KrbError, Names, PREAUTH_REQUIRED, UNKNOWN_CLIENT, WRONG_REALM};
use super::kdc;
use super::keys::{self, LongTermKey, Session};
use super::realm::Realm;
use crate::{HandshakeError, LogonName};

/// Realms that may be gone through on the way to the account or to the service.
const MAX_REFERRALS: usize = 5;
/// Name types of RFC 4120 §6.2 and RFC 6806 §5.
const PRINCIPAL: u8 = 1;
const ENTERPRISE: u8 = 10;
/// Key usages of RFC 4120 §7.5.1: a reply to a log-on, a reply to the holder of a session key.
const AS_REPLY: i32 = 3;
const TGS_REPLY: i32 = 8;

/// A ticket, whose session key is known, from a realm.
pub(super) struct Ticket {
    pub(super) session: Session,
    realm: Realm,
}

/// Who asks, and for what.
pub(super) struct Applicant<'a> {
    pub(super) name: &'a LogonName,
    pub(super) password: &'a str,
    /// `HTTP/host`.
    pub(super) service: &'a str,
}

/// A KDC's own word is told apart from everything else that can go wrong.
enum Failed {
    Kdc(KrbError),
    Other(HandshakeError),
}

impl From<HandshakeError> for Failed {
    fn from(error: HandshakeError) -> Self {
        Self::Other(error)
    }
}

impl Applicant<'_> {
    /// A ticket for the service.
    ///
    /// # Errors
    /// [`HandshakeError::Refused`] and the like only on the word of a KDC about the account.
    pub(super) async fn ticket(&self, realm: &Realm) -> Result<Ticket, HandshakeError> {
        let mut held = self.log_on(realm).await?;
        for _ in 0..MAX_REFERRALS {
            let session = self.exchange(&held).await.map_err(|failed| match failed {
                Failed::Kdc(error) => error.meaning(self.names(&held.realm)),
                Failed::Other(error) => error,
            })?;
            let Some(next) = session.referral() else {
                return Ok(Ticket { session, ..held });
            };
            let realm = Realm::referred(&next).await.map_err(no_way)?;
            held = Ticket { session, realm };
        }
        let circle = "the domains refer to each other without an end";
        Err(HandshakeError::NoTicket(circle.to_owned()))
    }

    /// The log-on to the account's realm. A name is looked up as a whole first, as Active Directory has
    /// it; then, where nobody is known by it, as the part before the suffix (MIT's KDC).
    async fn log_on(&self, realm: &Realm) -> Result<Ticket, HandshakeError> {
        let mut realm = realm.clone();
        let mut forms = forms(self.name).into_iter();
        let mut form = forms.next().expect("a name has one form at least");
        for _ in 0..MAX_REFERRALS {
            let error = match self.log_on_as(&realm, form).await {
                Ok(session) => return Ok(Ticket { session, realm }),
                Err(Failed::Other(error)) => return Err(error),
                Err(Failed::Kdc(error)) => error,
            };
            match (error.code, &error.client_realm, forms.len()) {
                (UNKNOWN_CLIENT, _, 1..) => form = forms.next().expect("it was counted"),
                (WRONG_REALM, Some(other), _) if !other.eq_ignore_ascii_case(&realm.name) => {
                    realm = Realm::referred(other).await.map_err(no_way)?;
                }
                _ => return Err(error.meaning(self.names(&realm))),
            }
        }
        let lost = format!("the account isn't found from the domain {}", realm.name);
        Err(HandshakeError::NoTicket(lost))
    }

    async fn log_on_as(&self, realm: &Realm, form: (u8, &str)) -> Result<Session, Failed> {
        let body = as_body(realm, form)?;
        let mut answer = ask(realm, &as_request(&body, None)?, false).await?;
        let mut key = None;
        if let Some(error) = KrbError::read(&answer) {
            if error.code != PREAUTH_REQUIRED {
                return Err(Failed::Kdc(error));
            }
            let hints = error.key_hints();
            // A KDC that shares no kind of key with us says nothing of keys, and would count a guess.
            if hints.is_empty() {
                return Err(Failed::Kdc(KrbError::no_common_key()));
            }
            let made = self.key(realm, form.1, &hints)?;
            answer = ask(realm, &as_request(&body, Some(&made))?, true).await?;
            if let Some(error) = KrbError::read(&answer) {
                return Err(Failed::Kdc(error.after_proof()));
            }
            key = Some(made);
        }
        let reply: AsRep = picky_asn1_der::from_bytes(&answer).map_err(broken)?;
        let proven = key.is_some();
        // Without a question before it, or where the KDC changed its mind, the reply says how.
        let key = match key.filter(|key| key.is_kind_of(&reply.0)) {
            Some(key) => key,
            None => self.key(realm, form.1, &keys::hints_of_reply(&answer))?,
        };
        if !proven && !key.decrypts(&reply.0, AS_REPLY) {
            let wrong = "the password doesn't open the domain controller's answer";
            return Err(HandshakeError::Refused(wrong.to_owned()).into());
        }
        let nonce = &body.nonce.0.0;
        let session = Session::open(reply.0, key.suite(), key.bytes(), AS_REPLY, nonce);
        Ok(session?)
    }

    async fn exchange(&self, held: &Ticket) -> Result<Session, Failed> {
        let Session {
            reply,
            key,
            encryption,
            ..
        } = &held.session;
        let mut authenticator = make::generate_authenticator(make::GenerateAuthenticatorOptions {
            kdc_rep: reply,
            seq_num: None,
            sub_key: None,
            checksum: None,
            channel_bindings: None,
            extensions: Vec::new(),
        })
        .map_err(broken)?;
        let request = make::generate_tgs_req(make::GenerateTgsReqOptions {
            realm: &held.realm.name,
            service_principal: self.service,
            session_key: key,
            ticket: reply.ticket.0.clone(),
            authenticator: &mut authenticator,
            additional_tickets: None,
            enc_params: encryption,
            context_requirements: ClientRequestFlags::empty(),
        })
        .map_err(broken)?;
        let answer = ask(&held.realm, &written(&request)?, false).await?;
        if let Some(error) = KrbError::read(&answer) {
            return Err(Failed::Kdc(error));
        }
        let reply: TgsRep = picky_asn1_der::from_bytes(&answer).map_err(broken)?;
        let nonce = &request.0.req_body.0.nonce.0.0;
        let suite = held.session.suite()?;
        Ok(Session::open(
            reply.0,
            &suite,
            key.as_ref(),
            TGS_REPLY,
            nonce,
        )?)
    }

    fn key(
        &self,
        realm: &Realm,
        user: &str,
        hints: &[super::answer::KeyHint],
    ) -> Result<LongTermKey, HandshakeError> {
        // RFC 4120 §4: by default the realm and the name in one.
        let salt = format!("{}{user}", realm.name);
        LongTermKey::make(self.password, salt.as_bytes(), hints)
            .ok_or_else(|| KrbError::no_common_key().meaning(self.names(realm)))
    }

    fn names<'a>(&'a self, realm: &'a Realm) -> Names<'a> {
        Names {
            realm: &realm.name,
            service: self.service,
        }
    }
}

/// The forms under which a KDC may know the account, with their name types.
fn forms(name: &LogonName) -> Vec<(u8, &str)> {
    let user = name.user();
    match (name.suffix(), user.rsplit_once('@')) {
        (Some(_), Some((before, _))) => vec![(ENTERPRISE, user), (PRINCIPAL, before)],
        (_, Some(_)) => vec![(ENTERPRISE, user)],
        (_, None) => vec![(PRINCIPAL, user)],
    }
}

fn as_body(realm: &Realm, (kind, user): (u8, &str)) -> Result<KdcReqBody, HandshakeError> {
    let mut random = [0; 4];
    getrandom::fill(&mut random).map_err(broken)?;
    let mut body = make::generate_as_req_kdc_body(&make::GenerateAsReqOptions {
        realm: &realm.name,
        username: user,
        cname_type: kind,
        snames: &["krbtgt", &realm.name],
        // Some KDCs read it as signed.
        nonce: u32::from_be_bytes(random) & 0x7fff_ffff,
        hostname: "",
        context_requirements: ClientRequestFlags::empty(),
    })
    .map_err(broken)?;
    // A ticket that is tied to no address passes through address translation.
    body.addresses = Optional::from(None);
    Ok(body)
}

fn as_request(body: &KdcReqBody, key: Option<&LongTermKey>) -> Result<Vec<u8>, HandshakeError> {
    let data = match key {
        Some(key) => {
            make::generate_pa_datas_for_as_req_with_key(&make::GenerateKeytabPaDataOptions {
                key: Secret::new(key.bytes().to_vec()),
                key_enctype: key.suite().clone(),
                with_pre_auth: true,
            })
        }
        None => make::generate_pa_datas_for_as_req(&make::GenerateAsPaDataOptions {
            password: "",
            salt: Vec::new(),
            enc_params: EncryptionParams::default_for_client(),
            with_pre_auth: false,
        }),
    };
    written(&make::generate_as_req(data.map_err(broken)?, body.clone()))
}

async fn ask(realm: &Realm, request: &[u8], once: bool) -> Result<Vec<u8>, HandshakeError> {
    kdc::ask(&realm.kdcs, request, once).await.map_err(|why| {
        HandshakeError::NoTicket(format!(
            "no domain controller of {} answers ({why})",
            realm.name
        ))
    })
}

fn written(message: &impl Serialize) -> Result<Vec<u8>, HandshakeError> {
    picky_asn1_der::to_vec(message).map_err(broken)
}

pub(super) fn broken(error: impl std::fmt::Display) -> HandshakeError {
    HandshakeError::NoTicket(format!("Kerberos can't be gone on with: {error}"))
}

fn no_way(why: impl std::fmt::Display) -> HandshakeError {
    HandshakeError::NoTicket(why.to_string())
}

#[cfg(test)]
mod tests {
    use super::{ENTERPRISE, PRINCIPAL, forms};
    use crate::LogonName;

    #[test]
    fn a_principal_name_is_looked_up_whole_first() {
        let of = |account| {
            forms(&LogonName::parse(account))
                .into_iter()
                .map(|(kind, user)| (kind, user.to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of("svc@contoso.com"),
            [
                (ENTERPRISE, "svc@contoso.com".to_owned()),
                (PRINCIPAL, "svc".to_owned())
            ]
        );
        assert_eq!(of("CONTOSO.COM\\svc"), [(PRINCIPAL, "svc".to_owned())]);
        assert_eq!(of("CONTOSO.COM\\svc@x"), [(ENTERPRISE, "svc@x".to_owned())]);
    }
}
