// SPDX-License-Identifier: Apache-2.0
// Shows what the demo form gets from the picker.

const form = document.getElementById('settings');
const result = document.getElementById('result');

function show(title, value) {
  result.textContent = `${title}\n${JSON.stringify(value, null, 2)}`;
}

form.addEventListener('image-picked', ({detail}) => show('Event "image-picked":', detail));
form.addEventListener('change', () => {
  if (result.textContent.startsWith('Event "image-picked"')) return;
  show('The form now:', Object.fromEntries(new FormData(form)));
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  show('The form, applied:', Object.fromEntries(new FormData(form)));
});
form.addEventListener('reset', () => {
  result.textContent = 'Nothing yet.';
});
