//! Certificates made for one test run: nothing of the kind is in the repository.

use std::{fs, path::Path, sync::OnceLock};

use connex::platform::config::TlsFiles;
use openssl::{
    asn1::{Asn1Time, Asn1TimeRef},
    bn::BigNum,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::PKey,
    x509::{
        X509, X509NameBuilder,
        extension::{BasicConstraints, SubjectAlternativeName},
    },
};

/// A certificate that is its own authority, and its key, as PEM.
pub struct Certificate {
    pub pem: Vec<u8>,
    pub key: Vec<u8>,
}

/// A certificate for `127.0.0.1` and `localhost` that is its own authority, and its key, as PEM.
pub fn certificate() -> &'static (Vec<u8>, Vec<u8>) {
    static MADE: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    MADE.get_or_init(|| {
        let Certificate { pem, key } = certificate_for("127.0.0.1", "localhost");
        (pem, key)
    })
}

/// A certificate for these two names.
pub fn certificate_for(ip: &str, dns: &str) -> Certificate {
    let (from, until) = (Asn1Time::days_from_now(0).unwrap(), Asn1Time::days_from_now(2).unwrap());
    make(ip, dns, &from, &until)
}

/// A certificate for these two names that has expired.
pub fn expired_certificate_for(ip: &str, dns: &str) -> Certificate {
    let (from, until) = (Asn1Time::from_unix(1_000_000_000).unwrap(), Asn1Time::from_unix(1_100_000_000).unwrap());
    make(ip, dns, &from, &until)
}

fn make(ip: &str, dns: &str, from: &Asn1TimeRef, until: &Asn1TimeRef) -> Certificate {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", &format!("connex test {dns}")).unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(from).unwrap();
    builder.set_not_after(until).unwrap();
    builder.append_extension(BasicConstraints::new().ca().build().unwrap()).unwrap();
    let names = SubjectAlternativeName::new().ip(ip).dns(dns).build(&builder.x509v3_context(None, None));
    builder.append_extension(names.unwrap()).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    Certificate { pem: builder.build().to_pem().unwrap(), key: key.private_key_to_pem_pkcs8().unwrap() }
}

/// Writes them into `folder`.
pub fn files(folder: &Path) -> TlsFiles {
    let (pem, key) = certificate();
    files_of(folder, "", (pem, key))
}

/// Writes this certificate and its key into `folder`, under names that begin with `prefix`.
pub fn files_of(folder: &Path, prefix: &str, (pem, private): (&[u8], &[u8])) -> TlsFiles {
    let certificate = folder.join(format!("{prefix}certificate.pem"));
    let key = folder.join(format!("{prefix}key.pem"));
    fs::write(&certificate, pem).unwrap();
    fs::write(&key, private).unwrap();
    TlsFiles { certificate, key }
}
