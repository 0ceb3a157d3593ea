"""The public result as static files: pages, open data, the commission's JSON, manifests.

Must not know sessions or users.
"""
