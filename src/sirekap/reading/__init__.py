"""A photograph in, figures with confidence out; abstains when unsure and never alters a digit to fit a sum.

Must not know Django. Work to come: registration by marks, boxes from the catalogue, digits, joint decoding.
"""
