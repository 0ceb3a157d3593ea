"use strict";
// Every public page works without this. It keeps the chosen language, and lets a table be sorted by any column.
(() => {
  const choices = ["id", "en"].map((name) => document.getElementById(name));
  const keep = (value) => { try { if (value) localStorage.setItem("bahasa", value); return localStorage.getItem("bahasa"); } catch { return null; } };
  const tell = () => { document.documentElement.lang = choices.find((choice) => choice.checked).id; };
  if (choices[0] && choices[1]) {
    const kept = choices.find((choice) => choice.id === keep());
    if (kept) kept.checked = true;
    for (const text of document.querySelectorAll("i:not([lang])")) text.lang = "id";
    for (const choice of choices) choice.addEventListener("change", () => { keep(choice.id); tell(); });
    tell();
  }

  addEventListener("beforeprint", () => { for (const image of document.querySelectorAll("img[loading]")) image.loading = "eager"; });

  // data-v holds a cell's value where its text does not; figures are written 1.459.198, and "–" sorts below nought.
  const value = (cell) => {
    const text = cell.dataset.v ?? cell.textContent.trim();
    const figure = text.replaceAll(".", "");
    return /^\d+$/.test(figure) ? Number(figure) : text === "–" || text === "" ? -1 : text;
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "id"));
  for (const table of document.querySelectorAll("table[data-sort]")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const back = head.getAttribute("aria-sort") === (column ? "descending" : "ascending");
        const way = (column ? -1 : 1) * (back ? -1 : 1);
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row) => [value(row.cells[column]), row]);
        body.append(...rows.sort((a, b) => way * compare(a[0], b[0])).map(([, row]) => row));
      });
    });
  }
})();
