/* The details of one contact: beside the list, or over it on a narrow screen. */

const details = byId('details');
const narrow = matchMedia('(max-width: 52rem)');

const CHECK = 'm5 12.5 4.5 4.5L19 7.5';
const CROSS = 'M6.5 6.5 17.5 17.5M17.5 6.5 6.5 17.5';

const KINDS = { phone: 'Phone number', lid: 'LID (number hidden)', other: 'Other' };
const OPERATIONS = { edit: 'Edit', delete: 'Delete', create: 'Create' };

/** Shows a contact. The keyboard goes there if it asked for it. */
function openDetails(index, takesFocus) {
  opened = index;
  details.replaceChildren(...detailsOf(contacts[index]));
  details.classList.add('open');
  details.setAttribute('aria-labelledby', 'who');
  details.scrollTop = 0;
  byId('contacts').inert = byId('top').inert = narrow.matches;
  drawRows();
  if (takesFocus) byId('who').focus();
  // The browser's way back leads to the list then, and not out of the page.
  if (narrow.matches && !isStepOfDetails()) history.pushState({ details: true }, '');
}

/** Whether the step in the browser's history is that of details over the list. */
const isStepOfDetails = () => history.state !== null && history.state.details === true;

function closeDetails() {
  opened = null;
  details.classList.remove('open');
  details.removeAttribute('aria-labelledby');
  byId('contacts').inert = byId('top').inert = false;
  const keys = [
    ['/', 'search'],
    ['↑ ↓', 'move'],
    ['Enter', 'open'],
    ['Esc', 'close'],
  ];
  details.replaceChildren(
    make('p', { class: 'hint' }, 'Choose a contact to see its details.'),
    make(
      'p',
      { class: 'keys' },
      ...keys.map(([key, does]) => make('span', {}, make('kbd', {}, key), ` ${does}`)),
    ),
  );
  drawRows();
}

function detailsOf(contact) {
  const close = make(
    'button',
    { id: 'close', class: 'quiet', type: 'button' },
    symbol(CROSS),
    'Close',
  );
  const name = make('h2', { id: 'who', tabindex: '-1' }, theirs(contact.shown));
  return [
    close,
    make('div', { class: 'person' }, avatar(contact), make('div', {}, name, numberOf(contact))),
    make('p', { class: 'marks' }, ...marks(contact)),
    ...(contact.warnings ?? []).map((code) => make('p', { class: 'notice' }, words.warning[code])),
    part('About', factsOf(contact)),
    part('Why in the list', reasonsOf(contact)),
    part('What may be done', permissionsOf(contact)),
  ];
}

function part(title, content) {
  return make('div', { class: 'part' }, make('h3', {}, title), content);
}

/** A link to call, only where there is a number. */
function numberOf(contact) {
  const number = contact.phone;
  if (number === undefined) return make('p', { class: 'number' }, 'No phone number');
  const address = `+${number.replace(/\D/g, '')}`;
  return make('p', { class: 'number' }, make('a', { href: `tel:${address}` }, number));
}

function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== undefined);
  return make(
    'dl',
    {},
    ...known.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))),
  );
}

const optional = (text) => (text === undefined ? undefined : theirs(text));

function factsOf(contact) {
  const { business, change } = contact;
  return facts([
    ['Channel', optional(contact.channel)],
    ['Name in the address book', optional(contact.name)],
    ['Name on WhatsApp', optional(contact.pushname)],
    ['Username', optional(contact.username)],
    ['Country', words.country[contact.country]],
    ['Business', business === undefined ? undefined : business ? 'Yes' : 'No'],
    ['Id', theirs(contact.id)],
    ['Kind of id', KINDS[contact.kind]],
    [contact.merged ? 'Other id, merged into this' : 'Other id', otherId(contact)],
    ['Since the earlier export', words.change[change]],
  ]);
}

function otherId(contact) {
  if (contact.other_id !== undefined) return theirs(contact.other_id);
  const isLid = contact.kind === 'lid';
  return isLid && !book.links ? flagHint('--resolve-lids', 'looks for the number') : undefined;
}

function flagHint(flag, does) {
  return make(
    'span',
    { class: 'soft' },
    'Not known. An export with ',
    make('code', {}, flag),
    ` ${does}.`,
  );
}

function reasonsOf(contact) {
  const standing = make('p', {}, words.about_standing[contact.standing]);
  if (contact.reasons === undefined) {
    return make('div', {}, standing, make('p', {}, flagHint('--reasons', 'finds out why')));
  }
  const others = contact.reasons.filter((kind) => kind !== contact.reason);
  const content = make(
    'div',
    {},
    standing,
    facts([
      ['Main reason', words.reason[contact.reason] ?? 'Not known'],
      ['Also', others.map((kind) => words.reason[kind]).join(', ') || undefined],
      ['Last activity', contact.activity && dayAndTime(contact.activity)],
      ['Labels', contact.labels && chips(contact.labels.map((label) => theirs(label)))],
      ['Groups', contact.groups && chips(contact.groups.map(groupChip))],
    ]),
  );
  if (contact.partly) {
    content.append(
      make('p', { class: 'soft' }, 'A list of reasons was incomplete, so others may hold.'),
    );
  }
  return content;
}

function groupChip(group) {
  const name = theirs(group.name);
  return group.rank === undefined ? name : make('span', {}, name, ` (${group.rank})`);
}

const chips = (items) =>
  make('ul', { class: 'chips' }, ...items.map((item) => make('li', {}, item)));

function permissionsOf(contact) {
  const rows = Object.entries(OPERATIONS).map(([operation, name]) => {
    const rule = contact.no[operation];
    const allowed = rule === undefined;
    return make(
      'li',
      { class: allowed ? 'yes' : 'no' },
      symbol(allowed ? CHECK : CROSS),
      make(
        'div',
        {},
        make('strong', {}, name),
        allowed ? ': allowed' : ': not allowed. ',
        allowed ? '' : words.rule[rule],
      ),
    );
  });
  return make('ul', { class: 'permissions' }, ...rows);
}
