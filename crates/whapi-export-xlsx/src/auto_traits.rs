//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{XlsxConfig, XlsxExporter, XlsxSheets};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<XlsxSheets>();
    can_be_shared::<XlsxConfig>();
    can_be_shared::<XlsxExporter>();
};
