"""Every address. Staff screens lie under /petugas/, everything else is the public site."""

from __future__ import annotations

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from sirekap.web.admin import site as admin_site
from sirekap.web.views import (
    account,
    agenda,
    answering,
    attendance,
    batch,
    closing,
    comparing,
    convening,
    corrections,
    court,
    crops,
    determining,
    documents,
    entry,
    errors,
    files,
    hall,
    items,
    look,
    materials,
    objections,
    orders,
    pacing,
    panels,
    queue,
    regions,
    register,
    sessions,
    sheets,
    signing,
    station,
    work,
)


class RowConverter(StringConverter):
    """``3216011007001-pkwkk``."""

    regex = "[0-9]{13}-[a-z]{5}"


class RegionConverter(StringConverter):
    """2, 4, 6 or 10 digits."""

    regex = "(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10})"


class ContestConverter(StringConverter):
    """``pkwkk-3216``."""

    regex = "[a-z]{5}-[0-9]{2,4}"


register_converter(RowConverter, "row")
register_converter(RegionConverter, "region")
register_converter(ContestConverter, "contest")

_SESSION = "petugas/pleno/<uuid:session>/"
_DOCUMENT = "petugas/dokumen/<uuid:document>/"
_ITEM = _SESSION + "tps/<row:row>/"

urlpatterns = [
    path("petugas", files.to_staff),
    path("favicon.ico", files.icon),
    path("petugas/", work.work, name="work"),
    path("petugas/masuk", account.sign_in, name="sign_in"),
    path("petugas/keluar", account.sign_out, name="sign_out"),
    path("petugas/gaya", look.style, name="style"),
    path("petugas/gaya/<str:name>", files.look, name="stylesheet"),
    re_path(r"^petugas/foto/(?P<sha256>[0-9a-f]{64})$", files.photo, name="photo"),
    path("petugas/tps/<row:row>/", station.station, name="station"),
    path("petugas/tps/<row:row>/isi", entry.enter, name="enter"),
    path("petugas/tps/<row:row>/cocokkan", comparing.compare, name="compare"),
    path("petugas/tps/<row:row>/potongan/<uuid:reading>/<slug:field>", crops.crop, name="crop"),
    path("petugas/tps/<row:row>/unggah", entry.upload, name="upload"),
    path("petugas/antrean/", queue.queue, name="queue"),
    path("petugas/antrean/berikutnya", queue.queue_next, name="queue_next"),
    path("petugas/bahan/<contest:contest>/<region:region>/", materials.materials, name="materials"),
    path("petugas/bahan/<contest:contest>/<region:region>/data.csv", materials.materials_csv, name="materials_csv"),
    path("petugas/wilayah/", regions.regions, name="regions"),
    path("petugas/wilayah/<region:region>/", regions.region, name="region"),
    path("petugas/tahapan", regions.stages, name="timetable"),
    path("petugas/pleno/", sessions.sessions, name="sessions"),
    path("petugas/pleno/buka/<region:region>", sessions.open_session, name="open_session"),
    path("petugas/pleno/jadwal/<region:region>", convening.convene, name="convene"),
    path(_SESSION, sessions.session, name="session"),
    path(_SESSION + "agenda", agenda.agenda, name="agenda"),
    path(_SESSION + "panel/", panels.panels, name="panels"),
    path(_SESSION + "panel/<int:number>/", panels.panel, name="panel"),
    path(_SESSION + "hadir", attendance.attendance, name="attendance"),
    path(_SESSION + "desa/<region:region>/terima-bersama", batch.accept_clean, name="accept_clean"),
    path("petugas/pleno/laju/<region:region>/", pacing.pacing, name="pacing"),
    path(_SESSION + "layar/", hall.hall, name="hall"),
    path(_SESSION + "layar/keadaan.json", hall.hall_version, name="hall_version"),
    path(_SESSION + "keberatan/", objections.of_session, name="session_objections"),
    path(_SESSION + "keberatan/baru", objections.raise_in_session, name="object_in_session"),
    path(_SESSION + "keberatan/<uuid:objection>/jawab", answering.answer, name="answer"),
    path(_SESSION + "dokumen/", documents.of_session, name="session_documents"),
    path(_SESSION + "dokumen/terbit", documents.issue, name="issue_document"),
    path(_DOCUMENT, documents.document, name="document"),
    path(_DOCUMENT + "berkas.pdf", documents.file, name="document_file"),
    path(_DOCUMENT + "tanda-tangan", signing.sign, name="sign_document"),
    path(_DOCUMENT + "tolak", signing.refuse, name="refuse_document"),
    path(_DOCUMENT + "pindai", signing.file_scan, name="scan_document"),
    re_path(
        r"^petugas/dokumen/(?P<document>[0-9a-f-]{36})/pindaian/(?P<sha256>[0-9a-f]{64})$",
        documents.scan,
        name="document_scan",
    ),
    path("petugas/lembar/<contest:contest>/<region:region>/", sheets.sheet, name="sheet"),
    path("petugas/perintah/<region:region>/", orders.order, name="order"),
    path("petugas/penetapan/<contest:contest>/mk", court.record, name="court_record"),
    path("petugas/penetapan/<contest:contest>/terpilih", court.elect, name="elect"),
    path("petugas/penetapan/<contest:contest>/putusan", court.supersede, name="supersede"),
    path("petugas/penetapan/<contest:contest>/terbit", documents.issue_decree, name="issue_decree"),
    path("petugas/keberatan/<uuid:objection>/", objections.objection, name="objection"),
    path("petugas/keberatan/<uuid:objection>/terbit", answering.publish, name="publish_objection"),
    re_path(
        r"^petugas/keberatan/(?P<objection>[0-9a-f-]{36})/lampiran/(?P<sha256>[0-9a-f]{64})$",
        answering.attachment,
        name="attachment",
    ),
    path("petugas/tps/<row:row>/kejadian", objections.raise_at_station, name="object_at_station"),
    path(_SESSION + "skors", sessions.adjourn, name="adjourn"),
    path(_SESSION + "lanjut", sessions.resume, name="resume"),
    path(_SESSION + "tutup", closing.close, name="close"),
    path(_SESSION + "buka-kembali", closing.reopen, name="reopen"),
    path(_SESSION + "bacakan/<region:region>", sessions.take, name="take"),
    path(_SESSION + "panel/<int:number>/tutup", panels.close_panel, name="close_panel"),
    path(_ITEM, items.item, name="item"),
    path(_ITEM + "terima", items.accept, name="accept"),
    path(_ITEM + "tunda", items.defer, name="defer"),
    path(_ITEM + "batal", items.undo, name="undo"),
    path(_ITEM + "hitung-ulang", items.recount, name="recount"),
    path(_ITEM + "koreksi", corrections.correct, name="correct"),
    path(_ITEM + "kotak", corrections.from_box, name="from_box"),
    path("petugas/penetapan/<contest:contest>/", determining.determine, name="determine"),
    path("petugas/kelola/tps/", register.stations, name="stations"),
    path("petugas/kelola/impor/", register.import_register, name="import"),
    path("petugas/kelola/petugas/", register.people, name="people"),
    path("petugas/admin/", admin_site.urls),
    re_path(r"^petugas/.*$", errors.not_found),
    path("", files.site, name="site"),
    path("<path:path>", files.site),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
