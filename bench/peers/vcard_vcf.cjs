// Answers to vCard 3.0 with vcf.
const VCard = require('vcf');

require('./vcard_texts.cjs')(({ name, phone, category, note, uid }) => {
  const card = new VCard();
  card.set('fn', name);
  card.set('n', `;${name};;;`);
  if (phone) card.set('tel', phone, { type: 'cell' });
  card.set('categories', category);
  card.set('note', note);
  card.set('prodid', '-//peer//EN');
  card.set('uid', uid);
  return `${card.toString('3.0')}\r\n`;
});
