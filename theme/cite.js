/* Copy a citation, or anything else that stands in a box of its own. */

"use strict";

const COPIED_MILLISECONDS = 2000;

/* Copy without the clipboard interface, which is absent where the page is not secure. */
function copySelected(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  const copied = document.execCommand("copy");
  if (copied) selection.removeAllRanges();
  return copied;
}

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent.trim());
    return true;
  } catch {
    return copySelected(element);
  }
}

function addCopyButton(part) {
  const text = part.querySelector("pre, code");
  const button = document.createElement("button");
  const label = part.dataset.copied ?? part.querySelector("summary").textContent;
  const status = document.createElement("span");
  button.type = "button";
  button.textContent = `Copy ${label}`;
  status.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    status.textContent = (await copy(text)) ? "Copied" : "Selected: press Ctrl+C to copy";
    window.setTimeout(() => { status.textContent = ""; }, COPIED_MILLISECONDS);
  });
  part.querySelector(".overtake-actions").prepend(button, status, " ");
}

document.querySelectorAll(".overtake-copied").forEach(addCopyButton);
