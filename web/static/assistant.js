// The assistant for any page: <script src="https://chat.example/assistant.js" data-flow="welcome" async></script>
// tidy: one file, since other sites load it as one script, and nothing here is built.
//
// One classic script that needs nothing else. It defines <parlor-assistant>, and adds one if its own tag names a flow.
// Under a page's policy it needs its own origin in `script-src` and `connect-src`, nothing more: styles are constructed
// sheets, and bots' HTML is never given to the browser's parser (see `Reading`), so that Trusted Types have nothing to refuse
// and a page's policy nothing to report.
(() => {
  'use strict';

  /** @typedef {{ itemId: string | number, content: string }} Choice */
  /** @typedef {{ type?: string, min?: number | string, max?: number | string, pattern?: string, choices?: (Choice | string)[] }} Input */
  /**
   * What is said on the wire, of every kind in one.
   * @typedef {{ kind: string, content?: string, groupId?: string, question?: string, choices?: Choice[], fallback?: boolean, itemId?: string | number,
   *   sessionId?: string, chatPrompt?: string, chatText?: string, input?: Input, message?: string, author?: string, answerTo?: number,
   *   size?: number, file?: File }} Message
   */
  /** A question that waits for its answer. @typedef {{ n: number, message: Message, group: HTMLElement | null }} Question */
  /** `again`: it has been sent once more. @typedef {{ message: Message, row: HTMLElement, question: Question | null, again: boolean }} Sent */
  /** @typedef {'idle' | 'connecting' | 'live' | 'lost' | 'unreachable'} State */

  const TAG = 'parlor-assistant';
  const own = document.currentScript instanceof HTMLScriptElement ? document.currentScript : document.querySelector('script[src*="/assistant.js"]');
  const server = own instanceof HTMLScriptElement && own.src ? new URL('.', own.src).href : location.href;

  // Words ---------------------------------------------------------------------------------------------------------

  const NAMES = /** @type {const} */ (['name', 'open', 'close', 'restart', 'sure', 'keep', 'online', 'connecting', 'lost', 'unreachable', 'again', 'choose', 'rest', 'type', 'write', 'send', 'you', 'asked', 'joined', 'left', 'unsent', 'unread', 'newer', 'talk', 'raw']);
  /** @typedef {Record<(typeof NAMES)[number], string>} Words */

  /** Each language's, in the order of `NAMES`. @type {Record<string, string>} */
  const LANGUAGES = {
    en: 'Assistant|Open the assistant|Close|Start over|Start over? What was said here goes away.|Go on here|Online|Connecting…|Connection lost, trying again…|The assistant can’t be reached.|Try again|Choose an option|Nothing to answer right now|Type your answer…|Write a message…|Send|You|A person was asked for|{} is here now|{} has left|Not sent yet|{} new|New messages|Conversation|Messages as they are sent',
    de: 'Assistent|Assistenten öffnen|Schließen|Neu beginnen|Neu beginnen? Das Gespräch hier geht verloren.|Weiter|Online|Verbinde…|Verbindung verloren, neuer Versuch…|Der Assistent ist nicht zu erreichen.|Noch einmal|Bitte wählen|Gerade ist nichts zu antworten|Antwort eingeben…|Nachricht schreiben…|Senden|Sie|Ein Mensch wurde gerufen|{} ist jetzt da|{} ist gegangen|Noch nicht gesendet|{} neu|Neue Nachrichten|Gespräch|Nachrichten im Original',
    es: 'Asistente|Abrir el asistente|Cerrar|Empezar de nuevo|¿Empezar de nuevo? Se perderá esta conversación.|Seguir aquí|En línea|Conectando…|Conexión perdida, reintentando…|No se puede contactar con el asistente.|Reintentar|Elige una opción|Nada que responder ahora|Escribe tu respuesta…|Escribe un mensaje…|Enviar|Tú|Se ha pedido una persona|{} ya está aquí|{} se ha ido|Aún no enviado|{} nuevos|Mensajes nuevos|Conversación|Mensajes sin procesar',
    fr: 'Assistant|Ouvrir l’assistant|Fermer|Recommencer|Recommencer ? Cette conversation sera perdue.|Continuer ici|En ligne|Connexion…|Connexion perdue, nouvel essai…|L’assistant est injoignable.|Réessayer|Choisissez une option|Rien à répondre pour l’instant|Votre réponse…|Votre message…|Envoyer|Vous|Une personne a été demandée|{} est là|{} est parti|Pas encore envoyé|{} nouveaux|Nouveaux messages|Conversation|Messages bruts',
    it: 'Assistente|Apri l’assistente|Chiudi|Ricomincia|Ricominciare? Questa conversazione andrà persa.|Continua qui|In linea|Connessione…|Connessione persa, nuovo tentativo…|L’assistente non è raggiungibile.|Riprova|Scegli un’opzione|Niente a cui rispondere ora|Scrivi la tua risposta…|Scrivi un messaggio…|Invia|Tu|È stata chiamata una persona|{} è qui ora|{} è andato via|Non ancora inviato|{} nuovi|Nuovi messaggi|Conversazione|Messaggi originali',
    pt: 'Assistente|Abrir o assistente|Fechar|Recomeçar|Recomeçar? Esta conversa será perdida.|Continuar aqui|Online|A ligar…|Ligação perdida, a tentar de novo…|Não é possível contactar o assistente.|Tentar de novo|Escolha uma opção|Nada a responder agora|Escreva a sua resposta…|Escreva uma mensagem…|Enviar|Você|Foi pedida uma pessoa|{} já está aqui|{} saiu|Ainda não enviado|{} novas|Novas mensagens|Conversa|Mensagens originais',
    nl: 'Assistent|Assistent openen|Sluiten|Opnieuw beginnen|Opnieuw beginnen? Dit gesprek gaat verloren.|Hier verder|Online|Verbinden…|Verbinding verbroken, nieuwe poging…|De assistent is niet bereikbaar.|Opnieuw proberen|Kies een optie|Nu niets te beantwoorden|Typ je antwoord…|Schrijf een bericht…|Versturen|Jij|Er is om een mens gevraagd|{} is er nu|{} is weggegaan|Nog niet verstuurd|{} nieuw|Nieuwe berichten|Gesprek|Onbewerkte berichten',
    ar: 'المساعد|افتح المساعد|إغلاق|ابدأ من جديد|هل تبدأ من جديد؟ ستُفقد هذه المحادثة.|أكمل هنا|متصل|جارٍ الاتصال…|انقطع الاتصال، تجري المحاولة…|تعذّر الوصول إلى المساعد.|حاول مجددًا|اختر أحد الخيارات|لا شيء للإجابة عنه الآن|اكتب إجابتك…|اكتب رسالة…|إرسال|أنت|طُلب التحدث إلى شخص|{} هنا الآن|غادر {}|لم تُرسل بعد|{} جديدة|رسائل جديدة|المحادثة|الرسائل كما أُرسلت',
  };
  const MIRRORED = /^(ar|fa|he|ur|ps|yi|ckb)\b/iu;

  /** The language of ours that is nearest to this tag. @param {string} tag */
  const nearest = (tag) => (Object.hasOwn(LANGUAGES, tag.split('-')[0].toLowerCase()) ? tag.split('-')[0].toLowerCase() : 'en');

  /** @param {string} language @returns {Words} */
  function wordsOf(language) {
    const texts = LANGUAGES[language].split('|');
    return /** @type {Words} */ (Object.fromEntries(NAMES.map((name, at) => [name, texts[at]])));
  }

  // Elements ------------------------------------------------------------------------------------------------------

  /**
   * @template {keyof HTMLElementTagNameMap} K
   * @param {K} name @param {Record<string, string>} [attributes] @param {...(Node | string)} inside
   * @returns {HTMLElementTagNameMap[K]}
   */
  function make(name, attributes = {}, ...inside) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  }

  /** A picture of lines. @param {string} lines */
  function icon(lines) {
    const [svg, path] = ['svg', 'path'].map((name) => document.createElementNS('http://www.w3.org/2000/svg', name));
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', lines);
    svg.append(path);
    return svg;
  }

  const ICONS = {
    // The armchair under an arch: somebody to sit down with.
    face: 'M7.9 9.800V9a4.1 4.1 0 0 1 8.2 0v.8M8.6 14.200v-1.800a1.9 1.9 0 0 0-3.8 0v4.900M15.4 14.200v-1.800a1.9 1.9 0 0 1 3.8 0v4.900M8.6 14.200h6.800M4.8 17.300h14.4',
    open: 'M12 4c4.8 0 8.5 3.2 8.5 7.300s-3.7 7.3-8.5 7.300c-.9 0-1.8-.1-2.6-.3L5 20.500l.9-3.700c-1.5-1.3-2.4-3.3-2.4-5.500C3.5 7.2 7.2 4 12 4zM8.5 11.300h.01M12 11.300h.01M15.5 11.300h.01',
    close: 'm6.5 6.5 11 11M17.5 6.500l-11 11',
    restart: 'M5.5 12a6.5 6.5 0 1 0 2-4.700L5.5 9.200M5.5 5v4.200h4.2',
    send: 'M12 19V5.500M6 11.500l6-6 6 6',
    down: 'M12 5v13.500M6 12.500l6 6 6-6',
    person: 'M12 12.500a3.8 3.8 0 1 0 0-7.5 3.8 3.8 0 0 0 0 7.500zM5 19.500c.8-3 3.6-4.5 7-4.500s6.2 1.5 7 4.5',
    cloud: 'M8 18.500h8.500a4 4 0 0 0 .8-7.900M6.5 18.100A4 4 0 0 1 7 10.300a5.5 5.5 0 0 1 8.5-3.500M4 4l16 16',
  };

  // Bots' HTML ----------------------------------------------------------------------------------------------------

  const KEPT = new Set('p br b strong i em u s a ul ol li code pre blockquote h3 h4 h5 h6 img hr span'.split(' '));
  const EMPTY = new Set(['br', 'hr', 'img']);
  /** Gone with all that is in them; those before the mark hold text, in which a tag is none. */
  const RAW = new Set('script style iframe noscript title textarea noembed noframes xmp plaintext'.split(' '));
  const GONE = new Set([...RAW, ...'svg math form template object select audio video canvas head'.split(' ')]);
  /** They end a paragraph that is open. */
  const BLOCKS = new Set('p ul ol pre blockquote h3 h4 h5 h6 hr'.split(' '));
  /** What is not kept, but stood on lines of its own. */
  const LINES = /^(div|section|article|header|footer|main|aside|nav|address|center|figure|figcaption|table|tr|dl|dt|dd|h1|h2|details|summary)$/u;
  const DEEPEST = 40;

  /** The names of the characters from 160 to 255, and of some others. */
  const ENTITIES = new Map(
    'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'
      .split(' ')
      .map((name, at) => [name, String.fromCharCode(160 + at)]),
  );
  const OTHERS = 'amp& lt< gt> quot" apos\' hellip… ndash– mdash— lsquo‘ rsquo’ sbquo‚ ldquo“ rdquo” bdquo„ lsaquo‹ rsaquo› bull• euro€ trade™ larr← uarr↑ rarr→ darr↓ harr↔ check✓ cross✗ star☆ starf★ hearts♥ infin∞ ne≠ le≤ ge≥ asymp≈ minus− prime′ dagger† OElig\u0152 oelig\u0153 Scaron\u0160 scaron\u0161 ensp\u2002 emsp\u2003 thinsp\u2009 zwnj\u200c zwj\u200d lrm\u200e rlm\u200f';
  for (const one of OTHERS.split(' ')) ENTITIES.set(one.slice(0, -1), one.slice(-1));

  /** @param {string} text */
  const unescaped = (text) =>
    text.replace(/&(?:#(x[\da-f]{1,6}|\d{1,7})|([a-z]+\d*));?/giu, (whole, number, name) => {
      if (!number) return ENTITIES.get(name) ?? whole;
      const code = number[0] === 'x' || number[0] === 'X' ? parseInt(number.slice(1), 16) : Number(number);
      return code > 0 && code < 0x110000 && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
    });

  /** The address, if it is of one of these schemes (`/^https?:$/`). @param {string | undefined} address @param {RegExp} schemes */
  function safe(address, schemes) {
    try {
      const url = new URL(address ?? '', document.baseURI);
      return address && schemes.test(url.protocol) ? url : null;
    } catch {
      return null;
    }
  }

  /**
   * Reads a bot's HTML and makes what is allowed of it, element by element. The browser's parser does not see it: that would be refused under
   * Trusted Types, report every `style` and `on…` to the page's policy, and might read something else in it than was meant.
   */
  class Reading {
    result = document.createDocumentFragment();
    /** @type {(DocumentFragment | HTMLElement)[]} What is open, the innermost last. */
    #open = [this.result];
    #breaks = false;

    /** @param {string} html */
    constructor(html) {
      const token = /<!--[^]*?(?:-->|$)|<(\/?)([a-z][^\s/>]*)((?:[^<>"']|"[^"]*"|'[^']*')*)(?:>|$)|<[!?/][^>]*>?|[^<]+|</giu;
      for (let found = token.exec(html); found; found = token.exec(html)) {
        const [whole, end, tag, attributes] = found;
        const name = tag?.toLowerCase();
        if (!name) this.#text(whole);
        else if (GONE.has(name)) {
          const closed = name === 'svg' || name === 'math' ? attributes.endsWith('/') : false;
          if (!end && !closed) token.lastIndex = behind(html, name, token.lastIndex);
        } else if (!KEPT.has(name)) this.#foreign(name);
        else if (end) this.#close(name);
        else this.#begin(name, attributes);
      }
    }

    get #inner() {
      return this.#open[this.#open.length - 1];
    }

    /** @param {string} text */
    #text(text) {
      if (/^<[!?/]/u.test(text)) return;
      const said = unescaped(text);
      if (said.trim()) this.#line();
      // Between lines there is nothing but how the source is set.
      if (!this.#breaks) this.#inner.append(said);
    }

    /** Begins the line that something before has asked for. */
    #line() {
      if (this.#breaks && this.#inner.lastChild?.nodeName !== 'BR' && this.#inner.lastChild) this.#inner.append(make('br'));
      this.#breaks = false;
    }

    /** @param {string} name */
    #foreign(name) {
      if (LINES.test(name)) this.#breaks = true;
      else if (name === 'td' || name === 'th') this.#inner.append(' ');
    }

    /** @param {string} name @param {string} written */
    #begin(name, written) {
      if (BLOCKS.has(name)) {
        this.#close('p');
        this.#breaks = false;
      }
      if (name === 'li') this.#close('li', /^[UO]L$/u);
      this.#line();
      const element = make(/** @type {'p'} */ (name));
      if (!this.#dress(element, name, written)) return;
      this.#inner.append(element);
      if (!EMPTY.has(name) && this.#open.length < DEEPEST) this.#open.push(element);
    }

    /** Whether it may stand. @param {HTMLElement} element @param {string} name @param {string} written */
    #dress(element, name, written) {
      // What scrolls can be reached by keyboard.
      if (name === 'pre') element.tabIndex = 0;
      if (name !== 'a' && name !== 'img') return true;
      /** @type {Record<string, string>} */
      const given = {};
      for (const [, key, a, b, c] of written.matchAll(/([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gu)) given[key.toLowerCase()] ??= unescaped(a ?? b ?? c ?? '');
      if (name === 'a') {
        const href = safe(given.href, /^(https?|mailto):$/u);
        const about = { href: href?.href ?? '', target: '_blank', rel: 'noopener' };
        if (href) Object.entries(about).forEach(([key, value]) => element.setAttribute(key, value));
        return true;
      }
      const src = safe(given.src, /^https?:$/u);
      element.setAttribute('alt', given.alt ?? '');
      if (src) element.setAttribute('src', src.href);
      else if (given.alt) this.#inner.append(given.alt);
      return !!src;
    }

    /** Closes the innermost of this name and what is in it, unless something else keeps it. @param {string} name @param {RegExp} [until] */
    #close(name, until) {
      for (let at = this.#open.length - 1; at > 0; at -= 1) {
        const { nodeName } = this.#open[at];
        if (nodeName === name.toUpperCase()) this.#open.length = at;
        else if (!until?.test(nodeName)) continue;
        return;
      }
    }
  }

  /** Where the text goes on after an element that is left out. @param {string} html @param {string} name @param {number} from */
  function behind(html, name, from) {
    const tag = new RegExp(`<(/?)${name}(?![^\\s/>])[^>]*>?`, 'giu');
    tag.lastIndex = from;
    let depth = 1;
    while (depth) {
      const found = tag.exec(html);
      if (!found) return html.length;
      if (found[1]) depth -= 1;
      else if (!RAW.has(name)) depth += 1;
    }
    return tag.lastIndex;
  }

  /** A person's text; addresses in it become links. @param {string} text */
  function linked(text) {
    const result = document.createDocumentFragment();
    for (const part of text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]'’”»])/u)) {
      const url = /^https?:/u.test(part) ? safe(part, /^https?:$/u) : null;
      result.append(url ? make('a', { href: url.href, target: '_blank', rel: 'noopener' }, part) : part);
    }
    return result;
  }

  // Colours -------------------------------------------------------------------------------------------------------

  /** @typedef {number[]} Rgb  Three numbers from 0 to 1. */

  /** What a colour that CSS knows is, in this place. @param {string} value @param {HTMLElement} where @returns {Rgb | null} */
  function rgb(value, where) {
    if (!CSS.supports('color', value)) return null;
    where.style.color = `color-mix(in srgb, ${value}, ${value})`;
    const said = getComputedStyle(where).color;
    where.style.removeProperty('color');
    const numbers = (said.match(/-?[\d.]+(?:e-?\d+)?/gu) ?? []).slice(0, 3).map(Number);
    const most = said.startsWith('color') ? 1 : 255;
    return numbers.length === 3 ? numbers.map((one) => Math.min(1, Math.max(0, one / most))) : null;
  }

  /** Relative luminance, as WCAG has it. @param {Rgb} colour */
  function luminance(colour) {
    const [r, g, b] = colour.map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  /** @param {Rgb} a @param {Rgb} b */
  function contrast(a, b) {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  }

  const WHITE = [1, 1, 1];
  const BLACK = [0, 0, 0];

  /** This colour, moved as far to black or white as text needs on that ground. @param {Rgb} colour @param {Rgb} ground */
  function readable(colour, ground) {
    const towards = luminance(ground) > 0.3 ? BLACK : WHITE;
    for (let share = 0; share < 1; share += 0.05) {
      const mixed = colour.map((one, at) => one + (towards[at] - one) * share);
      if (contrast(mixed, ground) >= 4.6) return mixed;
    }
    return towards;
  }

  /** @param {Rgb} colour */
  const css = (colour) => `rgb(${colour.map((one) => Math.round(one * 255)).join(' ')})`;

  /** Custom properties for both schemes. @param {string} light @param {string} dark */
  const schemes = (light, dark) => `.root{color-scheme:light;${light}}.root[data-scheme=dark]{color-scheme:dark;${dark}}@media (prefers-color-scheme:dark){.root:not([data-scheme=light]){color-scheme:dark;${dark}}}`;

  /** @param {Rgb} accent */
  function accentSheet(accent) {
    const on = css(contrast(accent, WHITE) >= 4.5 ? WHITE : BLACK);
    const fill = `--accent:${css(accent)};--on-accent:${on};--head:${css(accent)};--on-head:${on};--head-soft:${on};--face:${css(accent)};--on-face:${on};`;
    return schemes(`${fill}--accent-text:${css(readable(accent, [0.95, 0.94, 0.91]))};`, `${fill}--accent-text:${css(readable(accent, [0.16, 0.18, 0.17]))};`);
  }

  // Style ---------------------------------------------------------------------------------------------------------

  const LIGHT = '--head:oklch(31.5% .043 166);--on-head:oklch(96% .016 95);--head-soft:oklch(82% .03 150);--accent:oklch(44% .084 165);--on-accent:oklch(98.5% .01 95);--accent-text:oklch(42% .084 165);--face:oklch(31.5% .043 166);--on-face:oklch(79% .122 82);--paper:oklch(98.2% .01 88);--card:#fff;--sunken:oklch(95.8% .013 88);--ink:oklch(25.5% .02 80);--soft:oklch(48% .022 80);--line:oklch(89.5% .015 88);--edge:oklch(62% .02 85);--good:oklch(74% .16 150);--warn:oklch(80% .14 78);--bad:oklch(48% .16 28);--bad-soft:oklch(96% .019 40);--shade:oklch(25% .03 80/.16);';
  const DARK = '--head:oklch(24% .03 166);--on-head:oklch(93% .014 95);--head-soft:oklch(76% .024 150);--accent:oklch(76% .1 165);--on-accent:oklch(19% .025 165);--accent-text:oklch(79% .1 165);--face:oklch(30% .04 166);--on-face:oklch(80% .118 82);--paper:oklch(18% .011 155);--card:oklch(24% .013 155);--sunken:oklch(15.5% .01 155);--ink:oklch(92.5% .012 95);--soft:oklch(73% .016 110);--line:oklch(31.5% .014 155);--edge:oklch(56% .016 140);--good:oklch(78% .15 150);--warn:oklch(80% .13 78);--bad:oklch(78% .12 30);--bad-soft:oklch(27% .034 30);--shade:oklch(0% 0 0/.5);';

  // `font-size: medium` is what the person has chosen in the browser, whatever the page makes of its own `rem`.
  const STYLE = `${schemes(LIGHT, DARK)}
:host{all:initial;display:contents}
:host([mode=inline]),:host([data-mode=inline]){display:flex;block-size:100%;min-block-size:20em;max-block-size:100dvh}
:host([hidden]){display:none}
*,*::before,*::after{box-sizing:border-box;margin:0}
.root{font:medium/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;color:var(--ink);text-align:start;overflow-wrap:anywhere;-webkit-text-size-adjust:100%;text-size-adjust:100%;-webkit-tap-highlight-color:transparent}
.root[data-mode=inline]{flex:1;display:flex;min-inline-size:0}
[hidden]{display:none!important}
button,input,textarea{font:inherit;color:inherit;letter-spacing:inherit}
button{cursor:pointer;border:1px solid transparent;background:none;padding:0}
svg{display:block;inline-size:22px;block-size:22px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.unseen{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:2px solid var(--accent-text);outline-offset:2px}

.launcher{position:fixed;z-index:2147483000;inset-block-end:max(20px,env(safe-area-inset-bottom));right:max(20px,env(safe-area-inset-right));inline-size:60px;block-size:60px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent);box-shadow:0 2px 6px var(--shade),0 8px 28px var(--shade);transition:transform .18s,opacity .18s}
.launcher svg{inline-size:30px;block-size:30px;stroke-width:1.7}
.launcher:hover{transform:translateY(-2px)}
.launcher:active{transform:scale(.95)}
.launcher:focus-visible{outline:3px solid var(--paper);outline-offset:-5px;box-shadow:0 0 0 3px var(--accent-text),0 8px 28px var(--shade)}
.badge{position:absolute;inset-block-start:-3px;inset-inline-end:-3px;min-inline-size:24px;block-size:24px;padding-inline:6px;border-radius:12px;border:2px solid var(--paper);background:oklch(50% .18 28);color:#fff;font-size:.75em;font-weight:700;line-height:20px;text-align:center}
.root[data-position=left] .launcher,.root[data-position=left] .panel{right:auto;left:max(20px,env(safe-area-inset-left))}
.root[data-open] .launcher,.root[data-mode=inline] .launcher{display:none}

.panel{position:fixed;z-index:2147483000;inset-block-end:max(20px,env(safe-area-inset-bottom));right:max(20px,env(safe-area-inset-right));inline-size:min(25em,calc(100vw - 40px));block-size:min(44em,calc(100dvh - 40px));display:flex;flex-direction:column;overflow:hidden;border:1px solid var(--line);border-radius:18px;background:var(--paper);box-shadow:0 4px 12px var(--shade),0 16px 56px var(--shade);visibility:hidden;opacity:0;transform:translateY(14px) scale(.985);transform-origin:100% 100%;transition:opacity .17s ease-out,transform .17s ease-out,visibility 0s .17s}
.panel:focus{outline:0}
.root[data-open] .panel{visibility:visible;opacity:1;transform:none;transition-delay:0s}
.root[data-mode=inline] .panel{position:relative;inset:auto;z-index:0;flex:1;inline-size:auto;min-inline-size:0;block-size:auto;border-radius:14px;box-shadow:none;visibility:visible;opacity:1;transform:none}

.head{flex:none;display:flex;align-items:center;gap:12px;padding:10px 8px 10px 16px;padding-inline:16px 8px;background:var(--head);color:var(--on-head)}
.head .who{flex:1;min-inline-size:0}
.head :focus-visible{outline-color:var(--on-head);outline-offset:-4px}
.title{font-size:1em;font-weight:650;line-height:1.3;letter-spacing:-.005em;overflow:hidden;text-overflow:ellipsis;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2}
.status{font-size:.8125em;line-height:1.35;color:var(--head-soft)}
.buttons{flex:none;display:flex}
.square{inline-size:44px;block-size:44px;display:grid;place-items:center;border-radius:12px;transition:background .15s}
.square:hover{background:color-mix(in srgb,currentColor 14%,transparent)}
.face{flex:none;inline-size:30px;block-size:30px;display:grid;place-items:center;overflow:hidden;border-radius:50%;background:var(--face);color:var(--on-face);font-size:.6875em;font-weight:650;letter-spacing:.02em}
.face svg{inline-size:78%;block-size:78%;stroke-width:1.7}
.face img{inline-size:100%;block-size:100%;object-fit:cover}
.face.initials{background:oklch(47% .1 var(--hue,160));color:#fff}
.crest{position:relative;flex:none}
.crest .face{inline-size:42px;block-size:42px;font-size:.875em;box-shadow:inset 0 0 0 1.5px color-mix(in srgb,var(--on-head) 34%,transparent)}
.light{position:absolute;inset-block-end:-1px;inset-inline-end:-1px;inline-size:13px;block-size:13px;border-radius:50%;border:2px solid var(--head);background:var(--good)}
[data-link=connecting] .light,[data-link=lost] .light{background:var(--warn)}
[data-link=lost] .light{animation:pulse 1.4s ease-in-out infinite}
[data-link=unreachable] .light,[data-link=idle] .light{background:var(--edge)}

.sure{flex:none;display:flex;flex-wrap:wrap;align-items:center;gap:8px;padding:12px 16px;border-block-end:1px solid var(--line);background:var(--card);font-size:.875em}
.sure p{flex:1 1 100%}
.small{min-block-size:44px;padding:6px 16px;border:1px solid var(--edge);border-radius:22px;background:var(--card);font-size:.875em;font-weight:600}
.sure .small{font-size:1em}
.small:hover{background:var(--sunken)}
.small.go{border-color:transparent;background:var(--accent);color:var(--on-accent)}

.middle{position:relative;flex:1;min-block-size:0;display:flex;flex-direction:column}
.log{flex:1;min-block-size:0;overflow:hidden auto;overscroll-behavior:contain;padding:20px 16px 16px;scrollbar-width:thin;scrollbar-color:var(--edge) transparent}
.middle::after{content:"";position:absolute;inset:auto 0 0;block-size:14px;background:linear-gradient(transparent,var(--paper));pointer-events:none}
.log:focus-visible{outline-offset:-3px;border-radius:4px}
.list{display:flex;flex-direction:column;gap:16px}
.row{display:flex;align-items:flex-end;gap:8px;max-inline-size:100%}
.row.follows{margin-block-start:-11px}
.row.mine{flex-direction:column;align-items:flex-end;gap:3px}
.fresh{animation:come .18s ease-out}
.row:has(+ .follows) .face{visibility:hidden}
.said{min-inline-size:0;max-inline-size:calc(100% - 60px)}
.name{display:block;padding-inline-start:14px;font-size:.75em;font-weight:600;color:var(--soft)}
.follows .name{display:none}
.bubble{inline-size:fit-content;max-inline-size:100%;padding:9px 14px;border:1px solid var(--line);border-radius:16px;border-end-start-radius:5px;background:var(--card);font-size:.9375em;line-height:1.47}
.row:has(+ .follows) .bubble{border-end-start-radius:16px}
.follows .bubble{border-start-start-radius:5px}
.mine .bubble,.picked{max-inline-size:calc(100% - 46px);border-radius:16px;border-end-end-radius:5px;border-color:transparent;background:var(--accent);color:var(--on-accent);white-space:pre-wrap}
.mine .bubble ::selection{background:var(--on-accent);color:var(--accent)}
.person .bubble{white-space:pre-wrap;background:color-mix(in srgb,var(--accent) 11%,var(--card));border-color:color-mix(in srgb,var(--accent) 26%,var(--card))}
.unsent .bubble{border:1.5px dashed var(--accent-text);background:none;color:var(--ink)}
.state{font-size:.75em;color:var(--soft);padding-inline:4px}
.line{align-self:center;display:flex;align-items:center;gap:6px;max-inline-size:100%;padding:3px 12px;font-size:.8125em;line-height:1.4;color:var(--soft);text-align:center;text-wrap:balance}
.line svg{flex:none;inline-size:16px;block-size:16px}

.bubble>*+:is(p,h3,h4,h5,h6){margin-block-start:.55em}
.bubble>:is(ul,ol,pre,blockquote,hr,img){margin-block:.5em}
.bubble>:is(ul,ol,pre,blockquote,hr,img):last-child{margin-block-end:.1em}
.bubble a{color:var(--accent-text);text-underline-offset:3px;text-decoration-thickness:1px}
.bubble a:hover{text-decoration-thickness:2px}
.bubble ul,.bubble ol{padding-inline-start:1.4em}
.bubble li+li{margin-block-start:.2em}
.bubble :is(h3,h4,h5,h6){font-size:1em;font-weight:650;line-height:1.35}
.bubble h3{font-size:1.08em}
.bubble :is(code,pre){font-family:ui-monospace,"SF Mono","Cascadia Mono","DejaVu Sans Mono","Liberation Mono",monospace;font-size:.875em}
.bubble code{padding:.1em .3em;border-radius:5px;background:var(--sunken)}
.bubble pre{max-inline-size:100%;overflow:auto;padding:10px 12px;border-radius:8px;background:var(--sunken);white-space:pre;overflow-wrap:normal;text-align:left;direction:ltr}
.bubble pre code{padding:0;background:none}
.bubble blockquote{padding-inline-start:12px;border-inline-start:3px solid var(--line);color:var(--soft)}
.bubble hr{border:0;border-block-start:1px solid var(--line)}
.bubble img{display:block;max-inline-size:100%;block-size:auto;max-block-size:22em;border-radius:10px;object-fit:contain}

.choices{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:8px;padding-inline-start:38px;margin-block-start:-6px}
.choice{min-block-size:44px;max-inline-size:100%;padding:8px 18px;border:1.5px solid var(--accent-text);border-radius:22px;background:var(--card);color:var(--accent-text);font-size:.9375em;font-weight:550;line-height:1.35;text-align:start;transition:background .15s,color .15s,transform .15s}
.choice:hover{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.choice:active{transform:scale(.97)}

.dots .bubble{display:flex;align-items:center;gap:5px;block-size:2.75em;padding-inline:15px}
.dots i{inline-size:7px;block-size:7px;border-radius:50%;background:var(--soft);animation:dot 1.2s ease-in-out infinite}
.dots i:nth-child(2){animation-delay:.15s}
.dots i:nth-child(3){animation-delay:.3s}
.dots{margin-block-start:16px}
.list:empty+.dots{margin-block-start:0}

.trouble{block-size:100%;display:grid;align-content:center;justify-items:center;gap:14px;padding:24px;text-align:center;color:var(--soft)}
.trouble svg{inline-size:44px;block-size:44px;stroke-width:1.3}
.newer{position:absolute;inset-block-end:10px;inset-inline:0;margin-inline:auto;inline-size:fit-content;min-block-size:44px;display:flex;align-items:center;gap:6px;padding:4px 16px 4px 12px;border:1px solid var(--line);border-radius:22px;background:var(--card);font-size:.8125em;font-weight:600;box-shadow:0 2px 10px var(--shade);animation:come .18s ease-out}
.newer svg{inline-size:18px;block-size:18px}
.notice{flex:none;margin:0 12px 8px;padding:8px 14px;border-radius:12px;background:var(--bad-soft);color:var(--bad);font-size:.875em;animation:come .18s ease-out}

.editor{position:relative;flex:none;display:flex;align-items:flex-end;gap:4px;margin:0 12px max(12px,env(safe-area-inset-bottom));padding:3px;padding-inline-start:16px;border:1px solid var(--edge);border-radius:26px;background:var(--card);transition:border-color .15s,background .15s}
.editor:focus-within{border-color:var(--accent-text);box-shadow:0 0 0 1px var(--accent-text)}
.editor[data-closed]{border-color:var(--line);background:var(--sunken)}
.editor[data-closed]:focus-within{border-color:var(--edge);box-shadow:0 0 0 1px var(--edge)}
.field{flex:1;min-inline-size:0;min-block-size:44px;max-block-size:8.5em;padding:10px 0;border:0;background:none;resize:none;font-size:max(1em,16px);line-height:24px;outline:0;text-align:start}
.field::placeholder{color:var(--soft);opacity:1}
.field:placeholder-shown{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.field[type=file]{padding:6px 0;line-height:32px;cursor:pointer}
.field::file-selector-button{font:inherit;font-weight:600;color:var(--accent-text);min-block-size:32px;margin:0;margin-inline-end:10px;padding:0 12px;border:1px solid var(--edge);border-radius:16px;background:none;cursor:pointer}
.editor[data-closed] .field{cursor:default}
.send{flex:none;inline-size:44px;block-size:44px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent);transition:opacity .15s,transform .15s}
.send:disabled{background:none;color:var(--soft);opacity:.55;cursor:default}
.send:not(:disabled):active{transform:scale(.93)}

.debug{flex:none;max-block-size:34%;display:flex;flex-direction:column;border-block-start:1px solid var(--line);background:var(--sunken);font-size:.75em}
.debug p{padding:6px 16px;font-weight:600;color:var(--soft)}
.debug pre{overflow:auto;padding:0 16px 12px;font:1em/1.5 ui-monospace,"SF Mono","Cascadia Mono","DejaVu Sans Mono",monospace;white-space:pre-wrap;word-break:break-all;direction:ltr;text-align:left}

@keyframes come{from{opacity:0;transform:translateY(6px)}}
@keyframes dot{0%,60%,100%{opacity:.35;transform:none}30%{opacity:1;transform:translateY(-3px)}}
@keyframes pulse{50%{opacity:.3}}
@media (max-width:480px){.root:not([data-mode=inline]) .panel{inset:0 0 auto;inline-size:100%;block-size:100%;block-size:100dvh;border:0;border-radius:0}.root:not([data-mode=inline]) .head{padding-block-start:max(10px,env(safe-area-inset-top))}}
@media (max-height:480px){.root:not([data-mode=inline]) .panel{inset-block:0 auto;block-size:100dvh;border-radius:0}.head{padding-block:4px}.crest .face{inline-size:34px;block-size:34px}.log{padding-block:12px 8px}}
@media (prefers-reduced-motion:reduce){*{animation-duration:0s!important;transition-duration:0s!important;transition-delay:0s!important}.dots i{opacity:.7}}
@media (forced-colors:active){.panel,.launcher,.bubble,.mine .bubble,.editor,.notice,.send{border:1px solid CanvasText}.light,.dots i{forced-color-adjust:none}.head,.sure{border-block-end:1px solid CanvasText}.choice{border-color:ButtonBorder}:focus-visible{outline-color:Highlight}}
`;

  /** @type {CSSStyleSheet | undefined} */
  let sheet;

  // The connection ------------------------------------------------------------------------------------------------

  const FIRST_WAIT = 1_000;
  const LONGEST_WAIT = 30_000;
  /** So long (ms) an attempt may take. */
  const PATIENCE = 12_000;
  /** After so many attempts in a row that failed before any worked, the person is told. */
  const ATTEMPTS = 3;
  const RESTARTED = 4001;
  const NO_SUCH_FLOW = 4004;
  /** How much of a file is sent at once. */
  const PIECE = 256 << 10;

  /** One websocket, opened again whenever it breaks. */
  class Line {
    /** @type {State} */
    state = 'idle';
    /** @type {WebSocket | null} */
    #socket = null;
    #attempts = 0;
    #timer = 0;
    /** The file that is being sent. @type {File | null} */
    #pouring = null;
    /** Whether it ever worked. */
    #worked = false;

    /** @param {{ address: () => string, connect: (address: string) => WebSocket, changed: () => void, opened: () => void, heard: (text: string) => void, restarted: () => void, debug: (text: string) => void }} on */
    constructor(on) {
      this.on = on;
    }

    /** Opens it, or tries now instead of when the time has come. */
    open() {
      if (this.#socket) return;
      clearTimeout(this.#timer);
      this.#be(this.#worked ? 'lost' : 'connecting');
      try {
        this.#follow(this.on.connect(this.on.address()));
      } catch {
        this.#failed();
      }
    }

    /** The person asks for another attempt. */
    retry() {
      this.#attempts = 0;
      this.open();
    }

    /** @param {State} [state]  What it is from now on. */
    close(state = 'idle') {
      clearTimeout(this.#timer);
      const socket = this.#socket;
      this.#socket = null;
      socket?.close();
      this.#be(state);
    }

    /** Whether it was sent; a file follows. @param {Message} message */
    send({ file, ...message }) {
      const socket = this.#socket;
      if (socket?.readyState !== WebSocket.OPEN) return false;
      const { sessionId, answerTo, content } = message;
      const text = JSON.stringify(file ? { kind: 'File', sessionId, answerTo, name: content, size: file.size } : message);
      socket.send(text);
      this.on.debug(`→ ${text}`);
      if (file) void this.#pour(socket, file);
      return true;
    }

    /** Nothing more of a file is sent. */
    stop() {
      this.#pouring = null;
    }

    /** @param {WebSocket} socket @param {File} file */
    async #pour(socket, file) {
      this.#pouring = file;
      for (let at = 0; at < file.size; at += PIECE) {
        const piece = await file.slice(at, at + PIECE).arrayBuffer().catch(() => null);
        // What was on the disk may be gone; the server then waits for it, and the visitor chooses again.
        if (!piece || this.#pouring !== file || socket !== this.#socket) return;
        socket.send(piece);
        while (socket.bufferedAmount > 4 * PIECE) await new Promise((done) => void setTimeout(done, 50));
      }
    }

    /** @param {WebSocket} socket */
    #follow(socket) {
      this.#socket = socket;
      const slow = setTimeout(() => socket === this.#socket && this.#broken(0), PATIENCE);
      socket.addEventListener('open', () => {
        clearTimeout(slow);
        if (socket !== this.#socket) return;
        this.#worked = true;
        this.#be('live');
        this.on.opened();
      });
      socket.addEventListener('message', ({ data }) => {
        if (socket !== this.#socket) return;
        this.#attempts = 0;
        this.on.debug(`← ${data}`);
        this.on.heard(String(data));
      });
      socket.addEventListener('close', ({ code, reason }) => {
        clearTimeout(slow);
        if (socket !== this.#socket) return;
        this.on.debug(`× ${code} ${reason}`);
        this.#broken(code);
      });
    }

    /** @param {number} code */
    #broken(code) {
      const socket = this.#socket;
      this.#socket = null;
      socket?.close();
      if (code === NO_SUCH_FLOW) return this.#be('unreachable');
      if (code === RESTARTED) {
        this.on.restarted();
        // Nothing was lost: it begins as at first.
        this.#worked = false;
        // At once, unless that happens over and over.
        this.#attempts += 1;
        if (this.#attempts < ATTEMPTS) return this.open();
      }
      return this.#failed();
    }

    #failed() {
      if (!this.#worked && this.#attempts + 1 >= ATTEMPTS) {
        this.#attempts = 0;
        return this.#be('unreachable');
      }
      // Full jitter: the visitors of a site must not come back all at once.
      const wait = Math.random() * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#attempts);
      this.#attempts += 1;
      this.#be(this.#worked ? 'lost' : 'connecting');
      this.#timer = setTimeout(() => this.open(), wait);
    }

    /** @param {State} state */
    #be(state) {
      if (state === this.state) return;
      this.state = state;
      this.on.changed();
    }
  }

  // The talk ------------------------------------------------------------------------------------------------------

  let ids = 0;
  const MINE = new Set(['ChoiceResponse', 'UserText']);
  const TO_PERSON = 'operator';
  const FALLBACK = 'fallback';

  /** What makes two messages the same, whoever sent them. @param {Message} message */
  const keyOf = ({ kind, content, groupId, itemId, question, sessionId, message, author }) =>
    JSON.stringify(kind === 'UserText' ? [kind, content] : kind === 'ChoiceResponse' ? [kind, groupId, String(itemId)] : [kind, content, groupId, question, sessionId, message, author]);

  /** “Ada Lovelace”: AL. @param {string} name */
  const initials = (name) => name.trim().split(/\s+/u).slice(0, 2).map((part) => Array.from(part)[0] ?? '').join('').toUpperCase();

  /** @param {string} name */
  function personFace(name) {
    const face = make('span', { class: 'face initials', 'aria-hidden': 'true' }, initials(name));
    let hue = 7;
    for (const letter of name) hue = (hue * 31 + (letter.codePointAt(0) ?? 0)) % 360;
    face.style.setProperty('--hue', String(hue));
    return face;
  }

  /** A session, from its first message on: what has been said, drawn, and what is asked. */
  class Talk {
    list = make('div', { class: 'list' });
    /** @type {Message[]} */
    said = [];
    /** How many questions there have been: the number of the last one. */
    count = 0;
    /** @type {Question | null} */
    open = null;
    /** Who is asked for (`here` is false), or has come. @type {{ name: string, here: boolean } | null} */
    person = null;

    /**
     * @param {{ words: Words, title: string, face: () => HTMLElement, answer: (message: Message) => void }} look
     */
    constructor(look) {
      this.look = look;
    }

    /** Whether the visitor has said something. */
    get begun() {
      return this.said.some(({ kind }) => MINE.has(kind));
    }

    /** Draws what was said; the row of it, if it has one. @param {Message} message @returns {HTMLElement | null} */
    take(message) {
      const draw = Object.hasOwn(this.#kinds, message.kind) ? this.#kinds[message.kind] : null;
      if (!draw) return null;
      const before = this.said.at(-1);
      this.said.push(message);
      return draw(message, before);
    }

    /** @type {Record<string, (message: Message, before?: Message) => HTMLElement | null>} */
    #kinds = {
      BotText: ({ content }) => this.#bot(content),
      ChoiceRequest: (message) => {
        const row = this.#bot(message.question);
        this.#ask(message, this.#choices(message.choices ?? [], row, ({ itemId, content }) => ({ kind: 'ChoiceResponse', groupId: message.groupId, itemId, content })));
        return row;
      },
      StartChatSession: (message) => {
        const row = this.#bot(message.chatText);
        const choices = (message.input?.choices ?? []).map((one) => (typeof one === 'object' ? one : { itemId: one, content: String(one) }));
        this.#ask(message, choices.length ? this.#choices(choices, row, ({ content }) => ({ kind: 'UserText', sessionId: message.sessionId, content })) : null);
        return row;
      },
      EndChatSession: () => {
        if (this.open?.message.kind === 'StartChatSession') this.#settled();
        return null;
      },
      ChoiceResponse: (message, before) => {
        const { open } = this;
        const known = open?.message.choices?.find(({ itemId }) => String(itemId) === String(message.itemId));
        this.#settled();
        // What was typed has chosen: it stands there already.
        if (before?.kind === 'UserText' && before.sessionId === FALLBACK) return null;
        return this.#mine(message.content ?? known?.content ?? String(message.itemId), true);
      },
      UserText: ({ content = '', size }) => {
        // One of the choices that a field offers was taken, or something else was typed.
        if (this.open?.message.kind === 'StartChatSession') this.open.group?.remove();
        return this.#mine(size === undefined ? content : `${content} (${bytesOf(size)})`);
      },
      Handoff: ({ message }) => {
        this.#settled();
        this.person = { name: '', here: false };
        this.#line(this.look.words.asked);
        return this.#bot(message);
      },
      OperatorJoined: ({ author = '' }) => {
        this.#came(author);
        return this.#line(this.look.words.joined.replace('{}', `\u2068${author}\u2069`));
      },
      OperatorLeft: ({ author = this.person?.name || this.look.words.name }) => {
        this.person = null;
        if (this.open?.group) this.open.group.hidden = false;
        return this.#line(this.look.words.left.replace('{}', `\u2068${author}\u2069`));
      },
      OperatorText: ({ author = '', content = '' }) => {
        this.#came(author);
        return this.#row('person', author, personFace(author), linked(content), make('span', { class: 'name', dir: 'auto' }, author));
      },
    };

    /** While a person is here, the flow's choices wait. @param {string} name */
    #came(name) {
      this.person = { name, here: true };
      if (this.open?.group) this.open.group.hidden = true;
    }

    /** @param {Message} message @param {HTMLElement | null} group */
    #ask(message, group) {
      this.#settled();
      // The flow speaks again: nobody else does.
      this.person = null;
      this.count += 1;
      this.open = { n: this.count, message, group };
      if (group) this.list.append(group);
    }

    #settled() {
      this.open?.group?.remove();
      this.open = null;
    }

    /** What was answered does not count. @param {Sent} sent */
    undo({ message, row, question }) {
      this.said = this.said.filter((one) => one !== message);
      row.remove();
      if (!question || (this.open && this.open !== question) || this.count !== question.n) return;
      this.open = question;
      if (question.group) this.list.append(question.group);
    }

    /** @param {string | undefined} html */
    #bot(html) {
      const { result } = new Reading(html ?? '');
      if (!result.textContent?.trim() && !result.querySelector('img')) return null;
      return this.#row('bot', '', this.look.face(), result, make('span', { class: 'unseen' }, `${this.look.title}: `));
    }

    /** @param {string} kind @param {string} author @param {HTMLElement} face @param {Node} content @param {HTMLElement} name */
    #row(kind, author, face, content, name) {
      const last = this.list.lastElementChild;
      const follows = last instanceof HTMLElement && last.classList.contains(kind) && last.dataset.author === author;
      const row = make('div', { class: `row fresh ${kind}${follows ? ' follows' : ''}`, 'data-author': author }, face, make('div', { class: 'said' }, name, make('div', { class: 'bubble', dir: 'auto' }, content)));
      this.list.append(row);
      return row;
    }

    /** @param {string} text @param {boolean} [chosen]  It may hold what bots' texts hold. */
    #mine(text, chosen = false) {
      const content = chosen ? plain(text) : text;
      const row = make('div', { class: 'row fresh mine' }, make('span', { class: 'unseen' }, `${this.look.words.you}: `), make('div', { class: 'bubble', dir: 'auto' }, content), make('span', { class: 'state' }));
      this.list.append(row);
      return row;
    }

    /** @param {string} text */
    #line(text) {
      const line = make('div', { class: 'line fresh', dir: 'auto' }, icon(ICONS.person), make('span', {}, text));
      this.list.append(line);
      return line;
    }

    /**
     * @param {Choice[]} choices @param {HTMLElement | null} question @param {(choice: Choice) => Message} answer
     */
    #choices(choices, question, answer) {
      const bubble = question?.querySelector('.bubble');
      if (bubble) bubble.id ||= `q${(ids += 1)}`;
      const group = make('div', { class: 'choices fresh', role: 'group', ...(bubble ? { 'aria-labelledby': bubble.id } : { 'aria-label': this.look.words.choose }) });
      for (const choice of choices) {
        const button = make('button', { class: 'choice', type: 'button', dir: 'auto' }, plain(String(choice.content ?? choice.itemId)));
        button.addEventListener('click', () => this.look.answer(answer(choice)));
        group.append(button);
      }
      group.addEventListener('keydown', (event) => step(event, group));
      return group;
    }
  }

  /** The text of a bot's HTML, for what can be no more than text. @param {string} html */
  const plain = (html) => (/[<&]/u.test(html) ? (new Reading(html).result.textContent ?? '') : html);

  /** Arrows lead from choice to choice. @param {KeyboardEvent} event @param {HTMLElement} group */
  function step(event, group) {
    const buttons = [...group.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button === event.target);
    const forward = getComputedStyle(group).direction === 'rtl' ? -1 : 1;
    const moves = /** @type {Record<string, number>} */ ({ ArrowDown: at + 1, ArrowUp: at - 1, ArrowRight: at + forward, ArrowLeft: at - forward, Home: 0, End: -1 });
    if (!(event.key in moves)) return;
    event.preventDefault();
    buttons.at(moves[event.key] % buttons.length)?.focus();
  }

  // The editor ----------------------------------------------------------------------------------------------------

  /** What a field of each type is for the browser. @type {Record<string, Record<string, string>>} */
  const FIELDS = {
    email: { type: 'email', inputmode: 'email', autocomplete: 'email' },
    phone: { type: 'tel', inputmode: 'tel', autocomplete: 'tel' },
    url: { type: 'url', inputmode: 'url', autocomplete: 'url' },
    number: { type: 'text', inputmode: 'decimal', autocomplete: 'off' },
    date: { type: 'date', autocomplete: 'off' },
  };

  /** How large a file is, in words. @param {number} size */
  const bytesOf = (size) => {
    const [unit, of] = size < 1e6 ? ['kilobyte', 1e3] : ['megabyte', 1e6];
    return new Intl.NumberFormat(document.documentElement.lang || undefined, { style: 'unit', unit, maximumFractionDigits: 1 }).format(size / Number(of));
  };

  /** The field; there are three, for lines, for a type and for a file, of which one is shown. */
  class Editor {
    #area = make('textarea', { class: 'field', rows: '1', dir: 'auto', autocomplete: 'off' });
    #input = make('input', { class: 'field', dir: 'auto', hidden: '' });
    #file = make('input', { class: 'field', type: 'file', hidden: '' });
    #button = make('button', { class: 'send', type: 'submit' }, icon(ICONS.send));
    /** It is checked by the server, which says in words what is wrong. */
    element = make('form', { class: 'editor', novalidate: '' }, this.#area, this.#input, this.#file, this.#button);
    #may = false;

    /** @param {{ send: (text: string, file?: File) => void, typing: () => void }} on */
    constructor(on) {
      this.on = on;
      this.element.addEventListener('submit', (event) => {
        event.preventDefault();
        this.#send();
      });
      this.element.addEventListener('input', () => {
        this.fit();
        if (this.#file.hidden && this.field.value.trim()) on.typing();
      });
      this.#area.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#send();
      });
    }

    get field() {
      return !this.#file.hidden ? this.#file : this.#area.hidden ? this.#input : this.#area;
    }

    get closed() {
      return this.field.readOnly || this.field.disabled;
    }

    #send() {
      const text = this.field.value.trim();
      const file = this.#file.hidden ? undefined : this.#file.files?.[0];
      if (!text || !this.#may || this.closed) return;
      this.field.value = '';
      this.fit();
      this.on.send(file ? file.name : text, file);
    }

    /** Puts back what could not be sent, unless something else was typed meanwhile. @param {string} text */
    restore(text) {
      // A file has to be chosen again.
      if (this.#file.hidden) this.field.value ||= text;
      this.fit();
    }

    clear() {
      this.#area.value = '';
      this.#input.value = '';
      this.#file.value = '';
      this.fit();
    }

    /** @param {{ open: boolean, may: boolean, placeholder: string, send: string, input?: Input }} how  `may`: whether it can be sent now. */
    be({ open, may, placeholder, send, input = {} }) {
      const attributes = open ? FIELDS[input.type ?? ''] : undefined;
      const focused = this.field.matches(':focus');
      // A closed field stays what it was, so that what was typed stays in it.
      if (open) {
        this.#file.hidden = input.type !== 'file';
        this.#area.hidden = !!attributes || !this.#file.hidden;
        this.#input.hidden = !attributes;
      }
      for (const [key, value] of Object.entries(attributes ?? {})) if (this.#input.getAttribute(key) !== value) this.#input.setAttribute(key, value);
      for (const limit of /** @type {const} */ (['min', 'max'])) {
        if (input.type === 'date' && input[limit] !== undefined) this.#input.setAttribute(limit, String(input[limit]));
        else this.#input.removeAttribute(limit);
      }
      this.#file.disabled = !open;
      for (const field of [this.#area, this.#input, this.#file]) {
        field.readOnly = !open;
        field.placeholder = placeholder;
        field.setAttribute('aria-label', placeholder);
        field.setAttribute('enterkeyhint', 'send');
      }
      if (focused) this.field.focus({ preventScroll: true });
      this.#may = may;
      this.element.toggleAttribute('data-closed', !open);
      this.#button.setAttribute('aria-label', send);
      this.fit();
    }

    /** As high as its text; `field-sizing` is not in all browsers. */
    fit() {
      this.#button.disabled = this.closed || !this.#may || !this.field.value.trim();
      if (this.#area.hidden) return;
      this.#area.style.height = 'auto';
      if (this.#area.value && this.#area.scrollHeight) this.#area.style.height = `${this.#area.scrollHeight}px`;
      else this.#area.style.removeProperty('height');
    }
  }

  // The element ---------------------------------------------------------------------------------------------------

  /** A replay is over when nothing came for so long (ms); when less came than was known, a little later. */
  const REPLAY_PAUSE = 100;
  const SHORT_PAUSE = 1_500;
  const DOTS_AFTER = 250;
  /** So long a person is said to be typing, and so often the person is told that the visitor is. */
  const TYPING_LASTS = 6_000;
  const TYPING_EVERY = 3_000;
  /** So long after an answer the dots go, though nothing came, and another may be sent. */
  const ANSWER_WITHIN = 12_000;
  /** A file takes longer: it is waited for as if so many bytes came in a millisecond. */
  const SLOWEST = 20;
  const NOTICE_LASTS = 8_000;
  const NEAR_END = 48;
  const DEBUG_KEEPS = 300;

  class ParlorAssistant extends HTMLElement {
    static observedAttributes = ['title', 'accent', 'avatar', 'position', 'lang', 'mode', 'scheme', 'debug', 'flow', 'server'].flatMap((name) => [name, `data-${name}`]);

    /** Makes the connection, for who lets the element talk to something else than the server. @type {((address: string) => WebSocket) | null} */
    connect = null;
    #words = wordsOf('en');
    /** It has been opened: from then on the socket is. */
    #used = false;
    /** Only shows what it is given: there is no server. */
    #shows = false;
    #unread = 0;
    #talk = this.#newTalk();
    /** All that was answered here in this session. @type {Sent[]} */
    #sent = [];
    /** The one to which nothing was said yet. @type {Sent | null} */
    #awaits = null;
    /** What came since the connection was opened, until a pause. @type {Message[] | null} */
    #replay = null;
    #atEnd = true;
    #top = 0;
    #refocus = false;
    /** When the person was last told that the visitor types. */
    #typed = 0;
    /** Whose the dots are; empty for the flow's. */
    #typist = '';
    /** Timers. */
    #after = { replay: 0, dots: 0, answer: 0, notice: 0, open: 0, live: 0 };
    /** What watches the window, while the element is in a page. */
    #gone = new AbortController();
    #phone = matchMedia('(max-width: 480px)');
    #resized = new ResizeObserver(() => this.#atEnd && this.#toEnd());

    #line = new Line({
      address: () => this.#address(),
      connect: (address) => this.connect?.(address) ?? new WebSocket(address),
      changed: () => this.#linkChanged(),
      opened: () => this.#opened(),
      heard: (text) => this.#heard(text),
      restarted: () => this.#restarted(),
      debug: (text) => this.#note(text),
    });
    #editor = new Editor({ send: (text, file) => this.#write(text, file), typing: () => this.#tellTyping() });

    #badge = make('span', { class: 'badge', 'aria-hidden': 'true', hidden: '' });
    #launcher = make('button', { class: 'launcher', type: 'button', 'aria-haspopup': 'dialog' }, icon(ICONS.open), this.#badge);
    #crest = make('span', { class: 'crest' });
    #title = make('h2', { class: 'title', id: 'title', dir: 'auto' });
    #status = make('p', { class: 'status', role: 'status' });
    #again = make('button', { class: 'square restart', type: 'button' }, icon(ICONS.restart));
    #close = make('button', { class: 'square close', type: 'button' }, icon(ICONS.close));
    #sure = make('div', { class: 'sure', role: 'group', 'aria-labelledby': 'sure', hidden: '' });
    #dots = make('div', { class: 'row bot dots fresh', 'aria-hidden': 'true', hidden: '' });
    #log = make('div', { class: 'log', role: 'log', 'aria-live': 'polite', tabindex: '0' }, this.#talk.list, this.#dots);
    #newer = make('button', { class: 'newer', type: 'button', hidden: '' });
    #notice = make('p', { class: 'notice', role: 'alert', hidden: '', dir: 'auto' });
    #raw = make('pre', { tabindex: '0', role: 'region' });
    #debug = make('div', { class: 'debug', hidden: '' }, make('p'), this.#raw);
    #panel = make(
      'section',
      { class: 'panel', tabindex: '-1', 'aria-labelledby': 'title' },
      make('header', { class: 'head' }, this.#crest, make('div', { class: 'who' }, this.#title, this.#status), make('div', { class: 'buttons' }, this.#again, this.#close)),
      this.#sure,
      make('div', { class: 'middle' }, this.#log, this.#newer),
      this.#notice,
      this.#editor.element,
      this.#debug,
    );
    // The element's own `title` is a name, not a tip on everything in it.
    #root = make('div', { class: 'root', title: '', 'data-link': 'idle' }, this.#launcher, this.#panel);

    constructor() {
      super();
      const shadow = this.attachShadow({ mode: 'open' });
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
      }
      shadow.adoptedStyleSheets = [sheet];
      shadow.append(this.#root);
      this.#launcher.addEventListener('click', () => this.open());
      this.#close.addEventListener('click', () => this.close());
      this.#again.addEventListener('click', () => this.#askRestart());
      this.#newer.addEventListener('click', () => this.#toEnd(true));
      this.#panel.addEventListener('keydown', (event) => this.#key(event));
      this.#log.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    }

    connectedCallback() {
      this.#gone = new AbortController();
      const { signal } = this.#gone;
      addEventListener('online', () => this.#used && this.#line.open(), { signal });
      addEventListener('offline', () => this.#line.state === 'live' && this.#line.close('lost'), { signal });
      document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#line.state === 'lost' && this.#line.open(), { signal });
      // A page that one comes back to with the back button is kept whole only if it left nothing open.
      addEventListener('pagehide', () => this.#line.state === 'live' && this.#line.close('lost'), { signal });
      addEventListener('pageshow', ({ persisted }) => persisted && this.#used && this.#line.open(), { signal });
      this.#phone.addEventListener('change', () => this.#apply(), { signal });
      visualViewport?.addEventListener('resize', () => this.#fitPhone(), { signal });
      visualViewport?.addEventListener('scroll', () => this.#fitPhone(), { signal });
      this.#resized.observe(this.#log);
      this.#resized.observe(this.#talk.list);
      this.#apply();
      if (this.#inline) this.#begin();
      const seconds = Number(this.#attribute('open-after') ?? NaN);
      if (seconds >= 0 && !this.#inline && !left()) this.#after.open = setTimeout(() => this.open({ focus: false }), seconds * 1000);
    }

    disconnectedCallback() {
      this.#gone.abort();
      this.#resized.disconnect();
      for (const timer of Object.values(this.#after)) clearTimeout(timer);
      this.#line.close();
      this.#replay = null;
    }

    /** @param {string} name @param {string | null} before @param {string | null} now */
    attributeChangedCallback(name, before, now) {
      if (!this.isConnected || before === now) return;
      this.#apply();
      if (!/flow|server/u.test(name) || !this.#used) return;
      this.#line.close();
      this.#restarted();
      this.#line.open();
    }

    /** What the page says, with or without `data-`. @param {string} name */
    #attribute(name) {
      return this.getAttribute(name) ?? this.getAttribute(`data-${name}`);
    }

    get #inline() {
      return this.#attribute('mode') === 'inline';
    }

    get #opens() {
      return this.#inline || this.#root.hasAttribute('data-open');
    }

    /** Whether nothing else can be reached while it is open: on a phone it fills the screen. */
    get #modal() {
      return !this.#inline && this.#phone.matches;
    }

    get #language() {
      return this.#attribute('lang') || navigator.language || 'en';
    }

    #address() {
      const flow = this.#attribute('flow') ?? '';
      const url = new URL(`assistant/${encodeURIComponent(flow)}/ws`, new URL(`${this.#attribute('server') ?? server}/`.replace(/\/+$/u, '/'), document.baseURI));
      url.protocol = url.protocol.replace('http', 'ws');
      url.search = `?${new URLSearchParams({ lang: this.#language })}`;
      return url.href;
    }

    #face() {
      const picture = safe(this.#attribute('avatar') ?? '', /^(https?|data):$/u);
      const face = make('span', { class: 'face', 'aria-hidden': 'true' }, icon(ICONS.face));
      if (!picture) return face;
      const image = make('img', { alt: '', src: picture.href });
      image.addEventListener('error', () => face.replaceChildren(icon(ICONS.face)));
      face.replaceChildren(image);
      return face;
    }

    /** Brings all that attributes decide up to date. */
    #apply() {
      const language = nearest(this.#language);
      this.#words = wordsOf(language);
      const { close, restart, talk, raw, sure, keep, newer } = this.#words;
      const { dataset } = this.#root;
      this.#root.lang = language;
      this.#root.dir = MIRRORED.test(this.#language) ? 'rtl' : 'ltr';
      dataset.mode = this.#inline ? 'inline' : 'popup';
      dataset.position = this.#attribute('position') === 'left' ? 'left' : 'right';
      dataset.scheme = this.#attribute('scheme') ?? '';
      const name = this.#attribute('title') || this.#words.name;
      Object.assign(this.#talk.look, { words: this.#words, title: name });
      this.#title.textContent = name;
      this.#crest.replaceChildren(this.#face(), make('span', { class: 'light' }));
      this.#dots.replaceChildren(this.#typist ? personFace(this.#typist) : this.#face(), make('div', { class: 'said' }, make('div', { class: 'bubble' }, make('i'), make('i'), make('i'))));
      for (const [button, label] of /** @type {[HTMLElement, string][]} */ ([[this.#close, close], [this.#again, restart]])) {
        button.setAttribute('aria-label', label);
        button.title = label;
      }
      this.#log.setAttribute('aria-label', talk);
      this.#raw.setAttribute('aria-label', raw);
      this.#debug.hidden = (this.#attribute('debug') ?? 'false') === 'false';
      this.#debug.querySelector('p')?.replaceChildren(raw);
      this.#newer.replaceChildren(icon(ICONS.down), newer);
      const [go, stay] = [make('button', { class: 'small go', type: 'button' }, restart), make('button', { class: 'small', type: 'button' }, keep)];
      go.addEventListener('click', () => this.#restart());
      stay.addEventListener('click', () => this.#calmed());
      this.#sure.replaceChildren(make('p', { id: 'sure' }, sure), go, stay);
      this.#close.hidden = this.#inline;
      this.#panel.setAttribute('role', this.#inline ? 'region' : 'dialog');
      this.#panel.toggleAttribute('aria-modal', this.#modal);
      if (this.#modal) this.#panel.setAttribute('aria-modal', 'true');
      this.#colour();
      this.#fitPhone();
      this.#refresh();
    }

    #colour() {
      const accent = this.#attribute('accent');
      const colour = accent && this.isConnected ? rgb(accent, this.#root) : null;
      const shadow = /** @type {ShadowRoot} */ (this.shadowRoot);
      const sheets = [/** @type {CSSStyleSheet} */ (sheet)];
      if (colour) {
        const own = new CSSStyleSheet();
        own.replaceSync(accentSheet(colour));
        sheets.push(own);
      }
      shadow.adoptedStyleSheets = sheets;
    }

    /** The keyboard of a phone covers what is fixed: the panel is as high as what can be seen. */
    #fitPhone() {
      const { style } = this.#panel;
      const view = this.#modal && this.#opens ? visualViewport : null;
      const covered = view && view.scale === 1 && view.height < innerHeight - 1;
      style.height = covered ? `${view.height}px` : '';
      style.top = covered ? `${view.offsetTop}px` : '';
    }

    // Opening and closing ---------------------------------------------------

    /** Opens the dialog. @param {{ focus?: boolean }} [how] */
    open({ focus = true } = {}) {
      clearTimeout(this.#after.open);
      if (this.#root.hasAttribute('data-open')) return;
      this.#root.toggleAttribute('data-open', true);
      this.#unread = 0;
      this.#begin();
      this.#fitPhone();
      this.#refresh();
      this.#toEnd();
      if (focus) this.#focusInside();
    }

    /** Closes it; the connection stays. */
    close() {
      if (this.#inline || !this.#root.hasAttribute('data-open')) return;
      const inside = this.shadowRoot?.activeElement;
      this.#root.removeAttribute('data-open');
      this.#sure.hidden = true;
      keepLeft();
      if (inside) this.#launcher.focus({ preventScroll: true });
    }

    #begin() {
      this.#used = true;
      if (!this.#shows && this.#line.state === 'idle') this.#line.open();
    }

    /** Where the next thing is to be done. */
    #focusInside() {
      const choice = this.#talk.open?.group?.querySelector('button');
      // On a phone the keyboard would hide what was said.
      const field = !this.#editor.closed && matchMedia('(pointer: fine)').matches;
      const found = field ? this.#editor.field : this.#talk.person?.here ? null : choice;
      (found ?? this.#panel).focus({ preventScroll: true });
      this.#refocus = !found;
    }

    /** @param {KeyboardEvent} event */
    #key(event) {
      if (event.key === 'Escape' && !event.isComposing) {
        event.stopPropagation();
        if (!this.#sure.hidden) this.#calmed();
        else this.close();
      } else if (event.key === 'Tab' && this.#modal) this.#trap(event);
    }

    /** @param {KeyboardEvent} event */
    #trap(event) {
      const all = [...this.#panel.querySelectorAll('button, textarea, input, a[href], [tabindex="0"]')].filter((one) => one instanceof HTMLElement && one.checkVisibility() && !one.matches(':disabled'));
      const [first, last] = [all[0], all[all.length - 1]];
      const at = this.shadowRoot?.activeElement;
      const [leaving, to] = event.shiftKey ? [first, last] : [last, first];
      if (at !== leaving && !(event.shiftKey && at === this.#panel)) return;
      event.preventDefault();
      if (to instanceof HTMLElement) to.focus();
    }

    // What the server says ---------------------------------------------------

    #linkChanged() {
      if (this.#line.state !== 'live') {
        clearTimeout(this.#after.replay);
        this.#replay = null;
        this.#showDots(false);
        if (this.#awaits) this.#mark(this.#awaits, true);
      }
      this.#refresh();
    }

    #opened() {
      this.#replay = [];
      this.#settleIn(SHORT_PAUSE);
    }

    /** @param {number} wait */
    #settleIn(wait) {
      clearTimeout(this.#after.replay);
      this.#after.replay = setTimeout(() => this.#settle(), wait);
    }

    /** @param {string} text */
    #heard(text) {
      /** @type {Message} */
      let message;
      try {
        message = JSON.parse(text);
      } catch {
        return;
      }
      if (typeof message?.kind !== 'string') return;
      if (message.kind === 'Error') this.#refused(message.message ?? '');
      else if (message.kind === 'Typing') this.#showDots(true, message.author || this.#talk.person?.name, TYPING_LASTS);
      else if (this.#replay) {
        this.#replay.push(message);
        const { said } = this.#talk;
        const shorter = this.#replay.length < said.length - this.#sent.length && startsWith(said, this.#replay);
        this.#settleIn(shorter ? SHORT_PAUSE : REPLAY_PAUSE);
      } else this.#take(message);
    }

    /** The replay is over: what was here goes on, or is drawn anew. */
    #settle() {
      const replay = this.#replay ?? [];
      this.#replay = null;
      this.#awaits = null;
      const lost = this.#lost(replay);
      const gone = new Set(lost.map(({ message }) => message));
      const known = this.#talk.said.filter((one) => !gone.has(one));
      const goesOn = startsWith(replay, known);
      const news = replay.slice(known.length);
      if (goesOn && known.length && !lost.length) {
        for (const sent of this.#sent) this.#mark(sent, false);
        for (const message of news) this.#take(message);
      } else {
        this.#redraw(replay);
        if (goesOn && known.length) this.#count(news);
      }
      for (const sent of lost) this.#sendAgain(sent);
      this.#refresh();
    }

    /** What was answered here and is not in the replay. @param {Message[]} replay */
    #lost(replay) {
      /** @type {Map<string, number>} */
      const there = new Map();
      for (const message of replay) there.set(keyOf(message), (there.get(keyOf(message)) ?? 0) + 1);
      const sent = new Map(this.#sent.map((one) => [one.message, one]));
      /** @type {Sent[]} */
      const lost = [];
      for (const message of this.#talk.said) {
        const left = there.get(keyOf(message)) ?? 0;
        const one = sent.get(message);
        if (left) there.set(keyOf(message), left - 1);
        else if (one) lost.push(one);
      }
      return lost;
    }

    /** Draws a session aside and puts it in the place of the other. @param {Message[]} messages */
    #redraw(messages) {
      const old = this.#talk;
      const talk = this.#newTalk();
      for (const message of messages) talk.take(message);
      for (const row of talk.list.querySelectorAll('.fresh')) row.classList.remove('fresh');
      const { scrollTop } = this.#log;
      const focused = this.shadowRoot?.activeElement;
      const inside = focused && old.list.contains(focused) ? [...old.list.querySelectorAll('button, a[href]')].indexOf(focused) : -1;
      // Who listens has heard it.
      if (old.said.length || talk.begun) this.#silently();
      this.#resized.unobserve(old.list);
      old.list.replaceWith(talk.list);
      this.#resized.observe(talk.list);
      this.#talk = talk;
      // Those of the beginning go, unless the flow has still to answer.
      this.#showDots(this.#line.state === 'live' && !talk.person && MINE.has(talk.said.at(-1)?.kind ?? ''));
      this.#refresh();
      if (this.#atEnd) this.#toEnd();
      else this.#log.scrollTop = scrollTop;
      if (inside < 0) return this.#focusNext();
      const next = [...talk.list.querySelectorAll('button, a[href]')][inside];
      (next instanceof HTMLElement ? next : this.#log).focus({ preventScroll: true });
    }

    #silently() {
      this.#log.setAttribute('aria-live', 'off');
      clearTimeout(this.#after.live);
      this.#after.live = setTimeout(() => this.#log.setAttribute('aria-live', 'polite'), 500);
    }

    #newTalk() {
      return new Talk({
        words: this.#words,
        title: this.#attribute('title') || this.#words.name,
        face: () => this.#face(),
        answer: (message) => this.#answer(message),
      });
    }

    /** Something new. @param {Message} message */
    #take(message) {
      this.#awaits = null;
      clearTimeout(this.#after.answer);
      const last = this.#talk.list.lastElementChild;
      this.#talk.take(message);
      this.#showDots(false);
      if (MINE.has(message.kind)) this.#showDots(!this.#talk.person);
      this.#count([message]);
      this.#refresh();
      if (this.#talk.list.lastElementChild === last) return;
      if (this.#atEnd) this.#toEnd();
      else this.#newer.hidden = false;
      this.#focusNext();
    }

    /** Where the focus was is gone, and something has come in its place. */
    #focusNext() {
      if (!this.#refocus || !this.#opens) return;
      const at = this.shadowRoot?.activeElement;
      const lost = !at || at === this.#log || at === this.#panel;
      if (!lost) this.#refocus = false;
      else if (at && this.#talk.open) {
        this.#focusInside();
        this.#refocus = false;
      }
    }

    /** @param {Message[]} messages */
    #count(messages) {
      if (this.#opens) return;
      this.#unread += messages.filter((one) => /^(BotText|ChoiceRequest|OperatorText|Handoff)$/u.test(one.kind) || one.chatText).length;
    }

    /** @param {string} why */
    #refused(why) {
      const sent = this.#awaits;
      this.#awaits = null;
      this.#line.stop();
      this.#showDots(false);
      this.#say(why);
      if (sent) this.#takeBack(sent);
      this.#refresh();
    }

    /** @param {Sent} sent */
    #takeBack(sent) {
      this.#talk.undo(sent);
      this.#sent = this.#sent.filter((one) => one !== sent);
      if (sent.message.kind === 'UserText') this.#editor.restore(sent.message.content ?? '');
      else this.#talk.open?.group?.querySelector('button')?.focus({ preventScroll: true });
    }

    /** Another session begins. */
    #restarted() {
      this.#sent = [];
      this.#awaits = null;
      this.#unread = 0;
      this.#editor.clear();
      this.#sure.hidden = true;
      this.#redraw([]);
    }

    // What the visitor says ---------------------------------------------------

    /** @param {string} content @param {File} [file] */
    #write(content, file) {
      const { open, person } = this.#talk;
      const sessionId = person ? TO_PERSON : open?.message.kind === 'StartChatSession' ? open.message.sessionId : FALLBACK;
      this.#answer({ kind: 'UserText', sessionId, content, ...(file && { file, size: file.size }) });
    }

    /** @param {Message} message */
    #answer(message) {
      const { open, person } = this.#talk;
      if (!this.#may) return;
      const whole = person || !open ? message : { ...message, answerTo: open.n };
      const group = message.kind === 'ChoiceResponse' ? open?.group : null;
      const focused = !!group?.contains(this.shadowRoot?.activeElement ?? null);
      const row = this.#talk.take(whole);
      if (!row) return;
      /** @type {Sent} */
      const sent = { message: whole, row, question: person ? null : open, again: false };
      this.#sent.push(sent);
      this.#awaits = sent;
      this.#notice.hidden = true;
      // While the session comes it waits: what is answered to it would be taken for a part of that.
      this.#mark(sent, !this.#shows && !this.#replay && !this.#line.send(whole));
      if (focused) this.#log.focus({ preventScroll: true });
      this.#refocus ||= focused;
      if (!person && this.#line.state === 'live') this.#showDots(true);
      this.#after.answer = setTimeout(() => this.#lateAnswer(sent), ANSWER_WITHIN + (whole.size ?? 0) / SLOWEST);
      this.#refresh();
      this.#toEnd(true);
    }

    /** Nothing was said to it. @param {Sent} sent */
    #lateAnswer(sent) {
      if (this.#awaits !== sent || this.#line.state !== 'live') return;
      this.#awaits = null;
      this.#showDots(false);
      this.#refresh();
    }

    /** Whether something can be sent, or kept to be sent: one answer at a time, but to a person any number. */
    get #may() {
      return this.#shows || !this.#awaits || (!!this.#talk.person && this.#line.state === 'live' && !this.#replay);
    }

    /** What the replay did not hold, once more, if it is still asked for. @param {Sent} sent */
    #sendAgain(sent) {
      const { message } = sent;
      const { open, person } = this.#talk;
      const asked = message.answerTo === undefined ? !!person : open?.n === message.answerTo && (message.kind !== 'ChoiceResponse' || open.message.groupId === message.groupId);
      this.#sent = this.#sent.filter((one) => one !== sent);
      if (!asked || sent.again) {
        if (message.kind === 'UserText') this.#editor.restore(message.content ?? '');
        return;
      }
      const row = this.#talk.take(message);
      if (!row) return;
      row.classList.remove('fresh');
      const next = { ...sent, row, question: person ? null : open, again: this.#line.state === 'live' };
      this.#sent.push(next);
      this.#awaits = next;
      this.#mark(next, !this.#line.send(message));
      if (!person) this.#showDots(true);
    }

    /** @param {Sent} sent @param {boolean} unsent */
    #mark({ row }, unsent) {
      row.classList.toggle('unsent', unsent);
      row.querySelector('.state')?.replaceChildren(unsent ? this.#words.unsent : '');
    }

    #tellTyping() {
      if (!this.#talk.person?.here || Date.now() - this.#typed < TYPING_EVERY) return;
      this.#typed = Date.now();
      this.#line.send({ kind: 'Typing' });
    }

    // Starting over -----------------------------------------------------------

    #askRestart() {
      if (!this.#talk.begun && !this.#editor.field.value.trim()) return this.#restart();
      this.#sure.hidden = !this.#sure.hidden;
      return this.#sure.querySelector('button')?.focus();
    }

    #calmed() {
      this.#sure.hidden = true;
      this.#again.focus();
    }

    #restart() {
      if (!this.#sure.hidden) this.#calmed();
      if (this.#shows) return;
      this.#line.send({ kind: 'ResetSession' });
      this.#refocus = true;
      this.#panel.focus({ preventScroll: true });
    }

    // How it looks ------------------------------------------------------------

    /** Brings all that the state decides up to date. */
    #refresh() {
      const { state } = this.#line;
      const words = this.#words;
      const { open, person, said } = this.#talk;
      this.#root.dataset.link = state;
      const link = { idle: '', connecting: words.connecting, live: words.online, lost: words.lost, unreachable: '' }[state];
      const says = state === 'live' && person?.here ? words.joined.replace('{}', `\u2068${person.name}\u2069`) : link;
      if (this.#status.textContent !== says) this.#status.textContent = says;
      this.#again.disabled = state !== 'live';
      this.#again.hidden = state === 'unreachable';
      this.#trouble(state === 'unreachable' && !said.length);
      this.#editor.element.hidden = state === 'unreachable';

      const text = open?.message.kind === 'StartChatSession';
      const fallback = !!open?.message.fallback;
      const opens = !!person || text || fallback;
      const prompt = person ? words.write : (text && open?.message.chatPrompt) || (text || fallback ? words.type : '');
      const rests = said.length > 0 && !open && !this.#awaits && !this.#replay;
      this.#editor.be({ open: opens, may: this.#may, placeholder: prompt || (!said.length && state === 'connecting' ? words.connecting : rests ? words.rest : words.choose), send: words.send, input: text && !person ? open?.message.input : undefined });

      const waiting = (state === 'connecting' || state === 'live') && !said.length && !this.#shows;
      if (waiting) this.#dots.hidden = false;
      this.#badge.hidden = !this.#unread;
      this.#badge.textContent = this.#unread > 9 ? '9+' : String(this.#unread);
      const name = this.#attribute('title') || words.name;
      const label = this.#attribute('title') ? `${words.open}: ${name}` : words.open;
      this.#launcher.setAttribute('aria-label', this.#unread ? `${label}, ${words.unread.replace('{}', String(this.#unread))}` : label);
    }

    /** @param {boolean} there */
    #trouble(there) {
      const found = this.#log.querySelector('.trouble');
      if (!there || found) return there ? undefined : found?.remove();
      const button = make('button', { class: 'small', type: 'button' }, this.#words.again);
      button.addEventListener('click', () => {
        this.#panel.focus({ preventScroll: true });
        this.#line.retry();
      });
      this.#dots.hidden = true;
      return this.#log.append(make('div', { class: 'trouble' }, icon(ICONS.cloud), make('p', {}, this.#words.unreachable), button));
    }

    /**
     * @param {boolean} there @param {string} [author]  A person; otherwise the flow.
     * @param {number} [lasts]  How long (ms); without it until something comes.
     */
    #showDots(there, author = '', lasts = 0) {
      clearTimeout(this.#after.dots);
      const show = (/** @type {boolean} */ on) => {
        this.#dots.hidden = !on;
        if (on && this.#atEnd) this.#toEnd();
      };
      if (!there) return show(false);
      this.#typist = author;
      this.#dots.firstChild?.replaceWith(author ? personFace(author) : this.#face());
      if (lasts) show(true);
      this.#after.dots = setTimeout(() => show(!lasts), lasts || DOTS_AFTER);
      return undefined;
    }

    /** @param {string} text */
    #say(text) {
      if (!text) return;
      this.#notice.textContent = text;
      this.#notice.hidden = false;
      clearTimeout(this.#after.notice);
      this.#after.notice = setTimeout(() => (this.#notice.hidden = true), NOTICE_LASTS);
    }

    #scrolled() {
      const { scrollTop, scrollHeight, clientHeight } = this.#log;
      // What grows below has not scrolled anybody away from the end.
      if (scrollHeight - clientHeight - scrollTop < NEAR_END) this.#atEnd = true;
      else if (scrollTop < this.#top) this.#atEnd = false;
      this.#top = scrollTop;
      if (this.#atEnd) this.#newer.hidden = true;
    }

    /** @param {boolean} [also]  Also if the visitor has scrolled up. */
    #toEnd(also = false) {
      if (also) this.#atEnd = true;
      this.#newer.hidden = true;
      this.#log.scrollTop = this.#log.scrollHeight;
    }

    /** @param {string} text */
    #note(text) {
      if (this.#debug.hidden) return;
      console.debug(TAG, text);
      this.#raw.append(`${text}\n`);
      while (this.#raw.childNodes.length > DEBUG_KEEPS) this.#raw.firstChild?.remove();
      this.#raw.scrollTop = this.#raw.scrollHeight;
    }

    // Without a server --------------------------------------------------------

    /**
     * Shows a talk without a server, for pictures and tests.
     * @param {Message[]} messages
     * @param {{ state?: State, draft?: string, typing?: string, notice?: string, unsent?: boolean, opens?: boolean }} [how]
     *   `typing`: who is, `''` for the flow; `unsent`: the last answer is not sent.
     */
    show(messages, { state = 'live', draft = '', typing, notice = '', unsent = false, opens = true } = {}) {
      this.#shows = true;
      this.#used = true;
      this.#line.close(state);
      this.#dots.hidden = true;
      this.#sent = [];
      this.#awaits = null;
      this.#unread = 0;
      this.#redraw([]);
      for (const message of messages) {
        if (message.kind === 'Error') this.#refused(message.message ?? '');
        else if (message.kind === 'Typing') this.#showDots(true, message.author, TYPING_LASTS);
        else this.#take(message);
        this.#note(`${MINE.has(message.kind) ? '→' : '←'} ${JSON.stringify(message)}`);
      }
      this.#showDots(false);
      if (typing !== undefined) this.#showDots(true, typing, 3_600_000);
      if (unsent) for (const row of [...this.#talk.list.querySelectorAll('.mine')].slice(-1)) row.classList.add('unsent'), row.querySelector('.state')?.replaceChildren(this.#words.unsent);
      if (draft) this.#editor.restore(draft);
      this.#say(notice);
      if (opens) this.open({ focus: false });
      this.#refresh();
      this.#toEnd(true);
    }
  }

  /** Whether one is as the other begins. @param {Message[]} all @param {Message[]} first */
  const startsWith = (all, first) => first.length <= all.length && first.every((one, at) => keyOf(one) === keyOf(all[at]));

  /** Who has closed it is not asked again on the next page. */
  const LEFT = `${TAG}.closed`;
  function left() {
    try {
      return sessionStorage.getItem(LEFT) !== null;
    } catch {
      return false;
    }
  }
  function keepLeft() {
    try {
      sessionStorage.setItem(LEFT, '1');
    } catch {
      // Storage may be closed to pages.
    }
  }

  // On the page ---------------------------------------------------------------------------------------------------

  if (!customElements.get(TAG)) customElements.define(TAG, ParlorAssistant);

  const flow = own instanceof HTMLScriptElement && own === document.currentScript ? own.dataset.flow : undefined;
  if (flow && own instanceof HTMLScriptElement) {
    const { dataset } = own;
    const add = () => {
      if ([...document.querySelectorAll(TAG)].some((one) => one.getAttribute('flow') === flow)) return;
      const element = document.createElement(TAG);
      for (const [key, value] of Object.entries(dataset)) element.setAttribute(key.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`), value ?? '');
      document.body.append(element);
    };
    if (document.body) add();
    else addEventListener('DOMContentLoaded', add, { once: true });
  }
})();
