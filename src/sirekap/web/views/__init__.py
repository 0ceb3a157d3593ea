"""The screens, one module per subject."""
