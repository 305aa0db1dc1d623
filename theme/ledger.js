/* The claims: narrowed down by words, verdict and confidence; a link to a card opens it.
   Without this script every card is there, and what is folded opens by itself. */

"use strict";

{
  const ORDER = [
    "clearly for", "for", "leans for", "can't tell", "leans against", "against", "clearly against", "no data",
    "high", "moderate", "low",
  ];
  const MARKS = { verdict: ".overtake-verdict", confidence: ".overtake-sure" };

  /* Marks on a card: the verdicts on the parts of its claim, or how good the evidence of each is. */
  const marksOf = (card, kind) => [...card.querySelectorAll(MARKS[kind])]
    .map((mark) => mark.textContent.trim().replaceAll("\u2019", "'"));

  function choice(label, cards, kind) {
    const values = [...new Set(cards.flatMap((card) => marksOf(card, kind)))]
      .sort((first, second) => ORDER.indexOf(first) - ORDER.indexOf(second));
    const select = document.createElement("select");
    select.append(new Option("any", ""), ...values.map((value) => new Option(value, value)));
    return labelled(label, select);
  }

  function labelled(label, field) {
    const holder = document.createElement("label");
    holder.append(label, field);
    return [holder, field];
  }

  function setUp(ledger) {
    const cards = [...ledger.querySelectorAll(".overtake-claim")];
    const form = document.createElement("form");
    const status = document.createElement("p");
    const words = labelled("Words", document.createElement("input"));
    words[1].type = "search";
    const choices = [["Verdict", "verdict"], ["Confidence", "confidence"]]
      .map(([label, kind]) => [...choice(label, cards, kind), kind]);
    const narrow = () => {
      const asked = words[1].value.toLowerCase().split(/\s+/).filter(Boolean);
      const shown = cards.filter((card) => asked.every((word) => card.textContent.toLowerCase().includes(word))
        && choices.every(([, field, kind]) => !field.value || marksOf(card, kind).includes(field.value)));
      cards.forEach((card) => { card.hidden = !shown.includes(card); });
      status.textContent = `${shown.length} of ${cards.length} claims`;
    };
    form.className = "ledger-controls";
    status.setAttribute("role", "status");
    form.append(words[0], ...choices.map(([holder]) => holder), status);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", narrow);
    ledger.prepend(form);
    narrow();
  }

  function openLinked() {
    const card = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest(".overtake-claim");
    if (!card) return;
    card.hidden = false;
    const folded = card.querySelector("details");
    if (folded) folded.open = true;
    card.scrollIntoView({ behavior: "instant" });
  }

  document.querySelectorAll(".claim-ledger").forEach(setUp);
  addEventListener("hashchange", openLinked);
  openLinked();
}
