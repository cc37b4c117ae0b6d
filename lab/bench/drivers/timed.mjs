// What the drivers for Node have in common.
import { readFileSync } from 'node:fs';

// timed repeats read, which returns the number of frames it found in some
// chunks that have so many, and prints how long it took.
export async function timed(peer, read) {
  const [file, frames, seconds] = process.argv.slice(2);
  const stream = readFileSync(file);
  const chunks = [];
  for (let i = 0; i < stream.length; i += 65536) {
    chunks.push(Uint8Array.from(stream.subarray(i, i + 65536)).buffer);
  }
  const repeat = async (seconds) => {
    const begun = process.hrtime.bigint();
    let passes = 0;
    let spent = 0n;
    do {
      const n = await read(chunks, Number(frames));
      if (n !== Number(frames)) throw new Error(`${n} frames, want ${frames}`);
      passes++;
      spent = process.hrtime.bigint() - begun;
    } while (Number(spent) < seconds * 1e9);
    return { peer, frames: passes * Number(frames), ns: Number(spent) };
  };
  await repeat(Math.max(1, Number(seconds)));
  const result = await repeat(Number(seconds));
  process.stdout.write(JSON.stringify(result) + '\n');
}
