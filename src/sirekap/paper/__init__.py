"""Every sheet of paper: geometry in millimetres computed from the field catalogue, PDF out, signature.

Must not know databases. Work to come: C.Hasil with marks and QR, D.Hasil, signing and verifying documents.
"""
