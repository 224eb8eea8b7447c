//! A program of any definition.

mod session;

use std::io;
use std::process::ExitCode;

use whapi_export::Definition;

use session::Session;

/// Runs a definition as an exporter program, over standard input and output.
///
/// Returns when the host is done. An embedding program calls it from `main` and writes nothing to
/// standard output itself.
///
/// # Examples
///
/// ```no_run
/// use std::process::ExitCode;
/// use whapi_export::{ClassifiedContact, Definition, Encoded, Encoder, NoOptions, Result};
///
/// struct Ids;
///
/// impl Encoder for Ids {
///     fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
///         out.extend_from_slice(format!("{}\n", contact.id()).as_bytes());
///         Ok(Encoded::written())
///     }
/// }
///
/// fn main() -> ExitCode {
///     let ids = Definition::file("ids", "one id a line", |_: NoOptions| Ok(Ids)).extension("txt");
///     whapi_export_program::serve(&ids)
/// }
/// ```
pub fn serve(definition: &Definition) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let served = runtime.and_then(|runtime| {
        let session = Session::new(definition, io::stdin().lock(), io::stdout());
        runtime.block_on(session.run())
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
