//! The examples of the SDKs.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use whapi_test_support::has_program;

use crate::path;
use crate::program::{Case, Ran};

#[test]
#[ignore = "slow tier"]
fn the_examples_of_both_modules_keep_every_rule() {
    for (interpreter, example) in [
        ("python3", "python/examples/markdown_table.py"),
        ("node", "node/examples/markdown-table.mjs"),
    ] {
        if !has_program(interpreter) {
            continue;
        }
        let ran = conformance(&Case::new(), &[], interpreter, example);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let end = "\n31 rules kept, 0 broken\n";
        assert!(ran.stdout.ends_with(end), "{ran:?}");
    }
}

/// Checks an example of an SDK against the rules, with these options.
fn conformance(case: &Case, options: &[&str], interpreter: &str, example: &str) -> Ran {
    let search_path = env::var("PATH").unwrap();
    let python = path("sdk/python");
    let environment = [
        ("PATH", search_path.as_str()),
        ("PYTHONPATH", python.to_str().unwrap()),
        ("PYTHONDONTWRITEBYTECODE", "1"),
    ];
    let (program, example) = (program_of(interpreter), path("sdk").join(example));
    let command = ["--", &program, example.to_str().unwrap()];
    case.run(
        &[&["conformance"], options, &command].concat(),
        &environment,
    )
}

/// The program of an interpreter. What is on PATH may be a slow script that looks for it.
pub(crate) fn program_of(interpreter: &str) -> String {
    let (flag, script) = match interpreter {
        "node" => ("-p", "process.execPath"),
        _ => ("-c", "import sys; print(sys.executable)"),
    };
    let ran = Command::new(interpreter)
        .args([flag, script])
        .output()
        .unwrap();
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}

/// The HTTP service of the Python module's tests. It ends when this is dropped.
struct Service {
    child: Child,
    url: String,
}

impl Service {
    fn start() -> Self {
        let sdk = path("sdk/python");
        let script = "from test_http_service import Service\n\
                      service = Service()\n\
                      print(service.url, flush=True)\n\
                      service.serve_forever()";
        let mut child = Command::new("python3")
            .args(["-c", script])
            .current_dir(sdk.join("tests"))
            .env("PYTHONPATH", &sdk)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut url).unwrap();
        let url = url.trim().to_owned();
        Self { child, url }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "slow tier"]
fn the_examples_of_a_service_keep_the_rules_that_can_be_checked() {
    if !has_program("python3") || !has_program("node") {
        return;
    }
    for (interpreter, example) in [
        ("python3", "python/examples/http_service.py"),
        ("node", "node/examples/http-service.mjs"),
    ] {
        let (case, service) = (Case::new(), Service::start());
        let url = format!("url={}", service.url);
        let token = format!("token_file={}", case.file("token", "made-up-token\n"));
        let options = ["--set", &url, "--set", &token];
        let ran = conformance(&case, &options, interpreter, example);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let end =
            "\n24 rules kept, 0 broken, 7 not checked; what the service has was not looked at\n";
        assert!(ran.stdout.ends_with(end), "{ran:?}");
    }
}
