"""Every sheet of paper: geometry in mm computed from the field catalogue, PDF/A out, codes that name it.

Must not know databases. Work to come: D.Hasil, signing and verifying documents.
"""
