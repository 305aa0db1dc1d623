// On a page of a released version: says since when there is a newer one. What is newer, the
// script beside all versions knows, which is written anew with each; without it the line above
// the page stays as it was released, with a link to the newest page.
"use strict";

(() => {
  const line = document.querySelector(".overtake-version");
  const root = document.documentElement.dataset.content_root;
  if (!line || root === undefined) {
    return;
  }
  const versions = document.createElement("script");
  versions.src = `${root}../versions.js`;
  versions.addEventListener("load", () => tell(globalThis.OVERTAKE_VERSIONS || []));
  document.head.append(versions);

  function tell(known) {
    const place = known.findIndex((each) => each.version === line.dataset.version);
    if (place < 0) {
      return;
    }
    const [newest, all] = line.querySelectorAll("a");
    newest.href = `${root}../../${line.dataset.page}`;
    all.href = `${root}../index.html`;
    const state = line.querySelector(".overtake-version-state");
    if (place === 0) {
      state.textContent = "It is the newest version.";
      return;
    }
    const next = known[place - 1];
    line.classList.add("overtake-version-old");
    state.textContent = `Since ${next.released} there is a newer one; the newest is ${known[0].version}.`;
  }
})();
