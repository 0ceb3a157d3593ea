"""Every sheet of paper: geometry in mm computed from the field catalogue, PDF/A out, codes that name it.

Must not know databases. `documents`: D.Hasil and all else that a plenary leaves; `signing` and `verifying`: signatures.
"""
