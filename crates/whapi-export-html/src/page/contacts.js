'use strict';

/* The contacts as the file has them, and small tools for all parts of the script. */

/** The JSON of the file: contacts, and the words for their codes. */
const book = JSON.parse(document.getElementById('book').textContent);
const { contacts, words } = book;

/** Compares texts as the reader's language orders them: numbers by value. */
const collator = new Intl.Collator(undefined, { numeric: true });

const byId = (id) => document.getElementById(id);

/** Makes an element. Children are elements, or text that stays text. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A symbol of 24 by 24, drawn with one line. */
function symbol(line) {
  const SVG = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', line);
  svg.append(path);
  return svg;
}

/** A text of a contact: its direction of writing stays its own. */
const theirs = (text, className = 'theirs') => make('bdi', { class: className }, text);

/** At most so many characters of a text. */
function cut(text, length) {
  if (text.length <= length) return text;
  const characters = Array.from(text.slice(0, 2 * length));
  return characters.length <= length && text.length <= 2 * length
    ? text
    : characters.slice(0, length).join('') + '…';
}

const grouped = (number) => number.toLocaleString('en');
const plural = (number, noun) => (number === 1 ? noun : noun + 's');

/** Whether the name to show is a name, and not a number or an id. */
const isNamed = (contact) => contact.source === 'name' || contact.source === 'pushname';

const TIME = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});
const dayAndTime = (time) => TIME.format(new Date(time)) + ' UTC';
