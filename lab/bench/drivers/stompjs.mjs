// @stomp/stompjs: its parser, and the frames that its client makes of what that
// finds. README.md says how it is called.
import { readFileSync } from 'node:fs';
import { timed } from './timed.mjs';

const dir = new URL('node_modules/@stomp/stompjs/', import.meta.url);
let Parser, FrameImpl, version;
try {
  ({ Parser } = await import(new URL('esm6/parser.js', dir)));
  ({ FrameImpl } = await import(new URL('esm6/frame-impl.js', dir)));
  ({ version } = JSON.parse(readFileSync(new URL('package.json', dir))));
} catch {
  process.exit(3);
}

await timed(`stompjs ${version}`, async (chunks) => {
  let frames = 0;
  const parser = new Parser((raw) => {
    FrameImpl.fromRawFrame(raw, true);
    frames++;
  }, () => {});
  for (const chunk of chunks) parser.parseChunk(chunk);
  return frames;
});
