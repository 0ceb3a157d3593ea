"""Filled and photographed forms and whole election nights, made from a seed and always labelled as simulated.

Stands on the top floor: no room below may import it. Work to come: handwriting, photographs, load.
"""
