// The frame's beginning: waits for the port from the page, then draws what comes through it.

import { frameWords as words } from '../words-frame.js';
import { Actions } from './actions.js';
import { openFiles } from './bot-file.js';
import { scripts, styles } from './bot-html.js';
import { formSubmitted, takeForms } from './forms.js';
import { openPictures } from './lightbox.js';
import { takeKeys } from './keys.js';
import { takeLinks } from './links.js';
import { tryAgain } from './media.js';
import { installNecsus } from './necsus.js';
import { findQuotesBy } from './quote.js';
import { installStandIns } from './stand-ins.js';
import { Talk } from './talk.js';
import { keepTimes } from './time.js';

/** @typedef {import('./protocol.js').ToFrame} ToFrame */
/** @typedef {import('./protocol.js').ToPage} ToPage */
/** @typedef {import('./protocol.js').Look} Look */

const page = document.documentElement;
const asked = new URLSearchParams(location.hash.slice(1));

/** @param {string} theme */
function wear(theme) {
  if (theme === 'light' || theme === 'dark') page.dataset.theme = theme;
  else delete page.dataset.theme;
}

/** From here on nothing but what is loaded already may run: neither scripts nor `onclick` attributes. */
function stopScripts() {
  scripts.on = false;
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = "script-src 'none'";
  document.head.append(policy);
}

/** Nothing of a bot may change how the room looks. */
function stopStyles() {
  styles.on = false;
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = `style-src ${new URL(location.href).origin}`;
  document.head.append(policy);
}

wear(asked.get('theme') ?? '');
if (asked.get('dir') === 'rtl') page.dir = 'rtl';
if (asked.get('scripts') === 'off') stopScripts();
if (asked.get('styles') === 'off') stopStyles();
document.title = words.frame.label;

/** @param {MessageEvent} event */
function takePort(event) {
  const [port] = event.ports;
  if (event.source !== parent || event.data !== 'parlor-port' || !port) return;
  removeEventListener('message', takePort);
  begin(port);
}

/** How often a person has clicked or pressed a key here; scripts can make events, but no trusted ones. @returns {() => number} */
function countGestures() {
  let count = 0;
  let last = -1000;
  const heard = (/** @type {Event} */ { isTrusted, type, timeStamp }) => {
    // What helps people to use the page may click without pointer and key; else a click is the end of one of those.
    if (!isTrusted || (type === 'click' && timeStamp - last < 1000)) return;
    count += 1;
    last = timeStamp;
  };
  for (const type of ['pointerdown', 'keydown', 'click']) addEventListener(type, heard, true);
  return () => count;
}

/** @param {MessagePort} port */
function begin(port) {
  // Where the browser can, it adds whether a person has just acted in this very frame; no script can forge that.
  const options = /** @type {StructuredSerializeOptions} */ ({ includeUserActivation: true });
  // Bound now: who changes MessagePort's prototype later does not get hold of the port.
  const post = port.postMessage.bind(port);
  const gestures = countGestures();
  const tell = (/** @type {ToPage} */ message) => post({ ...message, gesture: gestures() }, options);
  const talk = new Talk(tell);
  new Actions(/** @type {HTMLElement} */ (document.getElementById('talk')), {
    messageOf: (card) => talk.messageOf(card),
    choose: (kind, id) => tell({ kind, id }),
    go: (id) => void talk.go(id),
  });
  installStandIns();
  installNecsus((text) => tell({ kind: 'focus', text }));
  takeForms(tell, (card) => talk.messageOf(card));
  findQuotesBy((id) => talk.find(id));
  openPictures();
  takeLinks(tell);
  takeKeys(tell);
  addEventListener('pointerdown', ({ isTrusted }) => isTrusted && tell({ kind: 'press' }), true);
  keepTimes();

  const wearLook = (/** @type {{ look: Look, filesKey: string }} */ { look, filesKey }) => {
    if (openFiles(filesKey)) tryAgain();
    wear(look.theme);
    page.dataset.density = look.density;
    page.classList.toggle('shows-state', look.showState);
    talk.me = look.me;
  };

  port.onmessage = ({ data }) => {
    const message = /** @type {ToFrame} */ (data);
    switch (message.kind) {
      case 'start':
        wearLook(message);
        talk.readTo = message.readTo;
        talk.setMarkdown(message.markdown);
        break;
      case 'markdown':
        talk.setMarkdown(message.on);
        break;
      case 'look':
        wearLook(message);
        break;
      case 'add':
        talk.add(message.messages, message.fresh);
        break;
      case 'loaded':
        talk.loaded(message);
        break;
      case 'gap':
        talk.gap(message.after);
        break;
      case 'clear':
        talk.clear();
        break;
      case 'bottom':
        void talk.toBottom();
        break;
      case 'go':
        void talk.go(message.id);
        break;
      case 'submitted':
        formSubmitted(message.form, message.error);
        break;
      case 'turn':
        // A task later: the inline scripts of what was drawn have run by then.
        setTimeout(() => tell({ kind: 'drawn', turn: message.turn }));
        break;
    }
  };
}

// Opened as a page of its own it waits for nobody.
if (parent !== self) addEventListener('message', takePort);
