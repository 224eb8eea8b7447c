//! Rules about the definition, its options, and opening.

use std::collections::HashSet;

use whapi_text::with_causes;

use super::case::{
    Case, Failed, Run, Stop, Until, Verdict, is_kebab_case, is_snake_case, require, same, start,
};
use super::people::sample_contacts;
use super::subject::Subject;
use crate::file::split;
use crate::{Definition, Error, ErrorKind, OpenContext, OptionSpec, OutputTarget};

/// A key that no exporter should have.
const UNKNOWN_KEY: &str = "no_such_option";
/// A value that no closed set should have.
const BAD_VALUE: &str = "none-of-these";

pub(super) fn definition_is_well_formed(subject: &Subject) -> Verdict {
    let definition = subject.definition();
    let mut names = HashSet::new();
    let aliases = definition.aliases().iter().map(String::as_str);
    for name in std::iter::once(definition.name()).chain(aliases) {
        require!(
            is_kebab_case(name),
            "expected names in kebab-case, found `{name}`"
        );
        require!(
            names.insert(name),
            "expected each name once, found `{name}` twice"
        );
    }
    fragment("the summary", definition.summary())?;
    if let Some(extension) = definition.file_extension() {
        require!(
            !extension.is_empty() && extension.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "expected an extension of letters and digits, without a dot, found `{extension}`"
        );
        require!(
            !definition.capabilities().remote,
            "expected no extension of an exporter that writes no file, found `{extension}`"
        );
    }
    let mut keys = HashSet::new();
    for spec in definition.options() {
        let key = spec.key.as_str();
        require!(
            is_snake_case(key),
            "expected option keys in snake_case, found `{key}`"
        );
        require!(
            keys.insert(key),
            "expected each option once, found `{key}` twice"
        );
        require!(
            !spec.value_name.is_empty(),
            "expected a value name of option `{key}`, found none"
        );
        fragment(&format!("the help of option `{key}`"), &spec.help)?;
        require!(
            !spec.secret || spec.default.is_none(),
            "expected no default of the secret option `{key}`, found one"
        );
    }
    Ok(())
}

fn fragment(what: &str, text: &str) -> Verdict {
    let is_fragment = !text.is_empty()
        && text.trim() == text
        && !text.ends_with('.')
        && !text.contains(char::is_control);
    require!(
        is_fragment,
        "expected {what} to be a fragment on one line without a full stop, found `{}`",
        text.escape_debug()
    );
    Ok(())
}

pub(super) fn every_option_is_accepted(subject: &Subject) -> Verdict {
    let definition = subject.definition();
    for sample in subject.samples() {
        require!(
            definition
                .options()
                .iter()
                .any(|spec| spec.key == sample.key),
            "expected samples of options that exist, found one of `{}`",
            sample.key
        );
    }
    for spec in definition.options() {
        let key = spec.key.as_str();
        let mut tried = false;
        for (value, others) in values_of(subject, spec) {
            let case = Case::fresh(subject);
            let others = others
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()));
            let ctx = others
                .chain([(key, value.as_str())])
                .fold(case.ctx(), |ctx, (key, value)| ctx.with_option(key, value));
            let opened = subject.wait(async { definition.open(&ctx).map(drop) });
            let shown = if spec.secret {
                "a secret"
            } else {
                value.as_str()
            };
            if let Err(error) = opened {
                return Err(format!(
                    "expected option `{key}` to take `{shown}`, found the error: {}",
                    with_causes(&error)
                ));
            }
            tried = true;
        }
        require!(
            tried,
            "expected a value to try for option `{key}`, found neither a default nor a closed set; \
             give the subject a sample of it"
        );
    }
    Ok(())
}

pub(super) fn every_field_of_the_config_has_an_option(subject: &Subject) -> Verdict {
    let definition = subject.definition();
    let Some(fields) = definition.config_fields() else {
        return Ok(());
    };
    let specs = definition.options().iter().map(|spec| spec.key.as_str());
    let options: HashSet<_> = specs.filter(|key| *key != split::KEY).collect();
    let fields: HashSet<_> = fields.iter().copied().collect();
    if let Some(key) = fields.difference(&options).min() {
        return Err(format!(
            "expected an option for the field `{key}` of the config, found none"
        ));
    }
    if let Some(key) = options.difference(&fields).min() {
        return Err(format!(
            "expected a field of the config for option `{key}`, found none"
        ));
    }
    Ok(())
}

type Others<'a> = &'a [(String, String)];

fn values_of<'a>(subject: &'a Subject, spec: &OptionSpec) -> Vec<(String, Others<'a>)> {
    let samples = subject
        .samples()
        .iter()
        .filter(|sample| sample.key == spec.key);
    let mut values: Vec<(String, Others<'a>)> = samples
        .map(|sample| (sample.value.clone(), sample.others.as_slice()))
        .collect();
    if spec.secret && values.is_empty() {
        values.push((secret_of(subject, spec), &[]));
    }
    if values.is_empty() {
        let listed = spec.choices().into_iter();
        values.extend(listed.map(|value| (value.to_owned(), Others::default())));
    }
    values.extend(
        spec.default
            .iter()
            .map(|value| (value.clone(), Others::default())),
    );
    values
}

pub(super) fn a_default_changes_nothing(subject: &Subject) -> Verdict {
    let contacts = sample_contacts();
    let run = Run::of([contacts.as_slice()]);
    let expected = Case::fresh(subject).run(&run)?;
    for spec in subject.definition().options() {
        let Some(default) = &spec.default else {
            continue;
        };
        let case = Case::fresh(subject);
        if subject.is_always_set(spec) || case.ctx().raw_options().get(&spec.key).is_some() {
            continue;
        }
        let found = case.run_in(&case.ctx().with_option(&spec.key, default), &run)?;
        same(
            &format!("with option `{}` set to its default `{default}`", spec.key),
            expected.contents.as_deref(),
            found.contents.as_deref(),
        )?;
    }
    Ok(())
}

/// Opens and begins, for errors that may come with either.
fn refusal(subject: &Subject, ctx: &OpenContext) -> Option<Error> {
    subject.wait(async {
        let started = start(subject.definition(), ctx, Until::Begin, &[]).await;
        started.err().map(|failed| failed.error)
    })
}

fn open_error(subject: &Subject, ctx: &OpenContext) -> Option<Error> {
    subject.wait(async { subject.definition().open(ctx).err() })
}

pub(super) fn unknown_option_is_refused_and_named(subject: &Subject) -> Verdict {
    let case = Case::fresh(subject);
    let ctx = case.ctx().with_option(UNKNOWN_KEY, "1");
    let Some(error) = open_error(subject, &ctx) else {
        return Err(format!(
            "expected option `{UNKNOWN_KEY}` to be refused, found it accepted"
        ));
    };
    names_option(&error, UNKNOWN_KEY)?;
    for spec in subject.definition().options() {
        names_option(&error, &spec.key)?;
    }
    Ok(())
}

fn names_option(error: &Error, key: &str) -> Verdict {
    let text = with_causes(error);
    require!(
        text.contains(key),
        "expected an error that names option `{key}`, found: {text}"
    );
    require!(
        error.kind() == ErrorKind::Config,
        "expected an error of kind `config`, found kind `{}`: {text}",
        error.kind().as_str()
    );
    Ok(())
}

pub(super) fn bad_option_value_is_refused_and_named(subject: &Subject) -> Verdict {
    let closed = subject
        .definition()
        .options()
        .iter()
        .filter(|spec| spec.closed_set().is_some());
    let closed = closed.map(|spec| (spec.key.as_str(), BAD_VALUE));
    let given = subject.bad_samples().iter();
    let given = given.map(|(key, value)| (key.as_str(), value.as_str()));
    for (key, value) in closed.chain(given) {
        let ctx = Case::fresh(subject).ctx().with_option(key, value);
        let Some(error) = open_error(subject, &ctx) else {
            return Err(format!(
                "expected option `{key}` to refuse `{value}`, found it accepted"
            ));
        };
        names_option(&error, key)?;
    }
    Ok(())
}

pub(super) fn missing_output_is_refused(subject: &Subject) -> Verdict {
    let ctx = Case::fresh(subject).ctx();
    if ctx.target().is_none() {
        return Ok(());
    }
    let ctx = OpenContext::new().with_options(ctx.raw_options().clone());
    let Some(error) = refusal(subject, &ctx) else {
        return Err("expected no begin without an output, found that it begins".to_owned());
    };
    require!(
        error.kind() == ErrorKind::Config,
        "expected an error of kind `config`, found kind `{}`: {}",
        error.kind().as_str(),
        with_causes(&error)
    );
    Ok(())
}

pub(super) fn standard_output_opens_if_promised(subject: &Subject) -> Verdict {
    if !subject.definition().capabilities().stdout {
        return Ok(());
    }
    let ctx = Case::fresh(subject).ctx().with_target(OutputTarget::Stdout);
    let contacts = sample_contacts();
    let aborted: Result<(), Failed> = subject.wait(async {
        let exporter = start(subject.definition(), &ctx, Until::Batch, &[&contacts]).await?;
        Stop::Abort.end(exporter).await
    });
    aborted.map_err(|failed| {
        format!("expected standard output to do, as the capabilities say, found: {failed}")
    })
}

fn secret_of(subject: &Subject, spec: &OptionSpec) -> String {
    subject
        .secret_sample_of(&spec.key)
        .map_or_else(|| made_up_secret(spec), str::to_owned)
}

fn made_up_secret(spec: &OptionSpec) -> String {
    format!("hush-hush-{}-7319", spec.key)
}

pub(super) fn secrets_stay_secret(subject: &Subject) -> Verdict {
    let definition = subject.definition();
    let specs: Vec<_> = definition
        .options()
        .iter()
        .filter(|spec| spec.secret)
        .collect();
    let samples: Vec<_> = specs
        .iter()
        .map(|spec| (spec.key.clone(), secret_of(subject, spec)))
        .collect();
    let made_up: Vec<_> = specs
        .iter()
        .map(|spec| (spec.key.clone(), made_up_secret(spec)))
        .collect();
    for secrets in [samples, made_up] {
        for (what, text) in texts_with(subject, &secrets) {
            for (key, secret) in &secrets {
                let escaped = secret.escape_debug().to_string();
                require!(
                    !text.contains(secret) && !text.contains(&escaped),
                    "expected the value of option `{key}` nowhere, found it in {what}: {}",
                    text.replace(secret, "<secret>")
                        .replace(&escaped, "<secret>")
                );
            }
        }
    }
    Ok(())
}

/// All texts of runs with these secrets, good ones and failing ones.
fn texts_with(subject: &Subject, secrets: &[(String, String)]) -> Vec<(&'static str, String)> {
    let definition = subject.definition();
    let with_secrets = |ctx: OpenContext| {
        secrets
            .iter()
            .fold(ctx, |ctx, (key, secret)| ctx.with_option(key, secret))
    };
    let contacts = sample_contacts();
    let run = Run::of([contacts.as_slice()]);
    let case = Case::fresh(subject);
    let ctx = with_secrets(case.ctx());
    let mut texts = vec![
        ("the `Debug` text of the context", format!("{ctx:?}")),
        (
            "the `Debug` text of the options",
            format!("{:#?}", ctx.raw_options()),
        ),
    ];
    let mut say = |case: &Case<'_>, ctx: &OpenContext| match case.try_run(ctx, &run, Stop::Abort) {
        Err(panic) => texts.push(("a panic", panic)),
        Ok(Err(failed)) => {
            texts.push(("an error", failed.to_string()));
            texts.push((
                "the `Debug` text of an error",
                format!("{:?}", failed.error),
            ));
        }
        Ok(Ok((reports, summary))) => {
            texts.push(("the summary", format!("{summary:?}")));
            texts.push(("a report", format!("{reports:?}")));
            let contents = case.destination.contents().unwrap_or_default();
            texts.push((
                "the result",
                String::from_utf8_lossy(&contents).into_owned(),
            ));
        }
    };
    say(&case, &ctx);
    say(&case, &ctx.clone().with_option(UNKNOWN_KEY, "1"));
    for spec in definition
        .options()
        .iter()
        .filter(|spec| spec.closed_set().is_some())
    {
        say(&case, &ctx.clone().with_option(&spec.key, BAD_VALUE));
    }
    say(
        &case,
        &OpenContext::new().with_options(ctx.raw_options().clone()),
    );
    if let Some(ctx) = case.destination.unwritable() {
        say(&case, &with_secrets(subject.complete(ctx)));
    }
    let complete = case.destination.contents().unwrap_or_default();
    for nth in 0.. {
        let case = Case::fresh(subject);
        let Some(ctx) = case.destination.failing(nth, &complete) else {
            break;
        };
        say(&case, &with_secrets(subject.complete(ctx)));
    }
    texts
}

pub(super) fn open_touches_nothing(subject: &Subject) -> Verdict {
    for case in Case::both(subject)? {
        let definition: &Definition = case.definition();
        let exporter = subject.wait(async { definition.open(&case.ctx()) });
        let exporter = exporter.map_err(Failed::at("open"))?;
        case.unchanged("after `open`")?;
        case.nothing_beside("after `open`")?;
        subject.wait(async { drop(exporter) });
        case.unchanged("after `open` and a drop")?;
        case.nothing_beside("after `open` and a drop")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value_name: &str, listed: &[&str], closed: bool) {
        let spec = OptionSpec::new("key", value_name, "help");
        assert_eq!(spec.choices(), listed);
        assert_eq!(spec.closed_set().is_some(), closed);
    }

    #[test]
    fn closed_sets() {
        check("on|off", &["on", "off"], true);
        check("3.0|4.0", &["3.0", "4.0"], true);
        check("auto|COUNT", &["auto"], false);
        check("FILE", &[], false);
        check("name", &[], false);
        check("FILE|<url>", &[], false);
    }
}
