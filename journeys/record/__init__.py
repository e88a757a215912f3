"""How facts are kept: bytes, stores, proofs, personal data and its keys."""
