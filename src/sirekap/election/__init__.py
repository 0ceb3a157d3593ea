"""The law and the arithmetic of an election, as pure functions and dataclasses.

Knows nothing of Django, files, clocks or networks. Sources: PKPU 18/2024 (forms and
recapitulation in local elections), UU 10/2016 (who wins, court thresholds).
"""
