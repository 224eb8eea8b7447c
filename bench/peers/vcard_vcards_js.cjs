// Answers to vCard 3.0 with vcards-js, which knows no categories.
const vCardsJS = require('vcards-js');

require('./vcard_texts.cjs')(({ name, phone, note, uid }) => {
  const card = vCardsJS();
  card.version = '3.0';
  card.firstName = name;
  card.formattedName = name;
  if (phone) card.cellPhone = phone;
  card.note = note;
  card.uid = uid;
  return card.getFormattedString();
});
