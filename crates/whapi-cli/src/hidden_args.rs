//! Usage errors without tokens.

use std::ffi::OsString;

use whapi_secret::{holds_token, is_secret_not_path};

/// What stands in the place of an argument.
const MARK: &str = "[hidden]";
/// The line behind an error in which an argument is hidden.
const TIP: &str = "tip: an argument looks like a token, so it is not repeated; arguments are visible to \
                   other users and stay in the shell's history: renew the token in Whapi's panel, and run \
                   `whapi login`, which asks for it";

/// Returns a usage error without the arguments that look like a token, and a line that says so.
/// `None` if it repeats no such argument.
pub(crate) fn without_tokens(error: &str, args: &[OsString]) -> Option<String> {
    let values = args.iter().filter_map(|arg| {
        let arg = arg.to_str()?;
        match arg.strip_prefix('-') {
            None => Some(arg),
            Some(flag) => Some(flag.split_once('=')?.1),
        }
    });
    let mut hidden = error.to_owned();
    for value in values.filter(|value| looks_like_token(value)) {
        hidden = hidden.replace(value, MARK);
    }
    (hidden != error).then(|| format!("{}\n\n{TIP}\n", hidden.trim_end()))
}

fn looks_like_token(value: &str) -> bool {
    let any = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    let is_mixed =
        any(u8::is_ascii_digit) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase);
    holds_token(value) || is_mixed && is_secret_not_path(value.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(args: &[&str], error: &str, expected: Option<&str>) {
        let args: Vec<_> = args.iter().map(OsString::from).collect();
        let expected = expected.map(|expected| format!("{expected}\n\n{TIP}\n"));
        assert_eq!(without_tokens(error, &args), expected);
    }

    #[test]
    fn only_arguments_that_look_like_a_token_are_hidden() {
        let token = "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d";
        check(
            &["whapi", "login", token],
            &format!("error: unrecognized subcommand '{token}'\n\nUsage: whapi login\n"),
            Some("error: unrecognized subcommand '[hidden]'\n\nUsage: whapi login"),
        );
        check(
            &["whapi", "--token=canary/5Yx+Q9=="],
            "error: unexpected argument '--token' in canary/5Yx+Q9==",
            Some("error: unexpected argument '--token' in [hidden]"),
        );
        check(
            &["whapi", "export", "--page-size", "5000000000", token],
            "error: invalid value '5000000000'",
            None,
        );
        check(&["whapi", "--form4t-Name"], "error: '--form4t-Name'", None);
    }
}
