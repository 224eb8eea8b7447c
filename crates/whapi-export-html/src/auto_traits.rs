//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{HtmlConfig, HtmlEncoder};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<HtmlConfig>();
    can_be_shared::<HtmlEncoder>();
};
