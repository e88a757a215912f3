"""How fast and how small, beside the peers: figures of one run, never asserted by a test."""
