// Reads streams with the parser of stompit. ../README.md has the protocol of
// drivers. The folder with node_modules is the first argument.
import readline from 'node:readline';
import { createRequire } from 'node:module';

const IncomingFrameStream = createRequire(process.argv[2] + '/')('stompit/lib/IncomingFrameStream');

const base64 = (x) => Buffer.from(x).toString('base64');
const tick = () => new Promise(setImmediate);

async function read(version, cut, input) {
  const answer = { frames: [], error: null };
  const stream = new IncomingFrameStream();
  if (version !== 'handshake') stream.setVersion(version);
  let at = 0;
  stream.on('error', (e) => (answer.error ??= String(e)));
  stream.on('data', (f) => {
    const body = [];
    f.on('data', (b) => body.push(b));
    f.on('end', () => {
      const headers = Object.keys(f.headers).map((k) => [base64(k), base64(String(f.headers[k]))]);
      answer.frames.push({ at, command: base64(f.command), headers, body: base64(Buffer.concat(body)) });
    });
  });
  for (const chunk of cut ? Array.from(input, (b) => Buffer.of(b)) : [input]) {
    at += chunk.length;
    let taken = false;
    stream.write(chunk, () => (taken = true));
    // It takes turns of the event loop, more of them the more frames there are
    // in a chunk; a stream that takes none of them any more has stopped.
    for (let idle = 0, n = -1; idle < 20 && !(taken && idle >= 2); idle++) {
      if (answer.frames.length !== n) [n, idle] = [answer.frames.length, 0];
      await tick();
    }
    if (answer.error) break;
  }
  return answer;
}

process.stdout.write('ready\n');
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [id, version, cut, input] = line.split('\t');
  process.stdout.write(JSON.stringify({ id, ...(await read(version, cut === '1', Buffer.from(input, 'base64'))) }) + '\n');
}
