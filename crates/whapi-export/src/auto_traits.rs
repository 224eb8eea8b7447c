//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{
    Available, BatchReport, Capabilities, ChannelEnd, Checksum, CommaList, Committed, Definition,
    Encoded, Encoder, Error, ErrorKind, Exporter, FileExporter, Forecast, Message, Needs,
    NoOptions, OpenContext, OptionSpec, Options, Output, OutputTarget, Part, PartialOutput,
    Registry, ResultChanges, RunEnd, RunInfo, Skipped, Split, SplitFiles, StagedFile, StagedFolder,
    StatusSink, Summary, Switch, fields,
};

const fn can_be_shared<T: Send + Sync + Unpin>() {}
const fn can_be_sent<T: Send + Unpin>() {}

const _: () = {
    can_be_shared::<fields::Cell<'static>>();
    can_be_shared::<fields::Field>();
    can_be_shared::<fields::TrustedText<'static>>();
    can_be_shared::<Encoded>();
    can_be_shared::<ErrorKind>();
    can_be_shared::<Message>();
    can_be_shared::<OutputTarget>();
    can_be_shared::<Split>();
    can_be_shared::<Switch>();
    can_be_shared::<Available>();
    can_be_shared::<BatchReport>();
    can_be_shared::<Capabilities>();
    can_be_shared::<ChannelEnd>();
    can_be_shared::<Checksum>();
    can_be_shared::<CommaList>();
    can_be_shared::<Committed>();
    can_be_shared::<Definition>();
    can_be_shared::<Error>();
    can_be_shared::<FileExporter<()>>();
    can_be_shared::<Forecast>();
    can_be_shared::<Needs>();
    can_be_shared::<NoOptions>();
    can_be_shared::<OpenContext>();
    can_be_shared::<OptionSpec>();
    can_be_shared::<Options>();
    can_be_shared::<Output>();
    can_be_shared::<Part>();
    can_be_shared::<PartialOutput>();
    can_be_shared::<Registry>();
    can_be_shared::<ResultChanges>();
    can_be_shared::<RunEnd>();
    can_be_shared::<RunInfo>();
    can_be_shared::<Skipped>();
    can_be_shared::<SplitFiles>();
    can_be_shared::<StagedFile>();
    can_be_shared::<StagedFolder>();
    can_be_shared::<StatusSink>();
    can_be_shared::<Summary>();

    // They are read or run through a mutable reference.
    can_be_sent::<Box<dyn Encoder>>();
    can_be_sent::<Box<dyn Exporter>>();
};

#[cfg(feature = "conformance")]
const _: () = {
    can_be_shared::<crate::conformance::FileDestination>();
    can_be_shared::<crate::conformance::Rule>();
};
