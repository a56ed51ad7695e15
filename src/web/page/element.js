// SPDX-License-Identifier: Apache-2.0
// Builds DOM elements; text is never parsed as markup.

/// `properties`: `on` (event → listener), `data` (dataset), else attributes; false, null and
/// undefined omit an attribute, true sets it to "".
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === 'data') {
      Object.assign(node.dataset, value);
    } else if (value === true) {
      node.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
}

const SVG = 'http://www.w3.org/2000/svg';
const sprite = new URL('icons.svg', import.meta.url);

/// A decorative icon from the sprite file.
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `${sprite.pathname}#${name}`);
  svg.append(use);
  return svg;
}

/// A button with an icon and optional `text`. Its accessible name is `text`, else `label`.
export function button({icon: picture, label, text, kind = 'plain', ...rest}) {
  return element('button', {
    type: 'button',
    class: `button ${kind}${text ? '' : ' icon-only'}`,
    'aria-label': text ? null : label,
    title: text ? null : label,
    ...rest,
  }, picture && icon(picture), text && element('span', {class: 'button-text'}, text));
}

/// Text that may also wrap after '_', '.' and '-', which file names use instead of spaces.
export function breakable(text) {
  return text.split(/(?<=[_.-])/).flatMap((part, index) => [index > 0 && element('wbr'), part]);
}

let count = 0;

/// A unique id for labels and descriptions.
export function uniqueId(prefix) {
  count += 1;
  return `${prefix}-${count}`;
}
