// PouchDB against a CouchDB-compatible server: `node pouchdb.mjs serve FOLDER` and `node pouchdb.mjs measure FOLDER URL COUNT`.
// PEERS names the folder the packages were installed into. With DURABLE=1 every write of both ends is on the disk before it is
// answered; as it ships, PouchDB asks its storage for that at no time. Figures are printed as one line of JSON.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.PEERS, 'package.json'));
if (process.env.DURABLE === '1') syncEveryWrite(require('leveldown').prototype, require('leveldown/chained-batch').prototype);
const PouchDB = require('pouchdb');
const [role, folder, url, count] = process.argv.slice(2);

function syncEveryWrite(database, batch) {
  for (const [prototype, name] of [[database, '_put'], [database, '_del'], [database, '_batch'], [batch, '_write']]) {
    const write = prototype[name];
    prototype[name] = function (...words) {
      const options = words.length - 2;
      words[options] = { ...words[options], sync: true };
      return write.apply(this, words);
    };
  }
}

if (role === 'serve') {
  const express = require('express');
  const app = express();
  const Stored = PouchDB.defaults({ prefix: folder + '/' });
  app.use('/', require('express-pouchdb')(Stored, { mode: 'minimumForPouchDB', logPath: join(folder, 'log.txt'), configPath: join(folder, 'config.json') }));
  const server = app.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
} else {
  const options = { batch_size: 500, batches_limit: 10 };
  const there = new PouchDB(`${url}/cases`);
  const from = new PouchDB(join(folder, 'from'));
  const documents = [];
  for (let number = 0; number < Number(count); number++) {
    documents.push({ _id: `e${String(number).padStart(6, '0')}`, type: 'note.added', text: 'x'.repeat(240), seq: number });
  }
  for (let start = 0; start < documents.length; start += 500) await from.bulkDocs(documents.slice(start, start + 500));
  const seconds = async (work) => {
    const began = performance.now();
    const result = await work();
    return [(performance.now() - began) / 1000, result];
  };
  const [pushed, sent] = await seconds(() => from.replicate.to(there, options));
  const to = new PouchDB(join(folder, 'to'));
  const [pulled, got] = await seconds(() => to.replicate.from(there, options));
  console.log(JSON.stringify({ pushed, pulled, sent: sent.docs_written, got: got.docs_written }));
  process.exit(0);
}
