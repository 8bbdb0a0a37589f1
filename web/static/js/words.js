// Every word that people see on the pages, in one place, so that it can be translated. Second person, plain, calm.

import { dress } from './skin.js';
import { counted, frameWords } from './words-frame.js';

/** A name among other words, whatever its direction: kept apart by invisible marks. @param {string} name */
const apart = (name) => `\u2068${name}\u2069`;

/** “Ada”, “Ada and Joel”, “Ada, Joel and 3 others”. @param {string[]} names */
function several(names) {
  const [first, second, third] = names.map(apart);
  if (names.length === 1) return first;
  if (names.length === 2) return `${first} and ${second}`;
  if (names.length === 3) return `${first}, ${second} and ${third}`;
  return `${first}, ${second} and ${names.length - 2} others`;
}

export const words = {
  name: 'Parlor',
  undo: 'Undo',

  /** What the browser's tab says. */
  title: (/** @type {string} */ room, /** @type {string} */ unread) => `${unread ? `(${unread}) ` : ''}${room} · ${words.name}`,

  lobby: {
    title: 'Come in and talk',
    what: 'Parlor is a server of rooms in which people and bots talk. A bot is any web server that answers a POST, so that yours can join in within minutes.',
    goTo: 'Go to a room',
    goToHint: 'Any name makes a room. Whoever knows the name can come in.',
    go: 'Go',
    placeholder: 'group2-weather',
    visited: 'Rooms you have visited',
    begin: 'A room to begin with',
    none: 'The rooms that you visit will be listed here, in this browser only.',
    welcome: 'welcome',
    welcomeHint: 'Bots to try: an echo, a form, a conversation, one that fails.',
    unread: (/** @type {string} */ n) => `${n} new`,
    unreadName: (/** @type {string} */ n) => `@ ${n} new, with your name`,
    more: 'More to read',
    guide: 'Guide',
    guideHint: 'Write your first bot, step by step.',
    docs: 'Calls for programs',
    docsHint: 'What programs can ask of this server, to be tried there.',
  },

  roomName: {
    empty: 'Give the room a name.',
    long: 'That name is too long: 200 bytes at most, which are 200 letters of English and fewer of most others.',
    control: 'That name holds a character that can’t be seen. Type it instead of pasting it.',
    segment: 'Between slashes there must be something, and not only “.” or “..”.',
    ours: (/** @type {string} */ first) => `“${first}” at the beginning belongs to the server. Choose another beginning.`,
  },

  wall: {
    label: 'Rooms',
    open: 'Show rooms',
    close: 'Hide rooms',
    rooms: 'Rooms',
    another: 'Another room',
    anotherHint: 'Any name makes a room.',
    arrange: 'Arrange the rooms',
    arranged: 'Done arranging',
    up: (/** @type {string} */ room) => `Move ${room} up`,
    down: (/** @type {string} */ room) => `Move ${room} down`,
    forget: (/** @type {string} */ room) => `Take ${room} off this list`,
    forgotten: (/** @type {string} */ room) => `${apart(room)} is off your list.`,
    openUnread: (/** @type {number} */ n) => `Show rooms, ${n} unread`,
    hidden: 'Lecture mode hides the names of rooms on this screen.',
    unread: (/** @type {number} */ n, /** @type {number} */ mentions) => `, ${n} unread${mentions > 0 ? `, ${mentions} with your name` : ''}`,
    settings: 'Your settings',
  },

  link: {
    connecting: 'Connecting',
    live: 'Live',
    offline: 'Offline',
    refused: 'Closed',
    back: 'Back again',
    offlineMore: 'Parlor can’t be reached. What you write is kept and sent when the connection is back.',
    retry: 'Try now',
  },

  head: {
    bots: (/** @type {number} */ n) => (n === 0 ? 'no bots' : counted(n, 'bot', 'bots')),
    people: (/** @type {number} */ n) => (n === 1 ? '1 person' : `${n} people`),
    panel: 'Bots and settings',
    search: 'Search this room',
    searchKey: /mac|iphone|ipad/iu.test(navigator.platform) ? '⌘K' : 'Ctrl K',
    scriptsOff: 'Stop this room’s scripts',
    scriptsOn: 'Allow this room’s scripts again',
  },

  /** The line that says what goes on at this moment. */
  happening: {
    came: (/** @type {string[]} */ names) => `${several(names)} came in`,
    went: (/** @type {string[]} */ names) => `${several(names)} left`,
    thinking: (/** @type {string[]} */ bots) => `${several(bots)} ${bots.length === 1 ? 'is' : 'are'} thinking…`,
    typing: (/** @type {string[]} */ names) =>
      names.length > 3 ? `${names.length} people are typing…` : `${several(names)} ${names.length === 1 ? 'is' : 'are'} typing…`,
  },

  people: {
    label: 'Who is here',
    you: 'you',
    find: 'Find a name',
    nobody: (/** @type {string} */ wanted) => `Nobody here is called “${apart(wanted)}”.`,
    unknown: 'Who is here is known once the connection is there.',
    unnamed: (/** @type {number} */ n, /** @type {number} */ named) =>
      named > 0 ? `and ${n} without a name` : n === 1 ? '1 person, who has not said a name yet' : `${n} people, who have not said a name yet`,
  },

  search: {
    label: 'Search this room',
    placeholder: 'Words, “a phrase”, from:Ada',
    hint: 'All words must be there. Quotes keep words together, from:Ada finds what Ada said.',
    found: 'What was found',
    searching: 'Searching',
    nothing: (/** @type {string} */ query) => `Nothing here for “${apart(query)}”. Try fewer words, or the beginning of one.`,
    count: (/** @type {number} */ n, /** @type {boolean} */ more) => (more ? `The newest ${n}; scroll for more` : counted(n, 'message', 'messages')),
    noText: 'A message without words',
    close: 'Close the search',
  },

  notices: {
    label: 'Tell me when somebody says my name',
    hint: 'As a notice of your desktop, while this page is open and you look at something else.',
    denied: 'Your browser does not allow notices from this address. Its settings for this site can change that.',
    offer: 'Somebody said your name. Parlor can tell you even while you look at something else.',
    offerYes: 'Tell me',
    from: (/** @type {string} */ author, /** @type {string} */ room) => (room ? `${author} in ${room}` : author),
  },

  permalink: {
    gone: 'The message that this link leads to is gone, or was never in this room.',
  },

  refused: {
    title: 'This room is not open to you',
    more: 'Ask whoever runs this server, or go back to a room that you know.',
    lobby: 'To the lobby',
    again: 'Try again',
  },

  talk: {
    label: 'Messages',
    loading: 'Loading the talk',
    emptyTitle: 'Nobody has said anything here yet',
    emptyBots: (/** @type {string} */ bot) => `Say something to ${bot}: it answers when it hears its name.`,
    emptyNoBots: 'Say something, or add a bot that answers. Anybody with this room’s address can join you.',
    sayHello: (/** @type {string} */ bot) => `Say “Hello ${bot}”`,
    hello: (/** @type {string} */ bot) => `Hello ${bot}`,
    addBot: 'Add a bot',
    copyAddress: 'Copy the address',
    copied: 'The address is on your clipboard.',
    copiedMessage: 'The address of this message is on your clipboard.',
    notCopied: (/** @type {string} */ address) => `The browser does not allow copying here. The address is ${address}`,
    notCopiedHidden: 'The browser does not allow copying here.',
    scriptsOff: 'Scripts of bots are off in this room.',
    scriptsOffHang: 'The last time you were here, a script kept this room from loading. Scripts of bots are off now.',
    allowScripts: 'Allow them again',
    gone: 'A script in this room tried to replace the messages with another page, so they were taken away.',
    reload: 'Load the messages again',
    reloadWithout: 'Load them without scripts',
    stuck: 'The messages do not answer. A bot’s script may be busy, or caught in a loop.',
    stopScripts: 'Stop this room’s scripts',
    wait: 'Wait',
    askSubmit: 'A script in this room wants to send a form in your name.',
    askSubmitYes: 'Send it',
    askOpen: (/** @type {string} */ href) => `A script in this room wants to open ${href}`,
    askOpenYes: 'Open it',
    askFocus: (/** @type {string} */ text) => `A script in this room wants to write “${text}” into your message.`,
    askFocusYes: 'Write it',
    no: 'No',
  },

  conversation: {
    with: (/** @type {string} */ bot) => `Only ${bot} hears what is said here now.`,
    leave: (/** @type {string} */ bot) => `Leave conversation with ${bot}`,
  },

  composer: {
    label: (/** @type {string} */ room) => `Message to ${room}`,
    placeholder: (/** @type {string} */ room) => `Message ${room}`,
    send: 'Send',
    sendLater: 'Send when the connection is back',
    youAre: 'You write as',
    thatsMe: 'That’s me',
    hint: 'Enter sends, Shift and Enter starts a new line.',
    hintLine: 'Enter starts a new line, Ctrl and Enter sends.',
    waiting: (/** @type {number} */ n) => (n === 1 ? '1 message waits for the connection' : `${n} messages wait for the connection`),
    discard: 'Do not send',
    tooLong: (/** @type {number} */ over) => `This is ${counted(over, 'byte', 'bytes')} longer than a message may be (16 KiB). Shorten it, or send it in parts.`,
    left: (/** @type {number} */ n) => `Room for ${counted(n, 'more byte', 'more bytes')}: a letter takes one, beyond English two to four`,
    replying: (/** @type {string} */ author) => `Reply to ${author}`,
    noReply: 'Do not reply',
    markdown: ['**bold**', '*slanted*', '`code`'],
    markdownKeys: ['Ctrl B', 'Ctrl I', 'Ctrl E'],
  },

  complete: {
    label: 'Suggestions',
    bot: 'bot',
  },

  emoji: {
    label: 'Emoji',
    open: 'Add an emoji',
    search: 'Search emoji',
    found: (/** @type {number} */ n) => `${counted(n, 'emoji', 'emoji')} found`,
    foundTitle: 'Found',
    none: 'No emoji is called so. Try a simpler word.',
    failed: 'The emoji could not be loaded. Check the connection and open this again.',
    recent: 'Used lately',
    groups: /** @type {Record<string, string>} */ ({
      faces: 'Faces',
      people: 'People and hearts',
      nature: 'Animals and nature',
      food: 'Food',
      places: 'Places and travel',
      doing: 'Games and music',
      things: 'Things',
      signs: 'Signs',
    }),
    tone: 'Tone of hands',
    tones: ['Yellow', 'Light', 'Medium light', 'Medium', 'Medium dark', 'Dark'],
  },

  speech: {
    listen: 'Speak instead of typing',
    listening: 'Listening',
    stopListening: 'Stop listening',
    speakNow: 'Speak now',
    ended: {
      denied: 'The browser does not let this page use the microphone. Allow it beside the address, and try again.',
      offline: 'The browser’s speech service can’t be reached. Check the connection, or type instead.',
      silent: 'Nothing was heard. Press the microphone and speak again.',
      deaf: 'The browser finds no microphone that it can use for speech, or does not know your language.',
    },
    reading: (/** @type {string} */ author) => `Reading ${author} aloud`,
    stopReading: 'Stop',
    aloud: 'Read bots’ answers aloud',
    aloudHint: 'New ones only, until you type or press Stop.',
    voice: 'Voice',
    anyVoice: 'As the browser likes',
    rate: 'Speed',
    rateIs: (/** @type {number} */ rate) => `${rate.toLocaleString(undefined, { maximumFractionDigits: 1 })} ×`,
    tryIt: 'Hear it',
    sample: 'This is how answers will sound.',
  },

  skips: {
    label: 'Ways past the rooms',
    write: 'Go to the message field',
    messages: 'Go to the messages',
  },

  lecture: {
    room: 'This room',
    placeholder: 'Write a message',
    label: 'Lecture mode',
    hint: 'Hides the room’s name, so that you can show this screen to many. In this tab only.',
  },

  relay: {
    title: 'Bots without an address',
    what: 'A program on your own computer can be a bot here even if nobody can reach that computer: it reaches out itself. Start your program, then paste this into a terminal.',
    url: 'Where your program listens',
    terminal: 'Your terminal',
    terminals: { posix: 'Mac, Linux', cmd: 'Windows', powershell: 'PowerShell' },
    line: 'The line to paste',
    copy: 'Copy the line',
    copied: 'The line is on your clipboard.',
    notCopied: 'The browser does not allow copying here. The line is selected: copy it with Ctrl and C.',
    more: 'It needs the parlor program on that computer, and no account.',
    guide: 'More about it',
  },

  keys: {
    open: 'Keys',
    title: 'Keys',
    close: 'Close',
    groups: (/** @type {boolean} */ enterSends) => /** @type {{ title: string, keys: [string[], string][] }[]} */ ([
      {
        title: 'While you write',
        keys: [
          [[enterSends ? 'Enter' : 'Ctrl Enter'], 'Send'],
          [[enterSends ? 'Shift Enter' : 'Enter'], 'New line'],
          [['↑', '↓'], 'What you said before'],
          [['Tab'], 'Complete a name; again: the next one'],
          [[':'], 'Emoji by name, as in :tea:'],
          [['@'], 'Who can be meant'],
          [['Esc'], 'Close a list, do not reply, let Tab leave the field'],
          [['Ctrl B', 'Ctrl I', 'Ctrl E'], 'Bold, slanted, code, where the room draws Markdown'],
        ],
      },
      {
        title: 'Among the messages',
        keys: [
          [['↑', '↓', 'K', 'J'], 'To the message before, to the next'],
          [['Enter'], 'What you can do with it; ← and → to choose'],
          [['Esc'], 'Back to the message'],
        ],
      },
      {
        title: 'Everywhere',
        keys: [
          [['Ctrl K', '⌘ K'], 'Search this room'],
          [['?'], 'These keys'],
          [['Esc'], 'Close what is open'],
          [['Tab', 'Shift Tab'], 'Go on, go back'],
          [['←', '→'], 'Among tabs, and among emoji'],
        ],
      },
    ]),
  },

  panel: {
    label: 'Bots and settings',
    close: 'Close',
    bots: 'Bots',
    inspector: 'Inspector',
    people: 'People',
    room: 'Room',
    loading: 'Loading',
    failed: (/** @type {string} */ reason) => `This part of the page could not be loaded. ${reason}`,
    retry: 'Try again',
    you: 'You',
  },

  ...frameWords,

  room: {
    address: 'Address of this room',
    addressHint: 'Whoever has it can come in.',
    addressHidden: 'Hidden in lecture mode',
    project: 'Show the address large',
    projectTitle: 'Come in and talk',
    projectHttp: 'Type it into the address bar of a browser, beginning with http://',
    projectHttps: 'Type it into the address bar of a browser.',
    projectClose: 'Close',
    content: 'What bots may send',
    contents: [
      { value: 'open', name: 'Everything', more: 'HTML with styles and scripts, in a closed frame.' },
      { value: 'formatted', name: 'Formatted text', more: 'Formatting, links, pictures, tables and forms. No styles, no scripts.' },
      { value: 'plain', name: 'Plain text', more: 'Words only.' },
    ],
    markdown: 'Draw what people write as Markdown',
    markdownHint: '**bold**, *slanted*, `code`, lists and quotes. For everybody in the room.',
    scripts: 'Scripts of bots',
    scriptsHint: 'Bots may send scripts with their messages. They run in a closed frame. Stop them if they get in your way.',
    clear: 'Clear the room',
    clearHint: 'Takes all messages away, for everybody. Bots stay.',
    clearConfirm: 'Type the room’s name to clear it',
    clearButton: 'Clear all messages',
    cleared: 'The room is empty now.',
  },

  you: {
    name: 'Your name',
    nameHint: 'Kept in this browser, and shown with what you write.',
    nameEmpty: 'Your name can’t be empty.',
    logIn: 'Log in',
    theme: 'Colours',
    themes: { auto: 'As the system', light: 'Light', dark: 'Dark' },
    density: 'Messages',
    densities: { comfortable: 'Comfortable', compact: 'Compact' },
    enter: 'The Enter key',
    enters: { sends: 'Sends', breaks: 'Starts a new line' },
    joins: 'Tell who comes and goes',
    joinsHint: 'Quietly, above what you write.',
    state: 'Show the state that bots keep',
    stateHint: 'For people who write bots: what a conversation carries along.',
    adjectives: ['Amber', 'Brass', 'Calm', 'Cedar', 'Copper', 'Early', 'Gentle', 'Green', 'Hazel', 'Kind', 'Linen', 'Mellow', 'Olive', 'Quiet', 'Rosy', 'Warm'],
    nouns: ['Badger', 'Finch', 'Fern', 'Heron', 'Ivy', 'Kettle', 'Lamp', 'Maple', 'Moth', 'Otter', 'Owl', 'Plum', 'Robin', 'Teapot', 'Thistle', 'Wren'],
  },

  wrong: {
    unreachable: 'Parlor can’t be reached. Check the connection and try again.',
    odd: (/** @type {number} */ status) => `Parlor answered with ${status} and without a reason. Try again; if it stays so, tell whoever runs it.`,
    notSent: (/** @type {string} */ reason) => `Your message was not sent. ${reason}`,
    later: (/** @type {string} */ reason) => `Your message waits and is tried again. ${reason}`,
    dismiss: 'Dismiss',
  },

  docs: {
    title: 'Calls for programs',
    what: 'What programs can ask of this server. Each call can be tried here; it is carried out for real.',
    spec: 'OpenAPI document',
    guide: 'Guide',
    loading: 'Reading the description',
    failed: 'The description of the calls could not be read. Load the page again.',
    parameters: 'Parameters',
    body: 'Body',
    answers: 'Answers',
    tryIt: 'Try it',
    path: 'Address',
    send: 'Send',
    sending: 'Sending',
    answered: (/** @type {number} */ ms) => `after ${Math.round(ms)} ms`,
    required: 'required',
    other: 'Other calls',
    empty: 'no body',
  },

  guide: {
    copy: 'Copy',
    copied: 'Copied',
    selected: 'Selected: copy it with your keys',
  },
};

dress(words);
