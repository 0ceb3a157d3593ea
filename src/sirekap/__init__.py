"""Sirekap: from the photographed form to a result anyone can check."""
