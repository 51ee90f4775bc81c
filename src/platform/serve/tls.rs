//! TLS by OpenSSL, 1.2 and newer, with Mozilla's intermediate ciphers.

use std::path::Path;

use openssl::{
    error::ErrorStack,
    ssl::{AlpnError, SslAcceptor, SslContext, SslFiletype, SslMethod, SslVersion, select_next_proto},
};

use crate::{
    kernel::{Doing, Fault},
    platform::config::TlsFiles,
};

/// What we speak, the liked one first, each with its length (RFC 7301 §3.1).
const PROTOCOLS: &[u8] = b"\x02h2\x08http/1.1";

/// Reads certificate and key.
///
/// # Errors
/// A fault whose cause names the file.
pub(super) fn context(files: &TlsFiles) -> Result<SslContext, Fault> {
    let doing = "prepare TLS";
    let mut tls = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).doing(doing)?;
    tls.set_min_proto_version(Some(SslVersion::TLS1_2)).doing(doing)?;
    let about = |file: &Path| {
        let file = file.display().to_string();
        move |error: ErrorStack| Fault::of(doing, format!("{file}: {error}"))
    };
    tls.set_certificate_chain_file(&files.certificate).map_err(about(&files.certificate))?;
    tls.set_private_key_file(&files.key, SslFiletype::PEM).map_err(about(&files.key))?;
    tls.check_private_key().map_err(about(&files.key))?;
    // Whoever offers only other protocols is served all the same, as HTTP/1.1.
    tls.set_alpn_select_callback(|_, offered| select_next_proto(PROTOCOLS, offered).ok_or(AlpnError::NOACK));
    Ok(tls.build().into_context())
}
