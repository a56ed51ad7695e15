// SPDX-License-Identifier: Apache-2.0
// Where cards lie in an endless grid: arithmetic only.

export const gap = 12;
const maxCards = 480;

/// Columns and sizes for a grid of that width. Cards grow with the screen, from two on a phone on.
export function layoutFor(width, captionHeight) {
  const target = Math.min(400, Math.max(width < 560 ? 150 : 184, width / 8));
  const columns = Math.max(2, Math.round((width + gap) / (target + gap)));
  const side = Math.floor((width - gap * (columns - 1)) / columns);
  return {columns, side, rowHeight: side + captionHeight + gap};
}

/// The rows to keep in the document for a view from `top` to `bottom`, with some before and after,
/// in all at most `maxCards` cards.
export function rowsInView({columns, rowHeight}, top, bottom, rows) {
  const spare = Math.max(1, Math.ceil((bottom - top) / rowHeight / 2));
  const most = Math.floor(maxCards / columns);
  const first = Math.max(0, Math.floor(top / rowHeight) - spare);
  const last = Math.min(rows - 1, Math.floor(bottom / rowHeight) + spare, first + most - 1);
  return {first, last};
}

/// The place to go to from `index` by a key; null where the key means nothing here.
export function indexAfterKey(key, {index, columns, total, rowsInPage, withControl}) {
  const rowStart = index - (index % columns);
  const target = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index - columns,
    ArrowDown: index + columns,
    PageUp: index - columns * rowsInPage,
    PageDown: index + columns * rowsInPage,
    Home: withControl ? 0 : rowStart,
    End: withControl ? total - 1 : rowStart + columns - 1,
  }[key];
  if (target === undefined) return null;
  if (key === 'ArrowUp' && target < 0) return index;
  return Math.min(total - 1, Math.max(0, target));
}
