//! The commands that pages show.

use std::fs;

use whapi_cli::App;

use crate::path;

/// The commands of the program in the shell blocks of a page, without comments.
fn documented(page: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut in_shell = false;
    for line in page.lines() {
        match line.trim_start().strip_prefix("```") {
            Some(language) => in_shell = language == "sh",
            None if in_shell && line.starts_with("whapi ") => {
                let command = line.split(" # ").next().unwrap_or_default();
                let command = command.split([';', '|', '>', '<', '&']).next();
                commands.push(command.unwrap_or_default().trim().to_owned());
            }
            None => {}
        }
    }
    commands
}

#[test]
fn the_commands_of_the_readme_and_the_guides_parse() {
    let guides = fs::read_dir(path("docs/guides")).unwrap();
    let pages = guides.map(|entry| entry.unwrap().path());
    let pages = pages.chain([path("README.md"), path("docs/stats.md")]);
    let mut count = 0;
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for command in documented(&text) {
            let words = shlex::split(&command).unwrap();
            let problem = App::new().check_usage(words).err();
            assert_eq!(problem, None, "{}: {command}", page.display());
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}
