//! Runs the program and shows the result.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt::{self, Write as _};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use whapi_emulator::{Emulator, EmulatorBuilder, Person};
use whapi_text::needs_escape;

/// The token. No output and no file may contain it: [`Case::run`] checks that.
pub(crate) const TOKEN: &str = "canary/5Yx+Q9==";
/// The token as it may look elsewhere: as it is, as JSON may escape it, percent-encoded, and what
/// its Base64 has in common wherever it stands in a longer text: at three places modulo three.
const TOKEN_FORMS: [&str; 7] = [
    "canary/5Yx+Q9",
    r"canary\/5Yx+Q9",
    "canary%2F5Yx%2BQ9",
    "canary%2f5Yx%2bQ9",
    "Y2FuYXJ5LzVZeCtROT",
    "NhbmFyeS81WXgrUTk9",
    "jYW5hcnkvNVl4K1E5P",
];
/// A user and a group that own nothing here.
const UNPRIVILEGED: u32 = 65534;
/// The content of an old file.
pub(crate) const OLD: &str = "from an earlier run\n";
/// Longer than any run takes, and no more than that.
pub(crate) const BOUND: Duration = Duration::from_secs(60);

/// An API with the default 1,317 people and a token to be found again.
pub(crate) fn api() -> EmulatorBuilder {
    Emulator::builder().token(TOKEN)
}

/// An API with three people: one saved, one discovered, one of unknown standing.
pub(crate) fn small_api() -> EmulatorBuilder {
    api().contacts(three_people())
}

pub(crate) fn three_people() -> Vec<Person> {
    vec![
        Person::new("447700900101")
            .with_name("Ada Test")
            .with_saved(true),
        Person::new("447700900102")
            .with_pushname("bo")
            .with_saved(false),
        Person::new("84958372615243@lid"),
    ]
}

/// A server that answers every request with this status line and this body.
pub(crate) fn api_that_says(status: &'static str, body: String) -> String {
    api_that_answers(move || (status, body.clone()))
}

/// A server that does something for every request and then answers with what comes of it: a
/// status line and a body.
pub(crate) fn api_that_answers(
    answer: impl Fn() -> (&'static str, String) + Send + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // Ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                request.push(byte[0]);
            }
            let (status, body) = answer();
            // A client that went away does not want it.
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    format!("http://{address}")
}

/// A folder to run in, and an environment without anything from outside.
pub(crate) struct Case {
    folder: TempDir,
    env: BTreeMap<String, OsString>,
    stdin: Vec<u8>,
}

impl Case {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("run")).unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        Self {
            folder,
            env: BTreeMap::new(),
            stdin: Vec::new(),
        }
    }

    /// A case whose API and token come from the environment.
    pub(crate) fn at(api: &Emulator) -> Self {
        Self::new()
            .env("WHAPI_BASE_URL", api.base_url())
            .env("WHAPI_TOKEN", api.token())
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Puts an old file where the program runs.
    pub(crate) fn old(self, name: &str) -> Self {
        fs::write(self.path(name), OLD).unwrap();
        self
    }

    /// Puts a file for its owner only beside the folder where the program runs: it is `../in/NAME`
    /// there.
    pub(crate) fn input(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join("in").join(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        self
    }

    /// Makes a pipe with a name: it is `../in/NAME` where the program runs.
    pub(crate) fn pipe(self, name: &str) -> Self {
        let path = self.folder.path().join("in").join(name);
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        self
    }

    /// The path of a file in the folder where the program runs.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("run").join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The program with these arguments, not started yet.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whapi"));
        command.args(args);
        self.set_environment(&mut command);
        command
    }

    /// The program with these arguments, not started yet, as a user whom file modes stop. Other
    /// users must be able to enter the folders.
    pub(crate) fn unprivileged(&self, args: &[&str]) -> Command {
        // No mode stops the superuser.
        if fs::metadata(self.folder.path()).unwrap().uid() != 0 {
            return self.command(args);
        }
        let program = self.folder.path().join("whapi");
        // By a process of its own: a file that this one writes could be open in a child that another
        // test starts meanwhile, and such a file cannot be run.
        let copied = Command::new("cp")
            .arg(env!("CARGO_BIN_EXE_whapi"))
            .arg(&program)
            .status();
        assert!(copied.unwrap().success());
        let mut command = Command::new(program);
        command.args(args).uid(UNPRIVILEGED).gid(UNPRIVILEGED);
        self.set_environment(&mut command);
        command
    }

    /// Gives a command this case's folder, environment and pipes.
    fn set_environment(&self, command: &mut Command) {
        command
            .current_dir(self.folder.path().join("run"))
            .env_clear()
            .envs(&self.env)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    /// Runs the program by way of another, such as a shell.
    pub(crate) fn run_by(&self, mut other: Command, args: &[&str]) -> Ran {
        self.set_environment(&mut other);
        self.finish(other.spawn().unwrap(), args)
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.finish(self.command(args).spawn().unwrap(), args)
    }

    /// Waits for the end of a child, for a bounded time.
    pub(crate) fn finish(&self, child: Child, args: &[&str]) -> Ran {
        self.finish_with(child, args, || {})
    }

    /// Waits for the end of a child, does something, and then looks at the files.
    pub(crate) fn finish_with(&self, child: Child, args: &[&str], then: impl FnOnce()) -> Ran {
        self.finish_within(BOUND, child, args, then)
    }

    /// The same for at most this time.
    pub(crate) fn finish_within(
        &self,
        limit: Duration,
        mut child: Child,
        args: &[&str],
        then: impl FnOnce(),
    ) -> Ran {
        let pid = child.id();
        let stdin = self.stdin.clone();
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            if let Some(mut pipe) = child.stdin.take() {
                // A program that does not read it closes it.
                let _ = pipe.write_all(&stdin);
            }
            let _ = send.send(child.wait_with_output());
        });
        let Ok(output) = receive.recv_timeout(limit) else {
            signal(pid, "KILL");
            panic!("whapi {args:?} did not end within {limit:?}");
        };
        let output = output.unwrap();
        then();
        let ran = Ran {
            args: args.join(" "),
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).unwrap(),
            files: self.files(),
        };
        self.check_all(&ran);
        ran
    }

    /// What holds for every run: no output has the token, and standard error is escaped.
    fn check_all(&self, ran: &Ran) {
        let mut texts = vec![
            String::from_utf8_lossy(&ran.stdout).into_owned(),
            ran.stderr.clone(),
        ];
        for name in ran.files.keys().filter(|name| !name.ends_with('/')) {
            texts.push(String::from_utf8_lossy(&self.read(name)).into_owned());
        }
        for text in &texts {
            check_holds_no_token(text);
        }
        let unescaped = |c: char| needs_escape(c) && c != '\n';
        assert!(!ran.stderr.contains(unescaped), "{:?}", ran.stderr);
    }

    /// Every file and folder there is, by its path, and what it is.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        list(&self.path(""), "", &mut found);
        found
    }
}

/// The program as a shell starts it, after some words in that shell.
pub(crate) fn in_shell(case: &Case, prelude: &str, args: &[&str]) -> Command {
    let program = case.command(args);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("{prelude}; exec \"$0\" \"$@\"")])
        .arg(program.get_program())
        .args(program.get_args())
        .current_dir(program.get_current_dir().unwrap())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, value) in program.get_envs() {
        shell.env(name, value.unwrap());
    }
    // What the prelude itself calls.
    shell.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    shell
}

pub(crate) fn run_in_shell(case: &Case, prelude: &str, args: &[&str]) -> Ran {
    let child = in_shell(case, prelude, args).spawn().unwrap();
    case.finish(child, args)
}

/// The token is not in there, in any form.
#[track_caller]
pub(crate) fn check_holds_no_token(text: &str) {
    for form in TOKEN_FORMS {
        assert!(!text.contains(form), "the token, as {form}: {text}");
    }
}

/// Lists everything in a folder, by its path, and what it is.
pub(crate) fn list(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        if entry.file_type().unwrap().is_dir() {
            found.insert(format!("{name}/"), format!("mode {mode:o}"));
            list(&entry.path(), &format!("{name}/"), found);
        } else {
            let bytes = fs::read(entry.path()).unwrap();
            let what = if bytes == OLD.as_bytes() {
                "as it was".to_owned()
            } else {
                format!("{} bytes, mode {mode:o}", bytes.len())
            };
            found.insert(name, what);
        }
    }
}

/// A run that has ended. It shows everything that can be seen from outside.
#[derive(Debug)]
pub(crate) struct Ran {
    args: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) files: BTreeMap<String, String>,
}

impl Ran {
    /// Standard output as text.
    pub(crate) fn out(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// The names of the files that are there.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).collect()
    }

    /// Ended with this code, saying this on standard error and nothing on standard output.
    #[track_caller]
    pub(crate) fn check(&self, code: i32, stderr: &str) {
        assert_eq!((self.code, self.stderr.as_str()), (Some(code), stderr));
        assert_eq!(self.out(), "");
    }

    /// Ended with this code; every file is as it was and there is no new one.
    #[track_caller]
    pub(crate) fn check_nothing_written(&self, code: i32) {
        assert_eq!(self.code, Some(code), "{self}");
        let changed: Vec<_> = self
            .files
            .iter()
            .filter(|(_, what)| *what != "as it was")
            .collect();
        assert!(changed.is_empty(), "{changed:?}");
    }

    /// Ended with this code; what was written is not looked at.
    #[track_caller]
    pub(crate) fn check_code(&self, code: i32) {
        assert_eq!(self.code, Some(code), "{self}");
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "whapi {}", self.args)?;
        match self.code {
            Some(code) => writeln!(f, "exit code: {code}")?,
            None => writeln!(f, "ended by a signal")?,
        }
        let stdout = String::from_utf8_lossy(&self.stdout);
        for (name, text) in [("stdout", &*stdout), ("stderr", &self.stderr)] {
            if text.is_empty() {
                writeln!(f, "{name}: nothing")?;
            } else {
                writeln!(f, "{name}:")?;
                for line in text.split_terminator('\n') {
                    writeln!(f, "{}", format!("  {line}").trim_end_matches(' '))?;
                }
            }
        }
        if self.files.is_empty() {
            return f.write_str("files: none\n");
        }
        f.write_str("files:\n")?;
        for (name, what) in &self.files {
            writeln!(f, "  {name}: {what}")?;
        }
        Ok(())
    }
}

/// Compares with the snapshot of this name, without what differs from run to run.
#[track_caller]
pub(crate) fn snapshot(name: &str, ran: &Ran) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:[port]");
    settings.add_filter(r#""elapsed_ms":\d+"#, r#""elapsed_ms":[ms]"#);
    settings.add_filter(r"\d+ [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC", "[now]");
    settings.add_filter(r"tries in \d+ s", "tries in [s] s");
    settings.add_filter(r"os error \d+", "os error [n]");
    settings.add_filter(r#""whapi \d+\.\d+\.\d+""#, r#""whapi [version]""#);
    settings.bind(|| insta::assert_snapshot!(name, ran.to_string()));
}

/// A failing run over an old file: its snapshot, and that nothing is written.
#[track_caller]
pub(crate) fn fails(name: &str, code: i32, case: Case, args: &[&str]) -> Ran {
    let case = case.old("contacts.vcf").old("contacts.csv");
    let ran = case.run(args);
    snapshot(name, &ran);
    ran.check_nothing_written(code);
    assert_eq!(ran.names(), ["contacts.csv", "contacts.vcf"]);
    ran
}

/// Sends a signal to a process.
pub(crate) fn signal(pid: u32, name: &str) {
    let killed = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status();
    assert!(killed.unwrap().success());
}

/// Waits for something async, for a bounded time.
pub(crate) fn wait<T>(what: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime
        .block_on(async { tokio::time::timeout(BOUND, what).await })
        .expect("it takes far less time")
}

/// Runs something that may block, for a bounded time.
pub(crate) fn bounded<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || send.send(work()));
    receive.recv_timeout(BOUND).expect("it takes far less time")
}

/// The requests that an API has seen: `GET /contacts?count=500&offset=0`, sorted.
pub(crate) fn requests(api: &Emulator) -> Vec<String> {
    let mut requests: Vec<_> = api
        .journal()
        .iter()
        .map(|entry| format!("{} {}?{}", entry.method, entry.path, entry.query))
        .collect();
    requests.sort();
    requests
}

pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// Whether a program of this name can be run here.
pub(crate) fn is_installed(program: impl AsRef<OsStr>) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}
