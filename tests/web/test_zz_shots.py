import os
from support import small_election as small
from .conftest import read_out
from .test_journeys import *
def test_shots(node, address, browser):
    session = read_out(node)
    stated(node, small.row_id(small.STATIONS[6]))
    only=os.environ.get("ONLY","").split(",") if os.environ.get("ONLY") else None
    contexts={}
    for name,(actor,path) in screens(node, session).items():
        if only and name not in only: continue
        if actor.person not in contexts:
            contexts[actor.person]=browser.new_context(locale="id-ID", viewport=DESK).new_page(); enter(contexts[actor.person],address,actor)
        page=contexts[actor.person]
        for size in (DESK,PHONE):
            page.set_viewport_size(size); page.goto(address+path)
            page.screenshot(path=f"/tmp/shots/{name}-{size['width']}.png", full_page=size is DESK and name not in("isi","koreksi","bacakan","tps"))
    for p in contexts.values(): p.context.close()
