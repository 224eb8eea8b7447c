//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{Country, PhoneDetails, UnknownCountry};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<Country>();
    can_be_shared::<PhoneDetails>();
    can_be_shared::<UnknownCountry>();
};
