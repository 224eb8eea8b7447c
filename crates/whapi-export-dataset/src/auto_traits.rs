//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{
    Checked, DatasetConfig, DatasetDate, DatasetExporter, DatasetFile, InvalidShard, Manifest,
    ManifestShard, PartitionEntry, Shard,
};

const fn can_be_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    can_be_shared::<Checked>();
    can_be_shared::<DatasetConfig>();
    can_be_shared::<DatasetDate>();
    can_be_shared::<DatasetExporter>();
    can_be_shared::<DatasetFile>();
    can_be_shared::<InvalidShard>();
    can_be_shared::<Manifest>();
    can_be_shared::<ManifestShard>();
    can_be_shared::<PartitionEntry>();
    can_be_shared::<Shard>();
};
