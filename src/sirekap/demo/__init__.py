"""The Bekasi 2024 election run through the real acts, from facts and figures with named sources.

Stands on the top floor; station rows are simulated and say so.
"""
