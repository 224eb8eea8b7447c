//! The guides of all commands.

use super::{Entry, Guide};
use crate::exit::{
    API, COMPLETE, EXPORTER, INCOMPLETE, INTERRUPTED, PROTECTED, QUOTA, TERMINATED, TOKEN,
    UNEXPECTED, USAGE,
};

/// The exit codes of a command that only prints.
const PRINTING: &[u8] = &[COMPLETE, UNEXPECTED, USAGE];
/// The exit codes of a command that asks the Whapi API and writes no export.
const ASKING: &[u8] = &[
    COMPLETE,
    UNEXPECTED,
    USAGE,
    INCOMPLETE,
    TOKEN,
    API,
    QUOTA,
    INTERRUPTED,
    TERMINATED,
];
/// The same of one that reads no list.
const CHECKING: &[u8] = &[
    COMPLETE,
    UNEXPECTED,
    USAGE,
    TOKEN,
    API,
    QUOTA,
    INTERRUPTED,
    TERMINATED,
];
/// The same of one that writes to a target.
#[cfg(feature = "tap")]
const TAPPING: &[u8] = &[
    COMPLETE,
    UNEXPECTED,
    USAGE,
    INCOMPLETE,
    TOKEN,
    API,
    QUOTA,
    EXPORTER,
    INTERRUPTED,
    TERMINATED,
];
/// The exit codes of a sign-in.
#[cfg(feature = "sheets")]
const SIGN_IN: &[u8] = &[
    COMPLETE,
    UNEXPECTED,
    USAGE,
    EXPORTER,
    INTERRUPTED,
    TERMINATED,
];

const SOURCE: &[Entry] = &[
    (
        "WHAPI_TOKEN_FILE",
        "A file with the token, where no channel of the configuration is used.",
    ),
    (
        "WHAPI_TOKEN",
        "The token itself, where there is no such file.",
    ),
    ("WHAPI_BASE_URL", "The address of the Whapi API."),
    (
        "HTTPS_PROXY, ALL_PROXY, NO_PROXY",
        "Proxies for requests to the Whapi API.",
    ),
];
const PARTNER: &[Entry] = &[
    (
        "WHAPI_PARTNER_TOKEN_FILE",
        "A file with the token of the partner account, without --partner-token-file.",
    ),
    (
        "WHAPI_PARTNER_TOKEN",
        "The token itself, where there is no such file.",
    ),
    (
        "HTTPS_PROXY, ALL_PROXY, NO_PROXY",
        "Proxies for requests to the partner API.",
    ),
];
const TERMINAL: &[Entry] = &[
    ("NO_COLOR", "Without colours, if it is not empty."),
    (
        "CLICOLOR_FORCE",
        "With colours also where there is no terminal, if it is not empty.",
    ),
    (
        "LC_ALL, LC_CTYPE, LANG",
        "The first that is set names the locale. Without UTF-8, progress and bars are drawn in ASCII.",
    ),
];
#[cfg(feature = "sheets")]
const SHEETS: &[Entry] = &[
    (
        "GOOGLE_APPLICATION_CREDENTIALS",
        "Credentials for Google Sheets: a service account's key or a saved sign-in.",
    ),
    ("WHAPI_SHEETS_TOKEN", "A bearer token for Google Sheets."),
];
#[cfg(not(feature = "sheets"))]
const SHEETS: &[Entry] = &[];
const FOLDER: &[Entry] = &[(
    "XDG_CONFIG_HOME, HOME",
    "The parent of the folder `whapi` for what the program keeps is the first, or .config in the second.",
)];
const CONFIG_FILE: Entry = (
    "~/.config/whapi/config.toml",
    "The channels, and where their tokens are. On macOS it is in ~/Library/Application Support/whapi.",
);
const TOKEN_FILES: Entry = (
    "~/.config/whapi/channels/NAME.token",
    "The token of a channel that `login` or `channels list` saves, for its owner only.",
);
#[cfg(feature = "sheets")]
const SIGN_IN_FILE: Entry = (
    "~/.config/whapi/google.json",
    "The sign-in at Google that `login google` saves, for its owner only. On macOS it is in \
     ~/Library/Application Support/whapi.",
);

/// What the commands that ask for something of a channel have in common.
const OF_CHANNEL: Guide = Guide {
    command: "",
    examples: &[],
    codes: ASKING,
    environment: &[SOURCE, FOLDER, TERMINAL],
    files: &[CONFIG_FILE, TOKEN_FILES],
    more: "",
};
/// The same of the sign-in at Google.
#[cfg(feature = "sheets")]
const OF_SIGN_IN: Guide = Guide {
    command: "",
    examples: &[],
    codes: SIGN_IN,
    environment: &[FOLDER],
    files: &[SIGN_IN_FILE],
    more: "",
};

/// What the commands about datasets have in common.
#[cfg(feature = "dataset")]
const OF_DATASET: Guide = Guide {
    command: "",
    examples: &[],
    codes: &[
        COMPLETE,
        UNEXPECTED,
        USAGE,
        INCOMPLETE,
        INTERRUPTED,
        TERMINATED,
    ],
    environment: &[TERMINAL],
    files: &[(
        "dt=…/_manifest.json",
        "What a run wrote on a day, and whether it is complete.",
    )],
    more: "",
};

pub(super) const GUIDES: &[Guide] = &[
    Guide {
        command: "",
        examples: &[
            (
                "Made-up contacts, to see how it works",
                "export --demo --format csv",
            ),
            ("Save the token of your channel, once", "login"),
            (
                "The contacts of your channel, for a phone",
                "export --format vcard",
            ),
        ],
        codes: &[
            COMPLETE,
            UNEXPECTED,
            USAGE,
            INCOMPLETE,
            TOKEN,
            API,
            QUOTA,
            EXPORTER,
            PROTECTED,
            INTERRUPTED,
            TERMINATED,
        ],
        environment: &[SOURCE, SHEETS, FOLDER, TERMINAL],
        files: &[CONFIG_FILE, TOKEN_FILES],
        more: "`{} help COMMAND` describes a command",
    },
    Guide {
        command: "export",
        examples: &[
            (
                "Made-up contacts as CSV, to see how it works",
                "export --demo --format csv",
            ),
            (
                "All contacts of a channel as address book cards and as a workbook",
                "export -f vcard,xlsx --output-dir out",
            ),
            (
                "Contacts that are not saved, with the reason why each is visible",
                "export --only discovered --reasons --format xlsx",
            ),
            (
                "Members of a group, for Google Contacts",
                "export --group 'Book club' -f csv --set csv.profile=google",
            ),
            (
                "All channels of config.toml, each person once",
                "export --all-channels --merge-channels --format xlsx",
            ),
            (
                "What has changed since an earlier export",
                "export --format csv --compare last-week.csv --output today.csv",
            ),
        ],
        codes: &[
            COMPLETE,
            UNEXPECTED,
            USAGE,
            INCOMPLETE,
            TOKEN,
            API,
            QUOTA,
            EXPORTER,
            PROTECTED,
            INTERRUPTED,
            TERMINATED,
        ],
        environment: &[SOURCE, SHEETS, FOLDER, TERMINAL],
        files: &[
            CONFIG_FILE,
            TOKEN_FILES,
            (
                "contacts.vcf, contacts.csv, contacts.jsonl, contacts.xlsx, contacts.html",
                "The default outputs, in the current folder. New files are for their owner only.",
            ),
            (
                ".contacts.csv.whapi.tmp",
                "An output until it is complete. The next run removes one that was left behind.",
            ),
            #[cfg(feature = "sheets")]
            SIGN_IN_FILE,
        ],
        more: "`{} exporters` lists the options of each format",
    },
    Guide {
        command: "stats",
        examples: &[
            (
                "Counts of made-up contacts, to see how it works",
                "stats --demo",
            ),
            (
                "Why contacts are visible, as a page with plots",
                "stats --reasons --html contacts.html",
            ),
            (
                "Contacts that are not saved, as JSON",
                "stats --only discovered --json",
            ),
        ],
        codes: &[
            COMPLETE,
            UNEXPECTED,
            USAGE,
            INCOMPLETE,
            TOKEN,
            API,
            QUOTA,
            EXPORTER,
            INTERRUPTED,
            TERMINATED,
        ],
        environment: &[SOURCE, FOLDER, TERMINAL],
        files: &[CONFIG_FILE, TOKEN_FILES],
        more: "`{} export` writes the contacts that are counted",
    },
    Guide {
        command: "exporters",
        examples: &[
            ("The formats and their options", "exporters"),
            ("The options of one format", "exporters csv"),
            ("For programs", "exporters --json"),
        ],
        codes: PRINTING,
        environment: &[],
        files: &[],
        more: "`{} export --set FORMAT.KEY=VALUE` sets an option",
    },
    Guide {
        command: "check",
        examples: &[
            ("The state of your channel", "check"),
            (
                "That of another channel of the configuration",
                "check --channel shop",
            ),
            ("For programs, such as a monitor", "check --json"),
        ],
        codes: CHECKING,
        more: "docs/json-summary.md describes the JSON",
        ..OF_CHANNEL
    },
    Guide {
        command: "channels",
        examples: &[
            ("The channels of config.toml", "channels"),
            ("For programs", "channels --json"),
            (
                "Those of a partner account, into config.toml",
                "channels list --partner-token-file partner.token --write-config",
            ),
        ],
        codes: PRINTING,
        environment: &[FOLDER],
        files: &[CONFIG_FILE],
        more: "docs/guides/many-channels.md shows how to export many channels",
    },
    Guide {
        command: "channels list",
        examples: &[
            (
                "Made-up channels, to see how it works",
                "channels list --demo",
            ),
            (
                "The channels of your partner account",
                "channels list --partner-token-file partner.token",
            ),
            (
                "The same, written into config.toml",
                "channels list --partner-token-file partner.token --write-config",
            ),
        ],
        codes: &[
            COMPLETE,
            UNEXPECTED,
            USAGE,
            INCOMPLETE,
            TOKEN,
            API,
            QUOTA,
            EXPORTER,
            INTERRUPTED,
            TERMINATED,
        ],
        environment: &[PARTNER, FOLDER, TERMINAL],
        files: &[CONFIG_FILE, TOKEN_FILES],
        more: "`{} export --all-channels` reads the channels that were written",
    },
    Guide {
        command: "groups",
        examples: &[
            ("Groups of made-up people", "groups --demo"),
            ("The groups of your channel, for --group", "groups"),
            ("For programs", "groups --json"),
        ],
        more: "`{} export --group NAME` writes the members of a group",
        ..OF_CHANNEL
    },
    Guide {
        command: "labels",
        examples: &[
            ("Labels of made-up chats", "labels --demo"),
            ("The labels of your channel, for --label", "labels"),
            ("For programs", "labels --json"),
        ],
        more: "`{} export --label NAME` writes the people of chats with a label",
        ..OF_CHANNEL
    },
    Guide {
        command: "login",
        examples: &[
            ("Save the token of your channel, after a question", "login"),
            ("That of a second channel", "login --channel shop"),
            #[cfg(feature = "sheets")]
            (
                "Sign in to Google in a browser",
                "login google --client client.json",
            ),
        ],
        codes: CHECKING,
        environment: &[FOLDER, TERMINAL],
        files: &[CONFIG_FILE, TOKEN_FILES],
        more: "docs/guides/channels.md has other ways to give a token",
    },
    #[cfg(feature = "sheets")]
    Guide {
        command: "login google",
        examples: &[
            (
                "Sign in with your own OAuth client",
                "login google --client client.json",
            ),
            (
                "Access only to spreadsheets that this program creates",
                "login google --client client.json --only-own",
            ),
            (
                "On a computer without a browser",
                "login google --client client.json --no-browser",
            ),
        ],
        more: "docs/guides/google-sheets.md says how to get an OAuth client",
        ..OF_SIGN_IN
    },
    Guide {
        command: "logout",
        examples: &[
            ("Delete the token of your channel", "logout"),
            ("That of another channel", "logout --channel shop"),
            #[cfg(feature = "sheets")]
            ("Delete the saved sign-in at Google", "logout google"),
        ],
        codes: PRINTING,
        environment: &[FOLDER],
        files: &[CONFIG_FILE, TOKEN_FILES],
        more: "Whapi's panel makes a new token, after which the old one is void",
    },
    #[cfg(feature = "sheets")]
    Guide {
        command: "logout google",
        examples: &[
            ("Delete the saved sign-in", "logout google"),
            (
                "Sign in anew, with another account",
                "login google --client client.json",
            ),
        ],
        more: "your Google account lists the access, and can withdraw it",
        ..OF_SIGN_IN
    },
    #[cfg(feature = "program")]
    Guide {
        command: "conformance",
        examples: &[
            (
                "Test a program on PATH",
                "conformance -- whapi-exporter-notion",
            ),
            (
                "Test a script that is being written",
                "conformance -- python3 ./notion.py",
            ),
            (
                "With an option that it needs",
                "conformance --set token_file=t.txt -- ./whapi-exporter-crm",
            ),
        ],
        codes: &[COMPLETE, UNEXPECTED, USAGE, EXPORTER],
        environment: &[],
        files: &[],
        more: "docs/guides/exporter-in-any-language.md shows how to write a program",
    },
    #[cfg(feature = "tap")]
    Guide {
        command: "tap",
        examples: &[
            (
                "Read all channels of your config.toml into a target",
                "tap --config config.toml --state state.json",
            ),
            (
                "The catalog of the streams",
                "tap --config tap.json --discover",
            ),
            (
                "The streams and fields that a catalog selects",
                "tap --config tap.json --catalog catalog.json",
            ),
        ],
        codes: TAPPING,
        environment: &[SOURCE, FOLDER, TERMINAL],
        files: &[CONFIG_FILE, TOKEN_FILES],
        more: "docs/guides/singer.md has the settings, the streams and recipes for Meltano and others",
    },
    #[cfg(feature = "dataset")]
    Guide {
        command: "dataset",
        examples: &[
            ("Check a dataset", "dataset check contacts.dataset"),
            ("For programs", "dataset check --json contacts.dataset"),
        ],
        more: "`{} export --all-channels --format dataset` writes one",
        ..OF_DATASET
    },
    #[cfg(feature = "dataset")]
    Guide {
        command: "dataset check",
        examples: &[
            (
                "Whether every list is complete and nothing was changed",
                "dataset check contacts.dataset",
            ),
            ("For programs", "dataset check --json contacts.dataset"),
        ],
        more: "docs/mapping/dataset.md describes the folder",
        ..OF_DATASET
    },
    Guide {
        command: "emulate",
        examples: &[
            (
                "An emulated API with 200 contacts on a port of your choice",
                "emulate --port 8080 --contacts 200",
            ),
            (
                "Every fifth answer asks for a wait of 3 s",
                "emulate --fault-every 5 --fault 429 --retry-after 3",
            ),
            (
                "Its contacts, in another terminal, with its token in WHAPI_TOKEN",
                "export --base-url http://127.0.0.1:8080 --format csv",
            ),
        ],
        codes: &[UNEXPECTED, USAGE, INTERRUPTED, TERMINATED],
        environment: &[],
        files: &[],
        more: "the address is printed on standard output",
    },
    Guide {
        command: "completions",
        examples: &[
            (
                "For bash: the line `source <(whapi completions bash)` in ~/.bashrc",
                "completions bash",
            ),
            (
                "For zsh: the line `source <(whapi completions zsh)` in ~/.zshrc",
                "completions zsh",
            ),
            (
                "For fish, to save as ~/.config/fish/completions/whapi.fish",
                "completions fish",
            ),
        ],
        codes: PRINTING,
        environment: &[&[(
            "WHAPI_COMPLETE",
            "The shell that asks for candidates. The script sets it.",
        )]],
        files: &[],
        more: "formats, their options and the values of flags are completed, too",
    },
    Guide {
        command: "man",
        examples: &[
            (
                "The page of `export`, in roff, which `man -l -` shows",
                "man export",
            ),
            (
                "All pages, for `man whapi-export`",
                "man --dir ~/.local/share/man/man1",
            ),
        ],
        codes: &[COMPLETE, UNEXPECTED, USAGE, EXPORTER],
        environment: &[],
        files: &[(
            "whapi.1, whapi-export.1, …",
            "The pages that --dir writes, one for each command.",
        )],
        more: "`{} help COMMAND` is a shorter text",
    },
];
