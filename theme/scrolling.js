/* Boxes that scroll sideways can be reached by keyboard, and say what they are. */

"use strict";

const SCROLLING = ".table-wrapper, .highlight pre, .overtake-figure-page pre";

function nameOf(box) {
  return box.querySelector("caption, .caption-text")?.textContent.trim() || "Scrolls sideways";
}

function setReachable(box) {
  const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
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

const observer = new ResizeObserver((entries) => {
  entries.forEach(({ target }) => setReachable(target));
});
document.querySelectorAll(SCROLLING).forEach((box) => observer.observe(box));
