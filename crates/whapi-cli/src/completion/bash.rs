//! Completion in bash, which splits words at `=` and `:`.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use clap_complete::env::{Bash, EnvCompleter};

/// Completion in bash.
///
/// clap's own script passes the words as bash splits them: `csv.profile`, `=` and `goo` for
/// `csv.profile=goo`. This one joins what has no space between, and returns only what bash inserts.
#[derive(Debug)]
pub(super) struct JoinedBash;

impl EnvCompleter for JoinedBash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == "bash"
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let script = SCRIPT
            .replace("NAME", &name.replace('-', "_"))
            .replace("BIN", bin)
            .replace("COMPLETER", completer)
            .replace("VARIABLE", var);
        out.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        Bash.write_complete(command, args, current_dir, out)
    }
}

/// Works in bash 3.2, that of macOS.
const SCRIPT: &str = r#"_NAME_complete() {
    # The words up to the cursor. Bash splits them at = and :, too; what no space separates is one word.
    local line=${COMP_LINE:0:COMP_POINT} words=() i word
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        local rest=${line#"${line%%[![:space:]]*}"}
        if ((i == COMP_CWORD)); then
            word=$rest
        fi
        if ((i == 0)) || [[ $rest != "$line" ]]; then
            words+=("$word")
        else
            words[${#words[@]} - 1]+=$word
        fi
        line=${rest#"$word"}
    done
    local last=$((${#words[@]} - 1)) reply
    COMPREPLY=()
    # Bash replaces only what follows the last = or : of the word.
    local kept=${words[last]%"${words[last]##*[=:]}"}
    while IFS= read -r reply || [[ -n $reply ]]; do
        [[ -n $reply ]] && COMPREPLY+=("${reply#"$kept"}")
    done < <(VARIABLE=bash _CLAP_COMPLETE_INDEX=$last COMPLETER -- "${words[@]}" 2>/dev/null)
    # A key goes on with its value, and a folder with a file.
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -F _NAME_complete BIN
"#;
