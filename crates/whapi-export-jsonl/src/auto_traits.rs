//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{JsonlConfig, JsonlEncoder, Key, KeySet, RecordContact, UnknownKey};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<Key>();
    can_be_shared::<JsonlConfig>();
    can_be_shared::<JsonlEncoder>();
    can_be_shared::<KeySet>();
    can_be_shared::<RecordContact>();
    can_be_shared::<UnknownKey>();
};
