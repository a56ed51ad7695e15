// SPDX-License-Identifier: Apache-2.0
// Small images made here, each different from the other.

/// An SVG drawing of 120 × 90 in a colour that follows from the number.
export function drawing(number) {
  const hue = (number * 47) % 360;
  return Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="90">' +
    `<rect width="120" height="90" fill="hsl(${hue} 60% 60%)"/>` +
    `<circle cx="60" cy="45" r="${10 + (number % 30)}" fill="#fff"/></svg>`);
}

/// As a file for a file field.
export function drawingFile(number, name = `drawing-${number}.svg`) {
  return {name, mimeType: 'image/svg+xml', buffer: drawing(number)};
}

/// Puts `count` drawings into the gallery of a token's tenant: "Drawing 1" and so on, in that
/// order.
export async function uploadDrawings(server, token, count, {from = 1} = {}) {
  for (let number = from; number < from + count; number += 1) {
    const form = new FormData();
    form.append('title', `Drawing ${number}`);
    form.append('file', new Blob([drawing(number)], {type: 'image/svg+xml'}), `d${number}.svg`);
    const response = await fetch(new URL('api/image', server.url), {
      method: 'POST', headers: {Authorization: `Bearer ${token}`}, body: form,
    });
    if (!response.ok) throw new Error(`upload: ${response.status} ${await response.text()}`);
  }
}
