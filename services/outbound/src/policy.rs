//! Where a request may go: the one rule that every address is held against before it is dialled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;
use url::{Host, Url};

use crate::address;

/// Where requests may go.
///
/// Public addresses: by `https`, on the permitted ports. Every other address, plain `http` and other ports: only in the
/// networks that the operator named. The default names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    allow: Vec<IpNet>,
    ports: Vec<u16>,
}

/// Ports on which public addresses may be reached unless the operator says otherwise.
const DEFAULT_PORTS: [u16; 2] = [443, 80];

impl Default for Policy {
    fn default() -> Self {
        Self { allow: Vec::new(), ports: DEFAULT_PORTS.to_vec() }
    }
}

impl Policy {
    /// Reads what an operator configured.
    ///
    /// `allow`: networks such as `10.0.0.0/8` or `fd00::/8`, or single addresses, that may be reached although they are
    /// private, also by plain `http` and on any port. `ports`: the ports on which public addresses may be reached; none
    /// means 443 and 80.
    ///
    /// # Errors
    ///
    /// Says which entry cannot be used and how to write it.
    pub fn parse(allow: &[String], ports: &[u16]) -> Result<Self, String> {
        let allow = allow.iter().map(|text| network(text.trim())).collect::<Result<_, _>>()?;
        if ports.contains(&0) {
            return Err("port 0 cannot be reached: name ports from 1 to 65535".to_owned());
        }
        let ports = if ports.is_empty() { DEFAULT_PORTS.to_vec() } else { ports.to_vec() };
        Ok(Self { allow, ports })
    }

    /// Whether this address may be reached by this scheme and port; if not, why.
    pub(crate) fn permits(&self, address: IpAddr, https: bool, port: u16) -> Result<(), String> {
        let address = address::canonical(address);
        if self.allow.iter().any(|network| network.contains(&address)) {
            return Ok(());
        }
        if !address::is_public(address) {
            return Err(
                "a private or reserved address; to permit it, add its network to the allowed networks".to_owned()
            );
        }
        self.permits_public(https, port)
    }

    fn permits_public(&self, https: bool, port: u16) -> Result<(), String> {
        if !https {
            return Err("plain http is permitted only to the allowed networks; use https".to_owned());
        }
        if !self.ports.contains(&port) {
            return Err(format!("port {port} is permitted only to the allowed networks; use one of {:?}", self.ports));
        }
        Ok(())
    }

    /// The addresses among these that may be dialled, in their order; if there are none, why.
    pub(crate) fn select(&self, found: &[SocketAddr], https: bool) -> Result<Vec<SocketAddr>, String> {
        let mut reason = None;
        let mut permitted = Vec::new();
        for address in found {
            match self.permits(address.ip(), https, address.port()) {
                Ok(()) => permitted.push(*address),
                Err(why) => reason = reason.or(Some(why)),
            }
        }
        match reason {
            Some(why) if permitted.is_empty() => Err(why),
            _ => Ok(permitted),
        }
    }

    /// What can be said about a URL without asking DNS.
    pub(crate) fn check(&self, url: &Url) -> Result<(), String> {
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            scheme => return Err(format!("the scheme {scheme} is not permitted; use https")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a name or password in the address is not permitted; send it in a header".to_owned());
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err("the address names no host".to_owned());
        };
        match host {
            Host::Ipv4(ip) => self.permits(ip.into(), https, port).map_err(|why| format!("{ip}: {why}")),
            Host::Ipv6(ip) => self.permits(ip.into(), https, port).map_err(|why| format!("[{ip}]: {why}")),
            Host::Domain(name) if is_localhost(name) => self
                .permits(Ipv4Addr::LOCALHOST.into(), https, port)
                .or_else(|why| self.permits(Ipv6Addr::LOCALHOST.into(), https, port).map_err(|_| why))
                .map_err(|why| format!("{name}: {why}")),
            // Whether the name is one of the allowed networks' is known when it is looked up.
            Host::Domain(_) if !self.allow.is_empty() => Ok(()),
            Host::Domain(name) => self.permits_public(https, port).map_err(|why| format!("{name}: {why}")),
        }
    }
}

/// RFC 6761: the name and all below it are loopback.
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

fn network(text: &str) -> Result<IpNet, String> {
    let network = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("{text:?} is not a network: write it like 10.0.0.0/8 or fd00::/8"))?;
    if network.trunc() != network {
        return Err(format!("{text} has bits outside its network: write {}", network.trunc()));
    }
    if network.prefix_len() == 0 {
        return Err(format!("{text} would permit everything, the clouds' metadata included: name the networks"));
    }
    // Addresses are compared as IPv4 when they are IPv4-mapped; such a network would never match.
    if let IpNet::V6(mapped) = network
        && mapped.addr().to_ipv4_mapped().is_some()
    {
        return Err(format!("{text} is a network of IPv4 addresses: write it as one, such as 10.0.0.0/8"));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allow: &[&str]) -> Policy {
        let allow: Vec<String> = allow.iter().map(|text| (*text).to_owned()).collect();
        Policy::parse(&allow, &[]).expect("a policy")
    }

    fn url(text: &str) -> Url {
        text.parse().expect(text)
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        let literals: &[&str] = &[
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://0x7f.1/",
            "https://0x7f000001/",
            "https://127.1/",
            "https://127.0.1/",
            "https://127.0.0.1./",
            "https://0/",
            "https://017700000001/",
            "https://%31%32%37.0.0.1/",
            "https://127。0。0。1/",
            "https://１２７.0.0.1/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[fe80::1]/",
            "https://[fd00:ec2::254]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://2852039166/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.b.localhost/",
        ];
        for text in literals {
            assert!(Policy::default().check(&url(text)).is_err(), "{text}");
            assert!(Policy::default().check(&url(&text.replace("https", "http"))).is_err(), "{text}");
            assert!(policy(&["10.0.0.0/8"]).check(&url(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_with_a_scope_is_no_url() {
        assert!("https://[fe80::1%25eth0]/".parse::<Url>().is_err());
        assert!("https://[fe80::1%eth0]/".parse::<Url>().is_err());
    }

    #[test]
    fn the_default_permits_https_to_the_public_on_its_ports() {
        for text in ["https://example.com/hook", "https://8.8.8.8/", "https://[2606:4700:4700::1111]/"] {
            assert_eq!(Policy::default().check(&url(text)), Ok(()), "{text}");
        }
        let refused = [
            "http://example.com/",
            "http://8.8.8.8/",
            "https://example.com:8443/",
            "https://8.8.8.8:22/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "unix:/run/docker.sock",
            "data:,x",
            "https://name:word@example.com/",
            "https://name@example.com/",
        ];
        for text in refused {
            assert!(Policy::default().check(&url(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn allowed_networks_are_reached_by_http_on_any_port_and_nothing_else_is() {
        let policy = policy(&["10.0.0.0/8", "fd00:1::/32", "192.168.1.7"]);
        for text in
            ["http://10.255.0.1:8080/", "https://[::ffff:10.0.0.1]:1/", "http://[fd00:1::5]/", "http://192.168.1.7/"]
        {
            assert_eq!(policy.check(&url(text)), Ok(()), "{text}");
        }
        for text in ["http://11.0.0.1/", "https://11.0.0.1:8080/", "http://192.168.1.8/", "https://[fd00:2::5]/"] {
            assert!(policy.check(&url(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_that_resolves_to_a_mixture_is_dialled_only_where_it_is_permitted() {
        let found: Vec<SocketAddr> = ["10.0.0.1:443", "127.0.0.1:443", "8.8.8.8:443", "[::1]:443", "192.168.1.1:443"]
            .map(|text| text.parse().expect(text))
            .to_vec();
        let chosen = |policy: &Policy, https| policy.select(&found, https).map(|chosen| format!("{chosen:?}"));
        assert_eq!(chosen(&Policy::default(), true), Ok("[8.8.8.8:443]".to_owned()));
        assert_eq!(chosen(&policy(&["10.0.0.0/8"]), true), Ok("[10.0.0.1:443, 8.8.8.8:443]".to_owned()));
        assert_eq!(chosen(&policy(&["10.0.0.0/8"]), false), Ok("[10.0.0.1:443]".to_owned()));
        assert!(chosen(&Policy::default(), false).is_err());
    }

    #[test]
    fn a_port_outside_the_list_needs_an_allowed_address() {
        let policy = Policy::parse(&["10.0.0.0/8".to_owned()], &[8443]).expect("a policy");
        let found: Vec<SocketAddr> = ["8.8.8.8:443", "10.0.0.1:443"].map(|text| text.parse().expect(text)).to_vec();
        assert_eq!(policy.select(&found, true), Ok(vec![found[1]]));
        assert_eq!(policy.check(&url("https://8.8.8.8:8443/")), Ok(()));
        assert!(policy.check(&url("https://8.8.8.8/")).is_err());
    }

    #[test]
    fn entries_that_mean_something_else_are_refused_with_advice() {
        let refusals = [
            ("10.1.0.0/8", "write 10.0.0.0/8"),
            ("0.0.0.0/0", "name the networks"),
            ("::/0", "name the networks"),
            ("::ffff:10.0.0.0/104", "write it as one"),
            ("intern.example", "write it like"),
            ("10.0.0.0/33", "write it like"),
            ("", "write it like"),
        ];
        for (text, advice) in refusals {
            let error = Policy::parse(&[text.to_owned()], &[]).expect_err(text);
            assert!(error.contains(advice), "{error}");
        }
        assert!(Policy::parse(&[], &[0]).is_err());
    }
}
