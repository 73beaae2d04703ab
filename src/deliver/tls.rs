//! Whom we trust and who we are, for HTTPS and for syslog over TLS. The cryptography is ring's.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use super::{Delivery, Trouble};
use crate::error::Error;

/// What to trust and to show, for syslog over TLS.
pub(super) fn client(delivery: &Delivery) -> Result<Arc<ClientConfig>, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in trusted(delivery)? {
        // The system's stores hold certificates that nobody can use; one that the user named was checked.
        let _ = roots.add(certificate);
    }
    let failed = |cause: rustls::Error| Error::usage(format!("{}: {cause}", delivery.address));
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    let builder = builder.map_err(failed)?.with_root_certificates(roots);
    let config = match identity(delivery)? {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(failed)?,
        None => builder.with_no_client_auth(),
    };
    Ok(Arc::new(config))
}

/// The same for HTTPS.
pub(super) fn config(delivery: &Delivery) -> Result<TlsConfig, Error> {
    let roots: Vec<_> = trusted(delivery)?.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
    let shown = match &delivery.identity {
        Some((chain, key)) => {
            let chain: Vec<_> =
                certificates(chain)?.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
            let pem = std::fs::read(key).map_err(|cause| Error::io(key, cause))?;
            let key = PrivateKey::from_pem(&pem).map_err(|_| no_key(key))?;
            Some(ClientCert::new_with_certs(&chain, key))
        }
        None => None,
    };
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .client_cert(shown)
        .unversioned_rustls_crypto_provider(provider())
        .build())
}

/// What went wrong between us and the receiver.
pub(super) fn trouble(error: &rustls::Error) -> Trouble {
    match error {
        rustls::Error::InvalidCertificate(_) => Trouble::lasting(format!(
            "TLS: {error} (a certificate authority of your own is named by `ca-file`)"
        )),
        _ => Trouble::passing(format!("TLS: {error}")),
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The certificates of the system, and those of the file that the settings name.
fn trusted(delivery: &Delivery) -> Result<Vec<CertificateDer<'static>>, Error> {
    let is_clear = matches!(delivery.address.way, super::Way::Http);
    let mut all = if is_clear { Vec::new() } else { rustls_native_certs::load_native_certs().certs };
    if let Some(path) = &delivery.ca {
        all.extend(certificates(path)?);
    }
    Ok(all)
}

/// Our certificate with its chain, and its key.
type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn identity(delivery: &Delivery) -> Result<Option<Identity>, Error> {
    let Some((chain, key)) = &delivery.identity else { return Ok(None) };
    let pem = std::fs::read(key).map_err(|cause| Error::io(key, cause))?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| no_key(key))?;
    Ok(Some((certificates(chain)?, key)))
}

/// The certificates in a file; at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let pem = std::fs::read(path).map_err(|cause| Error::io(path, cause))?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let wrong = || Error::usage(format!("{}: expected certificates in PEM", path.display()));
    all.ok().filter(|all| !all.is_empty()).ok_or_else(wrong)
}

fn no_key(path: &Path) -> Error {
    Error::usage(format!("{}: expected a private key in PEM", path.display()))
}
