/* The orders in which contacts are listed: places in `contacts`, each made when it is first chosen. */

const asListed = () => contacts.map((_, index) => index);

/** Names first, then those without a letter, then contacts that have only a number or an id. */
function byName() {
  // Signs before a name do not decide.
  const names = contacts.map(({ shown }) => cut(shown.replace(/^[^\p{L}\p{N}]+(?=.)/u, ''), 200));
  const ranks = contacts.map((contact) =>
    isNamed(contact) ? (/[\p{L}\p{N}]/u.test(contact.shown) ? 0 : 1) : 2,
  );
  return asListed().sort(
    (one, other) => ranks[one] - ranks[other] || collator.compare(names[one], names[other]),
  );
}

/** By the name of the country; contacts without one last. */
function byCountry() {
  const codes = Object.keys(words.country);
  codes.sort((one, other) => collator.compare(words.country[one], words.country[other]));
  const ranks = new Map(codes.map((code, rank) => [code, rank]));
  return sortedBy((contact) => ranks.get(contact.country) ?? codes.length);
}

/** The latest first; contacts without a time last. */
const byActivity = () =>
  sortedBy((contact) =>
    contact.activity === undefined ? Infinity : -Date.parse(contact.activity),
  );

/** By a number; contacts with the same one by name. */
function sortedBy(numberOf) {
  const numbers = contacts.map(numberOf);
  // Infinity less Infinity is no number, and then the order of the names stays.
  return [...orderOf('name')].sort((one, other) => numbers[one] - numbers[other] || 0);
}

const ORDERS = [
  { key: 'name', title: 'Name', make: byName },
  { key: 'country', title: 'Country', make: byCountry },
  { key: 'activity', title: 'Last activity', make: byActivity, known: book.reasons },
  { key: 'listed', title: 'As the Whapi API lists them', make: asListed },
].filter((order) => order.known !== false);

function orderOf(key) {
  const order = ORDERS.find((one) => one.key === key);
  if (order.places === undefined) order.places = order.make();
  return order.places;
}
