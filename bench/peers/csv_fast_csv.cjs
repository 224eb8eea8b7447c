// Answers to CSV with fast-csv.
const fs = require('node:fs');
const readline = require('node:readline');
const { once } = require('node:events');
const { format } = require('fast-csv');

const FIELDS = ['id', 'name', 'pushname', 'saved', 'is_business'];

async function main(answers, target) {
  const lines = format({ headers: FIELDS });
  const done = once(lines.pipe(fs.createWriteStream(target)), 'finish');
  for await (const answer of readline.createInterface({ input: fs.createReadStream(answers) })) {
    for (const contact of JSON.parse(answer).contacts) {
      if (!lines.write(FIELDS.map((field) => contact[field]))) await once(lines, 'drain');
    }
  }
  lines.end();
  await done;
}

main(...process.argv.slice(2));
