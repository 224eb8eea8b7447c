//! The bill of materials: every package that is linked into the program, in CycloneDX 1.6.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::build::Built;
use super::linkage::{Choice, Linkage};
use super::project::{CRATE, PROGRAM, Project};
use super::target::Target;
use crate::files::read;
use crate::root::root;

/// Returns the file name.
pub(crate) fn name(project: &Project, target: &Target) -> String {
    format!("{}.cdx.json", target.folder(&project.version))
}

/// Returns the text.
pub(crate) fn sbom(
    project: &Project,
    choice: &Choice,
    built: &Built,
    compiler: &str,
) -> Result<String, String> {
    let checksums = Checksums::read()?;
    let linked = |package: &&Package| built.linked.contains(&package.id);
    let packages: Vec<_> = project.metadata.packages.iter().filter(linked).collect();
    let program = packages
        .iter()
        .find(|package| package.name.as_str() == CRATE);
    let program = program.ok_or_else(|| format!("{CRATE} is not linked in"))?;
    let mut components: Vec<_> = packages
        .iter()
        .filter(|package| package.id != program.id)
        .map(|package| component(package, &checksums))
        .collect();
    components.extend(runtime(choice, compiler));
    let mut main = component(program, &checksums);
    main["type"] = json!("application");
    main["name"] = json!(PROGRAM);
    let bom = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": main,
            "properties": [{ "name": "target", "value": choice.target.triple }],
        },
        "components": components,
        "dependencies": dependencies(&project.metadata, &built.linked),
    });
    Ok(format!("{bom:#}\n"))
}

fn component(package: &Package, checksums: &Checksums) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(package),
        "name": package.name,
        "version": package.version.to_string(),
    });
    if let Some(license) = &package.license {
        // Older packages write `MIT/Apache-2.0`.
        let expression = license.replace(" / ", "/").replace('/', " OR ");
        component["licenses"] = json!([{ "expression": expression }]);
    }
    // Those of the workspace are in no registry.
    if let Some(checksum) = checksums.of(package) {
        component["purl"] = json!(reference(package));
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

fn reference(package: &Package) -> String {
    match package.source {
        Some(_) => format!("pkg:cargo/{}@{}", package.name, package.version),
        None => format!("workspace/{}@{}", package.name, package.version),
    }
}

/// What comes with the compiler and the system.
fn runtime(choice: &Choice, compiler: &str) -> Vec<Value> {
    let mut components = vec![json!({
        "type": "library",
        "bom-ref": "rust-std",
        "name": "std",
        "version": compiler,
        "description": "The standard library of Rust",
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
    })];
    let library = match choice.linkage {
        Linkage::Musl => Some(("musl", "MIT")),
        Linkage::StaticGlibc => Some(("glibc", "LGPL-2.1-or-later")),
        Linkage::Dynamic => None,
    };
    components.extend(library.map(|(name, license)| {
        json!({
            "type": "library",
            "bom-ref": name,
            "name": name,
            "description": "The C library",
            "licenses": [{ "expression": license }],
        })
    }));
    components
}

/// Which linked package uses which.
fn dependencies(metadata: &Metadata, linked: &BTreeSet<PackageId>) -> Vec<Value> {
    let by_id: BTreeMap<_, _> = metadata
        .packages
        .iter()
        .map(|package| (&package.id, package))
        .collect();
    let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    nodes
        .filter(|node| linked.contains(&node.id))
        .map(|node| {
            let used: BTreeSet<_> = node
                .deps
                .iter()
                .filter(|used| {
                    let mut kinds = used.dep_kinds.iter();
                    kinds.any(|kind| kind.kind == DependencyKind::Normal)
                        && linked.contains(&used.pkg)
                })
                .map(|used| reference(by_id[&used.pkg]))
                .collect();
            json!({ "ref": reference(by_id[&node.id]), "dependsOn": used })
        })
        .collect()
}

/// The checksums of `Cargo.lock`.
#[derive(Debug, Deserialize)]
struct Checksums {
    package: Vec<Locked>,
}

#[derive(Debug, Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

impl Checksums {
    fn read() -> Result<Self, String> {
        let bytes = read(&root().join("Cargo.lock"))?;
        let text = String::from_utf8_lossy(&bytes);
        toml::from_str(&text).map_err(|error| format!("Cargo.lock: {error}"))
    }

    fn of(&self, package: &Package) -> Option<&str> {
        let version = package.version.to_string();
        let mut locked = self.package.iter();
        let locked = locked
            .find(|locked| locked.name == package.name.as_str() && locked.version == version)?;
        locked.checksum.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// Returns the bill of a program that is linked with these packages.
    fn bill(names: &[&str]) -> Value {
        let project = Project::for_tests("1.2.3");
        let packages = project.metadata.packages.iter();
        let linked = packages.filter(|package| names.contains(&package.name.as_str()));
        let built = Built {
            program: PathBuf::from("whapi"),
            linked: linked.map(|package| package.id.clone()).collect(),
        };
        let target = Target::named("x86_64-unknown-linux-musl").unwrap();
        let choice = Choice::new(target, Linkage::Musl, "a test");
        let text = sbom(&project, &choice, &built, "1.95.0").unwrap();
        assert_eq!(
            name(&project, target),
            "whapi-export-1.2.3-x86_64-unknown-linux-musl.cdx.json"
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_bill_has_what_is_linked_and_nothing_else() {
        let bill = bill(&["whapi-cli", "whapi-text", "simdutf8"]);
        let version = env!("CARGO_PKG_VERSION");
        let names = bill["components"].as_array().unwrap().iter();
        let names: Vec<_> = names.map(|component| component["name"].clone()).collect();
        assert_eq!(names, ["simdutf8", "whapi-text", "std", "musl"]);
        assert_eq!(bill["metadata"]["component"]["name"], "whapi");
        let registry = &bill["components"][0];
        assert_eq!(registry["purl"], registry["bom-ref"]);
        assert_eq!(registry["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(registry["hashes"][0]["content"].as_str().unwrap().len(), 64);
        let text = &bill["components"][1];
        assert_eq!(text["bom-ref"], format!("workspace/whapi-text@{version}"));
        assert_eq!((text.get("purl"), text.get("hashes")), (None, None));
    }

    #[test]
    fn dependencies_stay_among_what_is_linked() {
        let bill = bill(&["whapi-cli", "whapi-text"]);
        let version = env!("CARGO_PKG_VERSION");
        let cli = bill["dependencies"].as_array().unwrap().iter();
        let mut cli = cli.filter(|of| of["ref"] == format!("workspace/whapi-cli@{version}"));
        assert_eq!(
            cli.next().unwrap()["dependsOn"],
            json!([format!("workspace/whapi-text@{version}")])
        );
    }
}
