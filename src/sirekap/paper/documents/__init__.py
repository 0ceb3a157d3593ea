"""The documents of a plenary as PDF/A: D.Hasil of every tier, minutes, incidents, attendance, receipts, decrees.

``render`` in `sirekap.paper.documents.rendering` is pure: what a document says is in `sirekap.paper.documents.model`,
the time included, and the same data gives the same bytes.
"""
