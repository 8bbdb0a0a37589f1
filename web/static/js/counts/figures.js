// Numbers as people read them, and what became of those who came to a step.

/**
 * A step of a flow, and how many did what there; `seconds` is the average until the answer.
 * @typedef {{ step: string, kind: string, text: string, reached: number, answered: number, left: number, here: number,
 *   handed_off: number, ended: number, seconds: number | null, gone?: boolean }} Step
 */
/** @typedef {{ flow: string, title: string, opened: number, began: number, ended: number, handed_off: number, steps: Step[] }} Flow */
/** @typedef {'answered' | 'on' | 'handedOff' | 'ended' | 'here' | 'left'} Kind */
/** @typedef {{ kind: Kind, n: number }} Part */

const whole = new Intl.NumberFormat();
const hundredths = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });

/** @param {number} n */
export const number = (n) => whole.format(n);

/** How much of a whole; nothing of nothing. @param {number} part @param {number} of */
export function share(part, of) {
  if (of <= 0) return '';
  // A day's edge may be between a question and its answer.
  const share = Math.min(1, part / of);
  // What is there does not read as nothing, nor what is missing as all.
  if (share > 0 && share < 0.005) return `< ${hundredths.format(0.01)}`;
  if (share < 1 && share > 0.995) return `> ${hundredths.format(0.99)}`;
  return hundredths.format(share);
}

/** What became of those who came to a step, as far as there are any. @param {Step} step @returns {Part[]} */
export function partsOf({ reached, answered, handed_off: handedOff, ended, here, left }) {
  // What asks nothing lets people go on without an answer.
  const on = reached - answered - handedOff - ended - here - left;
  const parts = Object.entries({ answered, on, handedOff, ended, here, left });
  return parts.filter(([, n]) => n > 0).map(([kind, n]) => ({ kind: /** @type {Kind} */ (kind), n }));
}

/** That a question is over says no more of it than its answers: whether a step says something of its own. @param {Step} step */
export const tells = ({ kind }) => kind !== 'UserText' && kind !== 'EndChatSession';

/** Where most go away, if anybody does. @param {Step[]} steps */
export function worst(steps) {
  const [most] = steps.toSorted((a, b) => b.left - a.left);
  return most && most.left > 0 ? most : null;
}
