// SPDX-License-Identifier: Apache-2.0
// Shows the events and the form data of the demo form.

const form = document.getElementById('settings');
const result = document.getElementById('result');

function show(title, value) {
  result.textContent = `${title}\n${JSON.stringify(value, null, 2)}`;
}

form.addEventListener('image-picked', ({detail}) => show('Event "image-picked":', detail));
form.addEventListener('change', () => {
  if (result.textContent.startsWith('Event "image-picked"')) return;
  show('Current form data:', Object.fromEntries(new FormData(form)));
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  show('Submitted form data:', Object.fromEntries(new FormData(form)));
});
form.addEventListener('reset', () => {
  result.textContent = 'Nothing yet.';
});
