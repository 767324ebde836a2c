// Buttons that copy: a figure's text, or the lasting address of what they stand in.

async function copied(button, text) {
  const said = button.textContent;
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = said; }, 1500);
}

function addressOf(anchor) {
  return location.href.split("#", 1)[0] + "#" + anchor;
}

function copyLink(anchor) {
  const button = element("button", "Copy link", "copy");
  button.type = "button";
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => copied(button, addressOf(anchor)));
  return button;
}

function offerCopying() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button.copy[hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => copied(button,
      button.value ? addressOf(button.value) : button.closest("figure").querySelector("pre").textContent));
  }
}
