//! Who calls: the connection's other end, or whom a trusted proxy names.
//!
//! Throttles count by this address. A stranger must be able neither to pass for another, nor to
//! shed her own count, so only the proxies that the operator lists are believed.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use axum::http::{HeaderMap, HeaderName, header::FORWARDED};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// `X-Forwarded-For`, the proxies' older custom.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client, as a request extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientIp(pub IpAddr);

impl ClientIp {
    /// The right-most address that is not a trusted proxy, beginning at `peer`.
    ///
    /// Where both headers are there and disagree, one of them came from the client, and nobody
    /// knows which: then it is the nearest proxy, an address that no honest caller shares.
    #[must_use]
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let peer = peer.to_canonical();
        if !is_trusted(peer, trusted) {
            return Self(peer);
        }
        let old = values(headers, &X_FORWARDED_FOR).map(|list| walk(peer, list.split(',').rev().map(hop), trusted));
        let new = values(headers, &FORWARDED)
            .map(|list| walk(peer, elements(&list).into_iter().rev().map(forwarded_for), trusted));
        Self(match (old, new) {
            (Some(old), Some(new)) if old != new => peer,
            (Some(address), _) | (None, Some(address)) => address,
            (None, None) => peer,
        })
    }
}

/// The network that is throttled as one: /24 of IPv4, /56 of IPv6 (what a home is given).
#[must_use]
pub fn network_of(address: IpAddr) -> IpNet {
    let network = match address.to_canonical() {
        IpAddr::V4(address) => Ipv4Net::new(address, 24).map(IpNet::V4),
        IpAddr::V6(address) => Ipv6Net::new(address, 56).map(IpNet::V6),
    };
    network.map_or(IpNet::from(address), |network| network.trunc())
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// All lines of a header as one list (RFC 9110 §5.3). Bytes outside ASCII spoil their hop only.
fn values(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// Goes from proxy to proxy, the nearest first. What one of them does not name as an address
/// (`unknown`, a made-up word) ends the way at that proxy.
fn walk(peer: IpAddr, hops: impl Iterator<Item = Option<IpAddr>>, trusted: &[IpNet]) -> IpAddr {
    let mut nearest = peer;
    for hop in hops {
        let Some(address) = hop else { return nearest };
        nearest = address.to_canonical();
        if !is_trusted(nearest, trusted) {
            return nearest;
        }
    }
    nearest
}

/// An address, maybe in brackets, maybe with a port.
fn hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    // `1.2.3.4`, `2001:db8::7`, `1.2.3.4:80`, `[2001:db8::7]:80`; alone in brackets it has no port.
    IpAddr::from_str(text)
        .ok()
        .or_else(|| SocketAddr::from_str(text).ok().map(|address| address.ip()))
        .or_else(|| IpAddr::from_str(text.strip_prefix('[')?.strip_suffix(']')?).ok())
}

/// The elements of `Forwarded` (RFC 7239 §4): commas within quotation marks separate nothing.
fn elements(list: &str) -> Vec<&str> {
    let mut is_quoted = false;
    list.split(|c: char| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    })
    .collect()
}

/// The `for=` of an element.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then(|| hop(value.trim_matches('"')))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, headers: &[(&str, &str)]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"].iter().map(|net| net.parse().unwrap()).collect();
        let headers =
            headers.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect();
        ClientIp::of(peer.parse().unwrap(), &headers, &trusted).0.to_string()
    }

    const XFF: &str = "x-forwarded-for";

    #[test]
    fn only_trusted_proxies_are_believed() {
        for (peer, headers, expected) in [
            ("192.0.2.1", &[(XFF, "198.51.100.7"), ("forwarded", "for=198.51.100.7")][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &[(XFF, "198.51.100.7")], "198.51.100.7"),
            ("::ffff:10.0.0.1", &[(XFF, "::ffff:198.51.100.7")], "198.51.100.7"),
            // What stands further left came from the client.
            ("10.0.0.1", &[(XFF, "203.0.113.9, 198.51.100.7")], "198.51.100.7"),
            ("10.0.0.1", &[(XFF, "203.0.113.9"), (XFF, "198.51.100.7, 10.9.9.9")], "198.51.100.7"),
            ("10.0.0.1", &[(XFF, "198.51.100.7:4711")], "198.51.100.7"),
            ("10.0.0.1", &[(XFF, "[2001:db8::7]:4711 , fd00::2")], "2001:db8::7"),
            ("10.0.0.1", &[(XFF, "[2001:db8::7]")], "2001:db8::7"),
            ("10.0.0.1", &[(XFF, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            // A word that is no address ends the way at the proxy that wrote it.
            ("10.0.0.1", &[(XFF, "198.51.100.7, unknown, 10.0.0.2")], "10.0.0.2"),
            ("10.0.0.1", &[(XFF, "198.51.100.7, é")], "10.0.0.1"),
            ("10.0.0.1", &[(XFF, "")], "10.0.0.1"),
            ("10.0.0.1", &[("x_forwarded_for", "198.51.100.7")], "10.0.0.1"),
            ("10.0.0.1", &[("forwarded", "for=203.0.113.9, For=\"[2001:db8::7]:80\";proto=https")], "2001:db8::7"),
            ("10.0.0.1", &[("forwarded", "for=198.51.100.7;by=\"a,for=203.0.113.9\"")], "198.51.100.7"),
            ("10.0.0.1", &[("forwarded", "for=_hidden")], "10.0.0.1"),
            ("10.0.0.1", &[("forwarded", "proto=https")], "10.0.0.1"),
            // Which of two is the proxy's? It does not matter when they agree.
            ("10.0.0.1", &[(XFF, "198.51.100.7"), ("forwarded", "for=198.51.100.7")], "198.51.100.7"),
            ("10.0.0.1", &[(XFF, "198.51.100.7"), ("forwarded", "for=203.0.113.9")], "10.0.0.1"),
        ] {
            assert_eq!(client(peer, headers), expected, "{peer} {headers:?}");
        }
    }

    #[test]
    fn a_network_is_throttled_as_one() {
        for (address, network) in [
            ("198.51.100.7", "198.51.100.0/24"),
            ("::ffff:198.51.100.7", "198.51.100.0/24"),
            ("2001:db8:1:2ff:3::4", "2001:db8:1:200::/56"),
        ] {
            assert_eq!(network_of(address.parse().unwrap()).to_string(), network);
        }
    }
}
