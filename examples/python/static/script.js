// The script of the bot "buttons". A room loads it once, however many of the bot's messages name it.

function exampleClick(button) {
  const presses = Number(button.dataset.presses || 0) + 1;
  button.dataset.presses = presses;
  button.textContent = `Pressed: ${presses}`;
}
