"""Work that runs behind the screens: reading, sequencing, cutting, sweeping.

Must not know screens. Work to come: the lease table, the process pool and the worker loop.
"""
