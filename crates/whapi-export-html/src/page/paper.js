/* The printed page: a table of all selected contacts, not only of those in sight. */

const paper = byId('paper');

function fillPaper() {
  const columns = ['Name', 'Number', 'Country', 'Standing'];
  if (book.channels) columns.unshift('Channel');
  if (book.reasons) columns.push('Reasons', 'Groups');
  const head = make('tr', {}, ...columns.map((title) => make('th', { scope: 'col' }, title)));
  paper.replaceChildren(
    make('h1', {}, byId('title').textContent),
    make('p', {}, countText()),
    make('ul', { class: 'chosen' }, ...chosenTexts().map((text) => make('li', {}, text))),
    make(
      'table',
      {},
      make('thead', {}, head),
      make('tbody', {}, ...listed.map((index) => printedRow(contacts[index]))),
    ),
  );
}

function printedRow(contact) {
  const cells = [
    theirs(cut(contact.shown, 120)),
    contact.phone ?? theirs(contact.id),
    words.country[contact.country] ?? '',
    words.standing[contact.standing],
  ];
  if (book.channels) cells.unshift(theirs(cut(contact.channel ?? '', 120)));
  if (book.reasons) {
    cells.push((contact.reasons ?? []).map((kind) => words.reason[kind]).join(', '));
    cells.push(theirs((contact.groups ?? []).map((group) => group.name).join('; ')));
  }
  return make('tr', {}, ...cells.map((cell) => make('td', {}, cell)));
}

addEventListener('beforeprint', fillPaper);
addEventListener('afterprint', () => paper.replaceChildren());
