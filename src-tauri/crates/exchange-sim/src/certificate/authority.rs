//! Keys, certificates and the private CA that signs them.

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, Error,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

use super::{CertificateFaults, Keys};
use crate::calendar::date;

/// A private CA.
#[derive(Debug)]
pub(crate) struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A CA of the organization Contoso with this common name.
    pub(crate) fn new(name: &str, keys: Keys) -> Result<Self, Error> {
        let key = generate(keys)?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Contoso");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        valid_days(&mut params, -400, 3_650);
        Ok(Self {
            certificate: params.self_signed(&key)?,
            issuer: Issuer::new(params, key),
        })
    }

    /// A CA with a name of its own each time: one trusted from an earlier start is then an unknown
    /// issuer, not one whose signatures are wrong.
    pub(crate) fn fresh(keys: Keys) -> Result<Self, Error> {
        let number = uuid::Uuid::new_v4().simple().to_string();
        Self::new(&format!("Contoso Practice CA {number:.8}"), keys)
    }

    /// Its own certificate.
    pub(crate) const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Signs a certificate for this key.
    pub(super) fn sign(
        &self,
        params: &CertificateParams,
        key: &KeyPair,
    ) -> Result<Certificate, Error> {
        params.signed_by(key, &self.issuer)
    }
}

/// A new key.
pub(super) fn generate(keys: Keys) -> Result<KeyPair, Error> {
    KeyPair::generate_for(match keys {
        Keys::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        Keys::P384 => &rcgen::PKCS_ECDSA_P384_SHA384,
        Keys::P521 => &rcgen::PKCS_ECDSA_P521_SHA512,
        Keys::RsaSha256 => &rcgen::PKCS_RSA_SHA256,
        Keys::RsaSha384 => &rcgen::PKCS_RSA_SHA384,
        Keys::RsaSha512 => &rcgen::PKCS_RSA_SHA512,
    })
}

/// A server certificate for these names; the first is its common name.
pub(super) fn leaf_params(
    names: &[&str],
    faults: CertificateFaults,
) -> Result<CertificateParams, Error> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let common_name = names[0].clone();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = !faults.self_signed;
    let (from, to) = if faults.expired {
        (-395, -30)
    } else if faults.not_yet_valid {
        (30, 395)
    } else {
        (-2, 363)
    };
    valid_days(&mut params, from, to);
    Ok(params)
}

/// Sets the validity in days from today.
fn valid_days(params: &mut CertificateParams, from: i64, to: i64) {
    let (year, month, day) = date(from);
    params.not_before = rcgen::date_time_ymd(year, month, day);
    let (year, month, day) = date(to);
    params.not_after = rcgen::date_time_ymd(year, month, day);
}
