/* The claim ledger: sorted by any column, narrowed down by words, verdict and confidence.
   Without this script it is a plain table that holds everything. */

"use strict";

{
  const RANKS = {
    "clearly for": 0, for: 1, "leans for": 2, "can't tell": 3, "leans against": 4, against: 5,
    "clearly against": 6, "no data": 7, high: 0, moderate: 1, low: 2,
  };

  const wordsOf = (cell) => cell.textContent.trim();

  /* Marks in a row: the verdicts on the parts of its claim, or how good the evidence of each is. */
  const MARKS = { verdict: ".overtake-verdict", confidence: ".overtake-sure" };
  const marksOf = (row, kind) => [...row.querySelectorAll(MARKS[kind])].map((mark) => plain(wordsOf(mark)));
  const plain = (words) => words.replaceAll("\u2019", "'");

  /* What a cell is sorted by: its first verdict, or else its words. */
  function keyOf(row, column) {
    const mark = row.cells[column].querySelector(MARKS.verdict);
    return mark ? plain(wordsOf(mark)) : wordsOf(row.cells[column]);
  }

  /* Verdicts and confidence by their order, all else by its words with numbers as numbers. */
  function compare(first, second) {
    const ranks = [RANKS[first], RANKS[second]];
    if (ranks.every((rank) => rank !== undefined)) return ranks[0] - ranks[1];
    return first.localeCompare(second, "en", { numeric: true });
  }

  function sortBy(table, column, descending) {
    const body = table.tBodies[0];
    const sign = descending ? -1 : 1;
    [...body.rows]
      .sort((a, b) => sign * compare(keyOf(a, column), keyOf(b, column)))
      .forEach((row) => body.append(row));
  }

  function makeSortable(table, status) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "ledger-sort";
      button.textContent = wordsOf(head);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const descending = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sortBy(table, column, descending);
        status.textContent = `Sorted by ${button.textContent}, ${descending ? "last" : "first"} first`;
      });
    });
  }

  function choice(label, values) {
    const holder = document.createElement("label");
    const select = document.createElement("select");
    select.append(new Option("any", ""), ...values.map((value) => new Option(value, value)));
    holder.append(label, select);
    return [holder, select];
  }

  function search() {
    const holder = document.createElement("label");
    const input = document.createElement("input");
    input.type = "search";
    holder.append("Words", input);
    return [holder, input];
  }

  function valuesOf(rows, kind) {
    return [...new Set(rows.flatMap((row) => marksOf(row, kind)))].sort(compare);
  }

  function setUp(ledger) {
    const table = ledger.querySelector("table");
    const rows = [...table.tBodies[0].rows];
    const form = document.createElement("form");
    const status = document.createElement("p");
    const [words, verdict, confidence] = [
      search(),
      choice("Verdict", valuesOf(rows, "verdict")),
      choice("Confidence", valuesOf(rows, "confidence")),
    ];
    const narrow = () => {
      const asked = words[1].value.toLowerCase().split(/\s+/).filter(Boolean);
      const shown = rows.filter((row) => asked.every((word) => row.textContent.toLowerCase().includes(word))
        && [[verdict, "verdict"], [confidence, "confidence"]].every(([field, kind]) => !field[1].value
          || marksOf(row, kind).includes(field[1].value)));
      rows.forEach((row) => { row.hidden = !shown.includes(row); });
      status.textContent = `${shown.length} of ${rows.length} claims`;
    };
    form.className = "ledger-controls";
    status.setAttribute("role", "status");
    form.append(words[0], verdict[0], confidence[0], status);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", narrow);
    ledger.prepend(form);
    makeSortable(table, status);
    narrow();
  }

  document.querySelectorAll(".claim-ledger").forEach(setUp);
}
