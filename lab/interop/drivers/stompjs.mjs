// Drives @stomp/stompjs on Node: over WebSocket, or over TCP with its tcp-wrapper.
// README.md has the protocol of drivers. The folder with node_modules is the
// first argument.
import { createRequire } from 'node:module';
import { serve, deadline, Mailbox } from './lines.mjs';

const require = createRequire(process.argv[2] + '/package.json');
const { Client, Versions } = require('@stomp/stompjs');
const { TCPWrapper } = require('@stomp/tcp-wrapper');
const WebSocket = require('ws');
const version = require(process.argv[2] + '/node_modules/@stomp/stompjs/package.json').version;

// The library wants the Web's names.
Object.assign(global, { WebSocket });

let client;
const inbox = new Mailbox();
const subscriptions = new Map();
const received = [];
let receipts = 0;

const commands = {
  connect: (c) =>
    deadline(10000, new Promise((resolve, reject) => {
      client = new Client({
        brokerURL: c.url,
        connectHeaders: { login: c.login, passcode: c.passcode, host: '/' },
        stompVersions: new Versions([c.version]),
        heartbeatOutgoing: c.beat[0],
        heartbeatIncoming: c.beat[1],
        reconnectDelay: 0,
        onConnect: () => resolve({ version: client.connectedVersion }),
        onStompError: (f) => fail(`ERROR: ${f.headers.message} ${f.body}`),
        onWebSocketError: (e) => fail(`transport: ${e.message ?? e}`),
        onWebSocketClose: (e) => client.active && fail(`connection closed: ${e.code ?? ''} ${e.reason ?? ''}`),
      });
      if (!c.url) {
        client.webSocketFactory = () => new TCPWrapper(c.host, c.port);
      }
      const fail = (text) => {
        inbox.fail(new Error(text));
        reject(new Error(text));
      };
      client.activate();
    })),

  async send(c) {
    const headers = { ...c.headers };
    if (c.transaction) headers.transaction = c.transaction;
    let done;
    if (c.receipt) {
      headers.receipt = `r${++receipts}`;
      done = new Promise((resolve) => client.watchForReceipt(headers.receipt, resolve));
    }
    const body = Buffer.from(c.body, 'base64');
    client.publish({
      destination: c.destination,
      headers,
      ...(c.binary ? { binaryBody: new Uint8Array(body) } : { body: body.toString() }),
    });
    if (done) await inbox.orFailure(deadline(10000, done));
  },

  subscribe(c) {
    subscriptions.set(c.id, client.subscribe(c.destination, (m) => inbox.put(m), { id: c.id, ack: c.ack }));
  },
  unsubscribe: (c) => subscriptions.get(c.id).unsubscribe(),

  async receive(c) {
    const m = await inbox.take(c.timeout);
    if (!m) return { message: null };
    received.push(m);
    return { message: { headers: m.headers, body: Buffer.from(m.binaryBody).toString('base64') } };
  },
  ack: (c) => received[c.n].ack(c.transaction ? { transaction: c.transaction } : {}),
  nack: (c) => received[c.n].nack(c.transaction ? { transaction: c.transaction } : {}),

  begin: (c) => void client.begin(c.transaction),
  commit: (c) => client.commit(c.transaction),
  abort: (c) => client.abort(c.transaction),

  idle: (c) => inbox.quiet(c.timeout),
  disconnect: () => deadline(10000, client.deactivate()),
};

const lacks = {
  'escapes 1.1': 'it escapes in 1.2 alone',
  'escapes once 1.1': 'it escapes in 1.2 alone',
  'escapes once 1.2': 'it unescapes a value several times, once for each kind of escape',
  'nack 1.0': '1.0 has none',
};
serve({ peer: `stompjs ${version}`, versions: ['1.0', '1.1', '1.2'], lacks }, commands);
