//! The chain of an error's causes.

use std::error::Error;
use std::iter;

/// The causes of an error, the nearest first.
///
/// # Examples
///
/// ```
/// use std::io::{Error, ErrorKind};
/// use whapi_text::causes;
///
/// let error = Error::other(Box::new(Error::from(ErrorKind::NotFound)));
/// assert!(causes(&error).all(|cause| cause.to_string() == "entity not found"));
/// ```
pub fn causes<'a>(error: &'a (dyn Error + 'a)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(error.source(), |cause| Error::source(*cause))
}

/// An error's message and its causes in one line, each after a colon.
///
/// # Examples
///
/// ```
/// use std::error::Error;
/// use std::fmt;
/// use whapi_text::with_causes;
///
/// #[derive(Debug)]
/// struct NoAnswer(std::io::Error);
///
/// impl fmt::Display for NoAnswer {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("no answer")
///     }
/// }
///
/// impl Error for NoAnswer {
///     fn source(&self) -> Option<&(dyn Error + 'static)> {
///         Some(&self.0)
///     }
/// }
///
/// let error = NoAnswer(std::io::Error::other("connection reset"));
/// assert_eq!(with_causes(&error), "no answer: connection reset");
/// ```
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    for cause in causes(error) {
        text.push_str(": ");
        text.push_str(&cause.to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug)]
    struct Step(u8);

    impl fmt::Display for Step {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "step {}", self.0)
        }
    }

    impl Error for Step {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            match self.0 {
                2 => Some(&Step(1)),
                1 => Some(&Step(0)),
                _ => None,
            }
        }
    }

    #[test]
    fn causes_stand_in_their_order() {
        assert_eq!(with_causes(&Step(2)), "step 2: step 1: step 0");
        assert_eq!(with_causes(&Step(0)), "step 0");
        assert_eq!(causes(&Step(2)).count(), 2);
    }
}
