/* The list. Only the rows in sight are elements, so 100,000 contacts scroll as fast as ten. */

/** Rows above and below those in sight. */
const BEYOND = 8;
/** Browsers limit how high an element can be; a longer list scrolls faster than the wheel says. */
const HIGHEST = 10000000;

const list = byId('list');
const space = byId('space');
const rows = byId('rows');

/** Places in `contacts`, in the order of the list. */
let listed = [];
/** The place in `listed` that the keyboard is at, and the contact whose details are shown. */
let active = 0;
let opened = null;
let rowHeight = 60;

function showList(selected) {
  listed = selected;
  active = Math.max(0, listed.indexOf(opened));
  list.hidden = listed.length === 0;
  byId('none').hidden = listed.length > 0;
  measureRows();
  list.scrollTop = 0;
  if (active > 0) scrollToActive();
  drawRows();
}

/** Measures a row, whose height follows from the reader's size of text. */
function measureRows() {
  if (listed.length === 0) return;
  rows.replaceChildren(row(0));
  rowHeight = rows.firstElementChild.getBoundingClientRect().height || rowHeight;
  space.style.height = `${Math.min(listed.length * rowHeight, HIGHEST)}px`;
}

/** Pixels of the list for each pixel of the scroll bar: 1, unless the list is too high. */
function scale() {
  const range = listed.length * rowHeight - list.clientHeight;
  const shown = space.clientHeight - list.clientHeight;
  return range > 0 && shown > 0 ? range / shown : 1;
}

function drawRows() {
  const top = list.scrollTop * scale();
  const first = Math.max(0, Math.floor(top / rowHeight) - BEYOND);
  const last = Math.min(listed.length, Math.ceil((top + list.clientHeight) / rowHeight) + BEYOND);
  const drawn = [];
  for (let place = first; place < last; place += 1) drawn.push(row(place));
  rows.replaceChildren(...drawn);
  rows.style.transform = `translateY(${list.scrollTop - (top - first * rowHeight)}px)`;
  const inSight = active >= first && active < last;
  if (inSight) list.setAttribute('aria-activedescendant', `row-${active}`);
  else list.removeAttribute('aria-activedescendant');
}

function row(place) {
  const contact = contacts[listed[place]];
  const isOpened = listed[place] === opened;
  const number = isNamed(contact) ? (contact.phone ?? 'No phone number') : undefined;
  const known = [number, words.country[contact.country], channelOf(contact)].filter(
    (fact) => fact !== undefined,
  );
  const name = theirs(cut(contact.shown, 120), 'name');
  return make(
    'div',
    {
      id: `row-${place}`,
      class: `row${place === active ? ' active' : ''}`,
      role: 'option',
      'aria-selected': isOpened,
      'aria-posinset': place + 1,
      'aria-setsize': listed.length,
      'data-place': place,
    },
    avatar(contact),
    make(
      'span',
      { class: 'who' },
      name,
      make('span', { class: 'facts' }, known.join(' · ') || ' '),
    ),
    make('span', { class: 'marks' }, ...marks(contact)),
  );
}

/** The name of the channel, isolated so that it cannot change the direction of what stands beside it. */
const channelOf = ({ channel }) =>
  channel === undefined ? undefined : `\u2068${cut(channel, 60)}\u2069`;

/** A disc in the colour of the standing, with the first letter of a name. */
function avatar(contact) {
  const letter = isNamed(contact)
    ? contact.shown.match(/[\p{L}\p{N}\p{Extended_Pictographic}]/u)
    : null;
  const disc = { class: `avatar ${contact.standing}`, 'aria-hidden': 'true' };
  return make('span', disc, letter === null ? '#' : letter[0].toUpperCase());
}

function marks(contact) {
  const found = [
    make('span', { class: `mark ${contact.standing}` }, words.standing[contact.standing]),
  ];
  if (contact.business) found.push(make('span', { class: 'mark' }, 'Business'));
  if (contact.warnings) found.push(make('span', { class: 'mark warning' }, 'Look twice'));
  return found;
}

/** Moves the keyboard's place by so many rows, or to either end. */
function moveActive(by) {
  active = Math.min(Math.max(active + by, 0), listed.length - 1);
  scrollToActive();
  drawRows();
}

function scrollToActive() {
  const top = active * rowHeight;
  const bottom = top + rowHeight;
  const seen = list.scrollTop * scale();
  if (top < seen) list.scrollTop = top / scale();
  else if (bottom > seen + list.clientHeight) {
    list.scrollTop = (bottom - list.clientHeight) / scale();
  }
}

/** Rows that Page Up and Page Down move by. */
const pageOfRows = () => Math.max(1, Math.floor(list.clientHeight / rowHeight) - 1);

const MOVES = {
  ArrowDown: () => 1,
  ArrowUp: () => -1,
  PageDown: pageOfRows,
  PageUp: () => -pageOfRows(),
  Home: () => -Infinity,
  End: () => Infinity,
};
