//! The values that can be completed.

use std::ffi::OsStr;
use std::sync::Arc;

use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};
use whapi_classify::{Nameless, ReasonKind, Standing};
use whapi_export::whapi_model::IdKind;
use whapi_export::{Definition, Registry};
use whapi_phone::Country;

/// Adds the candidates of every argument, by its id, in every command.
pub(crate) fn with_candidates(command: Command, registry: &Registry) -> Command {
    let formats = formats(registry);
    let settings: Vec<_> = registry.iter().flat_map(settings).collect();
    let commands = commands(&command);
    with(command, &|arg| match arg.get_id().as_str() {
        "formats" | "exporter" => described(arg, &formats),
        "options" => {
            let settings = settings.clone();
            let complete = move |current: &OsStr| complete_setting(&settings, current);
            arg.add(ArgValueCompleter::new(complete))
        }
        "only" => fixed(arg, &STANDINGS),
        "reason" => fixed(arg, &REASONS),
        "kind" => fixed(arg, &KINDS),
        "nameless" => fixed(arg, &NAMELESS),
        "name_order" => arg.add(ArgValueCompleter::new(complete_name_order)),
        "country" => arg.add(ArgValueCandidates::new(countries)),
        "output_dir" | "dir" => arg.value_hint(ValueHint::DirPath),
        "command" => described(arg, &commands),
        _ => arg,
    })
}

fn fixed(arg: Arg, values: &'static [&'static str]) -> Arg {
    arg.add(ArgValueCandidates::new(move || {
        values.iter().map(CompletionCandidate::new).collect()
    }))
}

/// Values and what they are.
type Described = Arc<[(String, String)]>;

fn described(arg: Arg, values: &Described) -> Arg {
    let values = Arc::clone(values);
    arg.add(ArgValueCandidates::new(move || {
        let values = values.iter();
        values.map(|(value, help)| candidate(value, help)).collect()
    }))
}

/// Changes every argument of a command and of its subcommands.
fn with(command: Command, change: &impl Fn(Arg) -> Arg) -> Command {
    command
        .mut_args(change)
        .mut_subcommands(|sub| with(sub, change))
}

const STANDINGS: [&str; 3] = [
    Standing::Saved.as_str(),
    Standing::Discovered.as_str(),
    Standing::Unknown.as_str(),
];
const KINDS: [&str; 3] = [
    IdKind::Phone.as_str(),
    IdKind::Lid.as_str(),
    IdKind::Other.as_str(),
];
const REASONS: [&str; ReasonKind::ALL.len()] = {
    let mut names = [""; ReasonKind::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = ReasonKind::ALL[at].as_str();
        at += 1;
    }
    names
};
const NAMELESS: [&str; 3] = [
    Nameless::Number.as_str(),
    Nameless::LastFour.as_str(),
    Nameless::Counter.as_str(),
];
const NAMES: [&str; 4] = ["name", "pushname", "phone", "id"];

fn candidate(value: impl Into<std::ffi::OsString>, help: &str) -> CompletionCandidate {
    CompletionCandidate::new(value).help(Some(help.to_owned().into()))
}

fn formats(registry: &Registry) -> Described {
    let formats = registry.iter();
    let formats = formats.map(|format| (format.name().to_owned(), format.summary().to_owned()));
    formats.collect()
}

fn commands(command: &Command) -> Described {
    let commands = command.get_subcommands().map(|sub| {
        let about = sub.get_about().map(ToString::to_string);
        (sub.get_name().to_owned(), about.unwrap_or_default())
    });
    commands.collect()
}

fn countries() -> Vec<CompletionCandidate> {
    let countries = Country::all();
    let countries = countries.map(|country| candidate(country.as_str(), country.name()));
    countries.collect()
}

/// An option of a format, for `--set`.
#[derive(Debug, Clone)]
struct Setting {
    /// `csv.profile=`.
    key: String,
    help: String,
    /// The values of a closed set.
    values: Vec<String>,
}

fn settings(format: &Definition) -> Vec<Setting> {
    let names = std::iter::once(format.name()).chain(format.aliases().iter().map(String::as_str));
    let settings = names.flat_map(|name| {
        let options = format.options().iter();
        options.map(move |spec| Setting {
            key: format!("{name}.{}=", spec.key),
            help: spec.help.clone(),
            values: spec.choices().into_iter().map(str::to_owned).collect(),
        })
    });
    settings.collect()
}

/// Completes first the key, and then its value.
fn complete_setting(settings: &[Setting], current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else {
        return Vec::new();
    };
    if let Some(setting) = settings.iter().find(|it| current.starts_with(&it.key)) {
        let values = setting.values.iter();
        let values = values.map(|value| format!("{}{value}", setting.key));
        let values = values.filter(|value| value.starts_with(current));
        return values.map(CompletionCandidate::new).collect();
    }
    let settings = settings.iter().filter(|it| it.key.starts_with(current));
    let settings = settings.map(|setting| candidate(&setting.key, &setting.help));
    settings.collect()
}

/// Completes the last name of a comma-separated list, by one that is not in it.
fn complete_name_order(current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_str().unwrap_or_default();
    let at = current.rfind(',').map_or(0, |comma| comma + 1);
    let (before, last) = current.split_at(at);
    let names = NAMES.into_iter().filter(|name| name.starts_with(last));
    let names = names.filter(|name| !before.split(',').any(|before| before == *name));
    names
        .map(|name| CompletionCandidate::new(format!("{before}{name}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(candidates: &[CompletionCandidate]) -> Vec<String> {
        let values = candidates.iter().map(CompletionCandidate::get_value);
        values
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn an_order_of_names_holds_each_name_once() {
        let check = |current: &str, expected: &[&str]| {
            assert_eq!(texts(&complete_name_order(current.as_ref())), expected);
        };
        check("", &["name", "pushname", "phone", "id"]);
        check("p", &["pushname", "phone"]);
        check("phone,p", &["phone,pushname"]);
        check("name,id,", &["name,id,pushname", "name,id,phone"]);
    }

    /// Every value that is offered is taken.
    #[test]
    fn every_candidate_is_valid() {
        for text in STANDINGS {
            assert_eq!(text.parse::<Standing>().unwrap().as_str(), text);
        }
        for text in KINDS {
            assert_eq!(text.parse::<IdKind>().unwrap().as_str(), text);
        }
        for text in REASONS {
            assert_eq!(text.parse::<ReasonKind>().unwrap().as_str(), text);
        }
        for text in NAMELESS {
            assert_eq!(text.parse::<Nameless>().unwrap().as_str(), text);
        }
        for name in NAMES {
            whapi_classify::Naming::parse_order(name).unwrap();
        }
        for country in texts(&countries()) {
            assert_eq!(country.parse::<Country>().unwrap().as_str(), country);
        }
    }
}
