/* Facets: what contacts are filtered by, and how many each choice has. */

/** The value of a contact that has none. */
const NONE = '';

/** Names of groups by their ids: two groups may have one name. */
const groupNames = new Map();

function groupValue(group) {
  groupNames.set(group.id, group.name);
  return group.id;
}

/**
 * Every facet. `of` lists a contact's values, `name` is a value in words, `none` the words for no value.
 * Unless `known`, the file lacks the data: the export ran without the `flag` that the page recommends.
 * Without `fixed`, choices are in alphabetical order.
 */
const FACETS = [
  {
    key: 'standing',
    title: 'Standing',
    fixed: Object.keys(words.standing),
    of: (contact) => [contact.standing],
    name: (value) => words.standing[value],
  },
  {
    key: 'channel',
    title: 'Channel',
    known: book.channels === true,
    of: (contact) => [contact.channel ?? NONE],
    name: (value) => value,
    none: 'None known',
  },
  {
    key: 'reason',
    title: 'Reason',
    flag: '--reasons',
    known: book.reasons,
    fixed: Object.keys(words.reason),
    of: (contact) => contact.reasons,
    name: (value) => words.reason[value],
    none: 'Not known',
  },
  {
    key: 'country',
    title: 'Country',
    of: (contact) => [contact.country ?? NONE],
    name: (value) => words.country[value],
    none: 'None known',
  },
  {
    key: 'group',
    title: 'Group',
    flag: '--reasons',
    known: book.reasons,
    of: (contact) => contact.groups?.map(groupValue),
    name: (value) => groupNames.get(value),
    none: 'None known',
  },
  {
    key: 'label',
    title: 'Label',
    flag: '--reasons',
    known: book.reasons,
    of: (contact) => contact.labels,
    name: (value) => value,
    none: 'None known',
  },
  {
    key: 'business',
    title: 'Business',
    fixed: ['true', 'false'],
    of: (contact) => [contact.business === undefined ? NONE : String(contact.business)],
    name: (value) => (value === 'true' ? 'Business' : 'Not business'),
    none: 'Not known',
  },
  {
    key: 'change',
    title: 'Change',
    known: book.changes,
    fixed: Object.keys(words.change),
    of: (contact) => (contact.change === undefined ? undefined : [contact.change]),
    name: (value) => words.change[value],
    none: 'Not known',
  },
];

/** A facet with its choices, and the places of each contact's choices among these. */
function makeFacet(spec) {
  const values = contacts.map((contact) => {
    const found = spec.of(contact);
    return found === undefined || found.length === 0 ? [NONE] : found;
  });
  const choices = orderChoices(spec, new Set(values.flat()));
  const places = new Map(choices.map((choice, place) => [choice.value, place]));
  // Most contacts have one choice, and then share the list with it.
  const single = choices.map((_, place) => [place]);
  return {
    ...spec,
    choices,
    chosen: null,
    total: 0,
    counts: new Uint32Array(choices.length),
    /** What shows the choice and the counts; the controls add to it. */
    show: [],
    places: values.map((of) =>
      of.length === 1 ? single[places.get(of[0])] : [...new Set(of)].map((one) => places.get(one)),
    ),
  };
}

function orderChoices(spec, found) {
  const choice = (value) => ({ value, name: value === NONE ? spec.none : spec.name(value) });
  const last = found.delete(NONE) ? [choice(NONE)] : [];
  const others = (spec.fixed?.filter((value) => found.has(value)) ?? [...found]).map(choice);
  if (!spec.fixed) others.sort((one, other) => collator.compare(one.name, other.name));
  return [...others, ...last];
}

const facets = FACETS.filter((spec) => spec.known !== false).map(makeFacet);

/** The first facet whose choice a contact lacks, `null` if none; `undefined` if two or more. */
function failedFacet(index) {
  let failed = null;
  for (const facet of facets) {
    if (facet.chosen === null || facet.places[index].includes(facet.chosen)) continue;
    if (failed !== null) return undefined;
    failed = facet;
  }
  return failed;
}

function countIn(facet, index) {
  facet.total += 1;
  for (const place of facet.places[index]) facet.counts[place] += 1;
}

/**
 * Selects the contacts of an order that pass the search and all facets.
 *
 * A facet counts the contacts that all other facets let pass: so many would be left by each choice.
 */
function select(order, matches) {
  for (const facet of facets) {
    facet.total = 0;
    facet.counts.fill(0);
  }
  const selected = [];
  for (const index of order) {
    if (matches !== null && !matches(index)) continue;
    const failed = failedFacet(index);
    if (failed === undefined) continue;
    if (failed !== null) {
      countIn(failed, index);
      continue;
    }
    selected.push(index);
    for (const facet of facets) countIn(facet, index);
  }
  return selected;
}
