// The types of vendor/lit.js, for tsc only: those of the npm package it is made from.
export { LitElement, html, svg, css, nothing, noChange, render } from 'lit';
export type { PropertyValues, TemplateResult } from 'lit';
export { repeat } from 'lit/directives/repeat.js';
export { classMap } from 'lit/directives/class-map.js';
export { ifDefined } from 'lit/directives/if-defined.js';
export { keyed } from 'lit/directives/keyed.js';
export { live } from 'lit/directives/live.js';
export { ref, createRef } from 'lit/directives/ref.js';
