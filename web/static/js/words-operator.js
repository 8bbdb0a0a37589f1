// The words of the operators' inbox.

import { dress } from './skin.js';
import { counted } from './words-frame.js';

/** A name among other words, whatever its direction. @param {string} name */
const apart = (name) => `\u2068${name}\u2069`;

/** How long, in the largest unit that fits. @param {number} seconds */
function span(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return counted(Math.floor(seconds / 86_400), 'day', 'days');
}

export const operatorWords = {
  operator: {
    inbox: {
      title: 'Inbox',
      tab: (/** @type {string} */ waiting) => `${waiting ? `(${waiting}) ` : ''}Inbox`,
      states: 'Sessions by state',
      list: 'Sessions',
      talk: 'Conversation',
      rooms: 'Rooms',
      flows: 'Write flows',
      keys: 'Keys',
      name: 'You answer as',
      nameHint: 'Visitors see this name.',
      state: /** @type {Record<string, string>} */ ({ waiting: 'Waiting', mine: 'Mine', open: 'Open', snoozed: 'Snoozed', bot: 'Bot', resolved: 'Resolved', ended: 'Ended' }),
      /** What a list says when nothing is in it. */
      empty: /** @type {Record<string, string>} */ ({
        waiting: 'Nobody waits',
        waitingHint: 'When a flow asks for a person, the visitor is listed here, whoever has waited longest first.',
        mine: 'You have no session',
        mineHint: 'Take one of those that wait.',
        open: 'No session is open',
        openHint: 'Those that somebody has taken are listed here, by whom you see beside them.',
        snoozed: 'Nothing is put off',
        snoozedHint: 'What you snooze comes back to you by itself.',
        bot: 'No visitor is with a flow',
        botHint: 'Visitors are listed here from their first answer on.',
        resolved: 'Nothing is resolved yet',
        resolvedHint: 'What you are done with is listed here. A visitor who writes again is back among those that wait.',
        ended: 'No session has ended',
        endedHint: 'A session ends when its visitor starts over.',
      }),
      called: (/** @type {number} */ n) => counted(n, 'visitor waits for you', 'visitors wait for you'),
      loading: 'Reading the sessions',
      more: 'Show older ones',
      atLeast: (/** @type {number} */ n) => `${n}+`,
      count: (/** @type {string} */ n) => `${n} sessions`,
      lost: 'Connection lost, trying again',
      visitor: (/** @type {string} */ id) => `Visitor ${id}`,
      noWord: 'Nothing was said yet',
      unread: 'Unread',
      waits: (/** @type {string} */ long) => `waits ${long}`,
      wakes: (/** @type {string} */ when) => `until ${when}`,
      has: (/** @type {string} */ name) => `${apart(name)} has it`,
      you: 'You',
      span,

      off: 'Turn accounts on',
      offHow: 'How to turn accounts on',
      refused: 'This page is not for you',
      logIn: 'Log in',
    },

    talk: {
      none: 'Choose a session',
      noneHint: 'What visitor and flow have said is shown here, whole. Press ? for the keys.',
      loading: 'Reading the conversation',
      gone: 'There is no such session. It may have been deleted.',
      back: 'Back to the list',
      details: 'Details',
      newer: 'Newest messages',
      visitor: 'Visitor',
      chose: 'chose',
      chosen: 'chosen',
      choices: 'Choices',
      flow: 'flow',
      note: 'Note, only for operators',
      sending: 'Sending',
      asked: 'The flow has asked for a person.',
      came: (/** @type {string} */ name) => `${apart(name)} has taken the session.`,
      left: (/** @type {string} */ name) => (name ? `${apart(name)} has left.` : 'The operator has left.'),
      over: 'The visitor has started over; this session has ended.',
      editor: (/** @type {string} */ prompt) => (prompt ? `The editor was opened: “${prompt}”` : 'The editor was opened.'),
      fresh: 'New since you looked',
    },

    act: {
      actions: 'With this session',
      take: 'Take',
      takeOver: 'Take over',
      takeAgain: 'Take again',
      resolve: 'Resolve',
      snooze: 'Snooze',
      handBack: 'Hand back',
      handBackHint: 'The flow goes on where it was.',
      done: /** @type {Record<string, string>} */ ({
        resolve: 'Resolved.',
        snooze: 'Put off.',
        'hand-back': 'The flow leads the visitor again.',
      }),
      hour: 'In an hour',
      tomorrow: 'Tomorrow at 9:00',
      monday: 'Monday at 9:00',
      visitor: 'Until the visitor writes',
    },

    write: {
      title: 'Write',
      reply: 'Reply',
      note: 'Note',
      kind: 'What you write',
      toVisitor: 'Write to the visitor',
      toOperators: 'Write a note that the visitor does not see',
      hint: 'Enter sends, Shift and Enter begin a new line',
      send: 'Send',
      keep: 'Add note',
      canned: 'Canned answers',
      closed: /** @type {Record<string, string>} */ ({
        pending: 'Nobody has this session yet. Take it to write to the visitor.',
        bot: 'The flow leads the visitor. Take the session to write instead of it.',
        resolved: 'This session is resolved. Take it to write again.',
        snoozed: 'This session is put off. Take it to write now.',
        ended: 'This session has ended: the visitor reads nothing here any more. You can still leave a note.',
      }),
      theirs: (/** @type {string} */ name) => `${apart(name)} has this session. Take it over to write to the visitor.`,
    },

    details: {
      title: 'Details',
      close: 'Close the details',
      variables: 'Variables',
      noVariables: 'The flow has asked for nothing yet.',
      session: 'Session',
      flow: 'Flow',
      state: 'State',
      operator: 'Operator',
      queue: 'Asked for',
      began: 'Began',
      waits: 'Waits since',
      until: 'Put off until',
      visitor: 'the visitor writes',
      id: 'Number',
      openFlow: 'Try this flow',
      stateOf: /** @type {Record<string, string>} */ ({ bot: 'with the flow', pending: 'asked for a person', open: 'open', snoozed: 'put off', resolved: 'resolved', ended: 'ended' }),
    },

    canned: {
      title: 'Canned answers',
      find: 'Find an answer',
      hint: '{{name}} is filled in from the session’s variables, {{operator}} with your name. Kept in this browser.',
      none: 'There are no answers yet. Write one that you often give.',
      notFound: (/** @type {string} */ wanted) => `No answer has “${wanted}” in it.`,
      add: 'New answer',
      edit: (/** @type {string} */ title) => `Edit “${title}”`,
      remove: (/** @type {string} */ title) => `Delete “${title}”`,
      removed: (/** @type {string} */ title) => `“${title}” is deleted.`,
      name: 'Title',
      text: 'Answer',
      save: 'Save',
      cancel: 'Cancel',
      empty: 'Write an answer first.',
      close: 'Close',
      /** Those to begin with. */
      first: {
        hello: 'Hello',
        helloText: 'Hello {{name}}, I am {{operator}}. How can I help?',
        moment: 'One moment',
        momentText: 'One moment, I am looking into it.',
        goodbye: 'Goodbye',
        goodbyeText: 'I am glad that I could help. Have a good day.',
      },
    },

    keys: {
      title: 'Keys',
      close: 'Close',
      next: 'Next session',
      before: 'Session before',
      take: 'Take',
      reply: 'Write a reply',
      note: 'Write a note',
      resolve: 'Resolve',
      snooze: 'Snooze',
      canned: 'Canned answers, in the empty editor',
      send: 'Send',
      line: 'New line',
      out: 'Out of the editor',
      list: 'This list',
    },
  },
};

dress(operatorWords);

export const words = operatorWords.operator;
