// The line that joins a program to a room by `parlor relay`, quoted for the terminal that it is pasted into.

/** @typedef {'posix' | 'cmd' | 'powershell'} Terminal */

/** What no terminal takes for anything but itself, wherever it stands in a word: PowerShell has a use for `@` and `,`, zsh for `=`. */
const PLAIN = /^[\w:./][\w:./+-]*$|^--[a-z-]+$/u;
/** What a terminal takes for keys that were pressed, even between quotes: above all the end of a line. */
const KEYS = /[\p{Cc}\u2028\u2029]/u;

/** @type {Record<Terminal, (argument: string) => string>} */
const QUOTED = {
  posix: (argument) => `'${argument.replaceAll("'", "'\\''")}'`,
  // PowerShell takes typographic quotation marks for its own, too.
  powershell: (argument) => `'${argument.replace(/['‘’‚‛]/gu, '$&$&').replace(/(\\*)"/gu, '$1$1\\"').replace(/(\\+)$/u, '$1$1')}'`,
  cmd: (argument) => {
    // What programs take apart again; then, if it holds signs of cmd's own, each of them marked as text.
    const quoted = `"${argument.replace(/(\\*)"/gu, '$1$1\\"').replace(/(\\+)$/u, '$1$1')}"`;
    // So is what follows a percent sign: the name of a variable that begins with `^` is nobody's.
    return /["%!^&|<>()]/u.test(argument) ? quoted.replace(/["%!^&|<>()]|(?<=%)./gsu, '^$&') : quoted;
  },
};

/** @param {Terminal} terminal @param {string} argument */
export const quoted = (terminal, argument) => (PLAIN.test(argument) ? argument : QUOTED[terminal](argument));

/** Whether a text can be pasted at all. Lines within quotes are safe where a shell reads on to the closing one. @param {Terminal} terminal @param {string} text */
export const canPaste = (terminal, text) => !KEYS.test(terminal === 'posix' ? text.replace(/[\n\t]/gu, '') : text);

/** An option with its value; what begins like an option is no value by itself. @param {string} name @param {string} value */
const option = (name, value) => (value.startsWith('-') ? [`${name}=${value}`] : [name, value]);

/**
 * Null if a value can't be pasted: it would be run, or cut.
 * @param {Terminal} terminal
 * @param {{ server: string, room: string, url: string, name?: string, respondsTo?: string | null }} relay
 */
export function relayLine(terminal, { server, room, url, name, respondsTo }) {
  const bot = [...(name ? option('--name', name) : []), ...(respondsTo ? option('--responds-to', respondsTo) : [])];
  const all = ['parlor', 'relay', ...option('--server', server), ...option('--room', room), ...bot, url];
  if (all.some((argument) => KEYS.test(argument))) return null;
  return all.map((argument) => quoted(terminal, argument)).join(' ');
}

/** Whose terminal this probably is. @returns {Terminal} */
export const terminalHere = () => (/win/iu.test(navigator.platform) ? 'cmd' : 'posix');
