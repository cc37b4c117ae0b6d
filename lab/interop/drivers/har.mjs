// Has a page in Debian's Chromium talk to a broker with stompjs, and writes an
// HTTP archive of it. Playwright makes that from the events of the DevTools
// protocol, in the form in which Chrome's developer tools export one.
//
//	node har.mjs FOLDER PAGE_URL BROKER_URL LOGIN PASSCODE FILE
import { createRequire } from 'node:module';
import { stock } from './stock.mjs';

const [folder, url, brokerURL, login, passcode, path] = process.argv.slice(2);
const require = createRequire(folder + '/package.json');
const { chromium } = require('playwright-core');

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({ recordHar: { path, mode: 'full', content: 'embed' } });
const page = await context.newPage();
await page.goto(url); // the chat page, which has stompjs
console.log(await page.evaluate(`(${stock})(${JSON.stringify({ brokerURL, login, passcode })})`));
await context.close(); // writes the file
await browser.close();
