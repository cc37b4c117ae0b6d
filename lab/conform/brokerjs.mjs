// Runs stomp-broker-js on a port of loopback, at /ws. Arguments: the folder with
// node_modules, the port.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const StompServer = createRequire(process.argv[2] + '/package.json')('stomp-broker-js');
const server = createServer();
new StompServer({ server, path: '/ws', heartbeat: [500, 500] });
server.listen(Number(process.argv[3]), '127.0.0.1');
