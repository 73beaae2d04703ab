//! JNDI look-ups that Log4j would follow (CVE-2021-44228), and the other look-ups that steal what the process knows.

use super::gate::Bytes;
use super::piece::{Piece, Seen, strongest};
use super::scan::{after, holds, holds_any, words};

/// The strongest look-up in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    if !piece.kinds.any(Bytes::DOLLAR.or(Bytes::COLON)) {
        return None;
    }
    let lower = piece.lower;
    let schemes = ["ldap", "ldaps", "rmi", "dns", "iiop", "corba", "nis", "nds", "http"];
    let asks =
        after(lower, "jndi:").any(|rest| schemes.iter().any(|scheme| rest.starts_with(scheme.as_bytes())));
    let secrets = words![
        "${env:",
        "${sys:",
        "${java:",
        "${ctx:",
        "${hostname",
        "${docker:",
        "${k8s:",
        "${main:",
        "${bundle:",
    ];
    if !piece.kinds.any(Bytes::DOLLAR) {
        return strongest([(asks, "gh-jndi-lookup", 90)]);
    }
    strongest([
        (asks, "gh-jndi-lookup", 90),
        (holds(lower, b"${jndi:") || holds(lower, b"${jndi$"), "gh-jndi-lookup", 85),
        (holds_any(lower, words!["${lower:", "${upper:", "${::-", "${base64:"]), "gh-jndi-hidden", 75),
        (holds_any(lower, secrets), "gh-jndi-secrets", 70),
        (holds_any(lower, words!["${script:", "${url:", "${dns:"]), "gh-jndi-text-lookup", 80),
    ])
}
