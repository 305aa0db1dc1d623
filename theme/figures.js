/* Indexes of figures, tables and numbers: search, and narrow down. */

"use strict";

const NUMBERS = ".overtake-number-list";
const CARDS = `.overtake-cards > li, .overtake-table-list > ul > li, ${NUMBERS} > tbody > tr`;

function matches(card, fields) {
  const words = fields.get("q").toLowerCase().split(/\s+/).filter(Boolean);
  const text = card.textContent.toLowerCase();
  return words.every((word) => text.includes(word))
    && ["chapter", "claim", "source"].every((name) => {
      const wanted = fields.get(name);
      return !wanted || card.dataset[name].split(" ").includes(wanted);
    });
}

/* The address keeps what was asked for, so that it can be sent to somebody. */
function remember(fields) {
  const asked = new URLSearchParams([...fields].filter(([, value]) => value));
  const query = asked.size ? `?${asked}` : window.location.pathname;
  try {
    window.history.replaceState(null, "", query);
  } catch {
    /* A page opened from a disk may not change its address. */
  }
}

function setUpIndex(form) {
  const cards = [...document.querySelectorAll(CARDS)];
  const count = form.querySelector(".overtake-count");
  const what = form.getAttribute("aria-label").toLowerCase();
  const narrow = () => {
    const fields = new FormData(form);
    const shown = cards.filter((card) => matches(card, fields));
    cards.forEach((card) => { card.hidden = !shown.includes(card); });
    document.querySelectorAll(NUMBERS).forEach((list) => {
      list.closest("section").hidden = !list.querySelector("tbody > tr:not([hidden])");
    });
    count.textContent = `${shown.length} of ${cards.length} ${what}`;
  };
  for (const [name, value] of new URLSearchParams(window.location.search)) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { narrow(); remember(new FormData(form)); });
  narrow();
}

document.querySelectorAll(".overtake-filter").forEach(setUpIndex);
