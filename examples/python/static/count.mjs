// The script of the bot "module": because its name ends in .mjs, it is loaded as a module.
// The room calls our function for every message that appears, and for those that are there already.

let count = 0;

Necsus.addEventListener("message", (element, message) => {
  if (message.author !== "Module") return;
  count += 1;
  const number = element.querySelector(".example-number");
  if (number) number.textContent = String(count);
});
