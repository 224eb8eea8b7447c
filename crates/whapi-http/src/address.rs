//! Which addresses a secret may be sent to.

use url::{Host, Url};

/// Whether a secret may be sent to an address: `https`, or `http` on [loopback](is_loopback).
///
/// ```
/// use url::Url;
/// use whapi_http::is_safe_for_secrets;
///
/// let is_safe = |text| is_safe_for_secrets(&Url::parse(text).unwrap());
/// assert!(is_safe("https://api.example"));
/// assert!(is_safe("http://127.0.0.1:8080"));
/// assert!(!is_safe("http://api.example"));
/// ```
pub fn is_safe_for_secrets(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether an address is on this machine.
///
/// True for `localhost`, 127.0.0.0/8, `::1` and their IPv4-mapped forms. Other names are not
/// resolved, so they are not loopback.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, loopback: bool, safe: bool) {
        let url = Url::parse(text).unwrap();
        let found = (is_loopback(&url), is_safe_for_secrets(&url));
        assert_eq!(found, (loopback, safe), "{text}");
    }

    #[test]
    fn http_is_safe_on_loopback_only() {
        check("http://127.0.0.1", true, true);
        check("http://127.255.0.9:80/path", true, true);
        check("http://2130706433", true, true);
        check("http://[::1]", true, true);
        check("http://[::ffff:127.0.0.1]", true, true);
        check("http://LOCALHOST", true, true);
        check("http://localhost.", false, false);
        check("http://localhost.example", false, false);
        check("http://me.localhost", false, false);
        check("http://127.0.0.1.example", false, false);
        check("http://0.0.0.0", false, false);
        check("http://10.0.0.1", false, false);
        check("http://[::]", false, false);
        check("http://[::ffff:10.0.0.1]", false, false);
        check("http://localhost@api.example", false, false);
    }

    #[test]
    fn https_is_safe_everywhere() {
        check("https://api.example", false, true);
        check("https://127.0.0.1", true, true);
    }

    #[test]
    fn other_schemes_are_not_safe() {
        check("ftp://127.0.0.1", true, false);
        check("file:///tmp/x", false, false);
        check("data:,x", false, false);
        check("ws://localhost", true, false);
    }
}
