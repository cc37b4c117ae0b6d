// stompit: its stream of frames, with the bodies read. README.md says how it is
// called.
import { createRequire } from 'node:module';
import { timed } from './timed.mjs';

const require = createRequire(import.meta.url);
let IncomingFrameStream, version;
try {
  IncomingFrameStream = require('stompit/lib/IncomingFrameStream');
  ({ version } = require('stompit/package.json'));
} catch {
  process.exit(3);
}

await timed(`stompit ${version}`, (chunks, count) => new Promise((resolve, reject) => {
  let frames = 0;
  const stream = new IncomingFrameStream();
  stream.setVersion('1.2');
  stream.on('error', reject);
  stream.on('data', (frame) => {
    frame.on('data', () => {});
    // The last frames end after the stream that they are in.
    frame.on('end', () => ++frames === count && resolve(frames));
  });
  for (const chunk of chunks) stream.write(Buffer.from(chunk));
  stream.end();
}));
