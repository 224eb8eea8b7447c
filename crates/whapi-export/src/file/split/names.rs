//! What the files are called.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use whapi_classify::Standing;
use whapi_model::ContactId;

use super::place::Place;
use super::split::Split;
use crate::file::checksum::hex;

const NO_COUNTRY: &str = "no-country";
const NO_GROUP: &str = "no-group";
const NO_CHANNEL: &str = "no-channel";
/// The bytes of a group's or a channel's name that are kept, and of a group's id, where that is needed. With both, a
/// target of up to 100 bytes stays a name that every file system takes.
const SLUG_BYTES: usize = 48;
/// Digits of a file's number, at least.
const DIGITS: usize = 3;

impl Split {
    /// The files' path, with `*` for what differs.
    pub fn pattern(self, target: &Path) -> PathBuf {
        path(target, "*")
    }

    /// The files that are there already and are named as this way of splitting names them, in the
    /// order of their names. Empty when the folder cannot be read.
    pub fn existing_files(self, target: &Path) -> Vec<PathBuf> {
        existing(target, self)
    }
}

/// The path of one file: `contacts.vcf` and `001` give `contacts-001.vcf`.
pub(super) fn path(target: &Path, part: &str) -> PathBuf {
    let mut name = target
        .file_stem()
        .map_or_else(OsString::new, OsString::from);
    name.push("-");
    name.push(part);
    if let Some(extension) = target.extension() {
        name.push(".");
        name.push(extension);
    }
    target.with_file_name(name)
}

/// What a group's name becomes in a file's name.
///
/// The result is letters, digits and single hyphens, and not empty. It stands behind the target's own
/// name and a hyphen, so no file is ever called what Windows keeps for itself.
pub(super) fn group_slug(title: &str, id: &ContactId) -> String {
    let id = id.as_str();
    let slug = slug(title, || words(id.split_once('@').map_or(id, |(id, _)| id)));
    if slug.is_empty() {
        return "group".to_owned();
    }
    slug
}

/// The same of a channel's name. A channel has no id; a sum of the name takes its place.
pub(super) fn channel_slug(name: &str) -> String {
    slug(name, || hex(&Sha256::digest(name)[..4]))
}

/// The words of a name, and behind them `id` where they do not tell it from others.
fn slug(name: &str, id: impl FnOnce() -> String) -> String {
    let mut slug = words(name);
    if slug.is_empty() || !slug.chars().all(is_told_apart) {
        let id = id();
        if !slug.is_empty() && !id.is_empty() {
            slug.push('-');
        }
        slug.push_str(&id);
    }
    slug
}

/// Whether every file system tells texts of such letters apart, but for their case. Others take
/// different spellings of one text for the same name, and differ in which.
fn is_told_apart(c: char) -> bool {
    c <= '\u{17f}'
}

fn words(text: &str) -> String {
    let mut words = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = if c.is_alphanumeric() { c } else { '-' };
        if c == '-' && (words.is_empty() || words.ends_with('-')) {
            continue;
        }
        if words.len() + c.len_utf8() > SLUG_BYTES {
            break;
        }
        words.push(c);
    }
    words.truncate(words.trim_end_matches('-').len());
    words
}

/// Sorts files, and returns what replaces `*` in their names.
///
/// `files` are places and slugs. Names follow from these alone, not from the order of the contacts.
pub(super) fn named<T>(mut files: Vec<T>, of: impl Fn(&T) -> (&Place, &str)) -> Vec<(String, T)> {
    files.sort_by(|one, other| in_order(of(one), of(other)));
    let digits = files.len().to_string().len().max(DIGITS);
    let mut taken = HashSet::new();
    let mut own_name = |slug: &str, none: &str| {
        taken.insert(none.to_uppercase());
        let numbered = (2..).map(|number| format!("{slug}-{number}"));
        std::iter::once(slug.to_owned())
            .chain(numbered)
            // Not every file system tells upper case from lower.
            .find(|name| taken.insert(name.to_uppercase()))
            .expect("numbers do not end")
    };
    let mut name_of = |(place, slug): (&Place, &str)| match place {
        Place::Number(number) => format!("{number:0digits$}"),
        Place::Standing(standing) => standing.as_str().to_owned(),
        Place::Country(Some(code)) => code.to_ascii_lowercase(),
        Place::Country(None) => NO_COUNTRY.to_owned(),
        Place::Group(None) => NO_GROUP.to_owned(),
        Place::Group(Some(_)) => own_name(slug, NO_GROUP),
        Place::Channel(None) => NO_CHANNEL.to_owned(),
        Place::Channel(Some(_)) => own_name(slug, NO_CHANNEL),
    };
    files
        .into_iter()
        .map(|file| (name_of(of(&file)), file))
        .collect()
}

/// By number, standing, country, name; what stands for "none" comes last.
fn in_order(one: (&Place, &str), other: (&Place, &str)) -> Ordering {
    match (one.0, other.0) {
        (Place::Number(one), Place::Number(other)) => one.cmp(other),
        (Place::Standing(one), Place::Standing(other)) => {
            let place = |wanted| Standing::ALL.iter().position(|known| known == wanted);
            place(one).cmp(&place(other))
        }
        (Place::Country(one), Place::Country(other)) => {
            (one.is_none(), one).cmp(&(other.is_none(), other))
        }
        (Place::Group(one_id), Place::Group(other_id)) => {
            let key = |id: &Option<ContactId>| id.as_ref().map(|id| id.as_str().to_owned());
            let none = one_id.is_none().cmp(&other_id.is_none());
            none.then(one.1.cmp(other.1))
                .then_with(|| key(one_id).cmp(&key(other_id)))
        }
        (Place::Channel(one_name), Place::Channel(other_name)) => {
            let key = |name: &Option<_>, slug| (name.is_none(), slug, name.clone());
            key(one_name, one.1).cmp(&key(other_name, other.1))
        }
        _ => unreachable!("all files of a run are split alike"),
    }
}

/// The files beside the target that are named as `split` names them.
fn existing(target: &Path, split: Split) -> Vec<PathBuf> {
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.file_name())
        .filter(|name| part_of(name, target).is_some_and(|part| could_be(part, split)))
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| target.with_file_name(name))
        .collect()
}

/// What stands in a name in place of `*`; `None` for a name of another kind.
fn part_of<'a>(name: &'a OsStr, target: &Path) -> Option<&'a str> {
    let stem = target.file_stem()?.to_str()?;
    let name = name.to_str()?.strip_prefix(stem)?.strip_prefix('-')?;
    match target.extension() {
        Some(extension) => name.strip_suffix(extension.to_str()?)?.strip_suffix('.'),
        None => Some(name),
    }
}

fn could_be(part: &str, split: Split) -> bool {
    match split {
        Split::Count(_) => part.len() >= DIGITS && part.bytes().all(|byte| byte.is_ascii_digit()),
        Split::Standing => Standing::ALL.iter().any(|known| known.as_str() == part),
        Split::Country => {
            let is_code = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
            is_code || part == NO_COUNTRY
        }
        Split::Group | Split::Channel => {
            !part.is_empty() && part.chars().all(|c| c == '-' || c.is_alphanumeric())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    #[track_caller]
    fn check_slug(title: &str, expected: &str) {
        let id = id("120363000000000001@g.us");
        assert_eq!(group_slug(title, &id), expected);
    }

    #[test]
    fn slugs_are_letters_digits_and_single_hyphens() {
        check_slug("Football Sundays", "football-sundays");
        check_slug("  ⚽ Football -- Sundays! ⚽ ", "football-sundays");
        check_slug("Büro & Straße", "büro-straße");
        check_slug("../../etc/passwd", "etc-passwd");
        check_slug("C:\\Windows\\..", "c-windows");
        check_slug("a\0b\nc\u{202e}d\u{2028}e\u{200d}f", "a-b-c-d-e-f");
        check_slug("CON", "con");
        check_slug("nul.txt", "nul-txt");
        check_slug("-rf *", "rf");
    }

    #[test]
    fn what_is_no_latin_letter_brings_the_id() {
        check_slug("משפחה", "משפחה-120363000000000001");
        check_slug("家族 2024", "家族-2024-120363000000000001");
        // A Kelvin sign is a k in lower case, a full-width letter stays one.
        check_slug("\u{212a}m", "km");
        check_slug("Ａ", "ａ-120363000000000001");
        check_slug("⚽", "120363000000000001");
        check_slug("", "120363000000000001");
        assert_eq!(group_slug("⚽", &id("…@g.us")), "group");
    }

    #[test]
    fn slugs_are_cut_between_characters() {
        check_slug(&"x".repeat(300), &"x".repeat(48));
        check_slug(&format!("{}é", "x".repeat(47)), &"x".repeat(47));
        check_slug(&format!("{} y", "x".repeat(47)), &"x".repeat(47));
        let long = id(&format!("{}@g.us", "1".repeat(300)));
        let ж = "ж".repeat(24);
        let expected = format!("{ж}-{}", "1".repeat(48));
        assert_eq!(group_slug(&ж.repeat(9), &long), expected);
    }

    fn names_of(files: Vec<(Place, &str)>) -> Vec<String> {
        let named = named(files, |(place, slug)| (place, slug));
        named.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn numbers_have_as_many_digits_as_the_last_needs_and_three_at_least() {
        let numbered = |count: u64| names_of((1..=count).map(|n| (Place::Number(n), "")).collect());
        assert_eq!(numbered(2), ["001", "002"]);
        assert_eq!(numbered(999)[998], "999");
        let many = numbered(1000);
        assert_eq!((many[0].as_str(), many[999].as_str()), ("0001", "1000"));
    }

    #[test]
    fn the_order_is_that_of_the_names_and_not_of_the_contacts() {
        let standing = Place::Standing;
        assert_eq!(
            names_of(vec![
                (standing(Standing::Unknown), ""),
                (standing(Standing::Saved), ""),
                (standing(Standing::Discovered), ""),
            ]),
            ["saved", "discovered", "unknown"]
        );
        let country = Place::Country;
        assert_eq!(
            names_of(vec![
                (country(None), ""),
                (country(Some("DE")), ""),
                (country(Some("BR")), ""),
            ]),
            ["br", "de", "no-country"]
        );
    }

    #[test]
    fn groups_of_one_name_are_told_apart_by_a_number_that_goes_by_the_id() {
        let group = |nth: u8| Place::Group(Some(id(&format!("12036300000000000{nth}@g.us"))));
        let files = vec![
            (Place::Group(None), ""),
            (group(5), "no-group"),
            (group(2), "family"),
            (group(4), "family-2"),
            (group(1), "family"),
            (group(7), "straße"),
            (group(6), "strasse"),
        ];
        let named = named(files, |(place, slug)| (place, slug));
        let found: Vec<_> = named
            .iter()
            .map(|(name, (place, _))| match place {
                Place::Group(Some(id)) => (name.as_str(), &id.as_str()[17..18]),
                _ => (name.as_str(), ""),
            })
            .collect();
        assert_eq!(
            found,
            [
                ("family", "1"),
                ("family-2", "2"),
                ("family-2-2", "4"),
                ("no-group-2", "5"),
                ("strasse", "6"),
                ("straße-2", "7"),
                ("no-group", ""),
            ]
        );
    }

    #[test]
    fn channels_have_safe_names_and_each_a_file_of_its_own() {
        let files = [
            "shop",
            "Shop",
            "shop_2",
            "../shop",
            "no-channel",
            "家族",
            "会社",
            "",
        ];
        let files = files.map(|name| (Place::Channel(Some(name.into())), channel_slug(name)));
        let mut files = Vec::from(files);
        files.push((Place::Channel(None), String::new()));
        let named = named(files, |(place, slug)| (place, slug));
        let found: Vec<_> = named
            .iter()
            .map(|(name, (place, _))| match place {
                Place::Channel(channel) => (name.as_str(), channel.as_deref()),
                _ => unreachable!("all are channels"),
            })
            .collect();
        assert_eq!(
            found,
            [
                ("e3b0c442", Some("")),
                ("no-channel-2", Some("no-channel")),
                ("shop", Some("../shop")),
                ("shop-2", Some("Shop")),
                ("shop-3", Some("shop")),
                ("shop-2-2", Some("shop_2")),
                ("会社-a9181ae3", Some("会社")),
                ("家族-3c659f55", Some("家族")),
                ("no-channel", None),
            ]
        );
    }

    #[track_caller]
    fn check_path(target: &str, expected: &str) {
        assert_eq!(path(Path::new(target), "001"), Path::new(expected));
    }

    #[test]
    fn paths_stand_beside_the_target() {
        check_path("contacts.vcf", "contacts-001.vcf");
        check_path("out/a.b.vcf", "out/a.b-001.vcf");
        check_path("/contacts", "/contacts-001");
        check_path(".vcf", ".vcf-001");
    }

    #[test]
    fn existing_files_are_those_that_this_way_of_splitting_could_have_written() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "contacts.vcf",
            "contacts-001.vcf",
            "contacts-01.vcf",
            "contacts-0002.vcf",
            "contacts-0002.csv",
            "contacts-saved.vcf",
            "contacts-de.vcf",
            "contacts-no-country.vcf",
            "contacts-no-group.vcf",
            "contacts-Family.old.vcf",
            "contacts-.vcf",
            ".contacts-001.vcf.whapi.tmp",
            "others-001.vcf",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let target = folder.path().join("contacts.vcf");
        let found = |split: &str| {
            let files = existing(&target, split.parse().unwrap());
            let name = |file: &PathBuf| file.file_name().unwrap().to_str().unwrap().to_owned();
            files.iter().map(name).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(found("5"), "contacts-0002.vcf contacts-001.vcf");
        assert_eq!(found("standing"), "contacts-saved.vcf");
        assert_eq!(found("country"), "contacts-de.vcf contacts-no-country.vcf");
        assert_eq!(
            found("group"),
            "contacts-0002.vcf contacts-001.vcf contacts-01.vcf contacts-de.vcf \
             contacts-no-country.vcf contacts-no-group.vcf contacts-saved.vcf"
        );
    }
}
