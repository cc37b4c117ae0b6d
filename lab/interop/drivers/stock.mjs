// What somebody writes who has read the documentation of @stomp/stompjs and
// nothing else. It runs on Node, and its text in a page: so it has nothing but
// what it is given.
//
//	node stock.mjs FOLDER BROKER_URL LOGIN PASSCODE
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export async function stock({ brokerURL, login, passcode }, Client = globalThis.StompJs?.Client) {
  const events = [];
  await new Promise((resolve, reject) => {
    const client = new Client({
      brokerURL,
      connectHeaders: { login, passcode },
      heartbeatIncoming: 4000,
      heartbeatOutgoing: 4000,
      reconnectDelay: 5000,
      onConnect: () => {
        events.push('connected ' + client.connectedVersion);
        client.subscribe('/queue/test', async (message) => {
          events.push(message.headers.destination + ' ' + message.headers.priority + ' ' + message.body);
          await client.deactivate();
          events.push('deactivated');
          resolve();
        });
        const headers = { priority: '9' };
        client.publish({ destination: '/topic/general', body: 'Hello, everybody', headers, skipContentLengthHeader: true });
        client.publish({ destination: '/queue/test', body: 'Grüße 🚀', headers, skipContentLengthHeader: true });
      },
      onStompError: (frame) => reject(new Error('ERROR: ' + frame.headers.message)),
      onWebSocketError: () => reject(new Error('WebSocket failed')),
    });
    client.activate();
    setTimeout(() => reject(new Error('not done in time: ' + events.join('; '))), 15000);
  });
  return events.join('; ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, brokerURL, login, passcode] = process.argv.slice(2);
  const require = createRequire(folder + '/package.json');
  Object.assign(global, { WebSocket: require('ws') });
  console.log(await stock({ brokerURL, login, passcode }, require('@stomp/stompjs').Client));
  process.exit(0);
}
