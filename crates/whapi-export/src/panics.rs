//! Panics of libraries that an exporter calls, as values.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

thread_local! {
    /// How many calls of [`catch`] are under way, one within the other.
    static CATCHING: Cell<u32> = const { Cell::new(0) };
}

/// Calls a function and returns its panic as an error.
///
/// It is for libraries that panic where they cannot write, so that the exporter can return an
/// [`Error`](crate::Error) instead. What the function changed before the panic stays changed: drop
/// it. The program's panic hook still runs; it asks [`is_caught`] and stays silent.
///
/// # Errors
///
/// The panic's payload: a `String` or a `&str` for the usual macros. It may quote a contact, so do
/// not print it.
///
/// # Examples
///
/// ```
/// use whapi_export::panics;
///
/// std::panic::set_hook(Box::new(|panic| {
///     if !panics::is_caught() {
///         eprintln!("{panic}");
///     }
/// }));
/// assert_eq!(panics::catch(|| 1).unwrap(), 1);
/// let payload = panics::catch(|| panic!("no space left")).unwrap_err();
/// assert_eq!(payload.downcast_ref(), Some(&"no space left"));
/// assert!(!panics::is_caught());
/// ```
pub fn catch<T>(call: impl FnOnce() -> T) -> thread::Result<T> {
    CATCHING.set(CATCHING.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(call));
    CATCHING.set(CATCHING.get() - 1);
    done
}

/// Whether [`catch`] would return a panic that happens now, on this thread, as an error.
///
/// A panic hook of a program calls it, and prints nothing about such a panic: the exporter's error
/// has the message.
pub fn is_caught() -> bool {
    CATCHING.get() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_on_its_own_thread_and_within_the_call_only() {
        assert!(!is_caught());
        let inner = catch(|| {
            assert!(is_caught());
            let elsewhere = thread::scope(|scope| scope.spawn(is_caught).join());
            assert!(!elsewhere.unwrap());
            let payload = catch(|| panic!("inner")).unwrap_err();
            assert!(is_caught());
            payload
        });
        assert_eq!(inner.unwrap().downcast_ref(), Some(&"inner"));
        assert!(!is_caught());
    }
}
