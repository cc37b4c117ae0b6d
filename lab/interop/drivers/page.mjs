// Drives Debian's Chromium with playwright-core: commands as JSON lines, as the
// other drivers have them, but about tabs and elements. ../page.go sends them.
// The folder with node_modules is the first argument.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { serve } from './lines.mjs';

const require = createRequire(process.argv[2] + '/package.json');
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const tabs = new Map();
const complaints = []; // of the pages: exceptions, and what the browser refused

const element = (c) => {
  const all = tabs.get(c.tab).page.locator(c.element);
  return (c.text ? all.filter({ hasText: c.text }) : all).first();
};

const commands = {
  // Each tab has a context of its own, as if it were another person's browser.
  async open(c) {
    const context = await browser.newContext({
      viewport: { width: c.width || 1280, height: c.height || 900 },
      colorScheme: c.dark ? 'dark' : 'light',
    });
    const page = await context.newPage();
    page.on('pageerror', (e) => complaints.push(`${c.tab}: ${e.message}`));
    tabs.set(c.tab, { context, page });
    page.setDefaultTimeout(c.timeout);
    await page.goto(c.url);
  },
  close: (c) => tabs.get(c.tab).context.close(),
  fill: (c) => element(c).fill(c.value),
  select: (c) => element(c).selectOption(c.value).then(() => {}),
  click: (c) => element(c).click(),
  wait: (c) => element(c).waitFor({ state: c.value || 'visible', timeout: c.timeout }),
  count: async (c) => ({ count: await tabs.get(c.tab).page.locator(c.element).count() }),
  text: async (c) => ({ text: await element(c).innerText() }),
  // value is the text of a function; what it returns is the answer's text.
  evaluate: async (c) => ({ text: await tabs.get(c.tab).page.evaluate(`(${c.value})(${JSON.stringify(c.argument)})`) }),
  screenshot: async (c) => void (await tabs.get(c.tab).page.screenshot({ path: c.path, fullPage: true })),
  // The violations that axe-core finds.
  async axe(c) {
    const { page } = tabs.get(c.tab);
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    return { text: found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`).join('; ') };
  },
  complaints: () => ({ text: complaints.splice(0).join('; ') }),
};

// The browser ends with this process's input, or when it is asked to.
process.on('SIGTERM', () => browser.close().finally(() => process.exit(0)));
await serve({ peer: `Chromium ${browser.version()}`, versions: [], lacks: {} }, commands, () => browser.close());
