//! The bill of materials: compared with cargo's tree, and validated against the schema.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::super::job::Job;
use super::super::project::CRATE;
use super::super::sbom;
use super::checked::Checked;
use crate::files::read;
use crate::root::root;
use crate::tools::{find_python, output, text};

/// Validates a file by CycloneDX's own library for Python.
const VALIDATE: &str = "\
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
sys.exit(error and str(error))
";

/// Checks the file.
pub(super) fn check(job: &Job, folder: &Path) -> Result<Checked, String> {
    let path = folder.join(sbom::name(&job.project, job.choice.target));
    let bill = serde_json::from_slice(&read(&path)?).map_err(|error| error.to_string())?;
    let tree = text(
        Command::new(env!("CARGO"))
            .args(["tree", "--locked", "--package", CRATE, "--prefix", "none"])
            .args(["--edges", "normal,no-proc-macro", "--format", "{p}"])
            .args(["--target", job.choice.target.triple])
            .current_dir(root()),
    )?;
    compare(&packages_of_bill(&bill), &packages_of_tree(&tree))?;
    let python = find_python();
    let has_validator = |python: &Path| {
        let mut command = Command::new(python);
        output(command.args(["-c", "import cyclonedx.validation.json, jsonschema"])).is_ok()
    };
    match python.filter(|python| has_validator(python)) {
        None => Ok(Checked::Lacks(
            "the schema: pip install 'cyclonedx-python-lib[json-validation]'",
        )),
        Some(python) => {
            output(Command::new(python).args(["-c", VALIDATE]).arg(&path))?;
            Ok(Checked::Works(
                "every package that cargo links, and the schema holds",
            ))
        }
    }
}

/// The names and versions of packages in the bill, without those that cargo does not know.
fn packages_of_bill(bill: &Value) -> BTreeSet<String> {
    let components = bill["components"].as_array().into_iter().flatten();
    components
        .filter(|component| {
            let reference = component["bom-ref"].as_str().unwrap_or_default();
            reference.starts_with("pkg:cargo/") || reference.starts_with("workspace/")
        })
        .map(|component| {
            let text = |key: &str| component[key].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("name"), text("version"))
        })
        .collect()
}

/// The names and versions of packages below the first line, which is the program.
fn packages_of_tree(tree: &str) -> BTreeSet<String> {
    let lines = tree.lines().skip(1);
    lines
        .filter_map(|line| {
            let mut words = line.split(' ');
            let (name, version) = (words.next()?, words.next()?);
            Some(format!("{name} {}", version.strip_prefix('v')?))
        })
        .collect()
}

fn compare(bill: &BTreeSet<String>, tree: &BTreeSet<String>) -> Result<(), String> {
    let list = |packages: Vec<&String>| {
        let names: Vec<_> = packages.into_iter().map(String::as_str).collect();
        names.join(", ")
    };
    let missing = list(tree.difference(bill).collect());
    let surplus = list(bill.difference(tree).collect());
    if missing.is_empty() && surplus.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the bill and cargo's tree differ; missing: [{missing}], surplus: [{surplus}]"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TREE: &str = "\
whapi-cli v1.2.3 (/src/crates/whapi-cli)
serde v1.0.0
whapi-text v1.2.3 (/src/crates/whapi-text)
serde v1.0.0 (*)
";

    fn component(reference: &str, name: &str, version: &str) -> Value {
        json!({ "bom-ref": reference, "name": name, "version": version })
    }

    #[test]
    fn a_bill_has_to_be_as_the_tree() {
        let serde = component("pkg:cargo/serde@1.0.0", "serde", "1.0.0");
        let text = component("workspace/whapi-text@1.2.3", "whapi-text", "1.2.3");
        let std = component("rust-std", "std", "1.95.0");
        let syn = component("pkg:cargo/syn@2.0.0", "syn", "2.0.0");
        let compared = |components: &[&Value]| {
            let bill = json!({ "components": components });
            compare(&packages_of_bill(&bill), &packages_of_tree(TREE))
        };
        assert_eq!(compared(&[&std, &serde, &text]), Ok(()));
        let expected =
            "the bill and cargo's tree differ; missing: [whapi-text 1.2.3], surplus: [syn 2.0.0]";
        assert_eq!(compared(&[&serde, &syn]), Err(expected.to_owned()));
    }
}
