//! Who may read and steer the stand-in: programs on this machine, and no page of a browser.
//!
//! A page from anywhere can make a browser send requests to this machine. Its answers it can read only
//! when its own name was made to lead here (DNS rebinding), which `Host` shows; what it sends elsewhere
//! it cannot send without `Origin`.

use std::net::IpAddr;

use hyper::HeaderMap;
use hyper::header::{HOST, ORIGIN};

use super::answer::Reply;

/// The answer to a caller that may not; `None` for one that may.
///
/// `local` is true for a stand-in that only this machine reaches. One that others reach has whatever
/// name they know it by.
pub(super) fn refused(headers: &HeaderMap, local: bool) -> Option<Reply> {
    let host = text(headers, HOST.as_str());
    if local && !host.is_some_and(is_this_machine) {
        let found = host.unwrap_or("none");
        return Some(Reply::text(
            403,
            format!(
                "the host `{}` is not this machine: ask 127.0.0.1 or localhost\n",
                found.escape_debug()
            ),
        ));
    }
    let origin = headers.get(ORIGIN)?;
    let own = host.is_some_and(|host| origin.as_bytes() == format!("http://{host}").as_bytes());
    (!own).then(|| Reply::text(403, "pages of other origins may not ask\n"))
}

/// The only one of its name: of two, one could be for us and one for a proxy.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(host: Option<&str>, origin: Option<&str>, local: bool) -> u16 {
        let mut headers = HeaderMap::new();
        for (name, value) in [(HOST, host), (ORIGIN, origin)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().expect("a header"));
            }
        }
        refused(&headers, local).map_or(200, |reply| reply.status)
    }

    #[test]
    fn only_names_of_this_machine_reach_a_local_stand_in() {
        for host in [
            "127.0.0.1:8080",
            "localhost",
            "LOCALHOST:1",
            "[::1]:8080",
            "127.9.9.9",
        ] {
            assert_eq!(200, status(Some(host), None, true), "{host}");
        }
        for host in [
            "evil.example:8080",
            "localhost.evil.example",
            "10.0.0.1",
            "127.0.0.1.evil.example",
            "",
            "[::1",
        ] {
            assert_eq!(403, status(Some(host), None, true), "{host}");
            assert_eq!(200, status(Some(host), None, false), "{host}");
        }
        assert_eq!(403, status(None, None, true));
    }

    #[test]
    fn a_page_of_another_origin_is_refused_wherever_it_listens() {
        let host = Some("127.0.0.1:8080");

        for local in [true, false] {
            for origin in [
                "http://evil.example",
                "null",
                "http://127.0.0.1:81",
                "https://127.0.0.1:8080",
            ] {
                assert_eq!(403, status(host, Some(origin), local), "{origin}");
            }
            assert_eq!(200, status(host, Some("http://127.0.0.1:8080"), local));
        }
    }
}
