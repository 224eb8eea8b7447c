/* The controls, and what they and the keyboard do. */

const query = byId('query');
const orderChoice = make('select', { id: 'order' });

function showControls() {
  const standing = facets.find((facet) => facet.key === 'standing');
  byId('standing').append(...standingControls(standing));
  const others = facets.filter((facet) => facet !== standing);
  byId('facets').append(...others.map(facetControl), orderControl());
  const lacking = FACETS.filter((spec) => spec.known === false && spec.flag !== undefined);
  if (lacking.length > 0) byId('more').append(hintOf(lacking));
}

/** A radio button for each choice of the standing, and one for all. */
function standingControls(facet) {
  const choices = facet.choices.map((choice, place) => ({ ...choice, place }));
  return [{ name: 'All', value: 'all', place: null }, ...choices].map(({ name, value, place }) => {
    const radio = make('input', { type: 'radio', name: 'standing', value });
    radio.addEventListener('change', () => choose(facet, place));
    const count = make('span', { class: 'amount' });
    facet.show.push(() => {
      radio.checked = facet.chosen === place;
      count.textContent = grouped(place === null ? facet.total : facet.counts[place]);
    });
    const dot = make('span', { class: `dot ${value}`, 'aria-hidden': 'true' });
    return make('label', {}, radio, make('span', {}, dot, `${name} `, count));
  });
}

function facetControl(facet) {
  const control = make('select', { id: `facet-${facet.key}` });
  const all = make('option', { value: '' });
  const options = facet.choices.map((_, place) => make('option', { value: place }));
  control.append(all, ...options);
  control.addEventListener('change', () =>
    choose(facet, control.value === '' ? null : Number(control.value)),
  );
  facet.show.push(() => {
    control.value = facet.chosen ?? '';
    control.classList.toggle('chosen', facet.chosen !== null);
    all.textContent = `All (${grouped(facet.total)})`;
    options.forEach((option, place) => {
      // Isolated, so that a name cannot change the direction of the number.
      option.textContent = `\u2068${cut(facet.choices[place].name, 60)}\u2069 (${grouped(facet.counts[place])})`;
    });
  });
  return make('label', {}, make('span', {}, facet.title), control);
}

function orderControl() {
  orderChoice.append(...ORDERS.map((order) => make('option', { value: order.key }, order.title)));
  orderChoice.addEventListener('change', update);
  return make('label', {}, make('span', {}, 'Order'), orderChoice);
}

/** Which flag would add the facets that this file lacks. */
function hintOf(lacking) {
  const titles = lacking.map((spec) => spec.title.toLowerCase());
  const last = titles.pop();
  const flag = make('code', {}, lacking[0].flag);
  return make(
    'p',
    { class: 'soft' },
    `To filter by ${titles.join(', ')} or ${last}, export with `,
    flag,
    '.',
  );
}

function choose(facet, place) {
  facet.chosen = place;
  update();
}

const isNarrowed = () => query.value.trim() !== '' || facets.some((facet) => facet.chosen !== null);

function countText() {
  const all = `${grouped(contacts.length)} ${plural(contacts.length, 'contact')}`;
  return listed.length === contacts.length ? all : `${grouped(listed.length)} of ${all}`;
}

/** The search and the chosen filters in words. */
function chosenTexts() {
  const chosen = facets.filter((facet) => facet.chosen !== null);
  const texts = chosen.map((facet) => `${facet.title}: ${facet.choices[facet.chosen].name}`);
  return query.value.trim() === '' ? texts : [`Search: ${query.value.trim()}`, ...texts];
}

/** Selects anew and shows the result. */
function update() {
  showList(select(orderOf(orderChoice.value), matcher(query.value)));
  for (const facet of facets) facet.show.forEach((show) => show());
  const [amount, ...rest] = countText().split(' ');
  byId('count').replaceChildren(make('b', {}, amount), ` ${rest.join(' ')}`);
  byId('clear').hidden = !isNarrowed();
  byId('none').textContent = isNarrowed() ? 'No contact matches.' : 'This file has no contacts.';
}

function clear() {
  query.value = '';
  for (const facet of facets) facet.chosen = null;
  update();
  query.focus();
}

function showMissing() {
  if (book.complete) return;
  byId('missing').append(
    make('strong', {}, 'Contacts may be missing.'),
    make('ul', {}, ...book.missing.map((reason) => make('li', {}, reason))),
  );
  byId('missing').hidden = false;
}

function onSearchKey(event) {
  if (event.key === 'ArrowDown' || event.key === 'Enter') {
    event.preventDefault();
    if (listed.length > 0) list.focus();
  } else if (event.key === 'Escape' && query.value !== '') {
    event.preventDefault();
    query.value = '';
    update();
  }
}

function onListKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key in MOVES) {
    moveActive(MOVES[event.key]());
    // Beside the list, the details follow.
    if (opened !== null && !narrow.matches) openDetails(listed[active], false);
  } else if (event.key === 'Enter' || event.key === ' ') {
    openDetails(listed[active], true);
  } else if (event.key === 'Escape') {
    if (opened === null) query.focus();
    else closeDetails();
  } else {
    return;
  }
  event.preventDefault();
}

function onAnyKey(event) {
  const typing = event.target.matches('input[type=search], select');
  if (event.key === '/' && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) {
    if (opened !== null && narrow.matches) closeDetails();
    event.preventDefault();
    query.focus();
    query.select();
  } else if (event.key === 'Escape' && details.contains(event.target)) {
    leaveDetails();
  }
}

function leaveDetails() {
  closeDetails();
  if (list.hidden) query.focus();
  else list.focus();
  if (isStepOfDetails()) history.back();
}

function onHistory() {
  if (opened !== null && narrow.matches && !isStepOfDetails()) leaveDetails();
}

function onListClick(event) {
  const clicked = event.target.closest('.row');
  if (clicked === null) return;
  active = Number(clicked.dataset.place);
  openDetails(listed[active], narrow.matches);
}

/** Details beside the list, filters open; on a narrow screen neither. */
function onWidth() {
  byId('more').open = !narrow.matches;
  if (opened !== null) byId('contacts').inert = byId('top').inert = narrow.matches;
}

/** Runs once before the next frame, however often it is called. */
function oncePerFrame(action) {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      action();
    });
  };
}

function start() {
  showControls();
  showMissing();
  byId('waiting').hidden = true;
  for (const id of ['controls', 'main', 'actions']) byId(id).hidden = false;
  onWidth();
  // Reloaded, the page begins with the list.
  history.replaceState(null, '');
  update();
  closeDetails();
  query.addEventListener('input', oncePerFrame(update));
  query.addEventListener('keydown', onSearchKey);
  byId('controls').addEventListener('submit', (event) => event.preventDefault());
  byId('clear').addEventListener('click', clear);
  byId('print').addEventListener('click', () => print());
  list.addEventListener('scroll', oncePerFrame(drawRows), { passive: true });
  list.addEventListener('keydown', onListKey);
  list.addEventListener('click', onListClick);
  details.addEventListener('click', (event) => event.target.closest('#close') && leaveDetails());
  document.addEventListener('keydown', onAnyKey);
  narrow.addEventListener('change', onWidth);
  addEventListener('popstate', onHistory);
  new ResizeObserver(
    oncePerFrame(() => {
      measureRows();
      drawRows();
    }),
  ).observe(list);
}

start();
