"""Staff screens, the capture app and the API.

Must not know arithmetic.
"""
