"use strict";
// Type-ahead over the index of one regency (data-index) or, above it, over regencies and districts. Without it the list below works by itself.
(() => {
  const box = document.getElementById("cari"), out = document.getElementById("hasil"), note = document.getElementById("kabar");
  const root = box.dataset.root, kinds = { pkwkk: box.dataset.pkwkk, pkwkp: box.dataset.pkwkp };
  const fold = (s) => s.normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
  const words = (s) => s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const loaded = new Map();
  const load = (path) => {
    if (!loaded.has(path)) loaded.set(path, fetch(root + path).then((r) => { if (!r.ok) throw new Error(path); return r.json(); }));
    return loaded.get(path);
  };
  const has = (ranges, n) => ranges.split(" ").some((part) => { const [a, b] = part.split("-").map(Number); return n >= a && n <= (b || a); });
  const page = (kind, code) => {
    const parts = [2, 4, 6, 10].filter((n) => n <= code.length).map((n) => code.slice(0, n));
    return root + [kind, ...parts, code.length === 13 ? code + ".html" : "index.html"].join("/");
  };
  const rows = (index) => index.districts.flatMap(([code, name, villages]) => [
    { code, name: "Kecamatan " + name, key: fold(name), kinds: index.kinds },
    ...villages.map(([rest, village, stations]) => {
      const of = (kind) => typeof stations === "string" ? stations : stations[kind] || "";
      return { code: code + rest, name: village + ", " + name, key: fold(village), kinds: index.kinds.filter(of), of };
    }),
  ]);
  const show = (found, total) => {
    out.replaceChildren(...found.map(({ code, name, kinds: own }) => {
      const item = document.createElement("li"), label = document.createElement("b");
      label.textContent = name;
      item.append(label, " ");
      own.forEach((kind) => {
        const link = document.createElement("a");
        link.href = page(kind, code);
        link.textContent = kinds[kind] || kind;
        link.setAttribute("aria-label", name + ": " + link.textContent);
        item.append(link, " ");
      });
      return item;
    }));
    note.textContent = total ? (total > found.length ? found.length + " / " : "") + total + " " + box.dataset.found : box.dataset.none;
  };
  const search = (all, text) => {
    const digits = text.replace(/[\s.]/g, "");
    if (/^\d{3,13}$/.test(digits)) {
      const near = all.filter((r) => r.code.startsWith(digits) || digits.startsWith(r.code));
      if (digits.length < 11) return near.filter((r) => r.code.startsWith(digits));
      return stations(near.filter((r) => r.of), (n) => String(n).padStart(3, "0").startsWith(digits.slice(10)));
    }
    let number = null;
    const names = words(text).filter((w) => {
      if (w === "tps" || w === "kecamatan" || w === "desa" || w === "kelurahan") return false;
      const m = /^(?:tps)?0*(\d{1,3})$/.exec(w);
      if (m && number === null) { number = Number(m[1]); return false; }
      return true;
    });
    const key = names.join("");
    const fits = (r) => r.key.includes(key) || names.every((w) => fold(r.name).includes(w));
    const found = key ? all.filter(fits) : all;
    found.sort((a, b) => (b.key === key) - (a.key === key) || b.key.startsWith(key) - a.key.startsWith(key));
    return number === null ? (key ? found : []) : stations(found.filter((r) => r.of), (n) => n === number);
  };
  const stations = (villages, wanted) => villages.flatMap((v) => {
    const out = [];
    for (let n = 1; n < 1000 && out.length < 60; n++) {
      if (!wanted(n)) continue;
      const own = v.kinds.filter((kind) => has(v.of(kind), n)), three = String(n).padStart(3, "0");
      if (own.length) out.push({ code: v.code + three, name: "TPS " + three + ", " + v.name, kinds: own });
    }
    return out;
  });
  const run = async () => {
    const text = box.value.trim();
    if (text.length < 2) { out.replaceChildren(); note.textContent = ""; return; }
    try {
      let path = box.dataset.index;
      const code = text.replace(/[\s.]/g, "").slice(0, 4);
      if (!path && /^\d{4}$/.test(code)) path = "cari/" + code + ".json";
      let all;
      if (path) all = rows(await load(path));
      else all = (await load("cari/semua.json")).regencies.flatMap(([c, name, districts]) => [
        { code: c, name, key: fold(name), kinds: [], list: 1 }, ...districts.map(([d, dn]) => ({ code: c + d, name: "Kecamatan " + dn + ", " + name, key: fold(dn), kinds: [], list: 1 }))]);
      if (box.value.trim() !== text) return;
      const found = search(all, text);
      show(found.slice(0, 30), found.length);
      if (!path) out.querySelectorAll("li").forEach((item, i) => {
        const link = document.createElement("a");
        link.href = root + "cari/" + found[i].code.slice(0, 4) + ".html#k" + found[i].code;
        link.append(item.firstChild);
        item.replaceChildren(link);
      });
    } catch { note.textContent = box.dataset.failed; }
  };
  document.getElementById("kotak").hidden = false;
  box.addEventListener("input", run);
  if (box.value) run();
})();
