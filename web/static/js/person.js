// How a person looks by name alone: the colour and the letter of the avatar.

/** A hue from 0 to 359, the same for a name everywhere. @param {string} name */
export function hueOf(name) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name.normalize('NFC'))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  // Eighteen steps: neighbours on the wheel can be told apart.
  return (hash % 18) * 20;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first letter or picture of a name, as a capital. @param {string} name */
export function initialOf(name) {
  const plain = name.replace(/^[\s#@~_.-]+/u, '') || name;
  for (const { segment } of graphemes.segment(plain)) return segment.toLocaleUpperCase();
  return '?';
}
