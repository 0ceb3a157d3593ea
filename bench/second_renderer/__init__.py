"""A second renderer of filled, photographed forms, for testing only.

Nobody who made the training data or the demo's photographs has read it, and it imports nothing of theirs: other code,
other distortions. Pens follow the distance to a digit's centre line; the sheet is a developable surface seen
through a lens with distortion; the sensor is a Bayer mosaic with shot noise; the phone sharpens and compresses twice.

`glyphs` (whose digits) -> `hand` (one writer) -> `forms` (figures and slips) -> `ink` (on paper) -> `bend`, `light`,
`sensor` (the photograph) -> `photograph`.
"""
