// Drives stompit on Node, over TCP. README.md has the protocol of drivers. The
// folder with node_modules is the first argument.
import { createRequire } from 'node:module';
import { serve, deadline, Mailbox } from './lines.mjs';

const require = createRequire(process.argv[2] + '/package.json');
const stompit = require('stompit');
const version = require(process.argv[2] + '/node_modules/stompit/package.json').version;

let client;
const inbox = new Mailbox();
const subscriptions = new Map();
const transactions = new Map();
const received = [];

// An ERROR with a body in text is also an error of a stream of the library's own,
// which nobody can listen to. It would end the process.
process.on('uncaughtException', (e) => inbox.fail(e));

const commands = {
  connect: (c) =>
    inbox.orFailure(deadline(10000, new Promise((resolve, reject) => {
      const options = {
        host: c.host,
        port: c.port,
        connectHeaders: {
          host: '/',
          login: c.login,
          passcode: c.passcode,
          'accept-version': c.version,
          'heart-beat': c.beat.join(','),
        },
      };
      client = stompit.connect(options, (error) => {
        if (error) return reject(error);
        resolve({ version: client.getVersion?.() ?? client.headers.version ?? '1.0' });
      });
      client.on('error', (e) => inbox.fail(e));
    }))),

  send: (c) =>
    inbox.orFailure(deadline(10000, new Promise((resolve) => {
      const from = c.transaction ? transactions.get(c.transaction) : client;
      const body = Buffer.from(c.body, 'base64');
      const headers = { destination: c.destination, ...c.headers };
      if (c.binary) headers['content-length'] = body.length; // it adds none by itself
      const frame = from.send(headers, c.receipt ? { onReceipt: resolve } : {});
      frame.end(body, c.receipt ? undefined : resolve);
    }))),

  subscribe(c) {
    const listener = (error, message) => {
      if (error) return inbox.fail(error);
      const octets = [];
      message.on('data', (chunk) => octets.push(chunk));
      message.on('end', () => inbox.put({ message, body: Buffer.concat(octets) }));
    };
    subscriptions.set(c.id, client.subscribe({ id: c.id, destination: c.destination, ack: c.ack }, listener));
  },
  unsubscribe: (c) => subscriptions.get(c.id).unsubscribe(),

  async receive(c) {
    const m = await inbox.take(c.timeout);
    if (!m) return { message: null };
    received.push(m.message);
    const headers = Object.fromEntries(Object.entries(m.message.headers).map(([k, v]) => [k, String(v)]));
    return { message: { headers, body: m.body.toString('base64') } };
  },
  ack: (c) => client.ack(received[c.n], c.transaction ? { transaction: c.transaction } : {}),
  nack: (c) => client.nack(received[c.n], c.transaction ? { transaction: c.transaction } : {}),

  begin: (c) => void transactions.set(c.transaction, client.begin({ transaction: c.transaction })),
  commit: (c) => transactions.get(c.transaction).commit(),
  abort: (c) => transactions.get(c.transaction).abort(),

  idle: (c) => inbox.quiet(c.timeout),
  disconnect: () =>
    deadline(10000, new Promise((resolve, reject) => client.disconnect((e) => (e ? reject(e) : resolve())))),
};

serve({ peer: `stompit ${version}`, versions: ['1.0', '1.1', '1.2'], lacks: { 'nack 1.0': '1.0 has none', 'heart-beats 1.0': '1.0 has none' } }, commands);
