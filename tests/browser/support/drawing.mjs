// SPDX-License-Identifier: Apache-2.0
// Generates small, distinct images.

/// A 120 × 90 SVG drawing whose colour depends on the number.
export function drawing(number) {
  const hue = (number * 47) % 360;
  return Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="90">' +
    `<rect width="120" height="90" fill="hsl(${hue} 60% 60%)"/>` +
    `<circle cx="60" cy="45" r="${10 + (number % 30)}" fill="#fff"/></svg>`);
}

/// The drawing as a file for `setInputFiles`.
export function drawingFile(number, name = `drawing-${number}.svg`) {
  return {name, mimeType: 'image/svg+xml', buffer: drawing(number)};
}

/// Uploads `count` drawings to the gallery of the token's tenant: "Drawing 1" and so on, in order.
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
