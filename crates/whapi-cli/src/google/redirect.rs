//! The address to which Google sends the browser back.

use std::collections::HashMap;

use url::form_urlencoded;

/// The end of a sign-in in the browser.
#[derive(PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Redirect {
    /// The access was allowed. The code is exchanged for a refresh token.
    Code(String),
    /// The access was not allowed, or Google refused it. Google's name of the error.
    Refused(String),
}

impl Redirect {
    /// Reads the query of the address.
    ///
    /// Returns `None` if it has another state, and so belongs to another sign-in, and if it has
    /// neither a code nor an error.
    pub(super) fn from_query(query: &str, state: &str) -> Option<Self> {
        let mut fields: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
        if fields.get("state")? != state {
            return None;
        }
        let mut field = |name| fields.remove(name).filter(|value| !value.is_empty());
        match (field("error"), field("code")) {
            (Some(error), _) => Some(Self::Refused(error.into_owned())),
            (None, code) => Some(Self::Code(code?.into_owned())),
        }
    }

    /// Reads a whole address, as a person pastes it.
    pub(super) fn from_address(address: &str, state: &str) -> Option<Self> {
        let (_, query) = address.trim().split_once('?')?;
        let query = query.split('#').next().unwrap_or_default();
        Self::from_query(query, state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, expected: Option<&Redirect>) {
        let found = Redirect::from_query(query, "s-1");
        assert_eq!(found.as_ref(), expected, "{query}");
        for address in [
            format!("http://127.0.0.1:8080/?{query}"),
            format!(" 127.0.0.1:8080/?{query}#top\r\n"),
        ] {
            assert!(Redirect::from_address(&address, "s-1") == found);
        }
    }

    #[test]
    fn a_code_or_an_error_with_the_state_is_read() {
        let code = |query, code: &str| check(query, Some(&Redirect::Code(code.to_owned())));
        code("state=s-1&code=4%2F0Ab", "4/0Ab");
        code("code=4/0Ab&scope=a+b&state=s-1&hd=x", "4/0Ab");
        code("error=&state=s-1&code=4", "4");
        let refused = |query, error: &str| check(query, Some(&Redirect::Refused(error.to_owned())));
        refused("error=access_denied&state=s-1", "access_denied");
        refused("error=a&state=s-1&code=4", "a");
    }

    #[test]
    fn anything_else_belongs_to_no_sign_in() {
        for query in [
            "",
            "code=4",
            "state=&code=4",
            "state=s-2&code=4",
            "state=s-11&code=4",
            "state=S-1&code=4",
            "state=s-1",
            "state=s-1&code=",
            "error=access_denied",
            "state=s-1&code=4&state=s-2",
        ] {
            check(query, None);
        }
        assert!(Redirect::from_address("state=s-1&code=4", "s-1").is_none());
    }
}
