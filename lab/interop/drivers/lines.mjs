// What the drivers on Node share: lines in, lines out, and a place where messages wait.
import readline from 'node:readline';

/** Prints the greeting, then carries out commands until standard input ends, and then last. */
export async function serve(greeting, commands, last = async () => {}) {
  // Libraries log to the console; standard output is for answers.
  const answer = (x) => process.stdout.write(JSON.stringify(x) + '\n');
  console.log = console.debug = console.error;
  answer(greeting);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const c = JSON.parse(line);
    try {
      answer((await commands[c.op](c)) ?? {});
    } catch (e) {
      answer({ error: String(e?.message ?? e) });
    }
  }
  await last();
  process.exit(0);
}

/** Rejects when the promise takes more than so many milliseconds. */
export function deadline(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('no answer in time')), ms)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Messages in the order of arrival, and the failure that ended the connection. */
export class Mailbox {
  #messages = [];
  #waiting = [];
  #failure;

  put(message) {
    this.#messages.push(message);
    this.#wake();
  }

  fail(error) {
    this.#failure ??= error;
    this.#wake();
  }

  #wake() {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** The next message, or undefined when none comes in so many milliseconds. */
  async take(ms) {
    const end = Date.now() + ms;
    while (this.#messages.length === 0) {
      if (this.#failure) throw this.#failure;
      const left = end - Date.now();
      if (left <= 0) return undefined;
      await this.#change(left);
    }
    return this.#messages.shift();
  }

  /** Waits so many milliseconds; throws when the connection fails meanwhile. */
  async quiet(ms) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (this.#failure) throw this.#failure;
  }

  /** The promise, unless the connection fails first. */
  async orFailure(promise) {
    let settled = false;
    const failed = (async () => {
      while (!settled) {
        if (this.#failure) throw this.#failure;
        await this.#change(1000);
      }
    })();
    try {
      return await Promise.race([promise, failed]);
    } finally {
      settled = true;
      this.#wake();
    }
  }

  #change(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
