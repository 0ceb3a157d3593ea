// Conveniences of the staff screens; every screen works without them.
(() => {
  "use strict";

  // Entry forms: a focused figure is selected; Enter goes to the next one, and sends only from the button.
  for (const form of document.querySelectorAll("form[data-keys]")) {
    const fields = [...form.querySelectorAll("input:not([type=hidden]), button")];
    form.addEventListener("focusin", (event) => {
      if (event.target.matches(".entry input")) event.target.select();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches(".entry input")) return;
      event.preventDefault();
      fields[fields.indexOf(event.target) + 1]?.focus();
    });
  }

  // Corrections: mark what differs from the figures in force.
  for (const form of document.querySelectorAll("form[data-compare]")) {
    for (const input of form.querySelectorAll(".entry input")) {
      const mark = () => input.classList.toggle("changed", input.value.trim() !== input.defaultValue);
      input.addEventListener("input", mark);
    }
  }

  // Photographs: a click enlarges in place.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-zoom]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const viewer = link.closest(".viewer");
    const box = link.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    if (!viewer.classList.toggle("large")) return;
    const after = link.getBoundingClientRect();
    viewer.scrollLeft = link.offsetLeft + after.width * x - viewer.clientWidth / 2;
    viewer.scrollTop = link.offsetTop + after.height * y - viewer.clientHeight / 2;
  });

  // Photographs that wait to be read: ask again until they are, for two minutes at most.
  const polled = document.querySelector("[data-poll]");
  if (polled) {
    let left = 60;
    const timer = setInterval(async () => {
      left -= 1;
      const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
      if (answer?.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(polled.id);
        const here = document.getElementById(polled.id);
        if (fresh && here && fresh.innerHTML !== here.innerHTML) here.replaceWith(fresh);
        if (!fresh?.hasAttribute("data-poll")) left = 0;
      }
      if (left <= 0) clearInterval(timer);
    }, 2000);
  }

  // Plenary keys: Enter, K, T, H press the button or link that carries them, never while typing.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, select, textarea, button, a, summary")) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!target) return;
    event.preventDefault();
    target.click();
  });

  const first = document.getElementById("errors") || document.querySelector("form[data-keys] .entry input");
  if (first) first.focus({ preventScroll: first.id !== "errors" });
})();
