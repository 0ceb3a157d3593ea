"""Error pages in the look: what happened, what it means, what to do, in Indonesian and English."""

from __future__ import annotations

from sirekap.publication.jinja import site_environment, stylesheet

_TEXTS: dict[int, tuple[str, str, str, str, str, str]] = {
    400: (
        "Permintaan tidak dapat dibaca",
        "Kiriman dari peramban ini tidak lengkap atau sudah kedaluwarsa. Tidak ada yang dicatat.",
        "Kembali ke halaman sebelumnya, muat ulang, lalu kirim sekali lagi.",
        "The request could not be read",
        "What this browser sent is incomplete or out of date. Nothing was recorded.",
        "Go back, reload the page and send it again.",
    ),
    403: (
        "Anda tidak berwenang membuka halaman ini",
        "Mandat Anda tidak mencakup wilayah atau tindakan ini. Tidak ada yang berubah.",
        "Periksa mandat Anda di halaman tugas; jika keliru, hubungi administrator KPU kabupaten/kota.",
        "You may not open this page",
        "Your mandate does not cover this region or action. Nothing has changed.",
        "Check your mandate on your work page; if it is wrong, ask the commission's administrator.",
    ),
    404: (
        "Halaman tidak ditemukan",
        "Alamatnya keliru, atau wilayah ini tidak ada dalam pemilihan ini.",
        "Mulai dari halaman awal dan pilih wilayahnya.",
        "Page not found",
        "The address is wrong, or this region is not part of this election.",
        "Start from the home page and choose the region.",
    ),
    500: (
        "Terjadi kesalahan di server",
        "Permintaan ini gagal. Yang sudah diberi tanda terima tetap tersimpan; tidak ada yang dicatat setengah jalan.",
        "Tunggu satu menit dan coba lagi. Jika terulang, laporkan nomor referensi di bawah.",
        "The server made an error",
        "This request failed. Whatever has a receipt is safe; nothing was recorded by halves.",
        "Wait a minute and try again. If it happens again, report the reference below.",
    ),
}
STATUSES = tuple(_TEXTS)


def render_error(status: int, *, css: str = "", home: str = "/", reference: str = "") -> str:
    """The page for an HTTP status of :data:`STATUSES`, as HTML; any other status is shown as 500's text.

    ``css`` is the stylesheet's address, ``home`` the way back, ``reference`` an id the reader may report.
    """
    names = ("what_id", "means_id", "do_id", "what_en", "means_en", "do_en")
    texts = dict(zip(names, _TEXTS.get(status, _TEXTS[500]), strict=True))
    template = site_environment().get_template("look/error.html")
    return template.render(css=css or "/" + stylesheet()[0], home=home, status=status, reference=reference, **texts)
