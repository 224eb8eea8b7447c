//! What the fuzz targets of `fuzz/` call. No part of the API: it may change at any time.

use std::time::{Duration, SystemTime};

use crate::{LONGEST_RETRY_AFTER, parse_retry_after};

/// Parses any text as a `Retry-After` value, without a panic. White space around it is ignored.
pub fn retry_after(data: &[u8]) {
    let Ok(value) = std::str::from_utf8(data) else {
        return;
    };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let wait = parse_retry_after(value, now);
    assert_eq!(parse_retry_after(&format!(" {value}\t"), now), wait);
    if let Ok(seconds) = value.parse::<u64>()
        && value.bytes().all(|byte| byte.is_ascii_digit())
    {
        assert_eq!(
            wait,
            Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER))
        );
    }
    if let Some(wait) = wait {
        assert!(wait <= LONGEST_RETRY_AFTER);
        assert_eq!(wait.subsec_nanos(), 0);
    }
}

#[cfg(test)]
mod tests {
    use whapi_test_support::replay_corpus;

    use super::*;

    #[test]
    fn the_corpus_is_replayed() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/retry_after");
        replay_corpus(corpus, retry_after);
    }
}
