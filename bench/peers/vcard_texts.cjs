// What our cards say, for writers of cards that want to be told.
const fs = require('node:fs');
const readline = require('node:readline');
const { createHash } = require('node:crypto');
const { once } = require('node:events');

const NAMESPACE = Buffer.from('1995c8b1c513521f99ece0a7f14d372d', 'hex');

function uid(id) {
  const hash = createHash('sha1').update(NAMESPACE).update(id).digest();
  hash[6] = (hash[6] & 0x0f) | 0x50;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function texts(contact) {
  const phone = /^[0-9]{4,15}$/.test(contact.id) ? `+${contact.id}` : undefined;
  const name = contact.name || contact.pushname || phone || contact.id;
  const note = [
    `WhatsApp${contact.is_business ? ' Business' : ''}: `
      + (contact.saved ? 'saved in the address book.' : 'in a group or chat.'),
  ];
  if (!phone) note.push(`No number: ${contact.id}`);
  else if (!contact.saved) note.push('Save it to edit or delete it.');
  if (contact.pushname && contact.pushname !== name) note.push(`Name on WhatsApp: ${contact.pushname}`);
  return {
    name,
    phone,
    category: contact.saved ? 'WhatsApp saved' : 'WhatsApp discovered',
    note: note.join('\n'),
    uid: uid(contact.id),
  };
}

// Writes a card, as `card` makes it of these texts, for each contact.
module.exports = async function write(card) {
  const [answers, target] = process.argv.slice(2);
  const out = fs.createWriteStream(target);
  for await (const answer of readline.createInterface({ input: fs.createReadStream(answers) })) {
    const cards = JSON.parse(answer).contacts.map((contact) => card(texts(contact)));
    if (!out.write(cards.join(''))) await once(out, 'drain');
  }
  out.end();
};
