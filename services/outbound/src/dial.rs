//! From a URL to a connection: the name's addresses, those the policy permits, TCP and TLS. No byte of the request is sent
//! here, so whatever fails here is surely not received.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::message::{Failure, origin};
use crate::policy::Policy;

/// A connection, plain or TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Connects, or says why not: `Refused` when no address is permitted, `NotSent` for all else.
///
/// The name is looked up once and what the policy permits of the answer is what is dialled: there is no second lookup
/// whose answer could differ.
pub(crate) async fn connect(
    policy: &Policy,
    tls: &Arc<rustls::ClientConfig>,
    url: &Url,
    until: Instant,
) -> Result<Box<dyn Stream>, Failure> {
    let not_sent = |detail: String| Failure::NotSent { origin: origin(url), detail };
    let late = |what: &str| not_sent(format!("{what} took too long"));

    let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
        return Err(Failure::Refused("the address names no host".to_owned()));
    };
    let https = url.scheme() == "https";
    let found: Vec<SocketAddr> = match host {
        Host::Ipv4(ip) => vec![SocketAddr::new(ip.into(), port)],
        Host::Ipv6(ip) => vec![SocketAddr::new(ip.into(), port)],
        Host::Domain(name) => match timeout_at(until, tokio::net::lookup_host((name, port))).await {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(error)) => return Err(not_sent(format!("the name was not found: {error}"))),
            Err(_) => return Err(late("looking up the name")),
        },
    };
    if found.is_empty() {
        return Err(not_sent("the name has no address".to_owned()));
    }
    let permitted = policy.select(&found, https).map_err(|why| Failure::Refused(format!("{}: {why}", origin(url))))?;

    let tcp = tcp(&permitted, until).await.map_err(|error| not_sent(format!("connecting failed: {error}")))?;
    if !https {
        return Ok(Box::new(tcp));
    }
    let name = server_name(host).map_err(|()| Failure::Refused("the host is no name that TLS knows".to_owned()))?;
    match timeout_at(until, TlsConnector::from(Arc::clone(tls)).connect(name, tcp)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(not_sent(format!("TLS failed: {error}"))),
        Err(_) => Err(late("TLS")),
    }
}

/// The first address that answers. Each has its share of the time that is left, so that one that is silent does not keep the
/// others from being tried.
async fn tcp(addresses: &[SocketAddr], until: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for (done, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let left = u32::try_from(addresses.len() - done).unwrap_or(u32::MAX);
        let share = now + until.saturating_duration_since(now) / left;
        match timeout_at(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::Error::new(io::ErrorKind::TimedOut, "it took too long"),
        }
    }
    Err(last)
}

fn server_name(host: Host<&str>) -> Result<ServerName<'static>, ()> {
    match host {
        Host::Ipv4(ip) => Ok(ServerName::IpAddress(std::net::IpAddr::V4(ip).into())),
        Host::Ipv6(ip) => Ok(ServerName::IpAddress(std::net::IpAddr::V6(ip).into())),
        // A certificate never names the root's dot.
        Host::Domain(name) => ServerName::try_from(name.strip_suffix('.').unwrap_or(name).to_owned()).map_err(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::TcpListener;

    use super::*;

    /// As [`connect`], without the look at the URL that comes first: here only the resolved address can refuse.
    async fn connect_to(allow: &str, url: String) -> Result<(), Failure> {
        let policy = Policy::parse(&[allow.to_owned()], &[]).expect("a policy");
        let tls = Arc::new(crate::trust::config(&[]).expect("TLS"));
        let until = Instant::now() + Duration::from_secs(60);
        connect(&policy, &tls, &url.parse().expect("a URL"), until).await.map(drop)
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_loopback_is_refused_and_not_dialled() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        for scheme in ["http", "https"] {
            for host in ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "[::1]"] {
                let answer = connect_to("10.0.0.0/8", format!("{scheme}://{host}:{port}/")).await;
                assert!(matches!(answer, Err(Failure::Refused(_))), "{scheme} {host}: {answer:?}");
            }
        }
        assert_eq!(connect_to("127.0.0.0/8", format!("http://localhost:{port}/")).await, Ok(()));
        let (first, _) = listener.accept().await.expect("the permitted one");
        drop(first);
        let second = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(second.is_err(), "a refused address was dialled");
    }

    #[tokio::test]
    async fn an_address_that_refuses_does_not_keep_the_next_from_being_tried() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let open = listener.local_addr().expect("an address");
        // Nothing listens at the same port of the neighbouring loopback address.
        let closed = SocketAddr::new([127, 0, 0, 2].into(), open.port());
        let until = Instant::now() + Duration::from_secs(60);
        let stream = tcp(&[closed, open], until).await.expect("the second answers");
        assert_eq!(stream.peer_addr().ok(), Some(open));
        assert!(tcp(&[closed], until).await.is_err());
    }
}
