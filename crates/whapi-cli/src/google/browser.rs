//! The browser of the system.

use std::process::{Command, Stdio};

use url::Url;

/// Environment variables with secrets, which the browser does not get.
const SECRETS: [&str; 2] = ["WHAPI_TOKEN", "WHAPI_SHEETS_TOKEN"];

/// Opens an address in the browser, by the opener of the system.
///
/// Does not wait. A failure is no error, because the address is printed as well.
pub(crate) fn open_browser(address: &Url) {
    let mut opener = opener();
    opener
        .arg(address.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for name in SECRETS {
        opener.env_remove(name);
    }
    // In a group of its own, a browser that starts with it survives Ctrl-C.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut opener, 0);
    std::thread::spawn(move || opener.status());
}

fn opener() -> Command {
    if cfg!(windows) {
        let mut opener = Command::new("rundll32");
        opener.arg("url.dll,FileProtocolHandler");
        opener
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    }
}
