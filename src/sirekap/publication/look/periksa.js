"use strict";
// Checks a published site in the reader's own browser: signatures, the ledger's tree, a receipt, one station.
// WebCrypto only. Reads the site over the network, or from a folder that the reader opens. Formats: docs/explanation/ledger.md.
(() => {
  const $ = (id) => document.getElementById(id);
  const text = new TextDecoder(), bytesOf = (s) => new TextEncoder().encode(s);
  const WIDTH = 256, HASH = 32;
  const subtle = globalThis.crypto && globalThis.crypto.subtle;

  // -- words: both languages, CSS shows one ------------------------------------------------------
  const both = (id, en) => {
    const out = document.createDocumentFragment();
    [["id", id], ["en", en]].forEach(([lang, words]) => {
      const part = document.createElement("i");
      part.lang = lang;
      part.textContent = words;
      out.append(part);
    });
    return out;
  };
  class Bad extends Error {
    constructor(id, en) { super(en); this.id = id; this.en = en; }
  }
  const fail = (id, en) => { throw new Bad(id, en); };
  const inWords = (error) => error instanceof Bad ? both(error.id, error.en) : both("Kesalahan: " + error.message, "Error: " + error.message);
  const say = (target, kind, ...content) => { target.className = "verdict " + kind; target.replaceChildren(...content); };

  // -- bytes and signatures ----------------------------------------------------------------------
  const join = (...parts) => {
    const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    parts.forEach((p) => { out.set(p, at); at += p.length; });
    return out;
  };
  const hex = (b) => Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
  const unhex = (s) => Uint8Array.from(s.match(/../g) || [], (x) => parseInt(x, 16));
  const unb64 = (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
  const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
  const sha256 = async (data) => new Uint8Array(await subtle.digest("SHA-256", data));
  const leafHash = (data) => sha256(join(Uint8Array.of(0), data));
  const nodeHash = (left, right) => sha256(join(Uint8Array.of(1), left, right));

  const parseVkey = async (line) => {
    const [name, id, data] = line.trim().split(/\+(.*?)\+(.*)/s);
    const raw = data ? unb64(data) : new Uint8Array();
    const kind = raw[0], found = raw.length === 33 && (await sha256(join(bytesOf(name + "\n"), raw))).slice(0, 4);
    if (!found || hex(found) !== id || ![1, 4].includes(kind)) fail("Kunci publik rusak: " + line, "Damaged public key: " + line);
    return { name, id, kind, raw: raw.slice(1), vkey: line.trim() };
  };
  const splitNote = (note) => {
    const at = note.lastIndexOf("\n\n");
    if (at < 0 || !note.endsWith("\n")) fail("Catatan bertanda tangan rusak.", "Damaged signed note.");
    const lines = note.slice(at + 2, -1).split("\n").map((line) => {
      const found = /^\u2014 (\S+) (\S+)$/.exec(line) || fail("Baris tanda tangan rusak.", "Damaged signature line.");
      const data = unb64(found[2]);
      return { name: found[1], id: hex(data.slice(0, 4)), data: data.slice(4) };
    });
    return { text: note.slice(0, at + 1), lines };
  };
  let ed25519 = true;
  const verifies = async (key, body, signature) => {
    let message = bytesOf(body);
    if (key.kind === 4) {
      const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
      message = bytesOf("cosignature/v1\ntime " + time + "\n" + body);
      signature = signature.slice(8);
    }
    try {
      const imported = await subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
      return await subtle.verify({ name: "Ed25519" }, imported, signature, message);
    } catch (error) {
      if (error.name !== "NotSupportedError" && error.name !== "SyntaxError") throw error;
      ed25519 = false;
      return null;
    }
  };
  // true: this key has signed; false: its signature is wrong; null: the browser cannot tell; undefined: it has not signed
  const signedBy = async (note, key) => {
    const { text: body, lines } = splitNote(note);
    const line = lines.find((l) => l.name === key.name && l.id === key.id);
    return line && verifies(key, body, line.data);
  };

  // -- where the site's files come from ----------------------------------------------------------
  const source = { folder: null, read: null, name: "" };
  class Missing extends Bad {}
  const fromAddress = (base) => async (path) => {
    const answer = await fetch(new URL(path, base), { cache: "no-store" }).catch(() =>
      fail("Tidak dapat mengambil " + path + " dari " + base + ". Periksa sambungan; bila situsnya lain, ia harus mengizinkannya (CORS). Cara lain: unduh salinannya dan buka foldernya.",
        "Cannot fetch " + path + " from " + base + ". Check the connection; another site must allow it (CORS). Or download a copy and open its folder."));
    if (!answer.ok) throw new Missing("Situs tidak memuat " + path + ".", "The site has no " + path + ".");
    return new Uint8Array(await answer.arrayBuffer());
  };
  const fromFolder = (files) => {
    const paths = Array.from(files, (f) => (f.webkitRelativePath || f.name).split("/").slice(1).join("/"));
    const head = paths.findIndex((p) => p.endsWith("buku-besar/checkpoint"));
    if (head < 0) fail("Folder ini tidak memuat buku-besar/checkpoint.", "This folder has no buku-besar/checkpoint.");
    const prefix = paths[head].slice(0, -"buku-besar/checkpoint".length);
    const known = new Map(paths.map((p, i) => [p, files[i]]));
    return async (path) => {
      const file = known.get(prefix + path);
      if (!file) throw new Missing("Folder tidak memuat " + path + ".", "The folder has no " + path + ".");
      return new Uint8Array(await file.arrayBuffer());
    };
  };
  const readText = async (path) => text.decode(await source.read(path));
  const readJson = async (path) => JSON.parse(await readText(path));

  // -- the log -----------------------------------------------------------------------------------
  const indexPath = (n) => {
    const digits = String(n), all = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.../g);
    return all.map((g, i) => (i < all.length - 1 ? "x" : "") + g).join("/");
  };
  class Log {
    constructor(size) { this.size = size; this.tiles = new Map(); }
    width(level, number) { return Math.max(0, Math.min(WIDTH, Math.floor(this.size / WIDTH ** level) - number * WIDTH)); }
    async fetch(prefix, number, width) {
      const path = "buku-besar/" + prefix + "/" + indexPath(number);
      if (width === WIDTH) return source.read(path);
      return source.read(path + ".p/" + width).catch((e) => { if (e instanceof Missing) return source.read(path); throw e; });
    }
    async raw(level, number) {
      const width = this.width(level, number), data = await this.fetch("tile/" + level, number, width);
      if (data.length < width * HASH) fail("Ubin buku besar rusak.", "A ledger tile is damaged.");
      return Array.from({ length: width }, (_, i) => data.subarray(i * HASH, (i + 1) * HASH));
    }
    // Hashes of a tile; a full one is held against the tile above it, the right edge against the signed root.
    async tile(level, number) {
      const key = level + "/" + number;
      if (!this.tiles.has(key)) this.tiles.set(key, await this.authentic(level, number));
      return this.tiles.get(key);
    }
    async authentic(level, number) {
      const hashes = await this.raw(level, number);
      if (hashes.length === WIDTH) {
        const above = await this.tile(level + 1, Math.floor(number / WIDTH));
        if (!same(await treeRoot(hashes), above[number % WIDTH])) fail("Ubin " + level + "/" + number + " tidak cocok dengan pohon.", "Tile " + level + "/" + number + " does not fit the tree.");
      }
      return hashes;
    }
    async root() {
      if (!this.size) return sha256(new Uint8Array());
      const parts = [];
      let level = 0, rest = this.size;
      while (rest) {
        const width = rest % WIDTH;
        if (width) {
          const number = Math.floor(rest / WIDTH), hashes = await this.raw(level, number);
          this.tiles.set(level + "/" + number, hashes);
          let at = width;
          for (let size = 1; size < WIDTH; size *= 2) if (width & size) { at -= size; parts.push(await treeRoot(hashes.slice(at, at + size))); }
        }
        rest = Math.floor(rest / WIDTH);
        level += 1;
      }
      return parts.slice(1).reduce(async (right, left) => nodeHash(left, await right), Promise.resolve(parts[0]));
    }
    async bundle(number) {
      const data = await this.fetch("tile/entries", number, this.width(0, number)), out = [];
      for (let at = 0; at < data.length && out.length < this.width(0, number);) {
        const size = data[at] * 256 + data[at + 1];
        out.push(data.subarray(at + 2, at + 2 + size));
        at += 2 + size;
      }
      return out;
    }
    async entry(index) {
      if (!Number.isInteger(index) || index < 0 || index >= this.size) fail("Entri " + index + " tidak ada di buku besar.", "There is no entry " + index + " in the ledger.");
      const number = Math.floor(index / WIDTH), leaves = await this.tile(0, number), data = (await this.bundle(number))[index % WIDTH];
      if (!data || !same(await leafHash(data), leaves[index % WIDTH])) fail("Entri " + index + " tidak cocok dengan pohonnya.", "Entry " + index + " does not match its tree.");
      return JSON.parse(text.decode(data));
    }
    async find(leaf, progress) {
      for (let number = Math.ceil(this.size / WIDTH) - 1; number >= 0; number--) {
        progress(number);
        const at = (await this.raw(0, number)).findIndex((h) => same(h, leaf));
        if (at >= 0) {
          if (!same((await this.tile(0, number))[at], leaf)) fail("Ubin rusak.", "A tile is damaged.");
          return number * WIDTH + at;
        }
      }
      return null;
    }
  }
  const treeRoot = async (hashes) => {
    let level = hashes;
    while (level.length > 1) {
      const next = [];
      for (let i = 0; i < level.length; i += 2) next.push(i + 1 < level.length ? nodeHash(level[i], level[i + 1]) : level[i]);
      level = await Promise.all(next);
    }
    return level[0];
  };

  // -- the signed head, its keys, its witnesses ----------------------------------------------------
  const keyChain = async (log, trusted) => {
    const listed = await readJson("buku-besar/keys.json").then((d) => d.keys).catch(async (e) => {
      if (e instanceof Missing) return [{ vkey: (await readText("buku-besar/log.vkey")).trim(), entry: null }];
      throw e;
    });
    const first = trusted ? listed.findIndex((k) => k.vkey === trusted) : 0;
    if (first < 0) fail("Buku besar ini tidak memakai kunci yang Anda percaya.", "This log does not use the key that you trust.");
    const chain = [{ key: await parseVkey(listed[first].vkey), since: 0 }];
    for (const next of listed.slice(first + 1)) {
      const old = chain[chain.length - 1].key, key = await parseVkey(next.vkey), entry = await log.entry(next.entry);
      const right = ["sirekap/log-rotation/v1", old.name, old.vkey, key.vkey, ""].join("\n");
      const note = entry.kind === "log.rotated" ? entry.body.note : "\n\n";
      if (splitNote(note).text !== right || key.name !== old.name || [await signedBy(note, old), await signedBy(note, key)].some((ok) => !ok && ok !== null))
        fail("Pergantian kunci buku besar tidak sah.", "A rotation of the log's key is not valid.");
      chain.push({ key, since: next.entry + 1 });
    }
    return chain;
  };
  let opened = null;
  const openLog = () => (opened = opened || (async () => {
    if (!subtle) fail("Browser tidak memberi WebCrypto di alamat ini. Buka lewat https://, atau simpan halaman ini dan buka dari komputer Anda.",
      "The browser gives no WebCrypto at this address. Open it over https://, or save this page and open it from your own computer.");
    const note = await readText("buku-besar/checkpoint"), [origin, size, root] = splitNote(note).text.split("\n");
    const log = new Log(Number(size));
    if (!same(await log.root(), unb64(root))) fail("Ubin tidak memberi akar yang ditandatangani: buku besar ini telah berubah.", "The tiles do not give the signed root: this ledger has been altered.");
    const trusted = $("kunci").value.trim(), chain = await keyChain(log, trusted);
    const key = chain.filter((k) => k.since <= log.size).pop().key, ok = key.name === origin && await signedBy(note, key);
    if (!ok && ok !== null) fail("Tanda tangan buku besar tidak sah.", "The log's signature is not valid.");
    return { log, note, origin, root, ok, key, own: !trusted };
  })().catch((e) => { opened = null; throw e; }));

  const row = (cells) => {
    const tr = document.createElement("tr");
    cells.forEach((cell, i) => { const td = document.createElement(i ? "td" : "th"); if (!i) td.scope = "row"; td.append(cell); tr.append(td); });
    return tr;
  };
  const showHead = async () => {
    const out = $("kepala"), table = $("saksi");
    say(out, "wait", both("Membaca buku besar …", "Reading the ledger …"));
    try {
      const head = await openLog();
      const words = head.ok === null
        ? both("Akar pohon cocok dengan ubinnya. Tanda tangan TIDAK diperiksa: browser ini belum mengenal Ed25519.", "The root fits the tiles. The signature was NOT checked: this browser does not know Ed25519.")
        : both("Tanda tangan dan akar pohon cocok: " + head.log.size + " entri, " + head.origin + ".", "Signature and root hold: " + head.log.size + " entries, " + head.origin + ".");
      const from = head.own ? both(" Kuncinya diambil dari situs ini sendiri: bandingkan dengan sumber lain.", " The key is taken from this very site: compare it with another source.") : "";
      say(out, head.ok === null ? "warn" : "good", words, from, document.createElement("br"), head.key.vkey);
      const listed = (await readJson("buku-besar/witnesses.json").catch(() => ({ witnesses: [] }))).witnesses;
      const rows = [];
      for (const w of listed) {
        const entry = await head.log.entry(w.entry), own = entry.kind === "witness.registered" && entry.body.vkey === w.vkey;
        let state = both("belum menandatangani", "has not signed yet");
        if (w.latest) {
          const [note, key] = [await readText("buku-besar/" + w.latest.path), await parseVkey(w.vkey)];
          const ok = own && await signedBy(note, key);
          const at = new Date(w.latest.time * 1000).toISOString().slice(0, 16).replace("T", " ") + " UTC";
          state = ok ? both("✓ menandatangani " + w.latest.size + " entri, " + at, "✓ has signed " + w.latest.size + " entries, " + at)
            : ok === null ? both("tidak diperiksa (Ed25519)", "not checked (Ed25519)") : both("✗ tanda tangan TIDAK SAH", "✗ signature NOT VALID");
        }
        rows.push(row([w.who, w.name, state]));
      }
      table.tBodies[0].replaceChildren(...rows);
      table.hidden = !rows.length;
      $("tanpa-saksi").hidden = rows.length > 0;
    } catch (error) { say(out, "bad", inWords(error)); }
  };

  // -- a receipt -----------------------------------------------------------------------------------
  const parseReceipt = (pasted) => {
    let body = pasted.trim(), note = "";
    try {
      if (body.startsWith("{") && body.includes("\n\n\u2014 ")) [body, note] = [splitNote(body + "\n").text, body + "\n"];
      let found = JSON.parse(body);
      if (found.note) { note = found.note; found = JSON.parse(splitNote(note).text); }
      if (!/^[0-9a-f]{64}$/.test(found.leaf_hash) || Number.isNaN(Date.parse(found.deadline))) throw new Error("fields");
      return { ...found, note };
    } catch { return fail("Ini bukan tanda terima. Tempelkan persis seperti yang diberikan aplikasi.", "This is no receipt. Paste it exactly as the application gave it."); }
  };
  const checkReceipt = async () => {
    const out = $("jawaban");
    try {
      const receipt = parseReceipt($("tanda-terima").value), { log } = await openLog();
      const signed = receipt.note ? await readText("buku-besar/receipts.vkey").then(async (k) => signedBy(receipt.note, await parseVkey(k))).catch((e) => { if (e instanceof Missing) return null; throw e; }) : null;
      if (signed === false || (receipt.note && signed === undefined)) fail("Tanda terima ini tidak ditandatangani server ini.", "This receipt was not signed by this server.");
      const index = await log.find(unhex(receipt.leaf_hash), (left) => say(out, "wait", both("Mencari … sisa " + left + " ubin", "Looking … " + left + " tiles left")));
      const due = receipt.deadline.slice(0, 16).replace("T", " ") + " UTC";
      if (index !== null) {
        say(out, "good", both("TERCATAT. Foto ini adalah entri " + index + " dari " + log.size + " dalam buku besar.", "INCLUDED. This photo is entry " + index + " of " + log.size + " in the ledger."));
      } else if (Date.now() <= Date.parse(receipt.deadline)) {
        say(out, "warn", both("BELUM. Server berjanji mencatatnya paling lambat " + due + ". Periksa lagi sesudah itu.", "NOT YET. The server promised to include it by " + due + ". Check again after that."));
      } else {
        const newest = log.size ? Date.parse((await log.entry(log.size - 1)).at) : 0;
        const copy = newest < Date.parse(receipt.deadline) ? both(" Salinan ini berakhir sebelum batas itu: tanyakan juga kepada situs aslinya.", " This copy ends before that: ask the original site as well.") : "";
        say(out, "bad", both("HILANG: LAPORKAN INI. Dijanjikan paling lambat " + due + ", tetapi tidak ada di antara " + log.size + " entri. Simpan tanda terima ini; ia bukti.", "MISSING: REPORT THIS. Promised by " + due + ", but not among the " + log.size + " entries. Keep this receipt: it is proof."), copy);
      }
    } catch (error) { say(out, "bad", inWords(error)); }
  };

  // -- one station -----------------------------------------------------------------------------------
  const uuid5 = async (namespace, name) => {
    const b = new Uint8Array(await subtle.digest("SHA-1", join(unhex(namespace.replaceAll("-", "")), bytesOf(name)))).slice(0, 16);
    b[6] = (b[6] & 15) | 80;
    b[8] = (b[8] & 63) | 128;
    return hex(b).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  };
  // What the entries of one row say, in order: the same rules as the node's projections.
  const derive = async (entries, id, generation) => {
    const out = { written: null, verified: null, decided: null }, sets = new Map();
    let acts = [];
    const decide = (session, figures) => { acts.push([session, figures]); out.decided = figures; };
    const statement = async (entry, body) => {
      if (entry.actor.role === "kpps") out.written = { ...out.written, ...body.figures };
      if (body.verified) { out.verified = body.verified.figures; sets.set(await uuid5(entry.id, "verified"), out.verified); }
    };
    for (const entry of entries) {
      const { kind } = entry, own = kind === "items.accepted" ? entry.body.items.find((item) => item.row === id) : entry.body;
      if (!own || own.row !== id || own.generation !== generation) continue;
      const body = { ...entry.body, ...own };
      if (kind === "statement.made") await statement(entry, body);
      if (kind === "photo.read" && body.statement) await statement(entry, body.statement);
      if (kind === "items.accepted") decide(body.session, sets.get(body.figures_id) || null);
      if (kind === "item.reopened") { acts = acts.filter(([session]) => session !== body.session); out.decided = acts.length ? acts[acts.length - 1][1] : null; }
      if (kind === "item.corrected") { decide(body.session, body.figures); sets.set(await uuid5(entry.id, "correction"), body.figures); }
      if (kind === "item.decided" && body.decision !== "deferred") {
        const figures = body.figures || sets.get(body.figures_id) || null;
        if (body.figures) sets.set(await uuid5(entry.id, "item"), body.figures);
        if (body.decision === "recount_entered") out.verified = figures;
        else decide(body.session, figures);
      }
    }
    return out;
  };
  // An objection about a station is no act on its figures; it stands on the page under a heading of its own.
  const concerns = (entry, id) => !entry.kind.startsWith("objection.") && (entry.body.row === id || (entry.body.items || []).some((item) => item.row === id));
  const equal = (a, b) => {
    const plain = (f) => f && JSON.stringify(Object.keys(f).sort().map((k) => [k, f[k]]));
    return plain(a) === plain(b);
  };
  const folderOf = (kind, code) => [kind, ...[2, 4, 6, 10].map((n) => code.slice(0, n))].join("/");
  const pool = async (items, work, most = 4) => {
    const queue = items.map((item, i) => [item, i]), out = [];
    await Promise.all(Array.from({ length: most }, async () => { for (let next = queue.shift(); next; next = queue.shift()) out[next[1]] = await work(next[0]); }));
    return out;
  };

  // data.json -> manifests up to the root -> the entry of the cut
  const checkManifests = async (folder, data, log) => {
    const listed = (doc, path) => [...doc.files, ...doc.children].find((f) => f.path === path);
    let [name, bytes, here] = ["data.json", data, folder];
    for (;;) {
      const raw = await source.read((here ? here + "/" : "") + "manifest.json"), entry = listed(JSON.parse(text.decode(raw)), name);
      if (!entry || entry.sha256 !== hex(await sha256(bytes))) fail("Berkas " + name + " berbeda dari manifesnya.", name + " differs from its manifest.");
      if (!here) { bytes = raw; break; }
      [name, bytes, here] = [here.slice(here.lastIndexOf("/") + 1) + "/manifest.json", raw, here.slice(0, Math.max(0, here.lastIndexOf("/")))];
    }
    const latest = await readJson("latest.json"), root = hex(await sha256(bytes));
    for (let index = log.size - 1; index >= latest.ledger_size; index--) {
      const entry = await log.entry(index);
      if (entry.kind === "publication.cut" && entry.body.number === latest.cut) {
        if (entry.body.manifest_sha256 !== root) fail("Manifes situs bukan yang dicatat buku besar.", "The site's manifest is not the one the ledger recorded.");
        return index;
      }
    }
    return fail("Buku besar tidak memuat potongan data situs ini.", "The ledger has no entry for this site's cut.");
  };

  // A village's data.json holds every field, text and form once; rows point at them.
  const stationIn = (doc, code) => {
    const HISTORY = ["ledger_index", "kind", "at", "role", "what", "generation", "why", "evidence", "changes"], PHOTOS = ["sha256", "extension"];
    const row = doc.stations.rows.find((r) => r[0] === code) || fail("TPS ini tidak ada di desanya.", "This station is not in its village.");
    const named = (columns, values) => Object.fromEntries(columns.map((column, i) => [column, values[i] ?? null]));
    const form = (n) => n === null ? null : Object.fromEntries(doc.fields.map((field, i) => [field, doc.forms[n][i]]).filter(([, v]) => v !== -1));
    const own = named(doc.stations.columns, row), stages = ["written", "verified", "decided", "counted"];
    return {
      ...own, name: "TPS " + code.slice(-3), figures: Object.fromEntries(stages.map((stage) => [stage, form(own[stage])])),
      history: own.history.map((event) => named(HISTORY, event)),
      photos: own.photos.map((photo) => named(PHOTOS, photo)).map((p) => ({ ...p, path: "foto/" + p.sha256.slice(0, 2) + "/" + p.sha256 + "." + p.extension })),
    };
  };

  const checks = (list) => async (id, en, work) => {
    const item = document.createElement("li");
    item.append(both("… " + id, "… " + en));
    list.append(item);
    try {
      const [moreId, moreEn] = (await work()) || ["", ""];
      item.className = "good";
      item.replaceChildren("✓ ", both(id + (moreId && ": " + moreId), en + (moreEn && ": " + moreEn)));
      return true;
    } catch (error) {
      item.className = error.skipped ? "warn" : "bad";
      item.replaceChildren(error.skipped ? "– " : "✗ ", both(id + ": ", en + ": "), inWords(error));
      return Boolean(error.skipped);
    }
  };

  const checkStation = async () => {
    const out = $("hasil"), list = $("langkah"), kind = $("jenis").value, code = $("tps").value.replace(/\D/g, "");
    list.replaceChildren();
    if (code.length !== 13) { say(out, "bad", both("Kode TPS terdiri dari 13 angka.", "A station code has 13 digits.")); return; }
    say(out, "wait", both("Memeriksa …", "Checking …"));
    location.replace("#" + kind + "/" + code);
    const check = checks(list), id = code + "-" + kind, folder = folderOf(kind, code), results = [];
    let head, data, station, entries = [];
    const run = async (...step) => { results.push(await check(...step)); return results[results.length - 1]; };
    const read = await run("Buku besar: tanda tangan dan akar pohon", "Ledger: signature and root", async () => {
      head = await openLog();
      if (head.ok === null) throw Object.assign(new Bad("browser ini belum mengenal Ed25519; akar cocok", "this browser does not know Ed25519; the root fits"), { skipped: true });
      return [head.log.size + " entri", head.log.size + " entries"];
    }) && await run("Data TPS dibaca", "The station's data are read", async () => {
      data = await source.read(folder + "/data.json");
      station = stationIn(JSON.parse(text.decode(data)), code);
      return [station.name + ", " + station.standing, station.name + ", " + station.standing];
    });
    if (!read) { say(out, "bad", both("Pemeriksaan terhenti.", "The check stopped.")); return; }
    await run("Berkas ini yang dicatat pada potongan datanya", "This file is the one recorded with its cut", async () => {
      const index = await checkManifests(folder, data, head.log);
      return ["entri " + index, "entry " + index];
    });
    await run("Setiap tindakan ada di pohon buku besar", "Every act is in the ledger's tree", async () => {
      const indexes = [...new Set(station.history.map((e) => e.ledger_index))].sort((a, b) => a - b);
      if (indexes.includes(null)) fail("Satu tindakan belum bernomor; tunggu potongan data berikutnya.", "One act has no number yet; wait for the next cut.");
      for (const index of indexes) entries.push(await head.log.entry(index));
      const foreign = entries.filter((e) => e.body.row !== undefined && e.body.row !== id);
      if (foreign.length) fail("Sebuah tindakan menunjuk TPS lain.", "An act points at another station.");
      return [indexes.length + " entri", indexes.length + " entries"];
    });
    if ($("teliti").checked) await run("Tidak ada tindakan yang disembunyikan (seluruh buku besar dibaca)", "No act is hidden (the whole ledger was read)", async () => {
      const cutSize = (await readJson("latest.json")).ledger_size, shown = new Set(station.history.map((e) => e.ledger_index)), needle = '"row":"' + id + '"', total = Math.ceil(head.log.size / WIDTH);
      let done = 0;
      await pool(Array.from({ length: total }, (_, n) => n), async (number) => {
        const leaves = await head.log.tile(0, number), bundle = await head.log.bundle(number), hashes = await Promise.all(bundle.map(leafHash));
        if (leaves.length !== hashes.length || !leaves.every((leaf, at) => same(leaf, hashes[at]))) fail("Entri dari " + number * WIDTH + " tidak cocok dengan pohonnya.", "Entries from " + number * WIDTH + " do not match their tree.");
        bundle.forEach((bytes, at) => {
          const index = number * WIDTH + at, words = text.decode(bytes);
          if (index < cutSize && !shown.has(index) && words.includes(needle) && concerns(JSON.parse(words), id))
            fail("Entri " + index + " tentang TPS ini tidak ada di halamannya.", "Entry " + index + " about this station is not on its page.");
        });
        done += 1;
        say(out, "wait", both("Membaca buku besar: " + done + " / " + total, "Reading the ledger: " + done + " / " + total));
      });
      return [head.log.size + " entri", head.log.size + " entries"];
    });
    await run("Angka yang ditampilkan sama dengan isi entri", "The figures shown are those of the entries", async () => {
      const derived = await derive(entries, id, station.generation), names = { written: ["keyed by the committee", "isian KPPS"], verified: ["verified", "terverifikasi"], decided: ["decided", "keputusan pleno"] };
      for (const [stage, [en, words]] of Object.entries(names))
        if (!equal(derived[stage], station.figures[stage])) fail("Angka “" + words + "” berbeda dari buku besar.", "The figures “" + en + "” differ from the ledger.");
      const counted = station.figures.counted;
      if (counted && !equal(counted, derived.decided || derived.verified)) fail("Angka yang dihitung berbeda dari buku besar.", "The counted figures differ from the ledger.");
      const votes = Object.entries(counted || {}).filter(([k]) => k.startsWith("votes_")).map(([, v]) => v).join(" / ");
      return counted ? ["suara " + votes, "votes " + votes] : ["belum dihitung", "not counted yet"];
    });
    await run("Sidik setiap foto dihitung ulang", "Every photo's hash was computed again", async () => {
      const recorded = new Set(entries.filter((e) => e.kind === "photo.received").map((e) => e.body.sha256));
      const papers = station.history.filter((e) => e.evidence).map((e) => ({ path: e.evidence, sha256: /([0-9a-f]{64})/.exec(e.evidence)[1] }));
      entries.filter((e) => e.kind === "item.corrected").forEach((e) => recorded.add(e.body.evidence));
      const files = [...station.photos, ...papers];
      await pool(files, async (photo) => {
        const found = hex(await sha256(await source.read(photo.path)));
        if (found !== photo.sha256 || !recorded.has(found)) fail("Foto " + photo.path + " bukan yang dicatat buku besar.", "The photo " + photo.path + " is not the one the ledger recorded.");
      });
      return [files.length + " berkas", files.length + " files"];
    });
    const bad = results.filter((ok) => !ok).length;
    say(out, bad ? "bad" : ed25519 ? "good" : "warn", bad
      ? both(bad + " pemeriksaan GAGAL. Simpan halaman ini dan laporkan.", bad + " checks FAILED. Save this page and report it.")
      : both("Semua cocok. Ini memeriksa catatan, bukan tulisan di kertas: bandingkan sendiri fotonya dengan angkanya.", "Everything agrees. This checks the records, not the writing on the paper: compare the photo with the figures yourself."));
  };

  // -- the page ----------------------------------------------------------------------------------------
  const use = (read, name) => { source.read = read; opened = null; $("sumber").textContent = name; showHead(); };
  $("pakai-alamat").addEventListener("click", () => {
    const base = $("alamat").value.trim();
    try { use(fromAddress(new URL(base.endsWith("/") ? base : base + "/")), base); } catch { say($("kepala"), "bad", both("Alamat tidak sah.", "Not an address.")); }
  });
  $("folder").addEventListener("change", (event) => {
    try { use(fromFolder(event.target.files), event.target.files[0].webkitRelativePath.split("/")[0]); } catch (error) { say($("kepala"), "bad", inWords(error)); }
  });
  $("kunci").addEventListener("change", () => { opened = null; if (source.read) showHead(); });
  $("berkas").addEventListener("change", async (event) => { $("tanda-terima").value = await event.target.files[0].text(); checkReceipt(); });
  $("periksa-tanda").addEventListener("click", checkReceipt);
  $("formulir").addEventListener("submit", (event) => { event.preventDefault(); if (source.read) checkStation(); else say($("hasil"), "bad", both("Pilih dulu situs atau foldernya.", "Choose the site or its folder first.")); });
  document.querySelectorAll("[data-need-js]").forEach((element) => { element.hidden = false; });
  const wanted = /^#(pkwkk|pkwkp)\/(\d{13})$/.exec(location.hash);
  if (wanted) [, $("jenis").value, $("tps").value] = wanted;
  if (location.protocol.startsWith("http")) {
    const base = new URL(".", location.href).href;
    $("alamat").value = base;
    use(fromAddress(base), base);
    if (wanted) checkStation();
  }
})();
