"""Bytes: photographs for staff, the stylesheet, and the static public site."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import http_date
from django.views.static import was_modified_since

from sirekap.evidence import EvidenceError, EvidenceMissing
from sirekap.publication import check_page
from sirekap.publication.jinja import stylesheet
from sirekap.records.models import Correction, Photo
from sirekap.web.access import anyone, signed_in
from sirekap.web.pages import STYLESHEET_NAME, error_page, store
from sirekap.workflow.errors import Refused
from sirekap.workflow.intake import media_type

FOREVER = "public, max-age=31536000, immutable"
SITE_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
    ".xml": "application/xml",
    ".gz": "application/gzip",
    ".parquet": "application/vnd.apache.parquet",
}


@signed_in
def photo(request: HttpRequest, sha256: str) -> HttpResponse:
    """A photograph or a correction's evidence, by its hash."""
    known = Photo.objects.filter(sha256=sha256).values_list("media_type", flat=True).first()
    if known is None and not Correction.objects.filter(evidence=sha256).exists():
        raise Http404
    try:
        data = store().get(sha256)
        kind = known or media_type(data)
    except EvidenceMissing:
        raise Http404 from None
    except (EvidenceError, Refused):
        return error_page(500)
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Disposition"] = "inline"
    return response


@anyone
def to_staff(request: HttpRequest) -> HttpResponse:
    """``/petugas`` without its slash."""
    return HttpResponseRedirect(reverse("work"))


@anyone
def look(request: HttpRequest, name: str) -> HttpResponse:
    """The stylesheet, under a name that changes with its content."""
    if name != STYLESHEET_NAME:
        raise Http404
    response = HttpResponse(stylesheet()[1], content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOREVER
    return response


@anyone
def icon(request: HttpRequest) -> HttpResponse:
    """No icon: an empty answer instead of an error page for a browser that asks."""
    return HttpResponse(status=204, headers={"Cache-Control": FOREVER})


def _site_file(path: str) -> Path | None:
    """The file of the public site at ``path``; None for anything that is not plainly inside it."""
    parts = PurePosixPath(path).parts
    if "\\" in path or "\0" in path or path.startswith("/") or any(p == ".." or p.startswith(".") for p in parts):
        return None
    root = settings.CONFIG.site.resolve()
    try:
        target = root.joinpath(*parts).resolve()
    except OSError:
        return None
    return target if target.is_relative_to(root) else None


@anyone
def site(request: HttpRequest, path: str = "") -> HttpResponse:
    """The public result as static files."""
    target = _site_file(path)
    if target is not None and target.is_dir():
        if path and not path.endswith("/"):
            return HttpResponseRedirect(f"/{path}/")
        target = target / "index.html"
    if target is None or not target.is_file():
        return error_page(404)
    changed = target.stat().st_mtime
    if not was_modified_since(request.headers.get("If-Modified-Since"), changed):
        return HttpResponseNotModified()
    kind = SITE_TYPES.get(target.suffix, "application/octet-stream")
    response = FileResponse(target.open("rb"), content_type=kind)
    response["Cache-Control"] = FOREVER if path.startswith(("assets/", "foto/")) else "no-cache"
    response["Last-Modified"] = http_date(changed)
    response["Access-Control-Allow-Origin"] = "*"  # public without credentials: dashboards of others may read it
    if path == check_page.PATH:
        response["Content-Security-Policy"] = f"{check_page.policy()}; frame-ancestors 'none'"
    return response
