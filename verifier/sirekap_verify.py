#!/usr/bin/env python3
"""Check a published Sirekap election without trusting whoever published it.

    python sirekap_verify.py https://host/ | FOLDER | bundle.tar [--key FILE] [--known CHECKPOINT] [--against OTHER]
                             [--photos all|sample|none] [--json]

Needs Python 3.11 and `cryptography`. Written from docs/reference/published-formats.md; shares no code with the system.
CHECKED      signatures and co-signatures, every entry and tile, older checkpoints, key rotation; that acts kept the rules (mandates,
             two independent statements per figure, sessions, corrections, determination); every file's hash, and files that should
             not be there; every station's figures, standing, findings and history; every total at every tier; names of regions and
             pairs; the outcome; every photograph that an entry names (or a sample).
NOT CHECKED  - whether an entry is true: what a photograph shows, who a person is, what never reached the ledger
             - words and pictures of pages, maps, cards, feeds, .parquet, .xml, and .json other than data.json: only that their
               bytes are the ones whose hash the ledger holds; signatures inside documents
             - times and wording of history lines, where the machine looked, warnings (W4..) and findings between two contests,
               which of several broken sums is named; attendance, what a court said, station rows inside packages of other nodes
             - whether others are shown another ledger, unless you bring what they saw (--known, --against); when witnesses
               co-signed, and receipts.vkey; over http(s): files that are there without being listed
"""

# ruff: noqa: B905, C901, E401, E501, E701, E702, E731, I001, PLC0207, SIM905
# fmt: off
import argparse, array, base64, bisect, csv, functools, hashlib, http.client, io, itertools, json, os, re, stat, struct, sys, tarfile
import concurrent.futures, fractions, urllib.error, urllib.request
from collections import Counter, defaultdict, namedtuple
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
LOG, BIG, SMALL, SAMPLE = "buku-besar", 1 << 31, 1 << 20, 200
STEMS = "roll_dpt roll_dpph roll_dptb roll_total voted_dpt voted_dpph voted_dptb voted_total disabled_registered disabled".split()
OPTIONAL = {f"{stem}_{c}" for stem in (*STEMS[1:4], STEMS[8]) for c in "lpj"}  # rows that only some layouts print
VOTES = tuple(f"votes_{n}" for n in range(1, 11))
FIELDS = (*(f"{stem}_{c}" for stem in STEMS[:8] for c in "lpj"), "ballots_received", "ballots_used", "ballots_spoiled",
          "ballots_unused", *(f"{stem}_{c}" for stem in STEMS[8:] for c in "lpj"), *VOTES, "valid", "invalid", "total")
SUMS = """E201 total ballots_used;E202 total voted_total_j;E204 total valid invalid;E206 ballots_used voted_total_j;E205
ballots_received ballots_used ballots_spoiled ballots_unused"""
PACK, PHOTO, TAKEN = struct.Struct(f"<{len(FIELDS)}h"), struct.Struct("<32sHH4s"), struct.Struct("<32sq4s")
TOTAL, NOTHING = FIELDS.index("total"), PACK.pack(*[-2] * len(FIELDS))  # -1: a blank box, -2: nobody stated the field
RUNGS = ("awaited", "received", "read", "confirmed", "verified", "district", "regency", "province", "determined")
TIER, BELOW, COLUMNS = {6: 1, 4: 2, 2: 3}, {2: 4, 4: 6, 6: 10, 10: 13}, {*FIELDS, *RUNGS}
ENDINGS = {"image/jpeg": b"jpg", "image/png": b"png", "image/webp": b"webp"}
ALONE = {"machine": {"photo.read"}, "system": set("ledger.opened mandate.granted publication.cut node.opened node.merged node.listed".split())}
CHILD, OWN = "code name standing findings figures".split(), {"checkpoint", "keys.json", "log.vkey", "witnesses.json", "receipts.vkey"}
TABLES = {"stations.csv": 13, "villages.csv": 10, "districts.csv": 6, "regencies.csv": 4, "provinces.csv": 2}
PATH = re.compile(r"(?!\.\.?(/|$))[A-Za-z0-9._-]+(/(?!\.\.?(/|$))[A-Za-z0-9._-]+)*", re.ASCII)
BROKEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, OverflowError, struct.error)
WORDS = {"ok": ("SESUAI. Setiap angka mengikuti dari entri, dan buku besar ini yang Anda kenal. Simpan buku-besar/checkpoint.",
                "OK. Every figure follows from the entries, and this is the ledger you know. Keep buku-besar/checkpoint."),
         "consistent, unwitnessed": ("SESUAI, TANPA SAKSI. Isinya cocok, tetapi orang lain mungkin diberi buku besar lain: pakai --key/--known.",
                "CONSISTENT, UNWITNESSED. It fits, but others may be shown another ledger: bring --key or --known."),
         "faulty": ("TIDAK SESUAI. Simpan salinan ini, ambil ulang; bila tetap, tanyakan kepada KPU dan Bawaslu dengan daftar di atas.",
                "FAULTY. Keep this copy, fetch it again; if it stays, ask the commission and the supervisor, with the list above.")}
canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode
Statement = namedtuple("Statement", "id author human own_side figures saw")
class Fault(Exception): """What kind, and in words what is wrong."""
class Report:  # faults and counts of one run
    def __init__(self): self.faults, self.checked = [], dict.fromkeys(("leaves", "photos", "stations", "totals", "documents"), 0)
    def expect(self, true: object, kind: str, where: str, what: object) -> bool:
        if not true and len(self.faults) < 1000: self.faults.append({"kind": kind, "where": str(where)[:200], "what": str(what)[:400]})
        return bool(true)
    def equal(self, kind: str, where: str, told: object, mine: object) -> bool: return told == mine or self.expect(False, kind, where, f"says {told}, but it is {mine}")
class Source:  # reads files by their path below the site's root: from a folder, a tar, or a web server. Never writes
    def __init__(self, name: str, report: Report):
        self.name, self.map, self.tar, self.below = name, map, {}, defaultdict(set)
        if name.startswith(("http://", "https://")): self.map = concurrent.futures.ThreadPoolExecutor(8).map
        elif not os.path.isdir(name):
            self.handle = os.open(name, os.O_RDONLY)
            with tarfile.open(name, "r:") as tar:
                for member in tar:
                    tar.members, path = [], member.name.removeprefix("./")
                    plain = member.isdir() or (member.isreg() and member.sparse is None and path not in self.tar and PATH.fullmatch(path))
                    if report.expect(plain, "not_a_file", path, "a link, a device, a second file of this name, or no path of a bundle"):
                        self.tar |= {} if member.isdir() else {path: (member.offset_data, member.size)}
            for path in self.tar:  # the tar's folders, for walk()
                while (above := os.path.dirname(path)) != path and path not in self.below[above]: self.below[above].add(path); path = above
    def read(self, path: str, limit: int) -> bytes:
        if self.map is not map:
            with urllib.request.urlopen(f"{self.name.rstrip('/')}/{path}", timeout=60) as answer: return answer.read(limit + 1)
        if self.tar: return os.pread(self.handle, min(self.tar[path][1], limit + 1), self.tar[path][0])
        handle = os.open(os.path.join(self.name, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(handle, "rb", buffering=0) as file:
            status = os.fstat(handle); return file.read(min(status.st_size, limit) + 1) if stat.S_ISREG(status.st_mode) else self.tar[path]
    def get(self, path: str, limit: int = SMALL) -> bytes | Fault:  # the whole file, or why it cannot be had
        if not PATH.fullmatch(path): return Fault("unsafe_path", "a path that could leave the bundle; not opened")
        try: data = self.read(path, limit)
        except (KeyError, FileNotFoundError, NotADirectoryError, urllib.error.HTTPError): return Fault("missing", "missing, or no plain file")
        except (OSError, ValueError, http.client.HTTPException) as error: return Fault("unreadable", f"cannot be read: {error}")
        return data if len(data) <= limit else Fault("too_large", f"more than the {limit} bytes that can stand here")
    def many(self, items):  # each (path, limit) as (path, bytes or fault), in order, a few dozen in memory at a time
        while some := [*itertools.islice(items, 32)]: paths, limits = zip(*some); yield from zip(paths, self.map(self.get, paths, limits))
    def walk(self, folder: str, skip: set[str]):  # all files below a folder, links too, but none below `skip`; none on the web
        items, here = [(path, path in self.below) for path in self.below.get(folder, ())], os.path.join(self.name, folder)
        if not self.tar and os.path.isdir(here): items = [(f"{folder}/{e.name}".lstrip("/"), e.is_dir(follow_symlinks=False)) for e in os.scandir(here)]
        for path, inner in items:
            if not inner: yield path
            elif path not in skip: yield from self.walk(path, skip)
class Key:  # a public key in its text form, name+hash+base64(type, 32 bytes). Type 1 signs notes, type 4 co-signs
    def __init__(self, text: str):
        self.text = text.strip(); self.name, tag, data = self.text.split("+", 2); raw = base64.b64decode(data, validate=True)
        self.kind, self.tag = raw[0], hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        if len(raw) != 33 or self.kind not in (1, 4) or self.tag.hex() != tag: raise ValueError("not a key")
        self.public = Ed25519PublicKey.from_public_bytes(raw[1:])
    def signed(self, text: str, data: bytes) -> bool:
        time = f"cosignature/v1\ntime {int.from_bytes(data[:8], 'big')}\n" if self.kind == 4 else ""
        try: self.public.verify(data[8:] if time else data, (time + text).encode())
        except InvalidSignature: return False
        return True
class Note:  # a text with signature lines under it; a checkpoint is one whose text names a log, its size and its root
    def __init__(self, note: bytes):
        head, _, tail = note.decode().rpartition("\n\n"); self.text, self.lines = head + "\n", []
        for line in tail.removesuffix("\n").split("\n"):
            dash, name, data = line.split(" "); raw = base64.b64decode(data, validate=True)
            if dash != "\u2014" or base64.b64encode(raw).decode() != data or not tail.endswith("\n"): raise ValueError("a signature line")
            self.lines.append((name, raw[:4], raw[4:]))
    def signed_by(self, key: Key) -> bool | None:  # whether the key signed it; None where no line names the key
        own = [data for name, tag, data in self.lines if (name, tag) == (key.name, key.tag)]; return all(key.signed(self.text, data) for data in own) if own else None
def checkpoint(source: Source, path: str = f"{LOG}/checkpoint") -> Note:
    try:
        note = Note(source.get(path)); note.origin, size, root = note.text.split("\n")[:3]
        note.size, note.root = int(size), base64.b64decode(root, validate=True); return note
    except BROKEN: raise Fault("checkpoint", f"{path} is missing, or no checkpoint") from None
def top_of(level: list[bytes]) -> bytes:  # root of a complete subtree (a power of two of hashes)
    while len(level) > 1: level = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2])]
    return level[0]
class Tree:  # the log's tree (RFC 6962), rebuilt from the entries and compared with every hash tile
    def __init__(self, source: Source, size: int, report: Report):
        self.source, self.size, self.report, self.open, self.own = source, size, report, [], {}; self.tile = functools.lru_cache(1024)(self.stored)
    def path(self, level: int, number: int, kind: str = "") -> str:
        width, digits = min(256, (self.size >> 8 * level) - number * 256), str(number)
        path = re.sub("(...)(?=.)", r"x\1/", digits.zfill(-(-len(digits) // 3) * 3))  # 1234067 is x001/x234/067
        return f"{LOG}/tile/{kind or level}/{path}" + ("" if width == 256 else f".p/{width}")
    def entries(self):  # every entry in order; the tree grows beside it and is whole at the end
        wanted = ((self.path(0, number, "entries"), 1 << 25) for number in range(-(-self.size // 256)))
        for number, (path, data) in enumerate(self.source.many(wanted)):
            some, here = [], 0
            while not isinstance(data, Fault) and here < len(data):
                end = here + 2 + int.from_bytes(data[here : here + 2], "big"); some.append(data[here + 2 : end]); here = end
            if isinstance(data, Fault) or here != len(data) or len(some) != min(256, self.size - number * 256):
                raise Fault("bundle", f"{path}: missing, damaged, or not the entries that the checkpoint counts")
            self.add([hashlib.sha256(b"\0" + entry).digest() for entry in some], 0, number); yield from some
        for level in range(1, len(self.open)):
            if self.open[level]: self.compare(level, (self.size >> 8 * level) // 256, self.open[level])
    def add(self, hashes: list[bytes], level: int, number: int) -> None:  # one tile; when full, its top goes to the level above
        self.compare(level, number, hashes); self.open += [[]] * (level + 2 - len(self.open))
        if len(hashes) == 256:
            above = [*self.open[level + 1], top_of(hashes)]; self.open[level + 1] = above if len(above) < 256 else []
            if len(above) == 256: self.add(above, level + 1, number // 256)
    def compare(self, level: int, number: int, hashes: list[bytes]) -> None:
        path, data = self.path(level, number), b"".join(hashes)
        if not self.report.expect(self.source.get(path) == data, "tile", path, "not what the entries give"): self.own[level, number] = data
    def stored(self, level: int, number: int) -> list[bytes]:
        data = self.own.get((level, number)) or self.source.get(self.path(level, number)); return [data[at : at + 32] for at in range(0, len(data), 32)]
    def root(self, size: int) -> bytes:  # root of the first `size` leaves
        begin, parts = 0, []
        for bit in (bit for bit in reversed(range(size.bit_length())) if size >> bit & 1):
            number, offset = divmod(begin >> bit // 8 * 8, 256); parts.append(top_of(self.tile(bit // 8, number)[offset : offset + (1 << bit % 8)])); begin += 1 << bit
        while len(parts) > 1: parts[-2:] = [top_of(parts[-2:])]
        return parts[0] if parts else hashlib.sha256(b"").digest()
@functools.cache
def form(columns: int) -> tuple[frozenset, frozenset, list[tuple[str, bool, int, list[int]]]]:
    """Of a form with so many vote columns: its fields, places of those every layout prints, its sums and bounds."""
    votes, known = VOTES[:columns], frozenset(f for f in FIELDS if f not in VOTES[columns:])
    sums = [line.split() for line in SUMS.split(";")] + [["E203", "valid", *votes]] + [
        [f"E2{21 + n}", f"{stem}_j", f"{stem}_l", f"{stem}_p"] for n, stem in enumerate(STEMS)]
    sums += [[f"E{first + n}", f"{stems[3]}_{c}", *(f"{stem}_{c}" for stem in stems[:3])]
             for first, stems in ((211, STEMS[4:8]), (214, STEMS[:4])) for n, c in enumerate("lpj")]
    bounds = [["E321", "valid", *votes], ["E322", "ballots_received", "total"]]
    bounds += [[f"E{first + n}", f"{STEMS[large]}_{c}", f"{STEMS[small]}_{c}"] for first, small, large in
               ((301, 4, 0), (304, 5, 1), (307, 6, 2), (311, 9, 7)) for n, c in enumerate("lpj")]
    rules = [(r[0], r in bounds, FIELDS.index(r[1]), [*map(FIELDS.index, r[2:])]) for r in sums + bounds]
    return known, frozenset(n for n, f in enumerate(FIELDS) if f in known - OPTIONAL), rules
def packed(figures: dict[str, int | None], columns: int) -> bytes:  # so that millions fit; ValueError for impossible ones
    given = [v for v in figures.values() if v is not None]
    if not figures.keys() <= form(columns)[0] or any(type(v) is not int or not 0 <= v <= 999 for v in given): raise ValueError(figures)
    return PACK.pack(*[-1 if (v := figures.get(name, -2)) is None else v for name in FIELDS])
def unpacked(data: bytes | None) -> dict[str, int | None]: return {name: None if v == -1 else v for name, v in zip(FIELDS, PACK.unpack(data or NOTHING)) if v > -2}
def violated(values: tuple[int, ...], columns: int) -> dict[str, list[int]]:  # codes of broken sums and bounds, with their places
    rules = [(code, bound, target, terms, [values[t] for t in terms]) for code, bound, target, terms in form(columns)[2]
             if values[target] >= 0 and (code != "E206" or values[TOTAL] < 0)]
    return {code: [target, *terms] for code, bound, target, terms, small in rules
            if (max(small) > values[target] if bound else min(small) >= 0 and sum(small) != values[target])}
def settle(statements: list[Statement], uploaders: set[str], columns: int) -> dict[int, tuple[int, bool, bool] | None]:
    """Place of a field -> (value, agreed by two people, taken over from a reading), None where it is open."""
    sight, held, by_id, places = {}, defaultdict(dict), {s.id: s for s in statements}, form(columns)[1]
    if len(statements) == 2 and (s := statements[0]).figures == (t := statements[1]).figures and not s.saw and not t.saw and (
            s.human and t.human and s.author != t.author and {False} & {s.own_side or s.author in uploaders, t.own_side or t.author in uploaders}):
        return {place: (v, True, False) if v > -2 else None for place, v in enumerate(PACK.unpack(s.figures)) if v > -2 or place in places}
    for n, s in enumerate(statements):
        seen, queue = set(), [i for t in statements[: n + 1] if t.author == s.author for i in t.saw]
        while queue:
            if (i := queue.pop()) not in seen: seen.add(i); queue += by_id[i].saw if i in by_id else ()
        sight[s.id] = seen
        for place, value in enumerate(PACK.unpack(s.figures)):
            if value > -2:  # an author's claim: the statement that first held the value, and all that name the field
                before = held[place].get(s.author, (s, value, set())); held[place][s.author] = (before[0] if before[1] == value else s, value, before[2] | {s.id})
    return {place: judge([*held[place].values()], sight, uploaders) for place in places | held.keys()}
def judge(claims: list[tuple], sight: dict, uploaders: set[str]) -> tuple[int, bool, bool] | None:
    """Two claims agree when their authors differ, neither had seen the other's (directly, through a third, or in an
    earlier act), one is a person's, and not both are of the side that uploaded the photograph."""
    agreed, sides = {}, [s.own_side or s.author in uploaders for s, _, _ in claims]
    for ((s, value, ours), one), ((t, other, theirs), two) in itertools.combinations(zip(claims, sides), 2):
        blind = not theirs & sight[s.id] and not ours & sight[t.id]
        if value == other and blind and (s.human or t.human) and not (one and two): agreed[value] = agreed.get(value, False) or (s.human and t.human)
    if len(agreed) == 1: return (*agreed.popitem(), False)
    alike = len({value for _, value, _ in claims}) == 1 and len({s.human for s, _, _ in claims}) == 2
    return (claims[0][1], False, True) if alike and not all(sides) else None
class Row:  # one station in one contest, as the entries leave it
    __slots__ = ("acts", "checked", "closed", "code", "confirmed", "contest", "decided", "determined", "events", "findings", "generation",
                 "id", "label", "open", "pages", "photos", "ratified", "read", "tier", "uploaders", "verified", "written")
    def __init__(self, code: str, contest: dict):
        self.id, self.code, self.contest, self.closed = f"{code}-{contest['kind']}", code, contest, False
        self.photos, self.events = b"", array.array("L"); self.start(1, "Reguler")
    def start(self, generation: int, label: str) -> None:
        self.generation, self.label, self.findings, self.open, self.uploaders, self.acts, self.checked = generation, label, (), [], set(), [], ()
        self.pages = self.tier = self.ratified = 0; self.read = self.confirmed = self.determined = self.verified = self.decided = self.written = None
    complete = property(lambda self: self.pages == (1 << 2 + -(-self.contest["columns"] // 4)) - 1)
    current = property(lambda self: self.decided or self.verified)
    counted = property(lambda self: self.current if self.standing >= 4 else None)
    standing = property(lambda self: 8 if self.determined else 4 + self.ratified if self.ratified or self.verified else
                        3 if self.confirmed else 2 if self.read else int(self.complete))
class Ledger:  # replays the entries, an act of kind photo.received by the method photo_received: was it allowed, what follows
    def __init__(self, report: Report):
        self.report, self.where, self.kind, self.keys, self.cuts, self.witnesses = report, "", "", [], [], []
        self.rows, self.contests, self.regions, self.sessions, self.corrections = {}, {}, {}, {}, {}
        self.mandates, self.photos, self.closed, self.at = defaultdict(dict), defaultdict(bytearray), set(), ""
        self.objections, self.documents, self.received, self.packages, self.announced = {}, {}, defaultdict(dict), {}, []
    need = lambda self, true, kind, what: self.report.expect(true, kind, self.where, what)
    holds = lambda self, person, *actings: any(self.at <= self.mandates[person].get(acting, ("", ""))[1] for acting in actings)  # "~": no end
    def apply(self, n: int, raw: bytes) -> None:
        self.where = f"entry {n}"
        try:
            entry = json.loads(text := raw.decode()); self.need(canonical(entry) == text and entry["v"] == 1, "not_canonical", "not canonical JSON (RFC 8785)")
            self.kind, self.at, actor, body = entry["kind"], entry["at"], entry["actor"], entry["body"]
            acting, who = f"{actor['role']} {actor['region']}", actor["person"]; may = self.holds(who, acting) if who else self.kind in ALONE.get(actor["role"], ())
            self.need(may, "mandate", f"{self.kind} by somebody without the mandate: {acting}")
            if self.announced and self.kind != "node.listed":  # what an offline node recorded, in its own order
                self.need(hashlib.sha256(b"\0" + raw).hexdigest() == self.announced.pop(0), "node", "not the next entry of the merged node")
            act = getattr(self, self.kind.replace(".", "_"), None) if re.fullmatch(r"[a-z]+\.[a-z]+", self.kind) else None
            if self.need(act, "unknown_entry", f"an entry of the unknown kind {self.kind!r}"): act(n, actor, body)
        except BROKEN as error: self.need(False, "entry", f"an entry that cannot be understood: {type(error).__name__} {error}")
    election_created = roll_amended = attendance_recorded = objection_published = region_locked = region_unlocked = node_opened = node_merged = (
        document_refused) = document_scanned = lambda self, n, actor, body: None
    node_listed = lambda self, n, actor, body: self.announced.extend(body["leaves"])
    ledger_opened = lambda self, n, actor, body: self.keys.append((0, Key(body["log_key"])))
    def log_rotated(self, n: int, actor: dict, body: dict) -> None:
        note, old = Note(body["note"].encode()), self.keys[-1][1]; new = Key(note.text.split("\n")[3])
        right = note.text == f"sirekap/log-rotation/v1\n{old.name}\n{old.text}\n{new.text}\n" and new.name == old.name
        right = self.need(right and note.signed_by(old) and note.signed_by(new), "rotation", "not handed over by the old key")
        self.keys += [(n + 1, new)] if right else []
    witness_registered = lambda self, n, actor, body: self.witnesses.append((Key(body["vkey"]), n, body["name"], body["who"]))
    mandate_granted = lambda self, n, actor, body: self.mandates[body["person"]].update({f"{body['role']} {body['region']}": (body["mandate"], "~")})
    def mandate_ended(self, n: int, actor: dict, body: dict) -> None:
        for held in self.mandates.values(): held |= {acting: (mandate, self.at) for acting, (mandate, _) in held.items() if mandate == body["mandate"]}
    def register_imported(self, n: int, actor: dict, body: dict) -> None:
        self.regions |= dict(body["regions"])
        for c in body["contests"]: self.contests[id] = c | {"id": (id := f"{c['kind']}-{c['region']}"), "codes": [], "winner": None, "official": False}
    def stations_imported(self, n: int, actor: dict, body: dict) -> None:
        for code, _, _, kinds in body.get("stations") or [(body["station"], 0, 0, body["contests"])]:
            for contest in (c for c in self.contests.values() if c["kind"] in kinds and code.startswith(c["region"])):
                row = Row(code, contest); good = code[:10] in self.regions and len(code) == 13 and row.id not in self.rows
                self.need(good, "register", f"station {code} in no known village, or opened twice"); bisect.insort(contest["codes"], code); self.rows[row.id] = row
    station_added = stations_imported
    def station_closed(self, n: int, actor: dict, body: dict) -> None:
        for row in filter(None, (self.rows.get(f"{body['station']}-{c['kind']}") for c in self.contests.values())):
            self.need(not row.pages and not row.standing, "register", "a station with figures was closed"); row.contest["codes"].remove(row.code); row.closed = True
    station_merged = station_closed
    def row(self, n: int, actor: dict, body: dict) -> Row:
        row = self.rows[body["row"]]; self.where += f" {row.id}"; row.events.append(n)
        current = not row.closed and body["generation"] == row.generation + (self.kind == "generation.opened")
        self.need(current or (self.kind == "photo.read" and not body["statement"]), "order", "a closed station, or another generation")
        self.need(row.code.startswith(actor["region"]), "mandate", "outside the region of the mandate"); return row
    def photo_received(self, n: int, actor: dict, body: dict) -> None:
        row, digest, ending = self.row(n, actor, body), bytes.fromhex(body["sha256"]), ENDINGS[body["media_type"]]
        row.pages |= body["pages"]; row.uploaders.add(actor["person"]); row.photos += PHOTO.pack(digest, row.generation, body["pages"], ending)
        self.photos[digest[:1]] += TAKEN.pack(digest, body["size"], ending)
    def statement_made(self, n: int, actor: dict, body: dict) -> None:  # and whether with those before it the form is verified
        row, said, who = self.row(n, actor, body), body, actor["person"]; kpps, columns = actor["role"] == "kpps", row.contest["columns"]
        if self.kind == "photo.read":
            row.read = row.read or (body["complete"] and body["generation"] == row.generation)
            if (said := body["statement"]) is None: return
            row.events.append(n)
        own = said["human"] is bool(who) and said["author"] == (who or said["author"]) and row.current is None
        self.need(own, "statement", "in another's name, or after the figures stood"); figures, saw = packed(said["figures"], columns), tuple(said["saw"])
        row.open.append(Statement(said["statement"], said["author"], said["human"], kpps, figures, saw)); row.confirmed = row.confirmed or kpps
        if kpps: row.written = packed(unpacked(row.written) | said["figures"], columns)
        fields = settle(row.open, row.uploaders, columns); values = tuple((fields.get(place) or (-2,))[0] for place in range(len(FIELDS)))
        broken, whole = violated(values, columns), None not in fields.values(); assisted = {place for place, field in fields.items() if field and field[2]}
        if (verified := said["verified"]) is None:
            wanting = not whole or broken or assisted; self.need(wanting, "withheld", "two independent statements agree, but it was not called verified"); return
        row.events.append(n); row.verified, row.open = packed(verified["figures"], columns), []
        sums = [(code, {t, *terms}) for code, bound, t, terms in form(columns)[2] if not bound]
        right = whole and row.verified == PACK.pack(*values) and assisted <= set().union(*(p for c, p in sums if c not in broken))
        right = right and (not broken or any(all(fields[p][1] for p in places) for places in broken.values()))
        self.need(right, "not_independent", "no two independent statements, nor a sum, confirm all verified figures")
        self.findings(row, verified["findings"], row.verified)
    photo_read = statement_made
    def findings(self, row: Row, codes: list[str], figures: bytes, photos: bool = False) -> None:
        values, row.findings = PACK.unpack(figures), tuple(codes); row.checked = row.findings if row.tier == 0 else row.checked
        broken, said = violated(values, row.contest["columns"]), {c for c in codes if c[:2] in ("E2", "E3")}
        right = said <= {*broken} and bool(said) == bool(broken) and (not photos or ("W701" in codes) != row.complete)
        right = right and ("E105" in codes) == any(values[place] < 0 for place in form(row.contest["columns"])[1])
        self.need(right, "findings", f"findings {codes}, but the figures break {[*broken]}")
    def item_decided(self, n: int, actor: dict, body: dict) -> None:  # accepted, from the box, corrected, recounted, put off
        row = self.row(n, actor, body); session, how = self.session(actor, body, row.code[:10]), body.get("decision", self.kind)
        tier, region, before = session["tier"], session["region"], unpacked(row.current)
        below = row.ratified >= tier - 1 or (tier - 1, row.code[: 10 - 2 * tier]) in self.closed
        right = below and row.code.startswith(region) and row.contest["id"] in session["contests"] and max(row.tier, row.ratified) <= tier == body.get("tier", tier)
        self.need(right, "session", "not on the agenda, or before the session below closed, or after a higher decided")
        (session["deferred"].add if how == "deferred" else session["deferred"].discard)(row)
        if how == "generation.opened": row.start(body["generation"], body["generation_kind"])
        elif how == "accepted":
            same = before and {*body["findings"]} == {*row.findings, *([] if row.complete else ["W701"])}
            same = same and body.get("figures_sha256", digest := hashlib.sha256(canonical(before).encode()).hexdigest()) == digest
            self.need(same, "decision", "nothing to accept, or findings that are not the station's")
            row.decided, row.tier, row.findings = row.current, tier, tuple(body["findings"])
        elif how != "deferred":
            one, two = body.get("authorised") or (actor["person"], body["second"])
            may = two != one == actor["person"] and self.holds(two, f"chair {region}", f"member {region}")
            self.need(may, "authorisers", "not two different authorised people")
            figures, changes = packed(body["figures"], row.contest["columns"]), body.get("changes", {}).items()
            if how == "item.corrected":
                right = before | {name: change["new"] for name, change in changes} == body["figures"] and before
                right = right and all(before.get(name, -1) == change["old"] != change["new"] for name, change in changes)
                self.need(right and len(body["reason"]) > 2, "correction", "no reason, or not what stood before, changed"); self.corrections[n] = body
            self.need(changes or not before, "decision", "figures from the box over others")
            result = (figures, None, 0) if how == "recount_entered" else (row.verified, figures, tier)
            row.open, (row.verified, row.decided, row.tier) = [], result; self.findings(row, body["findings"], figures, True)
        for sheet in body.get("reissues", ()):  # new versions of the sheets below
            told = self.sheet(sheet["contest"], sheet["region"], sheet["tier"])
            self.need(told == sheet["figures_sha256"] and row.code.startswith(sheet["region"]), "sheet", "other figures than those below")
        if row.tier == tier and how in ("accepted", "from_box", "item.corrected"): row.acts.append((body["session"], row.decided, tier, row.findings))
    item_corrected = item_decided
    def generation_opened(self, n: int, actor: dict, body: dict) -> None:  # by a session, or ordered by the commission
        if body["session"]: self.item_decided(n, actor, body); return
        row = self.row(n, actor, body); row.start(body["generation"], body["generation_kind"])
        self.need(not row.determined and body["order"]["number"], "order", "a new generation by nobody's order")
    def items_accepted(self, n: int, actor: dict, body: dict) -> None:
        for item in body["items"]: self.item_decided(n, actor, body | item | {"decision": "accepted", "findings": []})
    def item_reopened(self, n: int, actor: dict, body: dict) -> None:  # what stood before this session's decisions stands again
        row = self.row(n, actor, body); session = self.session(actor, body, row.code[:10])
        self.need(row.ratified < session["tier"] and len(body["reason"]) > 2, "session", "no reason, or after it had closed")
        session["deferred"].discard(row); row.acts = [act for act in row.acts if act[0] != body["session"]]
        _, row.decided, row.tier, row.findings = row.acts[-1] if row.acts else ("", None, 0, row.checked)
    panel_changed = lambda self, n, actor, body: self.session(actor, body)["panels"].update(
        {body["number"]: (body["lead"], body["villages"] if body["event"] == "opened" else [])})
    def session(self, actor: dict, body: dict, village: str = "", state: str = "open") -> dict:  # by its chair, or in a village by its panel's lead
        session = self.sessions[body["session"]]; led = [actor["person"] == lead for lead, villages in session["panels"].values() if village in villages]
        may = actor["role"] == "chair" or (actor["role"] == "member" and any(led)); may = may and (actor["region"], session["state"]) == (session["region"], state)
        self.need(may, "session", f"not by its chair, or the session is {session['state']}"); return session
    def session_changed(self, n: int, actor: dict, body: dict) -> None:  # it closes only over figures that were all settled
        event, key, before = body["event"], body["session"], {"adjourned": "open", "resumed": "adjourned", "closed": "open", "reopened": "closed"}
        if event in ("convened", "opened") and key not in self.sessions:
            fresh = all((s["tier"], s["region"]) != (body["tier"], body["region"]) for s in self.sessions.values())
            self.need(fresh and TIER[len(body["region"])] == body["tier"], "session", "opened twice, or of a wrong tier")
            self.sessions[key] = dict(body, state="scheduled", deferred=set(), taken=set(), panels={})
        session = self.session(actor, body, "", before.get(event, "scheduled")); tier, region = session["tier"], session["region"]
        session["state"] = {"convened": "scheduled", "adjourned": event, "closed": event}.get(event, "open")
        if event == "reopened": self.closed.discard((tier, region))
        for other in self.sessions.values() if event in ("reopened", "closed") else (): other["taken"].discard(region)
        waits = event == "closed" and any(o["open"] and o["at"] <= tier and o["region"].startswith(region) for o in self.objections.values())
        self.need(not waits, "objection", "closed before what had been raised was answered")
        for name in session["contests"] if event == "closed" else ():
            rows = self.within(self.contests[name], region)
            right = tier == 1 or {row.code[: 10 - 2 * tier] for row in rows} | (self.received[name].keys() if tier == 3 else set()) <= session["taken"]
            for row in rows:
                right = right and (row.tier >= tier or row.ratified >= max(tier - 1, 1)) and row not in session["deferred"]
                row.ratified = max(row.ratified, tier); row.events.append(n)
            right = right and self.sheet(name, region, tier) == body["detail"]["figures_sha256"][name]
            self.need(right, "session", f"{name}: closed over other figures, or before all was read and settled")
            self.closed.add((tier, region)); session["panels"] = {}
    def sheet(self, name: str, region: str, tier: int) -> str:  # hash of a D.Hasil: a column a station, or a lower region and its sums
        contest, columns = self.contests[name], defaultdict(dict)
        for row in self.within(contest, region):
            column = columns[row.code[: (13, 6, 4)[tier - 1]]]
            for f, v in unpacked(row.current).items(): column[f] = column.get(f) if v is None else v + (column.get(f) or 0)
        columns |= self.received[name] if tier == 3 else {}
        used = {FIELDS[p] for p in form(contest["columns"])[1]} | {f for c in columns.values() for f, v in c.items() if v is not None}
        fields = [f for f in FIELDS if f in used]; told = [[code, [*map(columns[code].get, fields)]] for code in sorted(columns)]
        told = {"columns": told, "contest": name, "fields": fields, "region": region, "tier": RUNGS[4 + tier]}
        return hashlib.sha256(canonical(told).encode()).hexdigest()
    def region_taken(self, n: int, actor: dict, body: dict) -> None:
        session, code = self.session(actor, body), body["region"]; session["taken"].add(code)
        there = (session["tier"] - 1, code) in self.closed or all(code in self.received[name] for name in session["contests"])
        self.need(there, "session", "read before its own session closed")
    def region_received(self, n: int, actor: dict, body: dict) -> None:  # the result of a regency that another node counted
        sums, note = [sum(column) for column in zip(*body["districts"].values())], Note(body["checkpoint"].encode())
        fresh = body["region"] not in self.received[body["contest"]] and note.signed_by(Key(body["node"]["vkey"]))
        self.need(fresh and sums == body["figures"], "received", "twice, not signed by its node, or not the sums of its districts")
        self.regions |= dict(body["regions"]); self.received[body["contest"]][body["region"]] = dict(zip(body["fields"], sums))
        self.packages[body["region"]] = [body["stations"], body["package_sha256"], body["simulated"], n]
    def objection_filed(self, n: int, actor: dict, body: dict) -> None:
        self.objections[body["objection"]] = {"at": max(1, body["tier"]), "final": body["final_tier"], "region": body["region"], "open": True}
    def objection_answered(self, n: int, actor: dict, body: dict) -> None:  # unresolved: it is with the next tier from then on
        raised, up = self.objections[body["objection"]], body["status"] == "unresolved"
        self.session(actor, body, raised["region"][:10]); raised |= {"at": body["tier"] + up, "open": up and body["tier"] < raised["final"]}
    def document_issued(self, n: int, actor: dict, body: dict) -> None:
        self.documents[body["document"]], mine = body["sha256"], body["kind"].startswith("dhasil_") and self.sheet(body["contest"], body["region"], body["tier"])
        self.need(mine in (False, body["figures_sha256"]), "document", "a sheet of other figures")
    document_signed = lambda self, n, actor, body: self.documents.update({body["document"]: body["sha256"]})
    def within(self, contest: dict, region: str) -> list[Row]:
        begin, end = (bisect.bisect_left(contest["codes"], code) for code in (region, region + ":"))
        return [self.rows[f"{code}-{contest['kind']}"] for code in contest["codes"][begin:end]]
    court_recorded = lambda self, n, actor, body: self.contests[body["contest"]].update(court=body["event"])
    def contest_reopened(self, n: int, actor: dict, body: dict) -> None:  # a ruling: no row is determined any more
        contest = self.contests[body["contest"]]; self.need(contest["official"] and contest.get("court") == "granted", "outcome", "reopened without a ruling")
        contest |= {"official": False, "winner": None, "court": None}
        for row in self.within(contest, contest["region"]): row.determined = False; row.events.append(n)
    def contest_determined(self, n: int, actor: dict, body: dict) -> None:  # all of it again from the stations' figures
        contest, said, human = self.contests[body["contest"]], body["outcome"], body["human_decision"]
        region, columns, rows = contest["region"], contest["columns"], self.within(contest, contest["region"])
        sums = [sum(max(v, 0) for v in column) for column in zip(*(PACK.unpack(r.counted or NOTHING) for r in rows))]
        for other in self.received[contest["id"]].values(): sums = [v + (other.get(f) or 0) for f, v in zip(FIELDS, sums)]
        votes, least = sums[FIELDS.index("votes_1") :][:columns], {FIELDS[p]: sums[p] for p in form(columns)[1]}
        right = least.items() <= body["totals"].items() <= dict(zip(FIELDS, sums)).items() and actor["region"] == region
        right = right and all(row.ratified >= TIER[len(region)] for row in rows)
        self.need(right, "outcome", "not by its commission, or not the sums of stations ratified at the last tier")
        ranking = sorted(([place, v] for place, v in enumerate(votes, 1)), key=lambda item: (-item[1], item[0]))
        (winner, most), (_, second), valid, sole = ranking[0], ranking[1], sum(votes), len(contest["pairs"]) == 1
        if sole or not valid or (region == "31" and 2 * most <= valid): winner = 1 if 2 * votes[0] > valid and sole else None
        elif most == second:
            chosen = human["chosen"] if human and len({*human["decided_by"]}) > 1 else [0]
            winner = chosen[0] if len(chosen) == 1 and [chosen[0], most] in ranking else 0
        mine, told = [valid, ranking, most - second, winner], [said[k] for k in ("valid", "ranking", "margin", "winner")]
        if said["threshold"]:  # per mille of the valid votes, by inhabitants in steps of 250,000
            steps, people = (1, 2, 4) if len(region) == 4 else (8, 24, 48), said["threshold"]["population"]
            share = (20, 15, 10, 5)[sum(people > 250_000 * step for step in steps)]
            mine, told = [*mine, fractions.Fraction(share, 1000) * valid], [*told, fractions.Fraction(*said["threshold"]["exact"])]
        self.report.equal("outcome", self.where, told, mine); contest["winner"], contest["official"] = winner, True
        for row in rows: row.determined = True; row.events.append(n)
    contest_elected = lambda self, n, actor, body: self.need(body["pair"] == self.contests[body["contest"]]["winner"], "outcome", "another elected")
    def publication_cut(self, n: int, actor: dict, body: dict) -> None:
        self.cuts.append((n, body))
        self.need(body["ledger_size"] <= n and body["number"] == len(self.cuts), "cut", "of entries that came after it, or not the next number")
STATION = "code cut standing generation generation_kind written verified decided counted findings photos history replaced agreement".split()
place = lambda items, n: None if n is None else items[n if type(n) is int and n >= 0 else BIG]  # what an index of a data.json stands for
stated = lambda fields, values: values and {f: v for f, v in zip(fields, values, strict=True) if v != -1}  # -1: the form does not say
photo_path = lambda digest, ending: f"foto/{digest.hex()[:2]}/{digest.hex()}.{ending.rstrip(bytes(1)).decode()}"
class Site:  # the files of one cut against the replayed ledger: hashes from the root manifest down, totals from below up
    def __init__(self, source: Source, ledger: Ledger, report: Report):
        self.source, self.ledger, self.checked, self.results, self.papers = source, ledger, report.checked, {}, {}
        self.expect, self.equal, self.listed = report.expect, report.equal, {}
    def same(self, path: str, data: bytes | Fault, item: dict) -> bool:
        if isinstance(data, Fault): return self.expect(False, *data.args[:1], path, data.args[1])
        whole = hashlib.sha256(data).hexdigest() == item["sha256"] and len(data) == item.get("size", len(data))
        return self.expect(whole, "hash", path, "not the bytes whose hash was recorded")
    def folder(self, folder: str, item: dict) -> None:  # one manifest: the manifests below it, its files, and what lies there unlisted
        prefix = f"{folder}/" if folder else ""; data = self.source.get(own := f"{prefix}manifest.json", BIG)
        if not self.same(own, data, item): return
        manifest = json.loads(data); children = {prefix + child["path"].removesuffix("/manifest.json"): child for child in manifest["children"]}
        files = {prefix + file["path"]: file for file in manifest["files"]}
        for sub in sorted(children, reverse=True): self.folder(sub, children[sub])  # data/ last: its tables are held against the rest
        listed = {own, *files} | (set() if folder else {"latest.json", "bundle.json", ".publishing"})
        for path in self.source.walk(folder, {*children} | (set() if folder else {LOG, "foto"})): self.expect(path in listed, "unlisted", path, "a file in no manifest")
        for path, data in self.source.many((path, file["size"]) for path, file in files.items()):
            try:
                self.listed |= {path: files[path]["sha256"]} if folder == "dokumen" and path.endswith(".pdf") else {}
                if self.same(path, data, files[path]) and path.endswith((".csv", "/data.json")):
                    self.table(path, data) if path.endswith(".csv") else self.region(path, json.loads(data))
            except BROKEN as error: self.expect(False, "content", path, f"cannot be understood: {type(error).__name__} {error}")
    def result(self, kind: str, code: str) -> tuple:  # (sum per field, stations per rung, stations with findings, per finding)
        if len(code) < 13: return self.results[kind, code]
        row = self.ledger.rows[f"{code}-{kind}"]; sums = [max(v, 0) for v in PACK.unpack(row.counted or NOTHING)]
        return sums, [int(n == row.standing) for n in range(9)], int(bool(row.findings)), Counter(row.findings)
    def region(self, path: str, said: dict) -> None:  # a region's data.json, added up from its stations or the regions below
        kind, code = path.split("/")[0], path.split("/")[-2]; contest = next(c for c in self.ledger.contests.values() if c["kind"] == kind)
        parts = sorted({row.code[: BELOW[len(code)]] for row in self.ledger.within(contest, code)}); results = [self.result(kind, part) for part in parts]
        sums, rungs = ([sum(column) for column in zip(*(r[at] for r in results))] for at in (0, 1))
        total = sums, rungs, sum(r[2] for r in results), sum((r[3] for r in results), Counter())
        self.results[kind, code], inside, fields = total, code.startswith(contest["region"]), said["fields"]; below = said["stations" if len(code) == 10 else "children"]
        rows, known = below["rows"], below["columns"] == (STATION if len(code) == 10 else CHILD) and len({*fields}) == len(fields)
        if not self.equal("station", path, [said["code"], known, [row[0] for row in rows]], [code, True, parts]): return
        own = [said["standing"].get(rung, 0) for rung in RUNGS], {f["code"]: f["stations"] for f in said["findings"]}, said["figures"]
        for row, result in (((code, said["name"], *own), (*total[:2], total[3])), *(zip(rows, results) if len(code) < 10 else ())):
            self.total(f"{path} {row[0]}", VOTES[: contest["columns"] * inside], fields, row, result)
        for row in rows if len(code) == 10 else (): self.station(f"{path} {row[0]}", self.ledger.rows[f"{row[0]}-{kind}"], said, row)
        pairs = [(p["number"], p["name"], p["commission_id"]) for p in contest["pairs"]] if inside else []
        pairs += [(2, "Kolom kosong", "")] if len(pairs) == 1 < contest["columns"] else []
        if len(code) < 10: self.equal("pair", path, [(p["number"], p["name"], p["commission_id"]) for p in said["pairs"]], pairs)
        self.equal("contest", path, (said["contest_title"], said["official"]), (contest["title"], contest["official"]))
        for paper in said["documents"]: self.same(paper["path"], self.source.get(paper["path"], BIG), paper)
        received = self.ledger.received[contest["id"]] if len(code) == 2 else {}  # regencies that other nodes counted
        mine = [[c, self.ledger.regions[c], (p := self.ledger.packages[c])[0], [received[c].get(f, 0) for f in fields], *p[1:]] for c in sorted(received)]
        self.equal("received", path, said.get("received", []), mine)
    def total(self, where: str, votes: tuple, fields: list[str], row: tuple, result: tuple) -> None:
        self.checked["totals"] += 1; (code, named, standing, findings, values), (sums, rungs, found, *_) = row, result
        counted, told, name = sum(rungs[4:]), stated(fields, values) or {}, self.ledger.regions.get(code)
        self.equal("standing", where, standing, rungs); self.equal("findings", where, findings, found)
        self.expect(named.endswith(name), "name", where, f"named {named!r}, the register says {name!r}")
        mine = {f: v for f, v in zip(FIELDS, sums) if counted and (f in votes or f not in VOTES)}
        wrong = [f for f in told.keys() | mine if told.get(f, 0 if f in OPTIONAL else None) != mine.get(f)]
        self.equal("total", where, {f: told.get(f) for f in wrong}, {f: mine.get(f) for f in wrong})
    def station(self, where: str, row: Row, said: dict, told: list) -> None:  # what a village's data.json says of a station, against the acts
        self.checked["stations"] += 1; texts, forms, fields = said["texts"], said["forms"], said["fields"]
        _, _, standing, generation, label, *stages, found, photos, history, _, _ = told
        told = standing, generation, label, sorted(f[0] for f in found), [e[0] for e in history], [tuple(photo[:4]) for photo in photos]
        mine = (RUNGS[row.standing], row.generation, row.label, sorted(row.findings), [*row.events],
                [(digest.hex(), ending.rstrip(bytes(1)).decode(), [n + 1 for n in range(9) if pages >> n & 1], number)
                 for digest, number, pages, ending in PHOTO.iter_unpack(row.photos)])
        for name, one, other in zip("standing generation generation_kind findings history photos".split(), told, mine): self.equal(name, where, one, other)
        for name, figures in ((name, stated(fields, place(forms, form))) for name, form in zip(STATION[5:9], stages)):
            same = getattr(row, name) == (None if figures is None else packed(figures, row.contest["columns"]))
            self.expect(same, "figure", where, f"{name} figures are not those the entries lead to")
        for n, _, _, _, _, _, why, paper, changes in ([*event, *[None] * (9 - len(event))] for event in history):
            if n in self.ledger.corrections or changes or paper:
                act, paper = self.ledger.corrections.get(n, {}), paper or ""
                told = {place(fields, f): {"old": old, "new": new} for f, old, new in changes or ()}, place(texts, why) or "", paper[8:72]
                self.papers[paper] = BIG; self.equal("correction", where, told, tuple(map(act.get, ("changes", "reason", "evidence"))))
    def table(self, path: str, data: bytes) -> None:  # a CSV of stations or regions: every column named after a field or a rung
        contest = next((c for c in self.ledger.contests.values() if c["kind"] in path.split("/")[:2]), None)
        name, region = path.split("/")[-1], path.split("/")[-2] if path.endswith("/data.csv") else ""
        if contest is None or not (digits := BELOW.get(len(region)) or TABLES.get(name)): return
        lines = [*csv.DictReader(io.StringIO(data.decode(), newline=""))]; parts = sorted({row.code[:digits] for row in self.ledger.within(contest, region)})
        self.equal("station", path, [line["code"] for line in lines], parts)
        for line, (sums, rungs, _, _) in zip(lines, (self.result(contest["kind"], part) for part in parts)):
            mine = dict(zip(RUNGS, rungs)) | (dict(zip(FIELDS, sums)) if sum(rungs[4:]) else {})
            mine |= {} if line["code"].startswith(contest["region"]) else dict.fromkeys(VOTES, 0)
            wrong = [k for k, v in line.items() if k in COLUMNS and int(v or 0) != mine.get(k, 0)]
            self.expect(not wrong, "total", f"{path} {line['code']}", f"{wrong} are not the ledger's")
    def photographs(self, which: str, latest: dict) -> None:  # those that entries name, and papers behind corrections; no others
        bundle, names = self.source.get("bundle.json"), {path: size for path, size in self.papers.items() if path}
        for some in self.ledger.photos.values(): names |= {photo_path(d, ending): size for d, size, ending in TAKEN.iter_unpack(some)}
        for path in self.source.walk("foto", set()): self.expect(path in names, "unlisted", path, "a photograph that no entry names")
        kept, said = len(names), json.loads(bundle) if isinstance(bundle, bytes) else {}
        mine = {"cut": latest["cut"], "seed": latest["ledger_root"], "photos_total": kept}
        if said: self.equal("bundle", "bundle.json", {key: said[key] for key in mine}, mine)
        if which == "sample" or said.get("photos_included", kept) < kept:  # in the order of SHA-256(seed + hash)
            order = sorted(names, key=lambda path: hashlib.sha256((latest["ledger_root"] + path[8:72]).encode()).digest())
            most = min(said.get("photos_included", kept), SAMPLE if which == "sample" else kept); names = {path: names[path] for path in order[:most]}
        for path, data in self.source.many(iter(names.items())) if which != "none" else (): self.checked["photos"] += self.same(path, data, {"sha256": path[8:72]})
def compare(options: argparse.Namespace, source: Source, tree: Tree, ledger: Ledger, head: Note, report: Report) -> list[str]:
    # older checkpoints, recorded cuts, keys, what you bring from outside; gives the names of those who co-signed
    notes, good = [(f"{LOG}/checkpoint", head)], []
    for n, cut in ledger.cuts: report.equal("cut", f"entry {n}", cut["ledger_root"], tree.root(cut["ledger_size"]).hex())
    keys = [{"vkey": key.text, "since": since, "entry": since - 1 if since else None} for since, key in ledger.keys]
    witnesses = [{"vkey": key.text, "entry": n, "name": name, "who": who} for key, n, name, who in ledger.witnesses]
    for name, title, mine in (("keys", "log-keys", {"keys": keys}), ("witnesses", "witnesses", {"witnesses": witnesses, "size": head.size})):
        said = json.loads(source.get(f"{LOG}/{name}.json")); mine |= {"format": f"sirekap-{title}-1", "origin": head.origin}
        told = said | {name: [{k: item[k] for k in item if k != "latest"} for item in said[name]]}; report.equal(name, f"{LOG}/{name}.json", told, mine)
    report.equal("key", f"{LOG}/log.vkey", source.get(f"{LOG}/log.vkey"), f"{ledger.keys[-1][1].text}\n".encode())
    for path in source.walk(LOG, set()):
        part, _, place = path[len(LOG) + 1 :].partition("/"); level, _, number = place.partition("/")
        if part == "checkpoints": notes.append((path, checkpoint(source, path)))
        elif part == "tile":  # an older, narrower tile holds the beginning of what the tile holds now
            now = tree.path(int(level.replace("entries", "0")), int(re.sub(r"\.p/.*|\D", "", number)), level)
            older = path == now or source.get(now, 1 << 25).startswith(source.get(path, 1 << 25) or b"-")
            report.expect(older, "tile", path, "not the beginning of what the log holds")
        else: report.expect(part in OWN, "unlisted", path, "a file that does not belong to the ledger")
    if options.known: folder, name = os.path.split(os.path.abspath(options.known)); notes.append((options.known, checkpoint(Source(folder, report), name)))
    for path, note in notes:
        key = [key for since, key in ledger.keys if since <= note.size][-1]; signed = key.name == note.origin and note.signed_by(key)
        report.expect(signed, "signature", path, "not signed by the key that the ledger names for this size")
        if report.expect(note.size <= head.size, "older", path, f"{note.size} entries were seen, here are {head.size}"):
            report.expect(tree.root(note.size) == note.root, "fork", path, "not the beginning of this ledger")
        for witness, *_ in ledger.witnesses:
            if (held := note.signed_by(witness)) is not None:
                report.expect(held, "cosignature", path, f"the co-signature of {witness.name} does not hold"); good += [witness.name] if note is head else []
    if options.key:
        with open(options.key) as file: trusted = Key(file.read()).text in (key.text for _, key in ledger.keys)
        report.expect(trusted, "key", options.key, "neither signed by your key nor handed over by it")
    if options.against:
        theirs = checkpoint(other := Source(options.against, report))
        long, short = (Tree(other, theirs.size, report), head) if theirs.size > head.size else (tree, theirs)
        whole = long is tree or (sum(1 for _ in long.entries()) and long.root(theirs.size) == theirs.root)
        report.expect(whole and long.root(short.size) == short.root, "fork", options.against, "two different ledgers")
    return good
def run(options: argparse.Namespace) -> tuple[Report, dict]:  # check everything; whatever a hostile bundle does is a fault, never a crash
    report, facts = Report(), {"source": options.source, "cosigned": []}
    try:
        source = Source(options.source, report); head, latest = checkpoint(source), json.loads(source.get("latest.json"))
        facts |= {"size": head.size, "root": head.root.hex(), "cut": latest["cut"]}; tree, ledger, site = Tree(source, head.size, report), Ledger(report), None
        for n, raw in enumerate(tree.entries()):
            if n == latest["ledger_size"]:
                site = Site(source, ledger, report); site.folder("", {"sha256": latest["manifest_sha256"]})
                wanted = {(r.contest["kind"], r.code[:digits]) for r in ledger.rows.values() if not r.closed for digits in BELOW}
                report.equal("station", "latest.json", sorted(wanted - site.results.keys()), [])
                papers = {f"dokumen/{id}.pdf": sha256 for id, sha256 in ledger.documents.items()}; report.checked["documents"] = len(papers)
                report.equal("document", "dokumen", sorted(site.listed.items() ^ papers.items())[:3], []); site.photographs(options.photos, latest)
            ledger.apply(n, raw); report.checked["leaves"] += 1
        report.expect(tree.root(head.size) == head.root, "root", f"{LOG}/checkpoint", "the entries do not give this root")
        cut = dict(ledger.cuts[-1][1]) if ledger.cuts and site else {}; report.equal("cut", "latest.json", latest, {"cut": cut.pop("number", None), "layout": 3} | cut)
        facts["cosigned"] = compare(options, source, tree, ledger, head, report)
    except Fault as fault: report.expect(False, fault.args[0], options.source, fault.args[1])
    except (*BROKEN, OSError, tarfile.TarError, MemoryError) as error: report.expect(False, "unreadable", options.source, f"{type(error).__name__}: {error}")
    return report, facts
def screen(verdict: str, report: Report, facts: dict) -> list[str]:  # one screen of plain words
    c, size, cut = report.checked, facts.get("size", 0), facts.get("cut", "-")
    counts = [f"{c['leaves']} entri/entries, {c['stations']} TPS/stations, {c['totals']} jumlah/totals, {c['photos']} foto/photos, "
              f"{c['documents']} dokumen/documents; potongan/cut {cut}; ikut menandatangani/co-signed: {', '.join(facts['cosigned']) or '-'}"]
    return [facts["source"], *counts, *(f"  {f['kind']:15} {f['where']}\n{'':18}{f['what']}" for f in report.faults[:12]),
            *([f"  ... {len(report.faults)} dalam semua / in all"] if len(report.faults) > 12 else []), *WORDS[verdict],
            f"Akar/root {facts.get('root', '-')} ({size})"]
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("source", "--key", "--known", "--against"): parser.add_argument(name)
    parser.add_argument("--photos", choices=("all", "sample", "none")); parser.add_argument("--json", action="store_true")
    options = parser.parse_args(); options.photos = options.photos or ("sample" if options.source.startswith("http") else "all")
    report, facts = run(options); verdict = "faulty" if report.faults else "ok" if options.key or options.known else "consistent, unwitnessed"
    if options.json: print(json.dumps({"verdict": verdict, "checked": report.checked, "faults": report.faults, **facts}))
    else: print(*screen(verdict, report, facts), sep="\n")
    return 1 if report.faults else 0
if __name__ == "__main__": sys.exit(main())
