/** Types of `whapi-exporter.mjs`, which says what it is for. */

export type ErrorKind = "options" | "auth" | "destination" | "quota" | "unsupported" | "internal";

export interface Verdict {
  allowed: boolean;
  rule: string | null;
}

export interface Reasons {
  primary: string | null;
  all: string[];
  complete: boolean;
  private_chat: { last_activity: string | null; labels: { id: string; name: string }[] } | null;
  groups: { id: string; name: string | null; rank: "member" | "admin" | "creator" }[];
}

/** The keys of a contact. `docs/mapping/jsonl.md` says what each holds, and when a contact has it. */
export interface FullContact {
  /** In a run over several channels. There an id comes once for each channel. */
  channel?: string;
  id: string;
  kind: "phone" | "lid" | "other";
  phone: string | null;
  display_name: string;
  name_source: "name" | "pushname" | "phone" | "id" | "last_four" | "counter";
  name: string | null;
  pushname: string | null;
  username?: string;
  saved: boolean | null;
  phonebook?: boolean;
  standing: "saved" | "discovered" | "unknown";
  is_business: boolean | null;
  permissions: { edit: Verdict; delete: Verdict; create: Verdict };
  name_warnings: string[];
  reasons?: Reasons | null;
  other_id?: string | null;
  merged?: boolean;
  change?: string | null;
  country?: string | null;
  phone_international?: string | null;
  phone_valid?: boolean | null;
  phone_variants?: string[];
  about?: string | null;
  profile_pic?: string | null;
  profile_pic_full?: string | null;
}

/** A contact with `id`, in a run over several channels `channel`, and the keys of `needs`. */
export type Contact<Key extends keyof FullContact = keyof FullContact> = Pick<
  FullContact,
  "channel" | "id" | Key
>;

/** What is known when a run begins. */
export interface Run {
  /** The file or folder to write to; null for a service. */
  staging: string | null;
  /** About how many contacts come, if that is known. */
  expected: number | null;
  /** Whether nothing may be written. */
  dryRun: boolean;
  /** RFC 3339. */
  startedAt: string;
  /** Where the contacts come from, for people. */
  source: string;
  /** Whether contacts have `reasons`. */
  reasons: boolean;
  /** Whether contacts have `other_id` and `merged`. */
  links: boolean;
  /** Whether contacts have `change`. */
  changes: boolean;
  /** Whether contacts have `channel`, and an id comes once for each channel. */
  channels: boolean;
}

/** How the download of the contacts ended. */
export interface End {
  /** If not, a destination that keeps contacts must not remove any. */
  complete: boolean;
  /** Why it is not complete, a sentence each. */
  reasons: string[];
}

/** An option, `--set NAME.KEY=VALUE`. Made by `option`. */
export interface Option<Value> {
  value: string;
  shown?: string | undefined;
  help: string;
  initial: Value;
  required?: boolean;
  parse(text: string): Value;
}

export const option: {
  /** An option that is `on` or `off`. */
  switch(initial: boolean, help: string): Option<boolean>;
  /** An option with a closed set of values, of which the first is the default. */
  choice<const Value extends string>(values: readonly Value[], help: string): Option<Value>;
  /** An option that is a whole number. */
  number(value: string, initial: number, help: string, limits?: { atLeast?: number }): Option<number>;
  /** An option that is any text, such as the path of a file. An empty text stands for none. */
  text(value: string, help: string, settings?: { initial?: string; required?: boolean }): Option<string>;
};

/** What `open` gets: the run, the options, and ways to tell about it. */
export interface Context<Values> {
  readonly run: Run;
  readonly options: Values;
  /** Where the contacts are, for people: the address of a list, say. */
  destination: string | undefined;
  /** Shows a line of progress. Restarts the time after which the program counts as hung. */
  status(message: string): void;
  /** Restarts that time, 120 seconds. Between contacts it happens by itself. */
  alive(): void;
  /** Adds a line for people to the summary of the run. */
  warn(message: string): void;
}

type Maybe<Value> = Value | Promise<Value>;
type OptionsOf<Values> = { [Key in keyof Values]: Option<Values[Key]> };

interface Definition<Values, Key extends keyof FullContact, Methods> {
  /** The name of the format, as in `--format NAME`. */
  name: string;
  /** The exporter's own version, for people. */
  version: string;
  /** What the format is, in a few words. */
  summary: string;
  /** The ending of the default file's name. */
  extension?: string;
  /** The keys to get; all if it is left out. */
  needs?: readonly Key[];
  /** The most contacts in a batch. */
  maxBatch?: number;
  options?: OptionsOf<Values>;
  /** Finds out whether the destination can be reached, and returns the methods of a run. Writes nothing. */
  open(context: Context<Values>): Maybe<Methods>;
}

/** The methods of a text file. What they return is written. */
export interface TextMethods<ContactType> {
  begin?(): Maybe<string>;
  contact(contact: ContactType): Maybe<string>;
  finish?(end: End): Maybe<string>;
}

/** The methods of everything else. A dry run calls `contact` and `forecast` only. */
export interface Methods<ContactType, RecordType> {
  /** Opens the destination. If it throws, `abort` does not follow. */
  begin?(): Maybe<unknown>;
  /** Returns what `batch` gets of a contact: the contact itself, if it is left out. */
  contact?(contact: ContactType): Maybe<RecordType>;
  /** Writes the records of a batch, without the contacts that were skipped. */
  batch(records: RecordType[]): Maybe<unknown>;
  /** Commits: the contacts are there when it is done. */
  finish?(end: End): Maybe<unknown>;
  /** Removes what was written so far. Follows every error of `batch` and `finish`, too. */
  abort?(): Maybe<unknown>;
  /** Returns what a run would do, counts by name. Writes nothing. */
  forecast?(end: End): Maybe<Record<string, number>>;
}

/** Runs an exporter for a text file, in UTF-8 and with the line ends that it returns. */
export function runTextExporter<Values = {}, const Key extends keyof FullContact = keyof FullContact>(
  definition: Definition<Values, Key, TextMethods<Contact<Key>>>,
): Promise<never>;

/** Runs an exporter for a service, a folder, or a file that is not text. */
export function runExporter<
  Values = {},
  const Key extends keyof FullContact = keyof FullContact,
  RecordType = Contact<Key>,
>(
  definition: Definition<Values, Key, Methods<Contact<Key>, RecordType>> & {
    /** What the exporter writes to. Default: `remote`. */
    kind?: "file" | "folder" | "remote";
  },
): Promise<never>;

/** Thrown by `contact()`: this contact is left out, and listed with the reason. */
export class Skip extends Error {}

/** Ends the run with a message of one line and a kind, from which the exit code follows. */
export class ExporterError extends Error {
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string, options?: ErrorOptions);
}

/** Settings of tests. */
export const timing: {
  /** After so many milliseconds without a message, one that the program is alive follows. */
  aliveAfter: number;
};
