/* Puts a chart in a picture's place when a reader asks, by its button or by words of the text
   that show a view of it. Chart and library are fetched only then; the page carries the rows.
   Not a module: browsers refuse those to pages opened from a file. */
(() => {
  "use strict";

  const HERE = document.currentScript.src.replace(/[^/]*$/, "");
  const SCRIPTS = ["vendor/uplot/uPlot.iife.min.js", "chart.js"];
  const STYLE = "vendor/uplot/uPlot.min.css";
  const SCREEN_EDGE = 56; // a header may stand there

  let library = null;

  function bring(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${HERE}${name}`;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${name} can't be read`));
      document.head.append(script);
    });
  }

  function bringLibrary() {
    if (!library) {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = `${HERE}${STYLE}`;
      document.head.append(style);
      library = Promise.all(SCRIPTS.map(bring));
      library.catch(() => {
        library = null;
      });
    }
    return library;
  }

  /** A figure's picture and its chart, which take turns. */
  class Turns {
    constructor(holder) {
      const siblings = [...holder.parentElement.children];
      this.pictures = siblings.slice(0, siblings.indexOf(holder));
      this.holder = holder;
      [this.button, this.root, this.note, this.shown] = [
        "button", ".interactive-chart", ".interactive-note", ".interactive-view",
      ].map((name) => holder.querySelector(name));
      this.content = JSON.parse(holder.querySelector("script").textContent);
      this.failure = document.createElement("p");
      this.failure.className = "interactive-note";
      this.failure.setAttribute("role", "alert");
      this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
      holder.hidden = false;
    }

    get isOpen() {
      return !this.root.hidden;
    }

    async open() {
      try {
        await bringLibrary();
        this.failure.remove();
      } catch {
        this.failure.textContent = "The chart can't be loaded.";
        this.holder.append(this.failure);
        return false;
      }
      this.turn(true);
      this.holder.chart ??= new window.OvertakeChart(this.root, this.content);
      return true;
    }

    close() {
      if (pressed?.turns === this) pressed.words.setAttribute("aria-pressed", "false");
      if (pressed?.turns === this) forget();
      this.turn(false);
    }

    turn(open) {
      for (const each of this.pictures) each.classList.toggle("interactive-replaced", open);
      this.root.hidden = !open;
      if (this.note) this.note.hidden = !open;
      this.button.textContent = open ? "Back to the picture" : "Explore this figure";
      this.button.setAttribute("aria-expanded", String(open));
    }

    /** Show a view and say what it shows; the way back stands beside what is said. */
    see(view) {
      this.holder.chart.see(view);
      const back = document.createElement("button");
      back.type = "button";
      back.textContent = "Back to the text";
      back.addEventListener("click", () => release(true));
      this.shown.replaceChildren(view.says, " ", back);
      const top = this.shown.getBoundingClientRect().top;
      const { bottom } = this.holder.chart.box.getBoundingClientRect();
      if (top >= SCREEN_EDGE && bottom <= innerHeight) return;
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.shown.scrollIntoView({ block: "start", behavior: still ? "instant" : "smooth" });
    }
  }

  // Words that steer a figure: one view at a time; the same words, Escape, or a button undo it.

  let pressed = null;

  function forget() {
    pressed.turns.shown.replaceChildren();
    pressed.turns.holder.chart.see({});
    pressed = null;
  }

  function release(returns) {
    const { words, turns, opened } = pressed;
    words.setAttribute("aria-pressed", "false");
    forget();
    if (opened) turns.turn(false);
    if (returns) words.focus();
  }

  async function press(words, turns, name) {
    if (pressed?.words === words) return release(false);
    let opened = !turns.isOpen;
    if (!(await turns.open())) return;
    if (pressed?.turns === turns) {
      opened = pressed.opened;
      pressed.words.setAttribute("aria-pressed", "false");
    } else if (pressed) release(false);
    pressed = { words, turns, opened };
    words.setAttribute("aria-pressed", "true");
    turns.see(turns.content.views[name]);
  }

  function steer(words, figures) {
    const [figure, view] = words.dataset.steer.split(":");
    const turns = figures.get(figure);
    if (!turns) return;
    words.setAttribute("role", "button");
    words.setAttribute("aria-pressed", "false");
    words.tabIndex = 0;
    words.addEventListener("click", () => press(words, turns, view));
    words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press(words, turns, view);
    });
  }

  function start() {
    const figures = new Map();
    for (const holder of document.querySelectorAll(".overtake-interactive")) {
      figures.set(holder.dataset.figure, new Turns(holder));
    }
    for (const words of document.querySelectorAll("[data-steer]")) steer(words, figures);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || !pressed) return;
      release(pressed.turns.holder.contains(document.activeElement));
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
