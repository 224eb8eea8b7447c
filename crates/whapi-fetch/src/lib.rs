//! Fetches every contact of a Whapi channel, or says that it could not.
