// Three dots for who types; words beside them say it.

import { html } from '/web/vendor/lit.js';

export const dots = html`<i class="dots" aria-hidden="true"><b></b><b></b><b></b></i>`;
