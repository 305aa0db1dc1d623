/* Boxes that scroll sideways can be reached by keyboard, and say what they are. */

"use strict";

const SCROLLING = ".table-wrapper, .highlight pre, .overtake-figure-page pre";

function nameOf(box) {
  return box.querySelector("caption, .caption-text")?.textContent.trim() || "Scrolls sideways";
}

function overflows(box) {
  return box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
}

function setReachable(box, scrolls) {
  if (!scrolls) {
    if (box.dataset.scrolls) box.removeAttribute("tabindex");
    return;
  }
  box.dataset.scrolls = "yes";
  box.tabIndex = 0;
  if (!box.hasAttribute("aria-label")) {
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", nameOf(box));
  }
}

/* All sizes are read before anything is written: the page is laid out once. */
const observer = new ResizeObserver((entries) => {
  const found = entries.map(({ target }) => [target, overflows(target)]);
  found.forEach(([box, scrolls]) => setReachable(box, scrolls));
});
document.querySelectorAll(SCROLLING).forEach((box) => observer.observe(box));
