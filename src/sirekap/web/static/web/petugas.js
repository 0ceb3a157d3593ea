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

  // Keys: each presses the button, link or choice that carries it, never while typing. Not at once after a page
  // opens, so that a key struck twice does not decide about the next station too.
  const root = document.documentElement;
  setTimeout(() => { root.dataset.keys = "on"; }, 350);
  const pictures = [...document.querySelectorAll(".viewer a[data-zoom]")];
  let picture = pictures[0];
  const press = (key) => {
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (target?.matches("input:not([type=radio])")) target.focus();
    else target?.click();
    return Boolean(target);
  };
  const look = (key) => {
    if (/^[1-9]$/.test(key) && pictures[key - 1]) {
      picture = pictures[key - 1];
      picture.closest(".viewer").scrollTop = picture.closest("figure").offsetTop;
      return true;
    }
    if (key === "f") picture?.click();
    return key === "f";
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || root.dataset.keys !== "on") return;
    const key = event.key.toLowerCase();
    if (key !== "escape" && event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea")) return;
    if (["enter", " "].includes(key) && event.target.closest("a, button, summary, input")) return;
    if (key.startsWith("arrow") && event.target.closest("input, .viewer, .scroll")) return;
    if (press(key) || look(key)) event.preventDefault();
  });

  // The hall's screen: ask every two seconds whether it has to change, and only then fetch it.
  const hall = () => document.querySelector("[data-follow]");
  const follow = async () => {
    const asked = await fetch(hall().dataset.follow, { credentials: "same-origin" }).catch(() => null);
    const lost = !asked?.ok;
    root.classList.toggle("lost", lost);
    if (lost || (await asked.json()).version === hall().dataset.version) return;
    const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-follow]");
    if (fresh) hall().replaceWith(fresh);
  };
  if (hall()) setInterval(() => follow().catch(() => root.classList.add("lost")), 2000);

  const first = document.getElementById("errors") || document.querySelector(
    "form[data-keys] .entry input, form[data-first] input:not([type=hidden])",
  );
  if (first) first.focus({ preventScroll: first.id !== "errors" });
})();
