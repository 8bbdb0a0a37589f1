// Choosing one of a few, as a row of segments; switching something on and off.

import { html, nothing } from '/web/vendor/lit.js';

/**
 * @template {string} V
 * @param {string} name @param {string} label @param {Record<V, string>} options @param {V} chosen
 * @param {(value: V) => void} choose
 */
export function segments(name, label, options, chosen, choose) {
  const values = /** @type {V[]} */ (Object.keys(options));
  return html`
    <div class="field">
      <span class="label" id="label-${name}">${label}</span>
      <div><div class="segments" role="radiogroup" aria-labelledby="label-${name}">
        ${values.map((value) => html`<label><input type="radio" name=${name} value=${value} .checked=${value === chosen} @change=${() => choose(value)} />${options[value]}</label>`)}
      </div></div>
    </div>
  `;
}

/**
 * @param {string} name @param {string} label @param {string} hint @param {boolean} on @param {(on: boolean) => void} choose
 * @param {boolean} [disabled]
 */
export function check(name, label, hint, on, choose, disabled = false) {
  const chosen = (/** @type {Event} */ event) => choose(/** @type {HTMLInputElement} */ (event.target).checked);
  return html`
    <div class="field">
      <label class="check"><input type="checkbox" name=${name} aria-describedby=${hint ? `${name}-more` : nothing} ?disabled=${disabled} .checked=${on} @change=${chosen} />${label}</label>
      ${hint ? html`<p class="hint" id="${name}-more">${hint}</p>` : nothing}
    </div>
  `;
}
