/* What is behind a number in a sentence: one card, on hover, focus and tap. */

"use strict";

(() => {
  if (!("popover" in HTMLElement.prototype)) return; // then each number is a plain link
  const BEFORE_OPENING = 250;
  const BEFORE_CLOSING = 300;
  const ANCHOR = "overtake-carded";
  const SMALL = window.matchMedia("(max-width: 40rem)");
  const MARGIN = 24; // pixels between the sentence and the card

  const card = document.createElement("div");
  const about = document.createElement("div");
  const closes = document.createElement("button");
  card.className = "overtake-card";
  card.popover = "auto"; // Escape and a press elsewhere close it
  card.tabIndex = -1;
  card.setAttribute("role", "dialog");
  closes.type = "button";
  closes.textContent = "×";
  closes.setAttribute("aria-label", "Close");
  card.append(closes, about);
  document.body.append(card);

  const { root, texts, behind, numbers } = JSON.parse(
    document.getElementById("overtake-cards").textContent,
  );
  let shown = null;
  let waiting = 0;
  let isClosing = false;
  let mouse = false; // whether the last press came from a mouse

  const isOpen = () => card.matches(":popover-open");
  const isInside = () => card.contains(document.activeElement);

  function wait(milliseconds, act) {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(act, milliseconds);
  }

  function element(name, text, className) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...text);
    return made;
  }

  // A function's name may break behind a dot and an underscore.
  function code(name) {
    const parts = name.split(/(?<=[._])/).flatMap((part) => [part, document.createElement("wbr")]);
    return element("code", parts.slice(0, -1));
  }

  const parsed = (text) => Number.parseFloat(text.replace("−", "-").replaceAll(",", ""));

  // The number in full, where a sentence rounds it or tells an end of its interval.
  function inFull(words, value) {
    const isShare = words.includes("%") && /^−?[\d.]+$/.test(value);
    const percent = `${Number((100 * parsed(value)).toPrecision(4))}%`.replace("-", "−");
    const full = isShare ? percent : value;
    return words === full || parsed(words) === parsed(full) ? "" : full;
  }

  // Where a number stands: chapter and name of a headline number, chapter and path of another.
  function draw(link) {
    const address = link.getAttribute("href");
    const [page, path] = address.split("#");
    const folders = page.split("/");
    const chapter = folders.at(path ? -2 : -3);
    const name = path ?? folders.at(-2);
    const [label, value, interval, place, moved, mover] = numbers[chapter][name];
    const [until, section, model, sources, figure] = behind[place].map((text) => texts[text]);
    const words = link.textContent;
    const rows = [
      ["Value", inFull(words, value)],
      ["Data until", until],
      ["Sources", sources],
      [moved, mover],
      ["Section", section && code(section)],
      ["Model", model && code(model)],
    ]
      .filter(([, said]) => said)
      .flatMap(([name, said]) => [element("dt", [name]), element("dd", [said])]);
    const links = [
      [path ? "In the list" : "Its page", address],
      figure && ["Figure", `${root}figures/${figure}/index.html`],
      ["Cite", `${page}#cite`],
      ["Rerun", `${page}#rerun`],
    ].filter(Boolean).map(([said, href]) => {
      const made = element("a", [said]);
      made.href = href;
      return made;
    });
    const more = element("nav", links);
    more.setAttribute("aria-label", "More about this number");
    return [
      element("div", [label.map((part) => texts[part]).join(" ").replace(/\.$/, "")], "overtake-card-name"),
      element("div", [words], "overtake-card-value"),
      ...(interval ? [element("div", [interval])] : []),
      ...(rows.length ? [element("dl", rows)] : []),
      more,
    ];
  }

  function open(link) {
    window.clearTimeout(waiting);
    if (shown === link && isOpen()) return;
    shown?.classList.remove(ANCHOR);
    shown = link;
    link.classList.add(ANCHOR);
    about.replaceChildren(...draw(link));
    card.setAttribute("aria-label", about.querySelector(".overtake-card-name").textContent);
    card.scrollTop = 0;
    if (!isOpen()) card.showPopover();
    keepInSight(link);
  }

  // At the bottom of a small screen the card would cover the sentence that it belongs to.
  function keepInSight(link) {
    const covered = link.getBoundingClientRect().bottom - card.getBoundingClientRect().top;
    if (SMALL.matches && covered > 0) window.scrollBy(0, covered + MARGIN);
  }

  function close() {
    window.clearTimeout(waiting);
    if (isOpen()) card.hidePopover();
  }

  function closeUnlessUsed() {
    if (!isInside() && document.activeElement !== shown) close();
  }

  card.addEventListener("beforetoggle", (event) => {
    isClosing = event.newState === "closed";
    if (isClosing) window.setTimeout(() => { isClosing = false; });
  });
  card.addEventListener("pointerenter", () => window.clearTimeout(waiting));
  card.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") wait(BEFORE_CLOSING, closeUnlessUsed);
  });
  card.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !card.contains(event.relatedTarget)) close();
  });
  // Behind its last link the text goes on, and before its first one stands the number.
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const stops = [...card.querySelectorAll("button, a[href]")];
    const leaves = event.shiftKey ? [card, stops[0]] : [stops.at(-1)];
    if (!leaves.includes(document.activeElement)) return;
    const link = shown;
    close();
    link.focus();
    if (event.shiftKey) event.preventDefault();
  });
  closes.addEventListener("click", close);

  document.addEventListener("pointerdown", (event) => { mouse = event.pointerType === "mouse"; }, true);
  document.addEventListener("keydown", (event) => {
    mouse = false;
    if (event.key !== "Escape" || !isOpen()) return;
    event.preventDefault(); // so that nothing else is undone by the same press
    close();
  }, true);

  for (const link of document.querySelectorAll("a.overtake-number")) {
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") wait(BEFORE_OPENING, () => open(link));
    });
    link.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") wait(BEFORE_CLOSING, closeUnlessUsed);
    });
    link.addEventListener("focus", () => {
      if (!isClosing && link.matches(":focus-visible")) open(link);
    });
    link.addEventListener("blur", (event) => {
      if (shown === link && event.relatedTarget && !card.contains(event.relatedTarget)) close();
    });
    // A mouse has seen the card already, and its press leads on; a finger and a key open it.
    link.addEventListener("click", (event) => {
      if (mouse || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      open(link);
      card.focus();
    });
  }
})();
