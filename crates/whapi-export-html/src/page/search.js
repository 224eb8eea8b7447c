/* Search over names and numbers. */

/** Letters that Unicode does not take apart, as people type them without their marks. */
const LETTERS = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
};

/** A text without case, accents and other marks. */
function fold(text) {
  if (/^[\x20-\x7e\n]*$/.test(text)) return text.toLowerCase();
  const bare = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return bare.replace(/[ßæœøđðþłħı]/g, (letter) => LETTERS[letter]);
}

/** The digits of a text that is a number in any spelling, without `00` or a trunk `0`; else ''. */
function digitsOf(text) {
  if (!/^[+\d\s()./–-]+$/.test(text)) return '';
  return text.replace('(0)', '').replace(/\D/g, '').replace(/^0+/, '');
}

/** What the search compares of each contact; made when it is first needed. */
const searchKeys = [];

function searchKey(index) {
  if (searchKeys[index] === undefined) searchKeys[index] = makeSearchKey(contacts[index]);
  return searchKeys[index];
}

function makeSearchKey(contact) {
  const { shown, name, pushname, username, id, other_id: otherId } = contact;
  const texts = new Set([shown, name, pushname, username, id, otherId]);
  texts.delete(undefined);
  return { names: fold([...texts].join('\n')), digits: (contact.phone ?? '').replace(/\D/g, '') };
}

/** Returns whether a contact has every word of the query, or null for a query without words. */
function matcher(query) {
  const text = fold(query).trim();
  if (text === '') return null;
  const number = digitsOf(text);
  const parts = text.split(/\s+/).map((word) => ({ word, digits: digitsOf(word) }));
  return (index) => {
    const key = searchKey(index);
    if (number !== '' && key.digits.includes(number)) return true;
    return parts.every(
      ({ word, digits }) =>
        key.names.includes(word) || (digits !== '' && key.digits.includes(digits)),
    );
  };
}
