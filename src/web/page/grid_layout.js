// SPDX-License-Identifier: Apache-2.0
// The geometry of an endless grid: pure arithmetic.

export const gap = 12;
const maxCards = 480;

/// Columns and sizes for a grid of that width: at least two columns; cards grow with the screen.
export function layoutFor(width, captionHeight) {
  const target = Math.min(400, Math.max(width < 560 ? 150 : 184, width / 8));
  const columns = Math.max(2, Math.round((width + gap) / (target + gap)));
  const side = Math.floor((width - gap * (columns - 1)) / columns);
  return {columns, side, rowHeight: side + captionHeight + gap};
}

/// The rows to keep in the document for a viewport from `top` to `bottom`, with overscan on both
/// sides; at most `maxCards` cards in total.
export function rowsInView({columns, rowHeight}, top, bottom, rows) {
  const overscan = Math.max(1, Math.ceil((bottom - top) / rowHeight / 2));
  const maxRows = Math.floor(maxCards / columns);
  const first = Math.max(0, Math.floor(top / rowHeight) - overscan);
  const last = Math.min(rows - 1, Math.floor(bottom / rowHeight) + overscan, first + maxRows - 1);
  return {first, last};
}

/// The index that a key moves to from `index`; null if the key does not move.
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
