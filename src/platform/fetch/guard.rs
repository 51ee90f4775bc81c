//! Which addresses may be called. Pure: nothing is resolved here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// What kind of address it is (IANA special-purpose address registries).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Anybody may be there.
    Public,
    /// This machine or a private network: only where the operator allows it.
    Private,
    /// Never a site: link-local (where clouds keep their metadata), multicast, documentation,
    /// reserved.
    Special,
}

/// Why an address may not be called; the end of a sentence that begins with the address.
pub type Reason = &'static str;

/// Names that exist in private networks only.
const PRIVATE_NAMES: [&str; 9] =
    ["localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "arpa"];

/// The kind of `address`.
#[must_use]
pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        [10 | 127, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Reach::Private,
        [0 | 224..=255, ..]
        | [169, 254, ..]
        | [192, 0, 0 | 2, _]
        | [192, 31, 196, _]
        | [192, 52, 193, _]
        | [192, 88, 99, _]
        | [192, 175, 48, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Reach::Special,
        _ => Reach::Public,
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let embedded = || Ipv4Addr::from((u32::from(g) << 16) | u32::from(h));
    match [a, b, c, d, e, f] {
        // IPv4 in IPv6 clothes: mapped, or translated (RFC 6052), as IPv6-only networks need it.
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => reach_v4(embedded()),
        [0, 0, 0, 0, 0, 0] if (g, h) == (0, 1) => Reach::Private,
        [0xfc00..=0xfdff, ..] => Reach::Private,
        // Protocol assignments (Teredo among them), documentation, 6to4.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => Reach::Special,
        // All that was ever given out. Whatever lies beside it is special or unknown.
        [0x2000..=0x3fff, ..] => Reach::Public,
        _ => Reach::Special,
    }
}

/// Whether `address` may be dialled.
///
/// # Errors
/// Why not.
pub fn check_address(address: IpAddr, allow_private: bool) -> Result<(), Reason> {
    match reach(address) {
        Reach::Public => Ok(()),
        Reach::Private if allow_private => Ok(()),
        Reach::Private => Err("is a private address"),
        Reach::Special => Err("is a special-use address"),
    }
}

/// Whether `url` may be called, as far as its text tells: a name still has to be resolved, and
/// its addresses checked.
///
/// # Errors
/// Why not.
pub fn check_url(url: &Url, allow_private: bool) -> Result<(), Reason> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name");
    }
    let host = url.host().ok_or("has no host")?;
    let is_loopback = match &host {
        Host::Domain(name) => plain(name) == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    match url.scheme() {
        "https" => {}
        "http" if allow_private && is_loopback => {}
        _ => return Err("is not https"),
    }
    match host {
        Host::Domain(_) if allow_private => Ok(()),
        Host::Domain(name) => check_name(plain(name)),
        // A literal address never reaches the resolver, so this is its only check.
        Host::Ipv4(address) => check_address(address.into(), allow_private),
        Host::Ipv6(address) => check_address(address.into(), allow_private),
    }
}

/// A name without the dot that may end it.
fn plain(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

fn check_name(name: &str) -> Result<(), Reason> {
    match name.rsplit_once('.') {
        Some((_, last)) if !PRIVATE_NAMES.contains(&last) => Ok(()),
        _ => Err("is a name of private networks"),
    }
}
