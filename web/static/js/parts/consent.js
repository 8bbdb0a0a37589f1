// Decides whether what the frame asks for was meant by a person, and keeps the one question that is open when it was not.

/** @typedef {import('./frame-port.js').Wish} Wish */

/** How long (ms) browsers count a key as a sign of a person. */
const LASTS = 6000;
/** How long (ms) the browser may take to say that the focus is in the frame. */
const NEWS = 500;
/** So many wishes are looked at at the same time; what comes beyond is refused. */
const MOST = 8;
/** After a “no” scripts may not ask again for so long (ms). */
const PEACE = 30_000;

/** What is not worth a question: without a person's click it is nothing. */
const ONLY_CLICKED = ['reply', 'inspect', 'permalink', 'search'];

export class Consent {
  /** @type {Wish | null} What the person is being asked about. */
  wish = null;
  #looking = 0;
  /** For which click or key something of each kind was last done. @type {Map<string, number>} */
  #granted = new Map();
  #peaceUntil = 0;
  /** When a key was last pressed in the page. */
  #lastKey = -LASTS;

  /**
   * @param {{ iframe: () => HTMLIFrameElement | undefined, begun: () => boolean, grant: (wish: Wish) => void,
   *   refuse: (wish: Wish) => void, changed: () => void }} on
   *   `begun`: whether anything has happened since the page was opened; what scripts of past messages want is not worth asking.
   */
  constructor(on) {
    this.on = on;
    addEventListener('keydown', ({ key }) => (this.#lastKey = key === 'Tab' || key === 'F6' ? -LASTS : performance.now()), true);
  }

  /** There is another frame, in which nobody has clicked yet. */
  forget() {
    this.wish = null;
    this.#granted.clear();
  }

  /**
   * Whether a person did this in the frame, just now. Activation lasts some seconds after typing in the page, too, so
   * where the browser does not say where it was, keys typed lately in the page make it doubtful.
   * @param {boolean | null} acted
   */
  #meant(acted) {
    const iframe = this.on.iframe();
    if (!iframe || document.activeElement !== iframe || !navigator.userActivation?.isActive) return false;
    return acted ?? (performance.now() - this.#lastKey > LASTS || iframe.matches(':hover'));
  }

  /** @param {Wish} wish @param {boolean | null} acted @param {number} gesture  Which of the person's clicks and keys in the frame it follows. */
  async take(wish, acted, gesture) {
    if (this.#looking >= MOST) return this.on.refuse(wish);
    this.#looking += 1;
    // The frame is another process: its message may be here before the news that the focus went there.
    for (let waited = 0; acted && !this.#meant(acted) && waited < NEWS; waited += 20) {
      await new Promise((go) => setTimeout(go, 20));
    }
    this.#looking -= 1;
    if (this.#meant(acted) && this.#isFirst(wish, gesture)) this.on.grant(wish);
    else if (this.#isWorthAsking(wish)) this.wish = wish;
    else this.on.refuse(wish);
    return this.on.changed();
  }

  /** Who clicks once does not send ten forms. @param {Wish} wish @param {number} gesture */
  #isFirst({ kind }, gesture) {
    if (gesture <= (this.#granted.get(kind) ?? 0)) return false;
    this.#granted.set(kind, gesture);
    return true;
  }

  /** @param {Wish} wish */
  #isWorthAsking({ kind }) {
    return !this.wish && this.on.begun() && performance.now() > this.#peaceUntil && !ONLY_CLICKED.includes(kind);
  }

  /** The person's word on the open question. @param {boolean} yes */
  answer(yes) {
    const { wish } = this;
    this.wish = null;
    if (wish && yes) this.on.grant(wish);
    else if (wish) {
      this.#peaceUntil = performance.now() + PEACE;
      this.on.refuse(wish);
    }
    this.on.changed();
  }
}
