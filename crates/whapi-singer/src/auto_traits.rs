//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{Catalog, Field, Invalid, Proof, Rows, SelectedStream, Selection, State, Stream};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<Catalog>();
    can_be_shared::<Field>();
    can_be_shared::<Invalid>();
    can_be_shared::<Proof>();
    can_be_shared::<Rows<'static>>();
    can_be_shared::<SelectedStream>();
    can_be_shared::<Selection>();
    can_be_shared::<State>();
    can_be_shared::<Stream>();
};
