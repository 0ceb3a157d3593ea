"""Statistics on results: quick count, risk-limiting audit, plausibility of claims, anomalies.

Must not know databases. Work to come: sampling plans, intervals checked against published values, claims.
"""
