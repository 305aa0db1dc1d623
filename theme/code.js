/* One quiet control for all code of a chapter. Without this script each cell has its own bar. */

"use strict";

{
  const cells = [...document.querySelectorAll("div.cell details.hide")];
  const heading = document.querySelector("article h1");

  const show = (open) => {
    document.documentElement.dataset.code = open ? "shown" : "hidden";
    cells.forEach((cell) => { cell.open = open; });
  };

  const addButton = () => {
    const button = document.createElement("button");
    const holder = document.createElement("p");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.textContent = "Show the code";
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-pressed") === "false";
      button.setAttribute("aria-pressed", String(open));
      show(open);
    });
    holder.className = "overtake-code-control";
    holder.append(button);
    heading.after(holder);
  };

  if (heading && cells.length) {
    addButton();
    show(false);
  }
}
