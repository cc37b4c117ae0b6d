// Reads streams with the parser of @stomp/stompjs. ../README.md has the protocol
// of drivers. The folder with node_modules is the first argument.
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const dir = pathToFileURL(process.argv[2] + '/node_modules/@stomp/stompjs/esm6/');
const { Parser } = await import(new URL('parser.js', dir));
const { FrameImpl } = await import(new URL('frame-impl.js', dir));

const base64 = (x) => Buffer.from(x).toString('base64');

function read(version, cut, input) {
  const answer = { frames: [], beats: 0, error: null };
  // As in stomp-handler.js: heads are unescaped in all versions but 1.0, once
  // CONNECTED has told the version.
  const escapes = version === '1.1' || version === '1.2';
  let at = 0;
  const parser = new Parser(
    (raw) => {
      const f = FrameImpl.fromRawFrame(raw, escapes);
      const headers = Object.keys(f.headers).map((k) => [base64(k), base64(String(f.headers[k]))]);
      answer.frames.push({ at, command: base64(f.command), headers, body: base64(f.binaryBody) });
    },
    () => answer.beats++
  );
  try {
    for (const chunk of cut ? Array.from(input, (b) => Uint8Array.of(b)) : [new Uint8Array(input)]) {
      at += chunk.length;
      parser.parseChunk(chunk.buffer);
    }
  } catch (e) {
    answer.error = String(e);
  }
  return answer;
}

console.log = () => {};
process.stdout.write('ready\n');
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [id, version, cut, input] = line.split('\t');
  process.stdout.write(JSON.stringify({ id, ...read(version, cut === '1', Buffer.from(input, 'base64')) }) + '\n');
}
