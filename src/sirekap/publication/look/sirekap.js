"use strict";
// The language that was chosen stays chosen, and <html lang> tells it. The page switches by CSS alone without this.
(() => {
  const choices = ["id", "en"].map((name) => document.getElementById(name));
  if (!choices[0] || !choices[1]) return;
  const tell = () => { document.documentElement.lang = choices.find((choice) => choice.checked).id; };
  try { const kept = document.getElementById(localStorage.getItem("bahasa") || ""); if (choices.includes(kept)) kept.checked = true; } catch { /* no storage */ }
  for (const choice of choices) choice.addEventListener("change", () => { tell(); try { localStorage.setItem("bahasa", choice.id); } catch { /* no storage */ } });
  tell();
})();
